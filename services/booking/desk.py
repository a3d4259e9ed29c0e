"""One batch of one scope at the desk: read once, decide in order, write once.

The desk keeps the floors, the changed bookings and the records of a batch, so that ten thousand requests cost a
handful of queries.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from services.booking.domain.booking import LIVE, Booking, Status
from services.booking.domain.codes import confirmation_code
from services.booking.domain.decide import ELSEWHERE, FULL, LOOKBACK_US, Decision, Reason, decide, mixed, refusal
from services.booking.domain.floor import Claim, Floor
from services.booking.domain.near import Neighbourhood
from services.booking.domain.policy import MINUTE_US, SLOT_US, slots_of
from services.booking.domain.rules import Rulebook
from services.booking.domain.tables import Option
from services.booking.domain.venue import Venue
from services.booking.elsewhere import Refused, places
from services.booking.events import Records, Trigger, booking_columns
from services.booking.ports import BookingState, Scope
from services.booking.words import moved_inside, notification

OUTCOME_EVENTS = {status: f"booking.{status.value}" for status in Status}
MOVED = "booking.moved"
TOLD = frozenset(
    {
        Status.WAITLISTED,
        Status.CONFIRMED,
        Status.DECLINED,
        Status.CANCELLED,
        Status.EXPIRED,
        Status.NO_SHOW,
    }
)
"""Changes of which a person is told: what they see with their own eyes (seated, completed) is none."""


def claims_of(booking: Booking) -> list[Claim]:
    """The tables a booking holds, or held while it was live."""
    first, slots = slots_of(booking.start_us, booking.duration_minutes)
    return [Claim(booking.booking_id, booking.venue_id, table, first, slots) for table in booking.tables]


@dataclass(slots=True)
class Desk:
    """Mutable work of one batch; `flush` writes it to the state."""

    state: BookingState
    scope: Scope
    rulebook: Rulebook
    records: Records
    venues: Mapping[str, Venue]
    neighbourhood: Neighbourhood
    floors: dict[str, Floor] = field(default_factory=dict)
    bookings: dict[str, Booking] = field(default_factory=dict)
    queue: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    offers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _touched: dict[str, None] = field(default_factory=dict)
    _codes: set[str] = field(default_factory=set)
    _claimed: dict[tuple[str, int], Claim] = field(default_factory=dict)
    _released: list[Claim] = field(default_factory=list)
    _refused: list[Refused] = field(default_factory=list)

    def load(self, requests: Sequence[Booking], booking_ids: Iterable[str], freed_venues: Iterable[str]) -> None:
        """Read all that deciding new requests, changing bookings and refilling freed tables will need."""
        found = self.state.bookings(self.scope, set(booking_ids) - self.bookings.keys())
        ending = {booking.venue_id for booking in found.values()} | set(freed_venues)
        waiting = self.state.waiting(self.scope, ending) if ending else []
        waiting = [booking for booking in waiting if booking.booking_id not in self.bookings]
        found.update({booking.booking_id: booking for booking in waiting})
        self.bookings.update(found)
        self._known.update(found)
        for booking in waiting:
            self.queue[booking.venue_id].append(booking.booking_id)
        candidates = [*requests, *waiting]
        possible = [
            booking.request
            for booking in candidates
            if refusal(booking.request, self.venues.get(booking.venue_id), self.rulebook) in (None, *FULL)
        ]
        self.open_floors([request.venue_id for request in possible], [request.start_us for request in possible])
        codes = [confirmation_code(*self.scope, booking.booking_id) for booking in candidates]
        self._codes |= self.state.codes_taken(self.scope, codes) if codes else set()

    def open_floors(self, venue_ids: Iterable[str], starts: Sequence[int]) -> None:
        """Read which tables are taken around some starts, of houses that have not been looked at for those."""
        since = (min(starts, default=0) - LOOKBACK_US) // SLOT_US
        until = (max(starts, default=0) + 2 * LOOKBACK_US) // SLOT_US
        wanted = {name for name in venue_ids if not self._is_open(name, since, until)}
        if not wanted:
            return
        again = [floor for floor in map(self.floors.get, wanted) if floor is not None]
        since = min([since, *(floor.base for floor in again)])
        until = max([until, *(floor.until for floor in again)])
        for venue_id in wanted:
            self.floors[venue_id] = Floor(self.venues[venue_id].tables, since, until)
        left = set(self._released)
        held = self.state.claims(self.scope, wanted, since, until)
        taken = [claim for claim in self._claimed.values() if claim.venue_id in wanted]
        for claim in [*(claim for claim in held if claim not in left), *taken]:
            floor = self.floors[claim.venue_id]
            if claim.table <= len(floor.tables.sizes):
                floor.take(claim)

    def _is_open(self, venue_id: str, since: int, until: int) -> bool:
        floor = self.floors.get(venue_id)
        return floor is not None and floor.base <= since and until <= floor.until

    def request(self, booking: Booking, trigger: Trigger) -> None:
        """Decide a new request; it stays requested where its venue has not been heard of."""
        if booking.venue_id not in self.venues:
            self._put(replace(booking, due_us=booking.request.requested_us))
            return
        self.settle(booking, trigger)

    def settle(self, booking: Booking, trigger: Trigger) -> None:
        """Confirm, waitlist or decline a booking that has no outcome."""
        request = replace(booking.request, requested_us=max(trigger.time_us, booking.request.requested_us))
        venue_id = booking.venue_id
        decision = decide(request, self.venues.get(venue_id), self.floors.get(venue_id), self.rulebook)
        if decision.status is Status.CONFIRMED:
            self._confirm(booking, decision, trigger)
        elif decision.status is Status.DECLINED:
            self.decline(booking, decision, trigger)
        elif booking.status is not Status.WAITLISTED:
            self._waitlist(booking, decision, trigger)

    def _confirm(self, booking: Booking, decision: Decision, trigger: Trigger) -> None:
        option = decision.option
        assert option is not None
        venue, party_size = self.venues[booking.venue_id], booking.request.party_size
        confirmed = replace(
            booking.to(Status.CONFIRMED, due_us=self.rulebook.policy.no_show_at(decision.start_us)),
            start_us=decision.start_us,
            duration_minutes=decision.duration_minutes,
            tables=option.tables,
            seats=option.seats,
            code=self._free_code(booking.booking_id),
            deposit_minor=self.rulebook.deposit(venue, decision.start_us, party_size),
        )
        self.take(claims_of(confirmed))
        self._move(confirmed, trigger, {**_table_columns(confirmed), "deposit_minor": confirmed.deposit_minor})

    def take(self, claims: Iterable[Claim]) -> None:
        """Hold tables, on the floor now and in the state at `flush`."""
        for claim in claims:
            self.floors[claim.venue_id].take(claim)
            self._claimed[claim.booking_id, claim.table] = claim

    def reseat(self, booking: Booking, option: Option, trigger: Trigger, reason: Reason) -> None:
        """Move a confirmed booking to other tables of its house for the same time."""
        self.leave(claims_of(booking))
        moved = replace(booking, tables=option.tables, seats=option.seats)
        self.take(claims_of(moved))
        self._put(moved)
        told = {**booking_columns(moved), **_table_columns(moved), "reason": reason}
        event_id = self.records.add("bookings", MOVED, trigger, told, about=booking.booking_id)
        self.tell(replace(trigger, event_id=event_id), moved, moved_inside(moved, self.venues.get(moved.venue_id)))

    def postpone(self, booking: Booking, due_us: int) -> None:
        """Let a booking's timer fire later."""
        self._put(replace(booking, due_us=due_us))

    def decline(self, booking: Booking, decision: Decision, trigger: Trigger) -> None:
        """Refuse a booking that has no outcome."""
        declined = booking.to(Status.DECLINED, reason=decision.reason)
        offers = ",".join(decision.alternatives) or None
        self._move(declined, trigger, {"reason": decision.reason, "alternatives": offers})
        if decision.reason in ELSEWHERE:
            request = replace(booking.request, requested_us=max(trigger.time_us, booking.request.requested_us))
            self._refused.append(Refused(request, decision.alternatives, self.records.rows["bookings"][-1]))

    def offer_elsewhere(self) -> None:
        """Complete the offers of what was declined with free tables of other houses, all of the batch at once."""
        refused, self._refused = self._refused, []
        limit = self.rulebook.policy.near.alternatives
        for one, found in zip(refused, places(self, refused), strict=True):
            self.offers[one.request.booking_id] = mixed(one.times, found, limit)
            one.row["alternatives"] = ",".join(self.offers[one.request.booking_id]) or None

    def _waitlist(self, booking: Booking, decision: Decision, trigger: Trigger) -> None:
        ends = self.rulebook.policy.wait_ends_at(decision.start_us)
        self._move(booking.to(Status.WAITLISTED, due_us=ends), trigger, {"expires_at": ends})
        self.queue[booking.venue_id].append(booking.booking_id)

    def move(self, booking: Booking, status: Status, trigger: Trigger, reason: str | None = None) -> None:
        """Take a booking to a later state; raises IllegalTransitionError. Tables it no longer needs become free."""
        limits = self.rulebook.policy.limits
        longest = (booking.duration_minutes + limits.seated_longest) * MINUTE_US
        moved = booking.to(
            status, due_us=booking.start_us + longest if status is Status.SEATED else None, reason=reason
        )
        columns: dict[str, object] = {"reason": reason}
        if booking.deposit_minor is not None and status in (Status.CANCELLED, Status.NO_SHOW):
            kept = self.rulebook.kept(booking.deposit_minor, booking.start_us, trigger.time_us)
            moved, columns["deposit_minor"] = replace(moved, deposit_minor=kept), kept
        self._move(moved, trigger, columns)
        if booking.status in LIVE and status not in LIVE:
            self.leave(claims_of(booking))
            self.refill(booking.venue_id, trigger)

    def leave(self, claims: Iterable[Claim]) -> None:
        """Give tables back, on the floor now and in the state at `flush`."""
        for claim in claims:
            floor = self.floors.get(claim.venue_id)
            if floor is not None and claim.table <= len(floor.tables.sizes):
                floor.leave(claim)
            if self._claimed.pop((claim.booking_id, claim.table), None) is None:
                self._released.append(claim)

    def refill(self, venue_id: str, trigger: Trigger) -> None:
        """Offer freed tables to those who wait, first come first served."""
        if venue_id not in self.floors:
            return
        for booking_id in self.queue[venue_id]:
            waiting = self.bookings[booking_id]
            if waiting.status is Status.WAITLISTED and (waiting.due_us or 0) > trigger.time_us:
                self._offer(waiting, trigger)

    def _offer(self, waiting: Booking, trigger: Trigger) -> None:
        request = replace(waiting.request, requested_us=max(trigger.time_us, waiting.request.requested_us))
        venue_id = waiting.venue_id
        decision = decide(request, self.venues.get(venue_id), self.floors.get(venue_id), self.rulebook)
        if decision.status is Status.CONFIRMED:
            self._confirm(waiting, decision, trigger)

    def _free_code(self, booking_id: str) -> str:
        for attempt in count():
            code = confirmation_code(*self.scope, booking_id, attempt)
            if code not in self._codes and (attempt == 0 or not self.state.codes_taken(self.scope, [code])):
                break
        self._codes.add(code)
        return code

    def _move(self, booking: Booking, trigger: Trigger, columns: dict[str, object]) -> None:
        self._put(booking)
        event_type = OUTCOME_EVENTS[booking.status]
        told = {**booking_columns(booking), **columns}
        event_id = self.records.add("bookings", event_type, trigger, told, about=booking.booking_id)
        if booking.status in TOLD:
            outcome = replace(trigger, event_id=event_id)
            self.tell(outcome, booking, notification(booking, self.venues.get(booking.venue_id)))

    def tell(self, trigger: Trigger, booking: Booking, text: str) -> None:
        """Dispatch a notification to who booked."""
        self.tell_user(trigger, booking.request.user_id, booking.booking_id, text)

    def tell_user(self, trigger: Trigger, user_id: str, about: str, text: str, purpose: str = "") -> None:
        """Dispatch a notification about a booking or a group; several of one trigger differ in their purpose."""
        told = {"user_id": user_id, "booking_id": about, "text": text}
        cause = f"{about}/{user_id}/{purpose}"
        self.records.add("system_metrics", "notification.dispatched", trigger, told, about=cause)

    def _put(self, booking: Booking) -> None:
        self.bookings[booking.booking_id] = booking
        self._touched[booking.booking_id] = None

    def touched(self) -> list[Booking]:
        """The bookings that changed, in order."""
        return [self.bookings[booking_id] for booking_id in self._touched]

    def flush(self) -> None:
        """Write the batch to the state."""
        self.offer_elsewhere()
        touched = self.touched()
        self.state.release(self.scope, self._released)
        self.state.change(self.scope, [booking for booking in touched if booking.booking_id in self._known])
        self.state.add(self.scope, [booking for booking in touched if booking.booking_id not in self._known])
        self.state.claim(self.scope, list(self._claimed.values()))


def _table_columns(booking: Booking) -> dict[str, object]:
    return {
        "duration_minutes": booking.duration_minutes,
        "tables": ",".join(map(str, booking.tables)),
        "seats": booking.seats,
        "confirmation_code": booking.code,
    }
