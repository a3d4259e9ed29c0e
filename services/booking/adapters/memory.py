# ruff: noqa: D102 - what each method does stands at the port
"""State in dictionaries, for the lock-step host and the tests: the same answers as PostgreSQL, kept by no disk."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TypeVar

from services.booking.domain.booking import LIVE, OVER, Booking, Status
from services.booking.domain.floor import Claim
from services.booking.domain.group import Group, GroupStatus
from services.booking.domain.rules import Condition
from services.booking.domain.venue import Venue
from services.booking.ports import ConflictError, Interest, Past, Query, Question, Scope, Tick

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


@dataclass(slots=True)
class _Telling:
    """Everything of one scope."""

    inbox: dict[str, int] = field(default_factory=dict)
    inbox_day: int = 0
    venues: dict[str, Venue] = field(default_factory=dict)
    bookings: dict[str, Booking] = field(default_factory=dict)
    archive: dict[str, Booking] = field(default_factory=dict)
    waiting: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    timers: dict[str, int] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    claims: dict[str, dict[tuple[int, int], Claim]] = field(default_factory=lambda: defaultdict(dict))
    slots: dict[tuple[str, int, int], str] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    interests: dict[str, dict[str, Interest]] = field(default_factory=lambda: defaultdict(dict))
    conditions: dict[tuple[str, str, str], Condition] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    tick: Tick | None = None


class MemoryState:
    """`BookingState` without durability."""

    def __init__(self) -> None:
        self._tellings: dict[Scope, _Telling] = defaultdict(_Telling)
        self._positions: dict[tuple[str, int], int] = {}
        self._live: Scope | None = None
        self._snapshots: dict[str, _Telling] = {}

    def fresh(self, scope: Scope, event_ids: Sequence[str], day: int = 0) -> set[str]:
        inbox = self._tellings[scope].inbox
        new = set(event_ids) - inbox.keys()
        inbox.update(dict.fromkeys(sorted(new), day))
        return new

    def inbox_day(self, scope: Scope) -> int:
        return self._tellings[scope].inbox_day

    def directory(self, scope: Scope) -> Mapping[str, Venue]:
        return self._tellings[scope].venues

    def put_venues(self, scope: Scope, venues: Sequence[Venue]) -> None:
        telling = self._tellings[scope]
        telling.venues = {**telling.venues, **{venue.venue_id: venue for venue in venues}}

    def remove_venues(self, scope: Scope, venue_ids: Sequence[str]) -> None:
        telling = self._tellings[scope]
        telling.venues = {name: venue for name, venue in telling.venues.items() if name not in venue_ids}

    def bookings(self, scope: Scope, booking_ids: Iterable[str]) -> dict[str, Booking]:
        return _pick(self._tellings[scope].bookings, booking_ids)

    def find(self, scope: Scope, query: Query) -> list[Booking]:
        telling = self._tellings[scope]
        found = [
            booking
            for booking in (*telling.bookings.values(), *telling.archive.values())
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

    def archived(self, scope: Scope, booking_ids: Iterable[str]) -> dict[str, Booking]:
        return _pick(self._tellings[scope].archive, booking_ids)

    def known(self, scope: Scope, booking_ids: Iterable[str]) -> set[str]:
        telling = self._tellings[scope]
        return {name for name in booking_ids if name in telling.bookings or name in telling.archive}

    def confirmed(self, scope: Scope, since_us: int, until_us: int, late_us: int) -> list[Booking]:
        telling = self._tellings[scope]
        timed = (n for n, due_us in telling.timers.items() if since_us <= due_us <= until_us + late_us)
        found = (telling.bookings[name] for name in sorted(timed))
        return [b for b in found if b.status is Status.CONFIRMED and since_us <= b.start_us <= until_us]

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

    def interests(self, scope: Scope, venue_id: str, since_us: int, limit: int) -> list[Interest]:
        known = self._tellings[scope].interests.get(venue_id, {}).values()
        wanted = [interest for interest in known if interest.preferred_us >= since_us]
        return sorted(wanted, key=lambda interest: (interest.preferred_us, interest.user_id))[:limit]

    def interests_of(self, scope: Scope, user_ids: Iterable[str]) -> list[Interest]:
        wanted = set(user_ids)
        known = [one for venue in self._tellings[scope].interests.values() for one in venue.values()]
        return sorted((i for i in known if i.user_id in wanted), key=lambda one: (one.user_id, one.venue_id))

    def put_interests(self, scope: Scope, interests: Sequence[Interest]) -> None:
        for interest in interests:
            self._tellings[scope].interests[interest.venue_id][interest.user_id] = interest

    def drop_interests(self, scope: Scope, venue_id: str, user_ids: Sequence[str]) -> None:
        _drop(self._tellings[scope].interests[venue_id], user_ids)

    def conditions(self, scope: Scope) -> list[Condition]:
        return [one for _, one in sorted(self._tellings[scope].conditions.items())]

    def put_conditions(self, scope: Scope, conditions: Sequence[Condition]) -> None:
        self._tellings[scope].conditions.update({_key(one): one for one in conditions})

    def drop_conditions(self, scope: Scope, conditions: Sequence[Condition]) -> None:
        _drop(self._tellings[scope].conditions, [_key(one) for one in conditions])

    def groups(self, scope: Scope, group_ids: Iterable[str]) -> dict[str, Group]:
        return _pick(self._tellings[scope].groups, group_ids)

    def groups_of(self, scope: Scope, user_ids: Iterable[str]) -> list[Group]:
        wanted, known = set(user_ids), self._tellings[scope].groups
        return [g for _, g in sorted(known.items()) if g.user_id in wanted and g.status is GroupStatus.COLLECTING]

    def groups_due(self, scope: Scope, now_us: int, limit: int) -> list[Group]:
        timed = [(g.due_us, name) for name, g in self._tellings[scope].groups.items() if g.due_us is not None]
        fired = sorted((due_us, name) for due_us, name in timed if due_us <= now_us)
        return [self._tellings[scope].groups[name] for _, name in fired[:limit]]

    def put_groups(self, scope: Scope, groups: Sequence[Group]) -> None:
        self._tellings[scope].groups.update({group.group_id: group for group in groups})

    def tidy(self, scope: Scope, past: Past, limit: int) -> int:
        telling = self._tellings[scope]
        over = [b for b in telling.bookings.values() if b.status in OVER and b.start_us < past.archived_us]
        over = sorted(over, key=lambda booking: booking.start_us)[:limit]
        _drop(telling.bookings, [booking.booking_id for booking in over])
        old = [name for name, booking in telling.archive.items() if booking.start_us < past.forgotten_us][:limit]
        telling.archive.update({booking.booking_id: booking for booking in over})
        telling.inbox_day = max(telling.inbox_day, past.inbox_day)
        seen = [name for name, day in telling.inbox.items() if day < past.inbox_day][:limit]
        asked = [g for g in telling.groups.values() if g.status is not GroupStatus.COLLECTING]
        met = [g.group_id for g in asked if g.start_us < past.archived_us][:limit]
        wishes = [wish for venue in telling.interests.values() for wish in venue.values()]
        gone = [wish for wish in wishes if wish.preferred_us < past.interests_us][:limit]
        _drop(telling.archive, old)
        _drop(telling.inbox, seen)
        _drop(telling.groups, met)
        for wish in gone:
            del telling.interests[wish.venue_id][wish.user_id]
        return max(len(over), len(old), len(seen), len(met), len(gone))

    def save(self, scope: Scope, snapshot_id: str) -> bool:
        if snapshot_id in self._snapshots:
            return False
        self._snapshots[snapshot_id] = deepcopy(self._tellings[scope])
        return True

    def load(self, scope: Scope, snapshot_id: str) -> bool:
        if snapshot_id not in self._snapshots:
            return False
        own = self._tellings[scope]
        self._tellings[scope] = deepcopy(self._snapshots[snapshot_id])
        new = self._tellings[scope]
        new.inbox, new.inbox_day, new.tick, new.questions = own.inbox, own.inbox_day, own.tick, own.questions
        return True


def _key(condition: Condition) -> tuple[str, str, str]:
    return condition.city, condition.kind, condition.name


def _pick(known: dict[str, T], names: Iterable[str]) -> dict[str, T]:
    return {name: known[name] for name in names if name in known}


def _drop(known: dict[K, T], names: Iterable[K]) -> None:
    for name in names:
        known.pop(name, None)
