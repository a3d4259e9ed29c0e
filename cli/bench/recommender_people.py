"""Made-up people for the recommender's bench, as records of the topics: any number of them, known by their number.

Everybody has a row, learned tastes, about twelve friends and a few visits: what the recommender folds of a person who
has used the app for a while. The venues are those of a real city.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.recommender.domain.places import TASTES
from services.simulator.data_files import load_city_data
from services.simulator.domain.city import City, CityConfig, Identity
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.raw import RawBatch, decode
from streamkit.records import Batch, Coded, Column, Outgoing

VENUES = 1_200
FRIENDS = 12
VISITS = 5
"""Visits of each person; with the friends a choice near what a told city has after a fortnight."""

NOON_US = 1_780_675_200_000_000
"""Friday 2026-06-05 12:00 in New York, in µs."""

MINUTE_US = 60_000_000
SEED = 42
DIETS = ("none", "none", "none", "none", "vegetarian", "vegan", "gluten_free")
PERSONAS = (
    "social_butterfly", "foodie_explorer", "routine_regular", "event_organizer",
    "spontaneous_diner", "busy_professional", "budget_conscious",
)  # fmt: skip
CENTRE = (40.74, -73.97)
SPREAD_DEGREES = 0.04

Numbers = NDArray[np.int64]


def venues() -> list[Outgoing]:
    """The rows of 1,200 venues of New York."""
    config = CityConfig(users=0, venues=VENUES, start=NOON_US)
    city = City(config, SEED, Identity("bench", 0, "dining", "new_york"), load_city_data(config.world, config.city))
    opening = [output for output in city.opening() if isinstance(output, Outgoing)]
    return [output for output in opening if output.topic == "venues"]


def ids(numbers: Numbers) -> NDArray[np.bytes_]:
    """Ids of people."""
    return np.char.add(b"u", np.char.zfill(numbers.astype("S8"), 7))


def people(numbers: Numbers, among: int) -> Outgoing:
    """Rows of `users`; friends are drawn from the first ``among`` people."""
    draws = np.random.default_rng([SEED, int(numbers[0])])
    friends = np.sort(draws.integers(0, among, (len(numbers), FRIENDS)), axis=1)
    listed = [",".join(f"u{friend:07d}" for friend in row) for row in friends.tolist()]
    north, east = _places(draws, len(numbers))
    names = [f"Person {number}" for number in numbers.tolist()]
    return _records("users", "user.updated", numbers, 0, {
        "name": pl.Series(names), "username": pl.Series(names),
        "email": pl.Series([f"{one}@example.org" for one in names]),
        "persona": Coded(numbers % len(PERSONAS), PERSONAS), "dietary": Coded(numbers % len(DIETS), DIETS),
        "is_simulated": True, "lifecycle": "active", "registered_at": np.full(len(numbers), NOON_US - 10**12),
        "home_latitude": north, "home_longitude": east, "work_latitude": north, "work_longitude": east,
        "price_tier": draws.uniform(1, 4, len(numbers)).astype("f4"),
        "openness": draws.random(len(numbers), dtype="f4"), "group_size": np.full(len(numbers), 2, dtype="f4"),
        "friend_ids": pl.Series(listed),
    })  # fmt: skip


def tastes(numbers: Numbers) -> Outgoing:
    """Rows of `preferences`."""
    draws = np.random.default_rng([SEED, 1, int(numbers[0])])
    liked: dict[str, Column] = {f"taste_{taste}": draws.random(len(numbers), dtype="f4") for taste in TASTES}
    more: dict[str, Column] = {
        "price_tier": draws.uniform(1, 4, len(numbers)).astype("f4"),
        "outdoor": draws.random(len(numbers), dtype="f4"),
        "version": np.ones(len(numbers), dtype=np.int64),
        "reason": "learned",
        "shift": np.zeros(len(numbers), dtype="f4"),
    }
    return _records("preferences", "preference.updated", numbers, 0, liked | more)


def visits(numbers: Numbers, minute: int) -> Outgoing:
    """One visit of each person."""
    draws = np.random.default_rng([SEED, 2, minute, int(numbers[0])])
    where = draws.integers(0, VENUES, len(numbers))
    north, east = _places(draws, len(numbers))
    names = [f"v{venue:05d}" for venue in range(VENUES)]
    return _records("user_actions", "visit.started", numbers, minute, {
        "venue_id": Coded(where, names), "party_size": np.full(len(numbers), 2, dtype="i4"),
        "visit_id": _event_ids("visit.started", numbers, minute), "latitude": north, "longitude": east,
    })  # fmt: skip


def sessions(numbers: Numbers, minute: int) -> Outgoing:
    """Each person opens the app."""
    north, east = _places(np.random.default_rng([SEED, 3, minute]), len(numbers))
    return _records("user_actions", "session.started", numbers, minute, {
        "session_id": _event_ids("session.started", numbers, minute), "latitude": north, "longitude": east,
    })  # fmt: skip


def world(numbers: Numbers, among: int) -> list[Outgoing]:
    """Everything the recommender knows of some people: rows, tastes, visits. ``among`` as in `people`."""
    return [people(numbers, among), tastes(numbers), *(visits(numbers, minute) for minute in range(VISITS))]


class Feed:
    """Turns records into the batches that a processor is given, through the codec as on the wire; keeps nothing."""

    def __init__(self) -> None:
        self._catalogue = Catalogue.load()
        self._codec = Codec(self._catalogue)

    def batches(self, outputs: Sequence[Outgoing]) -> list[Batch]:
        """One batch for each output.

        Raises:
            ValueError: Records break their contract, which would make a measurement of nothing.

        """
        found = []
        for output in outputs:
            encoded = self._codec.encode(output)
            rows = np.arange(output.rows)
            raw = RawBatch(output.topic, encoded.keys, encoded.values, np.zeros_like(rows, dtype=np.int32), rows)
            batch, poison = decode(self._catalogue, self._codec, raw)
            if poison:
                raise ValueError(f"{output.topic}: {len(poison)} records break their contract: {poison[0].message}")
            found.append(batch)
        return found


def _records(topic: str, event_type: str, numbers: Numbers, minute: int, columns: Mapping[str, Column]) -> Outgoing:
    shared: dict[str, Column] = {
        "event_id": _event_ids(event_type, numbers, minute),
        "event_type": event_type, "run_id": "bench", "branch": 0,
        "simulation_time": NOON_US + minute * MINUTE_US + np.arange(len(numbers), dtype=np.int64),
        "world": "dining", "city": "new_york", "user_id": ids(numbers), "source": "simulator",
    }  # fmt: skip
    return Outgoing(topic, len(numbers), shared | dict(columns))


def _event_ids(event_type: str, numbers: Numbers, minute: int) -> NDArray[np.bytes_]:
    return np.char.add(f"{event_type}-{minute}-".encode(), ids(numbers))


def _places(draws: np.random.Generator, count: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    spots = draws.normal(CENTRE, SPREAD_DEGREES, (count, 2)).astype("f4")
    return spots[:, 0], spots[:, 1]
