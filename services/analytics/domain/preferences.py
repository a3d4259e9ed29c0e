"""Preference evolution: tastes learn from what people do, and return to the baseline when they do nothing.

For one action on a venue of taste c, after d simulated days without one (all tastes t, baseline b):

    t   += (b - t) * min(1, decay_per_day * d)
    t_c += clip(learning_rate * weight * (target - t_c), -cap, +cap)

Both are moves towards a point in [0, 1] by a share in [0, 1]: values never leave [0, 1]. A person's actions apply in
the order of their partition, and all people's n-th actions of a batch at once; how a topic is cut into batches
changes neither a value nor which rows are published.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.analytics.domain.cells import Cells, Scope, cell_key
from services.analytics.domain.emitting import COMMON, Row, caused
from services.analytics.domain.learning import LearningParameters
from services.analytics.domain.venues import TASTES, Venue, VenueDirectory

KIND = "taste"
DAY_US = 86_400_000_000
PRICE = len(TASTES)
OUTDOOR = len(TASTES) + 1
WIDTH = len(TASTES) + 2
MIDDLE_PRICE = 2.5
"""Middle of the price tiers 1 to 4: what is assumed of someone who never went anywhere."""

_CELL = struct.Struct(f"<qqd{WIDTH}d")


@dataclass(frozen=True, slots=True)
class Actions:
    """Teaching actions of a batch as columns of shape (rows,), in order of arrival."""

    person: NDArray[np.intp]
    taste: NDArray[np.intp]
    price_tier: NDArray[np.float64]
    outdoor: NDArray[np.float64]
    target: NDArray[np.float64]
    weight: NDArray[np.float64]
    time: NDArray[np.int64]
    turn: NDArray[np.intp]


class Preferences:
    """Tastes of everybody in one scope, a row of numbers a person."""

    def __init__(self, scope: Scope, cells: Cells, directory: VenueDirectory, parameters: LearningParameters) -> None:
        self._scope = scope
        self._cells = cells
        self._directory = directory
        self._parameters = parameters
        self._people: dict[str, int] = {}
        self._values = np.empty((0, WIDTH))
        self._version = np.empty(0, dtype=np.int64)
        self._last = np.empty(0, dtype=np.int64)
        self._unpublished = np.empty(0)

    def load(self, _partition: int, name: str, data: bytes) -> None:
        """Take back one person."""
        person = self._person(name)
        version, last, unpublished, *values = _CELL.unpack(data)
        self._version[person], self._last[person], self._unpublished[person] = version, last, unpublished
        self._values[person] = values

    def fold(self, partition: int, frame: pl.DataFrame) -> Iterator[tuple[str, Row]]:
        """Learn from records of ``user_actions`` of one partition; rows for ``preferences``."""
        if not self._parameters.enabled:
            return
        teaching = frame.filter(
            pl.col("event_type").is_in(list(self._parameters.actions))
            & pl.col("venue_id").is_in(list(self._directory.served()))
            & pl.col("user_id").is_not_null()
        )
        if teaching.is_empty():
            return
        actions = self._columns(teaching)
        published: dict[int, tuple[NDArray[np.float64], int, float]] = {}
        for turn in range(int(actions.turn.max()) + 1):
            published.update(self._apply(actions, np.flatnonzero(actions.turn == turn)))
        triggers = teaching.select(*COMMON, "event_type", "user_id")
        for index in sorted(published):
            values, version, shift = published[index]
            yield "preferences", self._row(triggers.row(index, named=True), values, version, shift)
        for user in teaching["user_id"].unique(maintain_order=True).to_list():
            self._save(partition, user)

    def _columns(self, teaching: pl.DataFrame) -> Actions:
        users = teaching["user_id"].to_list()
        venues = [self._known(venue_id) for venue_id in teaching["venue_id"].to_list()]
        kinds = [self._parameters.actions[event_type] for event_type in teaching["event_type"].to_list()]
        stars = ((teaching["rating"].fill_null(3).to_numpy() - 1) / 4).astype(np.float64)
        targets = [kind.target for kind in kinds]
        return Actions(
            person=np.fromiter((self._person(user) for user in users), dtype=np.intp, count=len(users)),
            taste=np.array([venue.taste for venue in venues], dtype=np.intp),
            price_tier=np.array([venue.price_tier for venue in venues], dtype=np.float64),
            outdoor=np.array([venue.outdoor for venue in venues], dtype=np.float64),
            target=np.array([star if t is None else t for star, t in zip(stars, targets, strict=True)]),
            weight=np.array([kind.weight for kind in kinds]) * self._parameters.learning_rate,
            time=teaching["simulation_time"].to_numpy(),
            turn=teaching.select(pl.int_range(pl.len()).over("user_id"))["literal"].to_numpy().astype(np.intp),
        )

    def _known(self, venue_id: str) -> Venue:
        venue = self._directory.get(venue_id)
        assert venue is not None
        return venue

    def _apply(
        self, actions: Actions, rows: NDArray[np.intp]
    ) -> Iterator[tuple[int, tuple[NDArray[np.float64], int, float]]]:
        """One action each of different people; what is to be published of them, by row."""
        parameters = self._parameters
        people = actions.person[rows]
        values = self._values[people]
        before = values[:, :PRICE].copy()
        idle = np.where(self._version[people] > 0, actions.time[rows] - self._last[people], 0)
        back = np.clip(parameters.decay_per_day * (idle / DAY_US), 0.0, 1.0)[:, None]
        values[:, :PRICE] += (parameters.baseline - values[:, :PRICE]) * back
        each = np.arange(len(rows))
        taste, weight = actions.taste[rows], actions.weight[rows]
        pull = weight * (actions.target[rows] - values[each, taste])
        values[each, taste] += np.clip(pull, -parameters.cap_per_action, parameters.cap_per_action)
        liked = weight * np.maximum(actions.target[rows] - parameters.baseline, 0.0)
        values[:, PRICE] += liked * (actions.price_tier[rows] - values[:, PRICE])
        values[:, OUTDOOR] += liked * (actions.outdoor[rows] - values[:, OUTDOOR])
        values[:, :PRICE] = np.clip(values[:, :PRICE], 0.0, 1.0)  # rounding may step an ulp outside
        shift = np.zeros(len(rows))
        for column in range(PRICE):  # in a fixed order: a sum along an axis may be grouped differently by length
            shift += np.abs(values[:, column] - before[:, column])
        self._values[people] = values
        self._version[people] += 1
        self._last[people] = np.maximum(self._last[people], actions.time[rows])
        self._unpublished[people] += shift
        for at in np.flatnonzero(self._unpublished[people] >= parameters.publish_after).tolist():
            self._unpublished[people[at]] = 0.0
            yield int(rows[at]), (values[at], int(self._version[people[at]]), float(shift[at]))

    def _row(self, trigger: Row, values: NDArray[np.float64], version: int, shift: float) -> Row:
        tastes = {f"taste_{taste}": float(value) for taste, value in zip(TASTES, values, strict=False)}
        return tastes | caused(
            trigger,
            "preference.updated",
            user_id=trigger["user_id"],
            price_tier=float(values[PRICE]),
            outdoor=float(values[OUTDOOR]),
            version=version,
            reason=self._parameters.actions[trigger["event_type"]].reason,
            shift=shift,
        )

    def _person(self, user: str) -> int:
        person = self._people.get(user)
        if person is None:
            person = self._people[user] = len(self._people)
            if person >= len(self._version):
                self._grow(max(1024, 2 * len(self._version)))
        return person

    def _grow(self, rows: int) -> None:
        start = np.full(WIDTH, self._parameters.baseline)
        start[PRICE] = MIDDLE_PRICE
        more = rows - len(self._version)
        self._values = np.concatenate([self._values, np.tile(start, (more, 1))])
        self._version = np.concatenate([self._version, np.zeros(more, dtype=np.int64)])
        self._last = np.concatenate([self._last, np.zeros(more, dtype=np.int64)])
        self._unpublished = np.concatenate([self._unpublished, np.zeros(more)])

    def _save(self, partition: int, user: str) -> None:
        person = self._people[user]
        data = _CELL.pack(
            int(self._version[person]),
            int(self._last[person]),
            float(self._unpublished[person]),
            *self._values[person].tolist(),
        )
        self._cells.write(partition, cell_key(self._scope, KIND, user), data)

    def of(self, user: str) -> Mapping[str, float] | None:
        """Tastes of one person by name, None if never learned."""
        person = self._people.get(user)
        if person is None or not self._version[person]:
            return None
        return dict(zip(TASTES, self._values[person].tolist(), strict=False))
