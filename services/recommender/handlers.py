"""The recommender as a processor: folds the city's topics, proposes venues and people, answers requests.

Everything published follows from the records read: an id is the hash of its trigger, so a repeat is the same record.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import numpy as np
import polars as pl

from services.recommender import answers, control, proposals, publishing
from services.recommender.cities import Cities
from services.recommender.domain.state import AFFINITY, JUDGED, MINUTE_US, CityState, Happening, minute_of
from services.recommender.domain.weights import Weights
from services.recommender.feedback import remember
from services.recommender.publishing import Row, Told
from services.recommender.snapshots import MemorySnapshots, SnapshotStore
from streamkit.frames import of_type
from streamkit.processor import Output
from streamkit.records import Batch, Outgoing

NAME = "recommender"

SUBSCRIPTIONS = (
    "simulation_control", "venues", "users", "preferences", "environment",
    "social_interactions", "bookings", "user_actions", "requests",
)  # fmt: skip
"""Topics read; state before questions, so that a lock-step host answers with what is known."""

REMEMBERED = frozenset({*AFFINITY, *JUDGED, "review.submitted"})
"""Actions at venues that later proposals go by."""

HOUR_US = 3_600_000_000


class Recommender:
    """Folds records into `Cities` and decides what to propose."""

    def __init__(
        self,
        weights: Weights,
        clock_us: Callable[[], int],
        snapshots: SnapshotStore | None = None,
        *,
        rerank: bool = True,
    ) -> None:
        """``clock_us`` tells the wall clock, for `replies` and acknowledgements; ``rerank`` lets the model learn."""
        self._weights = weights
        self._clock_us = clock_us
        self._snapshots = snapshots or MemorySnapshots()
        self._rerank = rerank
        self.cities = Cities(partial(control.begun, self._snapshots))
        self.learning = False
        """While true, records are folded and nobody is advised: the past is being read again."""

    @property
    def name(self) -> str:
        """The service, as in ``source``."""
        return NAME

    @property
    def subscriptions(self) -> Sequence[str]:
        """Topics read."""
        return SUBSCRIPTIONS

    def process(self, batch: Batch) -> Sequence[Output]:
        """Fold one batch, city by city, and publish what follows."""
        if batch.topic == "requests":
            if self.learning:
                return ()
            return answers.answer(self.cities, self._weights, batch.frame, self._clock_us(), rerank=self._rerank)
        for key in batch.removed:
            self._remove(batch.topic, key)
        outputs: list[Output] = []
        for part in _tellings(batch.frame):
            telling = (str(part["run_id"][0]), int(part["branch"][0]))
            if batch.topic == "simulation_control":
                outputs += self._hear(telling, part)
                continue
            city = self.cities.of(telling)
            if city is None:
                continue
            if batch.topic == "user_actions":
                outputs += self._actions(city, part)
            else:
                _fold_rows(city, batch.topic, part)
            city.latest_time = max(city.latest_time, _latest(part))
        return outputs

    def _hear(self, telling: tuple[str, int], heard: pl.DataFrame) -> list[Output]:
        said = heard.filter(pl.col("event_type") == "state.changed")["wall_time"].to_list()
        if said:
            self.cities.announce(telling, max(said))
        if self.learning or "command.issued" not in heard["event_type"].to_list():
            return []
        answered = control.obey(self.cities, self._snapshots, heard, self._clock_us())
        return [Outgoing.from_rows("simulation_control", answered)] if answered else []

    def _remove(self, topic: str, key: str) -> None:
        for city in self.cities.known.values():
            if topic == "users":
                city.people.forget(key)
            elif topic == "venues":
                city.places.remove(key)

    def _actions(self, city: CityState, frame: pl.DataFrame) -> list[Output]:
        """Fold actions minute by minute; propose venues at session starts and meals, people to who looks at friends.

        A batch holds one partition after the other, so its minutes are put in order first; what is proposed leaves in
        order of time, because nothing a person is told may lie before what they were told last.
        """
        _greet(city, frame)
        proposed: list[Told] = []
        measured: list[Row] = []
        for minute, part in _minutes(frame):
            remember(city, self._weights, city.due(minute), rerank=self._rerank)
            proposed += self._pass(city, minute, part, measured)
            if not self.learning:
                sessions = of_type(part, "session.started")
                proposed += proposals.venues_at_sessions(city, self._weights, sessions, rerank=self._rerank)
                checks = of_type(part, "friends.checked")
                proposed += proposals.people_at_checks(city, self._weights, checks)
            city.pending.extend(_happenings(part))
            city.latest_minute = max(city.latest_minute, minute)
        told: list[Output] = [publishing.outgoing(proposed)] if proposed else []
        return [*told, Outgoing.from_rows("system_metrics", measured)] if measured else told

    def _pass(self, city: CityState, minute: int, part: pl.DataFrame, measured: list[Row]) -> list[Told]:
        """What comes with a minute that has begun: on the hour old things go, and meals are told of in time."""
        if minute <= city.latest_minute:
            return []
        now_us, last_us = minute * MINUTE_US, city.latest_minute * MINUTE_US
        closed = city.acceptance.close(now_us)
        if now_us // HOUR_US > last_us // HOUR_US:
            city.forget_past(now_us)
        if self.learning:
            return []
        record = part.select(publishing.TRIGGER).row(0, named=True)
        measured += [publishing.acceptance(record, one) for one in closed]
        return proposals.venues_at_meals(city, self._weights, record, last_us, now_us, rerank=self._rerank)


def _tellings(frame: pl.DataFrame) -> Iterable[pl.DataFrame]:
    """Records of each telling, in order of first appearance; nearly always there is just one."""
    if frame.height and frame["run_id"].n_unique() == 1 == frame["branch"].n_unique():
        return [frame]
    return [part for _, part in frame.group_by("run_id", "branch", maintain_order=True)]


def _minutes(frame: pl.DataFrame) -> Iterable[tuple[int, pl.DataFrame]]:
    """Records of each simulated minute, earliest first."""
    minutes = {minute_of(time) for time in frame["simulation_time"].to_list()}
    if len(minutes) == 1:
        return [(minutes.pop(), frame)]
    ordered = frame.with_columns((pl.col("simulation_time") // MINUTE_US).alias("_minute"))
    ordered = ordered.sort("_minute", maintain_order=True)
    return [(int(str(minute)), part) for (minute,), part in ordered.group_by("_minute", maintain_order=True)]


def _fold_rows(city: CityState, topic: str, frame: pl.DataFrame) -> None:
    folds: dict[str, Callable[[Mapping[str, object]], None]] = {
        "users": city.people.put,
        "venues": city.put_venue,
        "preferences": city.people.put_preferences,
        "environment": city.put_environment,
        "social_interactions": city.put_social,
        "bookings": city.put_booking,
    }
    for row in frame.iter_rows(named=True):
        folds[topic](row)


def _latest(frame: pl.DataFrame) -> int:
    return int(np.max(frame["simulation_time"].to_numpy()))


def _greet(city: CityState, frame: pl.DataFrame) -> None:
    """Make known the people who registered before their row on `users` came through."""
    for row in of_type(frame, "user.registered").iter_rows(named=True):
        person = city.people.meet(row["user_id"])
        city.people["joined"][person] = row["simulation_time"]
        if row["latitude"] is not None and row["longitude"] is not None:
            city.people.place(person, row["latitude"], row["longitude"])


def _happenings(frame: pl.DataFrame) -> Iterable[Happening]:
    names = ("simulation_time", "event_type", "user_id", "venue_id", "rating")
    columns = (frame[name].to_list() for name in names)
    return [
        Happening(minute_of(time), kind, user_id, venue_id, rating)
        for time, kind, user_id, venue_id, rating in zip(*columns, strict=True)
        if kind in REMEMBERED and venue_id is not None and user_id is not None
    ]
