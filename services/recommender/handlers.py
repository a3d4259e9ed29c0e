"""The recommender as a processor: folds the city's topics, proposes venues and people, answers requests.

Everything published follows from the records read: an id is the hash of its trigger, so a repeat is the same record.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TypeAlias

import numpy as np
import polars as pl

from services.recommender import answers, publishing
from services.recommender.domain.people import suggest
from services.recommender.domain.state import AFFINITY, MINUTE_US, CityState, Happening, minute_of
from services.recommender.domain.venues import Moment, recommend
from services.recommender.domain.weights import Weights
from services.recommender.publishing import Row
from streamkit.frames import of_type
from streamkit.processor import Output
from streamkit.records import Batch, Outgoing

NAME = "recommender"

SUBSCRIPTIONS = (
    "simulation_control", "venues", "users", "preferences", "environment",
    "social_interactions", "bookings", "user_actions", "requests",
)  # fmt: skip
"""Topics read; state before questions, so that a lock-step host answers with what is known."""

REMEMBERED = frozenset({*AFFINITY, "recommendation.ignored"})
"""Actions at venues that later proposals go by."""

HOUR_US = 3_600_000_000
UNANNOUNCED_KEPT = 4
"""Tellings held whose state.changed has not been read yet (a topic can run ahead of `simulation_control`)."""

Telling: TypeAlias = tuple[str, int]
"""A (run_id, branch)."""


@dataclass
class Cities:
    """State of the live telling of the city, and of those too new to have been announced."""

    known: dict[Telling, CityState] = field(default_factory=dict)
    announced: dict[Telling, int] = field(default_factory=dict)

    @property
    def live(self) -> Telling | None:
        """The telling of the newest state.changed."""
        return max(self.announced, key=lambda telling: self.announced[telling], default=None)

    def announce(self, telling: Telling, wall_us: int) -> None:
        """A state.changed of a telling, said at that wall-clock time; the tellings before it are closed."""
        self.announced[telling] = max(wall_us, self.announced.get(telling, 0))
        for closed in [key for key in self.known if self._closed(key)]:
            del self.known[closed]

    def of(self, telling: Telling) -> CityState | None:
        """State of a telling, begun if new; None if it is closed."""
        if self._closed(telling):
            return None
        city = self.known.get(telling)
        if city is None:
            city = self.known[telling] = CityState()
            waiting = [key for key in self.known if key not in self.announced]
            for oldest in waiting[:-UNANNOUNCED_KEPT]:
                del self.known[oldest]
        return city

    def _closed(self, telling: Telling) -> bool:
        return telling in self.announced and telling != self.live

    @property
    def latest(self) -> CityState | None:
        """The live city, or the newest one while none was announced."""
        live = self.live
        if live is not None:
            return self.known.get(live)
        return self.known[next(reversed(self.known))] if self.known else None


class Recommender:
    """Folds records into `Cities` and decides what to propose."""

    def __init__(self, weights: Weights, clock_us: Callable[[], int]) -> None:
        """``clock_us`` tells the wall clock for `replies`, whose values may carry it."""
        self._weights = weights
        self._clock_us = clock_us
        self.cities = Cities()
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
            return answers.answer(self.cities, self._weights, batch.frame, self._clock_us())
        for key in batch.removed:
            self._remove(batch.topic, key)
        outputs: list[Output] = []
        for part in _tellings(batch.frame):
            telling = (str(part["run_id"][0]), int(part["branch"][0]))
            if batch.topic == "simulation_control":
                self._hear(telling, part)
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

    def _hear(self, telling: Telling, control: pl.DataFrame) -> None:
        said = control.filter(pl.col("event_type") == "state.changed")["wall_time"].to_list()
        if said:
            self.cities.announce(telling, max(said))

    def _remove(self, topic: str, key: str) -> None:
        for city in self.cities.known.values():
            if topic == "users":
                city.people.pop(key, None)
            elif topic == "venues":
                city.places.remove(key)

    def _actions(self, city: CityState, frame: pl.DataFrame) -> list[Output]:
        """Fold actions minute by minute; propose venues at session starts and people to who looks at friends.

        A batch holds one partition after the other, so its minutes are put in order first; what is proposed leaves in
        order of time, because nothing a person is told may lie before what they were told last.
        """
        _greet(city, frame)
        proposed: list[Row] = []
        for minute, part in _minutes(frame):
            city.catch_up(minute)
            proposed += self._propose_venues(city, of_type(part, "session.started"))
            proposed += self._propose_people(city, of_type(part, "friends.checked"))
            _remember(city, part)
        proposed.sort(key=itemgetter("simulation_time"))
        return [Outgoing.from_rows("recommendations", proposed)] if proposed else []

    def _propose_venues(self, city: CityState, sessions: pl.DataFrame) -> list[Row]:
        if self.learning or sessions.is_empty() or not city.places.index:
            return []
        people = [city.person(user_id) for user_id in sessions["user_id"].to_list()]
        latitude, longitude = (sessions[name].cast(pl.Float32).to_numpy() for name in ("latitude", "longitude"))
        for person, north, east in zip(people, latitude.tolist(), longitude.tolist(), strict=True):
            person.latitude, person.longitude = north, east
        moment = Moment(people, latitude, longitude, sessions["simulation_time"].to_numpy())
        picks = recommend(city, self._weights, moment, self._weights.limits.items_at_session_start)
        return publishing.venue_lists(sessions, city.places.columns, picks, self._weights.model_version)

    def _propose_people(self, city: CityState, checks: pl.DataFrame) -> list[Row]:
        limits = self._weights.limits
        found = []
        for row in checks.iter_rows(named=True):
            person = city.person(row["user_id"])
            if row["simulation_time"] - person.shown_people_at < limits.people_every_hours * HOUR_US:
                continue
            matches = suggest(city, self._weights, person, limits.people_per_suggestion)
            if matches:
                person.shown_people_at = row["simulation_time"]
                found.append((row, matches))
        return publishing.people_lists(found, self._weights.model_version)


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
        "users": city.put_person,
        "venues": city.places.put,
        "preferences": city.put_preferences,
        "environment": lambda row: _fold_environment(city, row),
    }
    fold = folds.get(topic)
    if fold is not None:
        for row in frame.iter_rows(named=True):
            fold(row)


def _latest(frame: pl.DataFrame) -> int:
    return int(np.max(frame["simulation_time"].to_numpy()))


def _fold_environment(city: CityState, row: Mapping[str, object]) -> None:
    venue_id, value = str(row["venue_id"]), row["value"]
    match row["event_type"]:
        case "weather.changed":
            city.condition = str(row["condition"])
        case "traffic.changed":
            delay = row["delay_minutes"]
            city.delay_minutes = float(delay) if isinstance(delay, float) else 0.0
        case "promotion.started":
            city.offers.add(venue_id)
        case "promotion.ended":
            city.offers.discard(venue_id)
        case "venue.trending":
            city.trending[venue_id] = float(value) if isinstance(value, float) else 0.0
        case _:
            pass


def _greet(city: CityState, frame: pl.DataFrame) -> None:
    """Make known the people who registered before their row on `users` came through."""
    for row in of_type(frame, "user.registered").iter_rows(named=True):
        person = city.person(row["user_id"])
        person.latitude, person.longitude = row["latitude"], row["longitude"]


def _remember(city: CityState, frame: pl.DataFrame) -> None:
    columns = (frame[name].to_list() for name in ("simulation_time", "event_type", "user_id", "venue_id"))
    city.pending.extend(
        Happening(minute_of(time), kind, user_id, venue_id)
        for time, kind, user_id, venue_id in zip(*columns, strict=True)
        if kind in REMEMBERED and venue_id is not None
    )
