"""One batch of one scope at the desk: read once, decide in order, write once.

The desk keeps the floors, the changed bookings and the records of a batch, so that ten thousand requests cost a
handful of queries.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from services.booking.domain.booking import LIVE, Booking, Status
from services.booking.domain.codes import confirmation_code
from services.booking.domain.decide import LOOKBACK_US, Decision, Reason, decide, refusal
from services.booking.domain.floor import Claim, Floor
from services.booking.domain.hours import iso
from services.booking.domain.policy import SLOT_US, Policy, slots_of
from services.booking.domain.venue import Venue
from services.booking.events import Records, Trigger, booking_columns
from services.booking.ports import BookingState, Scope
from services.booking.words import notification

OUTCOME_EVENTS = {status: f"booking.{status.value}" for status in Status}
TOLD = frozenset({Status.CONFIRMED, Status.DECLINED, Status.CANCELLED, Status.EXPIRED})
"""Changes of which a person is told."""


def claims_of(booking: Booking) -> list[Claim]:
    """The tables a booking holds, or held while it was live."""
    first, slots = slots_of(booking.start_us, booking.duration_minutes)
    return [Claim(booking.booking_id, booking.venue_id, table, first, slots) for table in booking.tables]


@dataclass(slots=True)
class Desk:
    """Mutable work of one batch; `flush` writes it to the state."""

    state: BookingState
    scope: Scope
    policy: Policy
    records: Records
    venues: dict[str, Venue] = field(default_factory=dict)
    floors: dict[str, Floor] = field(default_factory=dict)
    bookings: dict[str, Booking] = field(default_factory=dict)
    queue: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _known: set[str] = field(default_factory=set)
    _touched: dict[str, None] = field(default_factory=dict)
    _codes: set[str] = field(default_factory=set)
    _claimed: dict[tuple[str, int], Claim] = field(default_factory=dict)
    _released: list[Claim] = field(default_factory=list)

    def load(self, requests: Sequence[Booking], booking_ids: Iterable[str], freed_venues: Iterable[str]) -> None:
        """Read all that deciding new requests, changing bookings and refilling freed tables will need."""
        self.bookings = self.state.bookings(self.scope, booking_ids)
        ending = {booking.venue_id for booking in self.bookings.values()} | set(freed_venues)
        waiting = self.state.waiting(self.scope, ending) if ending else []
        self.bookings.update({booking.booking_id: booking for booking in waiting})
        self._known = set(self.bookings)
        for booking in waiting:
            self.queue[booking.venue_id].append(booking.booking_id)
        candidates = [*requests, *waiting]
        wanted = {booking.venue_id for booking in (*candidates, *self.bookings.values())}
        self.venues = self.state.venues(self.scope, wanted)
        self._load_floors(candidates)
        codes = [confirmation_code(*self.scope, booking.booking_id) for booking in candidates]
        self._codes = self.state.codes_taken(self.scope, codes) if codes else set()

    def _load_floors(self, candidates: Sequence[Booking]) -> None:
        possible = [
            booking.request
            for booking in candidates
            if refusal(booking.request, self.venues.get(booking.venue_id), self.policy) in (None, Reason.CLOSED)
        ]
        if not possible:
            return
        since = (min(request.start_us for request in possible) - LOOKBACK_US) // SLOT_US
        until = (max(request.start_us for request in possible) + 2 * LOOKBACK_US) // SLOT_US
        for venue_id in {request.venue_id for request in possible}:
            self.floors[venue_id] = Floor(self.venues[venue_id].tables, since)
        for claim in self.state.claims(self.scope, self.floors, since, until):
            floor = self.floors[claim.venue_id]
            if claim.table <= len(floor.tables.sizes):
                floor.take(claim)

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
        decision = decide(request, self.venues.get(venue_id), self.floors.get(venue_id), self.policy)
        if decision.status is Status.CONFIRMED:
            self._confirm(booking, decision, trigger)
        elif decision.status is Status.DECLINED:
            self.decline(booking, decision, trigger)
        elif booking.status is not Status.WAITLISTED:
            self._waitlist(booking, decision, trigger)

    def _confirm(self, booking: Booking, decision: Decision, trigger: Trigger) -> None:
        option = decision.option
        assert option is not None
        confirmed = replace(
            booking.to(Status.CONFIRMED, due_us=self.policy.no_show_at(decision.start_us)),
            start_us=decision.start_us,
            duration_minutes=decision.duration_minutes,
            tables=option.tables,
            seats=option.seats,
            code=self._free_code(booking.booking_id),
        )
        for claim in claims_of(confirmed):
            self.floors[confirmed.venue_id].take(claim)
            self._claimed[claim.booking_id, claim.table] = claim
        columns = {
            "duration_minutes": confirmed.duration_minutes,
            "tables": ",".join(map(str, confirmed.tables)),
            "seats": confirmed.seats,
            "confirmation_code": confirmed.code,
        }
        self._move(confirmed, trigger, columns)

    def decline(self, booking: Booking, decision: Decision, trigger: Trigger) -> None:
        """Refuse a booking that has no outcome."""
        declined = booking.to(Status.DECLINED, reason=decision.reason)
        offers = ",".join(decision.alternatives) or None
        self._move(declined, trigger, {"reason": decision.reason, "alternatives": offers})

    def _waitlist(self, booking: Booking, decision: Decision, trigger: Trigger) -> None:
        ends = self.policy.wait_ends_at(decision.start_us)
        self._move(booking.to(Status.WAITLISTED, due_us=ends), trigger, {"expires_at": ends})
        self.queue[booking.venue_id].append(booking.booking_id)

    def move(self, booking: Booking, status: Status, trigger: Trigger, reason: str | None = None) -> None:
        """Take a booking to a later state; raises IllegalTransitionError. Tables it no longer needs become free."""
        moved = booking.to(status, reason=reason)
        self._move(moved, trigger, {"reason": reason})
        if booking.status in LIVE and status not in LIVE:
            self._free(booking)
            self._refill(booking.venue_id, trigger)

    def _free(self, booking: Booking) -> None:
        floor = self.floors.get(booking.venue_id)
        for claim in claims_of(booking):
            if floor is not None and claim.table <= len(floor.tables.sizes):
                floor.leave(claim)
            if self._claimed.pop((claim.booking_id, claim.table), None) is None:
                self._released.append(claim)

    def _refill(self, venue_id: str, trigger: Trigger) -> None:
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
        decision = decide(request, self.venues.get(venue_id), self.floors.get(venue_id), self.policy)
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
            text = notification(booking, self.venues.get(booking.venue_id))
            user = {"user_id": booking.request.user_id, "booking_id": booking.booking_id, "text": text}
            self.records.add("system_metrics", "notification.dispatched", outcome, user)

    def _put(self, booking: Booking) -> None:
        self.bookings[booking.booking_id] = booking
        self._touched[booking.booking_id] = None

    def touched(self) -> list[Booking]:
        """The bookings that changed, in order."""
        return [self.bookings[booking_id] for booking_id in self._touched]

    def flush(self) -> None:
        """Write the batch to the state."""
        touched = self.touched()
        self.state.release(self.scope, self._released)
        self.state.change(self.scope, [booking for booking in touched if booking.booking_id in self._known])
        self.state.add(self.scope, [booking for booking in touched if booking.booking_id not in self._known])
        self.state.claim(self.scope, list(self._claimed.values()))


def describe(booking: Booking, venue: Venue | None) -> dict[str, object]:
    """A booking as the answer to a question."""
    return {
        "booking_id": booking.booking_id,
        "venue_id": booking.venue_id,
        "venue_name": venue.name if venue else None,
        "user_id": booking.request.user_id,
        "party_size": booking.request.party_size,
        "start_time": iso(booking.start_us or booking.request.start_us),
        "duration_minutes": booking.duration_minutes or None,
        "status": booking.status.value,
        "tables": list(booking.tables),
        "seats": booking.seats or None,
        "confirmation_code": booking.code,
        "reason": booking.reason,
        "created_by": booking.request.created_by,
        "requested_at": iso(booking.request.requested_us),
    }
