"""What the decisions need to remember, as a port: PostgreSQL in service, plain dictionaries in the lock-step host.

Both adapters pass one test suite. Everything is scoped by (run, branch): a new branch starts with free tables.
A durable adapter may find at any call, and at its commit, that another process was first; it raises
`ConflictError`, and the host lets the processor decide again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from services.booking.domain.booking import Booking
from services.booking.domain.floor import Claim
from services.booking.domain.group import Group
from services.booking.domain.rules import Condition
from services.booking.domain.venue import Venue


class Scope(NamedTuple):
    """One telling of a run."""

    run_id: str
    branch: int


class ConflictError(Exception):
    """Another process committed something this decision rests on: decide again."""


@dataclass(frozen=True, slots=True)
class Tick:
    """The newest tick of a scope: simulated time reached, and what must have been consumed before timers fire."""

    event_id: str
    time_us: int
    positions: str
    world: str
    city: str


@dataclass(frozen=True, slots=True)
class Question:
    """A request of the gateway that is answered after the outcome of a booking."""

    booking_id: str
    request_id: str
    event_id: str
    asked_us: int
    kind: str


@dataclass(frozen=True, slots=True)
class Interest:
    """A user who wants to go to a venue at a time, and has not booked it yet."""

    venue_id: str
    user_id: str
    preferred_us: int
    party_size: int


@dataclass(frozen=True, slots=True)
class Query:
    """Which bookings to list, newest request first, after a cursor."""

    user_id: str | None = None
    venue_id: str | None = None
    status: str | None = None
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What is over by now: moments in UTC microseconds, the inbox in simulated days from 1970."""

    archived_us: int
    """Bookings that are over and started before it leave for the archive; so old groups, unless they collect, go."""
    forgotten_us: int
    """Archived bookings that started before it are deleted."""
    interests_us: int
    """Interests in times before it are deleted."""
    inbox_day: int
    """Events of earlier days leave the inbox."""


class BookingState(Protocol):
    """All reads see the writes made before them in the same batch."""

    def fresh(self, scope: Scope, event_ids: Sequence[str], day: int = 0) -> set[str]:
        """Enter events of a simulated day, counted from 1970, in the inbox; the ids that were not in it before."""
        ...

    def inbox_day(self, scope: Scope) -> int:
        """Events of earlier simulated days have left the inbox."""
        ...

    def directory(self, scope: Scope) -> Mapping[str, Venue]:
        """All venues by id; the same object as long as none changes."""
        ...

    def put_venues(self, scope: Scope, venues: Sequence[Venue]) -> None:
        """Replace the rows of venues."""
        ...

    def remove_venues(self, scope: Scope, venue_ids: Sequence[str]) -> None:
        """Forget venues that were removed from the topic."""
        ...

    def bookings(self, scope: Scope, booking_ids: Iterable[str]) -> dict[str, Booking]:
        """Known bookings among the ids."""
        ...

    def find(self, scope: Scope, query: Query) -> list[Booking]:
        """Bookings that match a query, newest request first, ties by id."""
        ...

    def waiting(self, scope: Scope, venue_ids: Iterable[str]) -> list[Booking]:
        """Requested and waitlisted bookings of venues in order of their asking, ties by id."""
        ...

    def confirmed(self, scope: Scope, since_us: int, until_us: int, late_us: int) -> list[Booking]:
        """Confirmed bookings that start in since..until (inclusive) and whose timers fire at most so late after it."""
        ...

    def archived(self, scope: Scope, booking_ids: Iterable[str]) -> dict[str, Booking]:
        """Bookings among the ids that are long over and in the archive."""
        ...

    def known(self, scope: Scope, booking_ids: Iterable[str]) -> set[str]:
        """The ids among these that a booking has, in the archive too."""
        ...

    def due(self, scope: Scope, now_us: int, limit: int) -> list[Booking]:
        """Bookings whose timer fires at or before a moment, earliest first, ties by id."""
        ...

    def add(self, scope: Scope, bookings: Sequence[Booking]) -> None:
        """Enter new bookings."""
        ...

    def change(self, scope: Scope, bookings: Sequence[Booking]) -> None:
        """Replace the changing part of bookings entered before."""
        ...

    def codes_taken(self, scope: Scope, codes: Iterable[str]) -> set[str]:
        """The codes among these that a live booking has."""
        ...

    def claims(self, scope: Scope, venue_ids: Iterable[str], since: int, until: int) -> list[Claim]:
        """Claims of venues that may touch the slots since..until (exclusive)."""
        ...

    def claim(self, scope: Scope, claims: Sequence[Claim]) -> None:
        """Hold tables; raises ConflictError where one is held already."""
        ...

    def release(self, scope: Scope, claims: Sequence[Claim]) -> None:
        """Give tables back."""
        ...

    def times(self, scope: Scope, keys: Iterable[str]) -> dict[str, int]:
        """Simulated time of the last record published under each key."""
        ...

    def put_times(self, scope: Scope, times: Mapping[str, int]) -> None:
        """Remember the simulated time of the last record under keys."""
        ...

    def advance(self, positions: Mapping[tuple[str, int], int]) -> None:
        """Note next offsets consumed; a position never goes back."""
        ...

    def positions(self) -> dict[tuple[str, int], int]:
        """Next offsets consumed, by every process of the service."""
        ...

    def tick(self, scope: Scope) -> Tick | None:
        """The newest tick whose timers have not fired yet."""
        ...

    def put_tick(self, scope: Scope, tick: Tick) -> None:
        """Replace the newest tick."""
        ...

    def drop_tick(self, scope: Scope) -> None:
        """The timers up to the newest tick have fired."""
        ...

    def live(self) -> Scope | None:
        """The scope of the newest state of the simulation."""
        ...

    def put_live(self, scope: Scope) -> None:
        """Another telling is now the live one."""
        ...

    def questions(self, scope: Scope, booking_ids: Iterable[str]) -> list[Question]:
        """Questions that wait for the outcome of bookings, in order of their asking, ties by id."""
        ...

    def put_questions(self, scope: Scope, questions: Sequence[Question]) -> None:
        """Remember questions until their outcome."""
        ...

    def drop_questions(self, scope: Scope, request_ids: Sequence[str]) -> None:
        """Forget questions that were answered."""
        ...

    def interests(self, scope: Scope, venue_id: str, since_us: int, limit: int) -> list[Interest]:
        """Who wants to go to a venue from a moment on, the first by time and user."""
        ...

    def interests_of(self, scope: Scope, user_ids: Iterable[str]) -> list[Interest]:
        """Where people want to go, ordered by user and venue."""
        ...

    def put_interests(self, scope: Scope, interests: Sequence[Interest]) -> None:
        """Remember interests; a user's newest for a venue replaces the one before."""
        ...

    def drop_interests(self, scope: Scope, venue_id: str, user_ids: Sequence[str]) -> None:
        """Forget interests that were booked."""
        ...

    def conditions(self, scope: Scope) -> list[Condition]:
        """What holds in the cities, ordered by city, kind and name."""
        ...

    def put_conditions(self, scope: Scope, conditions: Sequence[Condition]) -> None:
        """Remember conditions; the newest of one city, kind and name replaces the one before."""
        ...

    def drop_conditions(self, scope: Scope, conditions: Sequence[Condition]) -> None:
        """Forget conditions that are over."""
        ...

    def groups(self, scope: Scope, group_ids: Iterable[str]) -> dict[str, Group]:
        """Known groups among the ids."""
        ...

    def groups_of(self, scope: Scope, user_ids: Iterable[str]) -> list[Group]:
        """Groups of organisers that collect answers, ordered by id."""
        ...

    def groups_due(self, scope: Scope, now_us: int, limit: int) -> list[Group]:
        """Groups whose timer fires at or before a moment, earliest first, ties by id."""
        ...

    def put_groups(self, scope: Scope, groups: Sequence[Group]) -> None:
        """Enter or replace groups."""
        ...

    def tidy(self, scope: Scope, past: Past, limit: int) -> int:
        """Take the past away, so many rows of a table at most; the most that were taken of one."""
        ...

    def save(self, scope: Scope, snapshot_id: str) -> bool:
        """Keep a copy of the scope under a name; False where the name is taken."""
        ...

    def load(self, scope: Scope, snapshot_id: str) -> bool:
        """Make a kept copy the state of a scope, whose own is gone then; False where there is none of the name."""
        ...
