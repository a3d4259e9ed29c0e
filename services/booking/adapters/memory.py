# ruff: noqa: D102 - what each method does stands at the port
"""State in dictionaries, for the lock-step host and the tests: the same answers as PostgreSQL, kept by no disk."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from services.booking.domain.booking import LIVE, Booking, Status
from services.booking.domain.floor import Claim
from services.booking.domain.venue import Venue
from services.booking.ports import ConflictError, Interest, Query, Question, Scope, Tick

T = TypeVar("T")


@dataclass(slots=True)
class _Telling:
    """Everything of one scope."""

    inbox: set[str] = field(default_factory=set)
    venues: dict[str, Venue] = field(default_factory=dict)
    bookings: dict[str, Booking] = field(default_factory=dict)
    waiting: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    timers: dict[str, int] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    claims: dict[str, dict[tuple[int, int], Claim]] = field(default_factory=lambda: defaultdict(dict))
    slots: dict[tuple[str, int, int], str] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    interests: dict[str, dict[str, Interest]] = field(default_factory=lambda: defaultdict(dict))
    tick: Tick | None = None


class MemoryState:
    """`BookingState` without durability."""

    def __init__(self) -> None:
        self._tellings: dict[Scope, _Telling] = defaultdict(_Telling)
        self._positions: dict[tuple[str, int], int] = {}
        self._live: Scope | None = None

    def fresh(self, scope: Scope, event_ids: Sequence[str]) -> set[str]:
        inbox = self._tellings[scope].inbox
        new = set(event_ids) - inbox
        inbox |= new
        return new

    def venues(self, scope: Scope, venue_ids: Iterable[str]) -> dict[str, Venue]:
        return _pick(self._tellings[scope].venues, venue_ids)

    def put_venues(self, scope: Scope, venues: Sequence[Venue]) -> None:
        self._tellings[scope].venues.update({venue.venue_id: venue for venue in venues})

    def remove_venues(self, scope: Scope, venue_ids: Sequence[str]) -> None:
        _drop(self._tellings[scope].venues, venue_ids)

    def bookings(self, scope: Scope, booking_ids: Iterable[str]) -> dict[str, Booking]:
        return _pick(self._tellings[scope].bookings, booking_ids)

    def find(self, scope: Scope, query: Query) -> list[Booking]:
        found = [
            booking
            for booking in self._tellings[scope].bookings.values()
            if query.user_id in (None, booking.request.user_id)
            and query.venue_id in (None, booking.venue_id)
            and query.status in (None, booking.status.value)
        ]
        found.sort(key=lambda booking: (-booking.request.requested_us, booking.booking_id))
        if query.cursor is not None:
            requested, _, booking_id = query.cursor.partition("_")
            after = (-int(requested), booking_id)
            found = [b for b in found if (-b.request.requested_us, b.booking_id) > after]
        return found[: query.limit]

    def waiting(self, scope: Scope, venue_ids: Iterable[str]) -> list[Booking]:
        telling = self._tellings[scope]
        found = [telling.bookings[name] for venue_id in set(venue_ids) for name in telling.waiting.get(venue_id, ())]
        return sorted(found, key=lambda booking: (booking.request.requested_us, booking.booking_id))

    def due(self, scope: Scope, now_us: int, limit: int) -> list[Booking]:
        telling = self._tellings[scope]
        fired = sorted((due_us, booking_id) for booking_id, due_us in telling.timers.items() if due_us <= now_us)
        return [telling.bookings[booking_id] for _, booking_id in fired[:limit]]

    def add(self, scope: Scope, bookings: Sequence[Booking]) -> None:
        telling = self._tellings[scope]
        known = [booking.booking_id for booking in bookings if booking.booking_id in telling.bookings]
        if known:
            raise ConflictError(f"booking {known[0]} is known already")
        self.change(scope, bookings)

    def change(self, scope: Scope, bookings: Sequence[Booking]) -> None:
        telling = self._tellings[scope]
        for booking in bookings:
            name = booking.booking_id
            telling.bookings[name] = booking
            if booking.status in (Status.REQUESTED, Status.WAITLISTED):
                telling.waiting[booking.venue_id].add(name)
            else:
                telling.waiting[booking.venue_id].discard(name)
            if booking.due_us is None:
                telling.timers.pop(name, None)
            else:
                telling.timers[name] = booking.due_us
            if booking.code is not None and booking.status in LIVE:
                if telling.codes.setdefault(booking.code, name) != name:
                    raise ConflictError(f"code {booking.code} is taken")
            elif booking.code is not None and telling.codes.get(booking.code) == name:
                del telling.codes[booking.code]

    def codes_taken(self, scope: Scope, codes: Iterable[str]) -> set[str]:
        return set(codes) & self._tellings[scope].codes.keys()

    def claims(self, scope: Scope, venue_ids: Iterable[str], since: int, until: int) -> list[Claim]:
        held = self._tellings[scope].claims
        return [
            claim
            for venue_id in set(venue_ids)
            for claim in held.get(venue_id, {}).values()
            if claim.first < until and claim.first + claim.count > since
        ]

    def claim(self, scope: Scope, claims: Sequence[Claim]) -> None:
        telling = self._tellings[scope]
        for claim in claims:
            for slot in range(claim.first, claim.first + claim.count):
                key = claim.venue_id, claim.table, slot
                if telling.slots.setdefault(key, claim.booking_id) != claim.booking_id:
                    raise ConflictError(f"table {claim.table} of {claim.venue_id} is taken")
            telling.claims[claim.venue_id][claim.table, claim.first] = claim

    def release(self, scope: Scope, claims: Sequence[Claim]) -> None:
        telling = self._tellings[scope]
        for claim in claims:
            for slot in range(claim.first, claim.first + claim.count):
                telling.slots.pop((claim.venue_id, claim.table, slot), None)
            telling.claims[claim.venue_id].pop((claim.table, claim.first), None)

    def times(self, scope: Scope, keys: Iterable[str]) -> dict[str, int]:
        return _pick(self._tellings[scope].times, keys)

    def put_times(self, scope: Scope, times: Mapping[str, int]) -> None:
        self._tellings[scope].times.update(times)

    def advance(self, positions: Mapping[tuple[str, int], int]) -> None:
        for partition, offset in positions.items():
            self._positions[partition] = max(offset, self._positions.get(partition, 0))

    def positions(self) -> dict[tuple[str, int], int]:
        return dict(self._positions)

    def tick(self, scope: Scope) -> Tick | None:
        return self._tellings[scope].tick

    def put_tick(self, scope: Scope, tick: Tick) -> None:
        self._tellings[scope].tick = tick

    def drop_tick(self, scope: Scope) -> None:
        self._tellings[scope].tick = None

    def live(self) -> Scope | None:
        return self._live

    def put_live(self, scope: Scope) -> None:
        self._live = scope

    def questions(self, scope: Scope, booking_ids: Iterable[str]) -> list[Question]:
        wanted = set(booking_ids)
        found = [question for question in self._tellings[scope].questions.values() if question.booking_id in wanted]
        return sorted(found, key=lambda question: (question.asked_us, question.request_id))

    def put_questions(self, scope: Scope, questions: Sequence[Question]) -> None:
        self._tellings[scope].questions.update({question.request_id: question for question in questions})

    def drop_questions(self, scope: Scope, request_ids: Sequence[str]) -> None:
        _drop(self._tellings[scope].questions, request_ids)

    def interests(self, scope: Scope, venue_id: str, since_us: int) -> list[Interest]:
        known = self._tellings[scope].interests.get(venue_id, {}).values()
        wanted = [interest for interest in known if interest.preferred_us >= since_us]
        return sorted(wanted, key=lambda interest: (interest.preferred_us, interest.user_id))

    def put_interests(self, scope: Scope, interests: Sequence[Interest]) -> None:
        for interest in interests:
            self._tellings[scope].interests[interest.venue_id][interest.user_id] = interest

    def drop_interests(self, scope: Scope, venue_id: str, user_ids: Sequence[str]) -> None:
        _drop(self._tellings[scope].interests[venue_id], user_ids)


def _pick(known: dict[str, T], names: Iterable[str]) -> dict[str, T]:
    return {name: known[name] for name in names if name in known}


def _drop(known: dict[str, T], names: Iterable[str]) -> None:
    for name in names:
        known.pop(name, None)
