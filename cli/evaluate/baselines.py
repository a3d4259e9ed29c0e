"""What a recommender must beat: rankings that need no model. Each sees only what happened before it is asked.

All but `popularity` name only venues that are open or open soon, which is common knowledge and helps them.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cli.evaluate.history import History
from cli.evaluate.metrics import NOBODY, Lists
from cli.evaluate.questions import Ids, Questions, visits
from services.recommender.domain.opening import hours_columns, open_within

RANDOM, NEAREST, POPULARITY = "random", "nearest venue", "popularity"
POPULARITY_OPEN, POPULARITY_NEAR, OWN = "popularity, open now", "popularity within 2 km", "own places, then 2 km"
NEAR_KM = 2.0
"""Median displacement between visits in New York is 2.2 km (REALISM S1)."""

OPEN_WITHIN_MINUTES = 90
KM_A_DEGREE = 111.195
"""Length of a degree of latitude on a sphere of the Earth's mean radius."""

MINUTES_A_DAY = 1440
_TIE, _FAR, _OWN, _SHUT = 1e-5, 1e6, 1e7, 1e12
"""What a kilometre, being out of reach, a visit of one's own and being shut weigh beside a visit of anybody: each so
much more than the one before that it decides, for fewer than a million visits and a hundred thousand of one's own."""


class Town:
    """Where venues are and when they are open, from their first rows: those known before anybody is asked."""

    def __init__(self, history: History, ids: Ids) -> None:
        rows = history.topics["venues"].unique("venue_id", keep="first", maintain_order=True).sort("venue_id")
        self.latitude = rows["latitude"].cast(pl.Float64).to_numpy()
        self.longitude = rows["longitude"].cast(pl.Float64).to_numpy()
        self._hours = hours_columns(rows["opening_hours"].to_list())
        self._zone = history.zone
        self.venues = len(ids.venues)

    def open(self, times_us: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Venues open at each moment or soon after, shape (moments, venues)."""
        local = pl.Series(times_us).cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(self._zone).dt
        weekday, hour, minute = (
            part.cast(pl.Int64).to_numpy() for part in (local.weekday(), local.hour(), local.minute())
        )
        return open_within(self._hours, (weekday - 1) * MINUTES_A_DAY + hour * 60 + minute, OPEN_WITHIN_MINUTES)

    def kilometres(self, latitude: float, longitude: float) -> NDArray[np.float64]:
        """Distance to every venue on a plane that touches the city: within 0.1 % over 50 km."""
        north = (self.latitude - latitude) * KM_A_DEGREE
        east = (self.longitude - longitude) * KM_A_DEGREE * np.cos(np.radians(latitude))
        return np.asarray(np.hypot(north, east))


def ranked(history: History, ids: Ids, questions: Questions, k: int, seed: int) -> Mapping[str, Lists]:
    """The lists of every baseline, each of shape (questions, k)."""
    town = Town(history, ids)
    names = (RANDOM, NEAREST, POPULARITY, POPULARITY_OPEN, POPULARITY_NEAR, OWN)
    lists = {name: np.full((len(questions), k), NOBODY, dtype=np.int64) for name in names}
    lots = np.random.default_rng(seed)
    opened = town.open(questions.time_us)
    for row, (everybody, own) in enumerate(_counts(history, ids, questions)):
        away = town.kilometres(questions.latitude[row], questions.longitude[row])
        shut = np.where(opened[row], 0.0, _SHUT)
        crowd = everybody - away * _TIE  # the nearer of two equally popular ones
        near = crowd - np.where(away <= NEAR_KM, 0.0, _FAR) - shut
        scores = {
            RANDOM: lots.random(town.venues) - shut,
            NEAREST: -away - shut,
            POPULARITY: crowd,
            POPULARITY_OPEN: crowd - shut,
            POPULARITY_NEAR: near,
            OWN: near + own * _OWN,
        }
        for name, score in scores.items():
            best = np.argsort(-score, kind="stable")[:k]
            lists[name][row, : len(best)] = best
    return lists


def _counts(
    history: History, ids: Ids, questions: Questions
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Visits of everybody and of who asks to every venue, as of each question."""
    went = visits(history, ids)
    times, users, venues = (went[name].to_numpy() for name in ("t", "user", "venue"))
    everybody = np.zeros(len(ids.venues))
    own: dict[int, NDArray[np.float64]] = {}
    nothing, done = np.zeros(len(ids.venues)), 0
    for time, user in zip(questions.time_us, questions.user.tolist(), strict=True):
        until = int(np.searchsorted(times, time))
        np.add.at(everybody, venues[done:until], 1.0)
        for who, where in zip(users[done:until].tolist(), venues[done:until].tolist(), strict=True):
            own.setdefault(who, np.zeros(len(ids.venues)))[where] += 1
        done = until
        yield everybody, own.get(user, nothing)
