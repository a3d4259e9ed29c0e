"""What one telling of the city taught the recommender: people, places, who goes where, and the weather.

Records are folded with the granularity of a simulated minute: what happened in a minute is known from the next
one on. That makes a recommendation depend on the order of its input and not on how it was batched.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.recommender.domain.places import TASTES, PlaceDirectory

NEUTRAL_TASTE = 0.5
"""Liking of a taste nothing is known of."""

MINUTE_US = 60_000_000


@dataclass(slots=True)
class Person:
    """What is known of a user. Coordinates are the last seen ones in the app, else home."""

    user_id: str
    name: str = ""
    persona: str = ""
    latitude: float = 0.0
    longitude: float = 0.0
    price_tier: float = 2.0
    openness: float = 0.5
    lifecycle: str = "registered"
    dietary: str | None = None
    friends: tuple[str, ...] = ()
    taste: NDArray[np.float32] = field(default_factory=lambda: np.full(len(TASTES), NEUTRAL_TASTE, dtype=np.float32))
    goes_to: Counter[int] = field(default_factory=Counter)
    ignored: Counter[int] = field(default_factory=Counter)
    shown_people_at: int = -(1 << 62)


@dataclass(slots=True)
class Happening:
    """A fold that waits for its minute to pass."""

    minute: int
    kind: str
    user_id: str
    venue_id: str


AFFINITY = {"visit.started": 2, "venue.liked": 1, "venue.saved": 1}
"""How many times an event counts as going to a venue."""


@dataclass
class CityState:
    """State of one (run, branch)."""

    people: dict[str, Person] = field(default_factory=dict)
    places: PlaceDirectory = field(default_factory=PlaceDirectory)
    visitors: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    offers: set[str] = field(default_factory=set)
    trending: dict[str, float] = field(default_factory=dict)
    offered: dict[str, tuple[str, str]] = field(default_factory=dict)
    condition: str = "clear"
    delay_minutes: float = 0.0
    latest_time: int = 0
    pending: list[Happening] = field(default_factory=list)

    def person(self, user_id: str) -> Person:
        """The person of that id, made known if new."""
        person = self.people.get(user_id)
        if person is None:
            person = self.people[user_id] = Person(user_id)
        return person

    def put_person(self, row: Mapping[str, object]) -> None:
        """Take the latest row of a user."""
        person = self.person(str(row["user_id"]))
        first_seen = not person.name
        person.name, person.persona = str(row["name"]), str(row["persona"])
        person.price_tier, person.openness = _number(row["price_tier"]), _number(row["openness"])
        person.lifecycle, person.dietary = str(row["lifecycle"]), _text(row["dietary"])
        person.friends = tuple(filter(None, str(row["friend_ids"] or "").split(",")))
        if first_seen:
            person.latitude, person.longitude = _number(row["home_latitude"]), _number(row["home_longitude"])

    def put_preferences(self, row: Mapping[str, object]) -> None:
        """Take the latest learned tastes of a user."""
        person = self.person(str(row["user_id"]))
        person.taste = np.array([row[f"taste_{taste}"] for taste in TASTES], dtype=np.float32)
        person.price_tier = _number(row["price_tier"])

    def catch_up(self, minute: int) -> None:
        """Fold everything that happened before a simulated minute."""
        due = [happening for happening in self.pending if happening.minute < minute]
        if not due:
            return
        self.pending = [happening for happening in self.pending if happening.minute >= minute]
        for happening in due:
            self._fold(happening)

    def _fold(self, happening: Happening) -> None:
        venue = self.places.index.get(happening.venue_id)
        if venue is None:
            return
        person = self.person(happening.user_id)
        if happening.kind == "recommendation.ignored":
            person.ignored[venue] += 1
            return
        weight = AFFINITY[happening.kind]
        person.goes_to[venue] += weight
        person.ignored.pop(venue, None)
        self.visitors[venue] += weight


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def minute_of(time_us: int) -> int:
    """Simulated minute of a simulated time in microseconds."""
    return time_us // MINUTE_US
