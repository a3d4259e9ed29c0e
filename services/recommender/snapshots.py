"""Snapshots of a city's state: columns and plain values under an id, and which telling began from which."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from services.recommender.cities import Telling
from services.recommender.domain.acceptance import Acceptance
from services.recommender.domain.columns import Array
from services.recommender.domain.model import Model
from services.recommender.domain.occupancy import Occupancy
from services.recommender.domain.state import CityState, Gathering, Happening

VERSION = 1
"""Of the layout; a snapshot of another one is refused."""


class SnapshotError(Exception):
    """A snapshot that cannot be saved, found, trusted or used; the message says why."""


@dataclass(frozen=True)
class Saved:
    """A state as arrays by name and as values that JSON can carry."""

    arrays: Mapping[str, Array]
    values: Mapping[str, Any]


class SnapshotStore(Protocol):
    """Where snapshots are kept. Every method raises `SnapshotError`."""

    def save(self, snapshot_id: str, saved: Saved) -> None:
        """Keep a state under an id, all of it or nothing; the same id again replaces it."""
        ...

    def load(self, snapshot_id: str) -> Saved:
        """The state of an id."""
        ...

    def note_base(self, telling: Telling, snapshot_id: str) -> None:
        """Remember that a telling began from a snapshot."""
        ...

    def base(self, telling: Telling) -> str | None:
        """The snapshot a telling began from."""
        ...


@dataclass
class MemorySnapshots:
    """Snapshots of a host that has no disk, gone with the process."""

    kept: dict[str, Saved] = field(default_factory=dict)
    bases: dict[Telling, str] = field(default_factory=dict)

    def save(self, snapshot_id: str, saved: Saved) -> None:
        """Keep a state."""
        self.kept[snapshot_id] = saved

    def load(self, snapshot_id: str) -> Saved:
        """The state of an id."""
        if snapshot_id not in self.kept:
            raise SnapshotError(f"no snapshot {snapshot_id!r}")
        return self.kept[snapshot_id]

    def note_base(self, telling: Telling, snapshot_id: str) -> None:
        """Remember a telling's snapshot."""
        self.bases[telling] = snapshot_id

    def base(self, telling: Telling) -> str | None:
        """The snapshot a telling began from."""
        return self.bases.get(telling)


def dump(city: CityState) -> Saved:
    """All of a city's state."""
    people, user_ids, user_names = city.people.dump()
    places, places_rest = city.places.dump()
    arrays: dict[str, Array] = {f"people.{name}": column for name, column in people.items()}
    arrays |= {f"places.{name}": column for name, column in places.items()}
    arrays |= {"by_hour": city.by_hour.copy(), "model.weights": city.model.weights.copy()}
    arrays |= {"model.squares": city.model.squares.copy()}
    arrays |= {"acceptance.counts": city.acceptance.counts.copy(), "acceptance.day": city.acceptance.day.copy()}
    values = {
        "version": VERSION, "user_ids": user_ids, "user_names": user_names, "places": dict(places_rest),
        "bookings": dict(city.occupancy.bookings), "gatherings": {k: list(g) for k, g in city.gatherings.items()},
        "condition": city.condition, "delay_minutes": city.delay_minutes, "latest_time": city.latest_time,
        "latest_minute": city.latest_minute,
        "pending": [list(happening) for happening in city.pending],
        "model": [city.model.seen, city.model.begun], "acceptance_hour": city.acceptance.hour,
    }  # fmt: skip
    return Saved(arrays, values)


def restore(saved: Saved) -> CityState:
    """The city of a dump. Raises `SnapshotError` where it is of another layout or damaged."""
    try:
        return _restored(saved)
    except (KeyError, TypeError, ValueError) as error:
        raise SnapshotError(f"the snapshot cannot be read: {error}") from error


def _restored(saved: Saved) -> CityState:
    arrays, values = saved.arrays, saved.values
    if values["version"] != VERSION:
        raise SnapshotError(f"the snapshot has layout {values['version']}, this recommender reads {VERSION}")
    city = CityState()
    city.people.load(_part(arrays, "people."), values["user_ids"], values["user_names"])
    rest = values["places"]
    city.places.load(
        _part(arrays, "places."), rest["ids"], rest["names"], rest["categories"], rest["time_zone"]
    )  # fmt: skip
    city.by_hour = np.array(arrays["by_hour"])
    city.occupancy = _occupancy(values["bookings"])
    city.gatherings = {name: Gathering(*one) for name, one in values["gatherings"].items()}
    city.condition, city.delay_minutes = str(values["condition"]), float(values["delay_minutes"])
    city.latest_time, city.latest_minute = int(values["latest_time"]), int(values["latest_minute"])
    city.pending = [Happening(*one) for one in values["pending"]]
    seen, begun = values["model"]
    city.model = Model(np.array(arrays["model.weights"]), np.array(arrays["model.squares"]), float(seen), bool(begun))
    counts, day = np.array(arrays["acceptance.counts"]), np.array(arrays["acceptance.day"])
    city.acceptance = Acceptance(int(values["acceptance_hour"]), counts, day)
    return city


def _occupancy(bookings: Mapping[str, tuple[int, int, int]]) -> Occupancy:
    occupancy = Occupancy()
    for name, (hour, place, party) in bookings.items():
        occupancy.bookings[name] = (hour, place, party)
        of_hour = occupancy.seats.setdefault(hour, {})
        of_hour[place] = of_hour.get(place, 0) + party
    return occupancy


def _part(arrays: Mapping[str, Array], prefix: str) -> dict[str, Array]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
