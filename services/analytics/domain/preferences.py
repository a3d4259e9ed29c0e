"""Preference evolution: tastes learn from what people do and from whom, and return to the baseline when nothing is.

A person's records come on three topics, all on the person's partition, and each topic in one order; how the topics
interleave is not defined. So each changes something of its own: own acts (``user_actions``) move ``own`` in their
order; tables asked for (``bookings_by_user``) and friends' proposals (``social_interactions``) add to a pull that
fades, and sums come out the same in any order. What a person's tastes are after all records depends on neither the
interleaving nor how topics were cut into batches; which rows were published on the way depends on the interleaving.
`tastes` has the formula.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.analytics.domain.cells import Cells, Scope, cell_key
from services.analytics.domain.emitting import COMMON
from services.analytics.domain.learners import Learners
from services.analytics.domain.learning import REASONS, ActionWeight, LearningParameters
from services.analytics.domain.lessons import Lessons, lessons, teaching
from services.analytics.domain.shifts import Shifts
from services.analytics.domain.taste_rows import Due, rows_of, taught_rows
from services.analytics.domain.tastes import (
    COLUMNS,
    DAY_US,
    HIGHEST,
    LOWEST,
    MOODS,
    OUTDOOR,
    PRICE,
    TASTE_COUNT,
    Array,
    Formula,
    distance,
)  # fmt: skip
from services.analytics.domain.ties import Ties
from services.analytics.domain.turns import turns
from services.analytics.domain.venues import TASTES, VenueDirectory
from streamkit.records import Outgoing

KIND = "taste"
DAY_KIND = "taste_day"
TOPICS = ("user_actions", "social_interactions", "bookings_by_user")
"""Topics that teach; all are keyed by the person."""

PROPOSAL_TAKEN = "invite.accepted"
"""The place somebody proposed is the taste that somebody expressed: no friend's own row is needed, which another
worker may hold and whose value would depend on what was read first."""

_SOCIAL = ActionWeight(reason="social", target=1.0, weight=1.0)

_DECAY, _SEASON = np.int8(REASONS.index("decay")), np.int8(REASONS.index("season"))

Reasons = NDArray[np.int8]
"""Kinds of shift, as numbers of `REASONS`."""

Apply = Callable[[NDArray[np.intp], Lessons, NDArray[np.intp]], Array]


class Preferences:
    """Tastes of everybody in one scope."""

    def __init__(self, scope: Scope, cells: Cells, directory: VenueDirectory, parameters: LearningParameters) -> None:
        self._scope = scope
        self._key = cell_key(scope, KIND, "")
        self._cells = cells
        self._directory = directory
        self._parameters = parameters
        self._formula = Formula(parameters)
        self._acting = parameters.acting()
        self._days: dict[int, int] = {}
        self.learners = Learners(self._formula.start)
        self.ties = Ties(scope, cells, parameters.social)
        self.shifts = Shifts(scope, cells)

    def load(self, partition: int, name: str, data: bytes) -> None:
        """Take back one person."""
        self.learners.unpack(int(self.learners.rows([name], partition)[0]), data)

    def load_day(self, partition: int, data: bytes) -> None:
        """Take back how far a partition has come."""
        self._days[partition] = int(data)

    def fold(self, topic: str, partition: int, frame: pl.DataFrame) -> Iterator[Outgoing]:
        """Learn from records of one partition of one of `TOPICS`; rows for ``preferences``."""
        if not self._parameters.enabled or frame.is_empty():
            return
        if topic == "user_actions":
            yield from self._day_by_day(partition, frame)
        elif topic == "bookings_by_user" and self._parameters.parts.bookings:
            kinds = self._parameters.bookings
            records = teaching(frame, kinds, self._directory)
            if not records.is_empty():
                taught = lessons(records, kinds, self._directory, self._parameters)
                yield from self._learn(partition, taught, self._pull)
        elif topic == "social_interactions" and self._parameters.parts.social:
            yield from self._among_friends(partition, frame)

    def _day_by_day(self, partition: int, frame: pl.DataFrame) -> Iterator[Outgoing]:
        """Own acts; with the first record of a day, of whatever kind, also what drifted since the day before."""
        days = np.maximum.accumulate(frame["simulation_time"].to_numpy()) // DAY_US
        known = self._days.get(partition, 0)
        if days[-1] <= known:
            yield from self._act(partition, frame)
            return
        before = np.concatenate([[known], days[:-1]])
        starts = np.flatnonzero((days > before) & (days > known)).tolist()
        yield from self._act(partition, frame[: starts[0]])
        for start, end in zip(starts, [*starts[1:], frame.height], strict=True):
            if partition in self._days:
                yield from self._drift(partition, frame.select(COMMON)[start])
            self._days[partition] = int(days[start])
            yield from self._act(partition, frame[start:end])
        self._cells.write(partition, cell_key(self._scope, DAY_KIND, "day"), str(self._days[partition]).encode())

    def _act(self, partition: int, frame: pl.DataFrame) -> Iterator[Outgoing]:
        records = teaching(frame, self._acting, self._directory)
        if not records.is_empty():
            taught = lessons(records, self._acting, self._directory, self._parameters)
            yield from self._learn(partition, taught, self._own)

    def _among_friends(self, partition: int, frame: pl.DataFrame) -> Iterator[Outgoing]:
        social = self._parameters.social
        met = frame.filter(
            pl.col("event_type").is_in(list(social.interactions))
            & pl.col("user_id").is_not_null()
            & pl.col("other_user_id").is_not_null()
        )
        columns = ("user_id", "other_user_id", "event_type", "simulation_time")
        closeness = [
            self.ties.meet(user, friend, social.interactions[event_type], time)
            for user, friend, event_type, time in met.select(columns).iter_rows()
        ]
        for user in met["user_id"].unique(maintain_order=True).to_list():
            self.ties.save(partition, user)
        taken = {PROPOSAL_TAKEN: _SOCIAL}
        records = teaching(met.with_columns(pl.Series("closeness", closeness, pl.Float64)), taken, self._directory)
        if not records.is_empty():
            worth = [social.weight * close for close in records["closeness"].to_list()]
            yield from self._learn(
                partition, lessons(records, taken, self._directory, self._parameters, worth), self._pull
            )

    def _learn(self, partition: int, taught: Lessons, apply: Apply) -> Iterator[Outgoing]:
        users = taught.records["user_id"].to_list()
        person = self.learners.rows(users, partition)
        size = np.zeros(len(taught))
        due: list[Due] = []
        for rows in turns(person):
            size[rows] = apply(person[rows], taught, rows)
            self.learners.version[person[rows]] += 1
            due.append(self._due(person[rows], rows, taught, size))
        self.shifts.add(partition, taught.time, taught.reason, size)
        self.shifts.met(partition, len(self.learners.learned(partition)))
        self._save(partition, list(dict.fromkeys(person.tolist())))
        told = taught_rows(taught, due, size)
        if told is not None:
            yield told

    def _own(self, person: NDArray[np.intp], taught: Lessons, rows: NDArray[np.intp]) -> Array:
        """Own acts of different people move what they taught; L1 over the tastes that each moved."""
        people, parameters, time = self.learners, self._parameters, taught.time[rows]
        own = self._formula.faded(
            people.own[person], np.where(people.acted[person] > 0, time - people.acted[person], 0)
        )
        each, target, worth = np.arange(len(rows)), taught.target[rows], taught.worth[rows]
        taste, mood = taught.taste[rows], taught.mood[rows]
        cap = parameters.cap_per_action
        move = np.clip(worth * (target - own[each, taste]), -cap, cap)
        own[each, taste] += move
        liked = worth * np.where(
            taught.repels[rows], target - parameters.baseline, np.maximum(target - parameters.baseline, 0.0)
        )
        felt = np.where((mood >= 0) & (taught.repels[rows] | (target > parameters.baseline)), worth, 0.0)
        mood = MOODS + np.maximum(mood, 0)
        own[each, mood] += np.clip(felt * (target - own[each, mood]), -cap, cap)
        for column, point in ((PRICE, taught.price_tier[rows]), (OUTDOOR, taught.outdoor[rows])):
            most = cap * (HIGHEST[column] - LOWEST[column])
            own[:, column] += np.clip(liked * (point - own[:, column]), -most, most)
        people.own[person] = np.clip(own, LOWEST, HIGHEST)  # away from a point may lead out; rounding by an ulp too
        people.acted[person] = np.maximum(people.acted[person], time)
        pull = people.weight[person, taste] * self._formula.left(people.acted[person] - people.pulled[person])
        return np.asarray(np.abs(move) * (1 - self._formula.strength(pull)))

    def _pull(self, person: NDArray[np.intp], taught: Lessons, rows: NDArray[np.intp]) -> Array:
        """What others pull to is added up; L1 over the tastes that each moved."""
        people, formula, time = self.learners, self._formula, taught.time[rows]
        at = np.maximum(people.pulled[person], time)
        kept = np.where(people.pulled[person] > 0, formula.left(at - people.pulled[person]), 0.0)
        worth = np.minimum(taught.worth[rows], self._parameters.cap_per_action / 2) * formula.left(at - time)
        each, taste, target = np.arange(len(rows)), taught.taste[rows], taught.target[rows]
        people.weight[person] *= kept[:, None]
        people.target[person] *= kept[:, None]
        people.pulled[person] = at
        before = self._mixed(person, at)[each, taste]
        liked = np.where(target > self._parameters.baseline, worth, 0.0)
        mood = MOODS + np.maximum(taught.mood[rows], 0)
        for column, weight, point in (
            (taste, worth, target),
            (mood, np.where(taught.mood[rows] >= 0, liked, 0.0), target),
            (np.full(len(rows), PRICE), liked, taught.price_tier[rows]),
            (np.full(len(rows), OUTDOOR), liked, taught.outdoor[rows]),
        ):
            people.weight[person, column] += weight
            people.target[person, column] += weight * point
        return np.abs(self._mixed(person, at)[each, taste] - before)

    def _mixed(self, person: NDArray[np.intp], at: NDArray[np.int64]) -> Array:
        people = self.learners
        idle = np.where(people.acted[person] > 0, at - people.acted[person], 0)
        left = self._formula.left(at - people.pulled[person])[:, None]
        return self._formula.mixed(
            self._formula.faded(people.own[person], idle), people.weight[person] * left, people.target[person] * left
        )

    def _due(self, person: NDArray[np.intp], rows: NDArray[np.intp], taught: Lessons, size: Array) -> Due:
        """Who of different people moved far enough from the row published last."""
        at = np.maximum(self.learners.told[person], taught.time[rows])
        mixed = self._mixed(person, at)
        moved = distance(mixed, self.learners.published[person].astype(np.float64))
        far = np.flatnonzero(moved >= self._parameters.publish_after)
        who, row, time = person[far], rows[far], at[far]
        shown = self._publish(who, mixed[far], time, taught.reason[row], size[row])
        return Due(row, time, shown, self.learners.version[who])

    def _drift(self, partition: int, trigger: pl.DataFrame) -> Iterator[Outgoing]:
        """Rows of those whom days without an act, and the time of the year, moved far from what was published."""
        everyone = self.learners.learned(partition)
        everyone = everyone[self.learners.told[everyone] > 0]
        at = np.maximum(self.learners.told[everyone], trigger["simulation_time"][0])
        mixed = self._mixed(everyone, at)
        faded = distance(mixed, self.learners.published[everyone].astype(np.float64))
        turned = self._formula.turned(self.learners.told[everyone], at)
        far = np.flatnonzero(faded + turned >= self._parameters.publish_drift_after)
        who, times, size = everyone[far], at[far], (faded + turned)[far]
        reasons = np.where(faded >= turned, _DECAY, _SEASON)[far]
        self.learners.version[who] += 1
        shown = self._publish(who, mixed[far], times, reasons, size)
        self.shifts.add(partition, times, reasons, size)
        self._save(partition, who.tolist())
        if not len(who):
            return
        about = f"drift/{trigger['simulation_time'][0] // DAY_US}"
        users = [self.learners.ids[person] for person in who.tolist()]
        yield rows_of(users, trigger, times, shown, self.learners.version[who], reasons, size, about)

    def restated(self, partition: int, trigger: pl.DataFrame) -> Outgoing | None:
        """The row again of everybody who had one, as of what was learned last: the state goes on in another telling."""
        learners = self.learners
        who = learners.learned(partition)
        who = who[learners.told[who] > 0]
        if not len(who):
            return None
        times = np.maximum.reduce([learners.told[who], learners.acted[who], learners.pulled[who]])
        mixed = self._mixed(who, times)
        learners.published[who], learners.told[who] = mixed[:, :TASTE_COUNT], times
        self._save(partition, who.tolist())
        reasons, size = learners.shift_reason[who, 0], learners.shift_size[who, 0].astype(np.float64)
        users = [learners.ids[person] for person in who.tolist()]
        shown = self._formula.shown(mixed, times)
        return rows_of(users, trigger, times, shown, learners.version[who], reasons, size, "restated")

    def _publish(
        self, person: NDArray[np.intp], mixed: Array, times: NDArray[np.int64], reasons: Reasons, size: Array
    ) -> Array:
        """Note what is published of different people; the columns shown, shape (rows, WIDTH)."""
        self.learners.published[person] = mixed[:, :TASTE_COUNT]
        self.learners.told[person] = times
        self.learners.note(person, times, reasons, size)
        return self._formula.shown(mixed, times)

    def _save(self, partition: int, people: list[int]) -> None:
        ids, key = self.learners.ids, self._key
        self._cells.write_all(partition, {key + ids[person]: data for person, data in self.learners.pack(people)})

    def of(self, user: str, at: int | None = None) -> Mapping[str, float] | None:
        """Every column of one person at a simulated time, by default that of the last row; None if never learned."""
        person = self.learners.index.get(user)
        if person is None or not self.learners.version[person]:
            return None
        latest = max(int(moment[person]) for moment in (self.learners.told, self.learners.acted, self.learners.pulled))
        times = np.array([max(at or 0, latest)])
        shown = self._formula.shown(self._mixed(np.array([person]), times), times)[0]
        return dict(zip(COLUMNS, shown.tolist(), strict=True))

    def tastes(self, user: str) -> Mapping[str, float] | None:
        """Tastes alone of one person by name, None if never learned."""
        shown = self.of(user)
        return None if shown is None else {taste: shown[f"taste_{taste}"] for taste in TASTES}
