"""Whether recommendations are taken more often the longer a person is known: shares by week, and their slope."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cli.evaluate.history import History
from cli.evaluate.metrics import CONFIDENCE, RESAMPLES, Estimate

Sums: TypeAlias = NDArray[np.float64]

WEEK_US = 7 * 86_400_000_000
FEWEST = 2
"""Weeks that a slope needs."""

NEWCOMERS, EVERYBODY = "newcomers, by week since they joined", "everybody, by week of the history"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Lists of venues that were looked at, and the share of which an item was taken, by week from 0.

    Slopes are changes of the share in a week, with 95 % intervals: ``slope`` of the straight line through all lists,
    ``own`` of parallel lines, one a person, which people who come or leave do not move.
    """

    whose: str
    people: int
    lists: Sequence[int]
    shares: Sequence[float]
    slope: Estimate
    own: Estimate


def over_time(history: History, seed: int) -> Sequence[Acceptance]:
    """Acceptance of who joined within the history by their own weeks, and of everybody by the history's weeks."""
    lists = _lists(history)
    joined = history.topics["users"].unique("user_id", keep="first", maintain_order=True)
    known = lists.join(joined.select("user_id", "registered_at"), on="user_id", how="inner")
    new = known.filter((pl.col("registered_at") >= history.start_us) & (pl.col("t") >= pl.col("registered_at")))
    return [
        _by_week(NEWCOMERS, new.with_columns(since=pl.col("t") - pl.col("registered_at")), seed),
        _by_week(EVERYBODY, known.with_columns(since=pl.col("t") - history.start_us), seed),
    ]


def _lists(history: History) -> pl.DataFrame:
    """One row a list that its person looked at: ``user_id``, ``t`` of the look, whether they ``took`` an item."""
    looked = history.events("user_actions", "recommendation.accepted", "recommendation.ignored")
    items = history.topics.get("recommendations")
    if items is None:
        return looked.select("user_id", t="simulation_time", took=pl.lit(value=False)).clear()
    named = items.select(pl.col("event_id").alias("recommendation_id"), "list_id")
    looked = looked.join(named, on="recommendation_id", how="inner")
    return looked.group_by("list_id", maintain_order=True).agg(
        pl.col("user_id").first(),
        pl.col("simulation_time").min().alias("t"),
        (pl.col("event_type") == "recommendation.accepted").any().alias("took"),
    )


def _by_week(whose: str, lists: pl.DataFrame, seed: int) -> Acceptance:
    weeks = lists.group_by(week=pl.col("since") // WEEK_US).agg(pl.len(), pl.col("took").mean()).sort("week")
    people = lists["user_id"].rank("dense").cast(pl.Int64).to_numpy() - 1
    since, took = lists["since"].to_numpy() / WEEK_US, lists["took"].cast(pl.Float64).to_numpy()
    counted = int(people.max()) + 1 if len(people) else 0
    if weeks.height < FEWEST:
        return Acceptance(whose, counted, weeks["len"].to_list(), weeks["took"].to_list(), _UNKNOWN, _UNKNOWN)
    parts = (np.ones_like(took), since, took, since * since, since * took)
    sums = np.array([np.bincount(people, weights=part, minlength=counted) for part in parts], dtype=np.float64)
    slopes = [_interval(sums, of, seed) for of in (_line, _lines)]
    return Acceptance(whose, counted, weeks["len"].to_list(), weeks["took"].to_list(), *slopes)


_UNKNOWN = Estimate(float("nan"), float("nan"), float("nan"))


def _interval(sums: Sums, slope: Callable[[Sums], Sums], seed: int) -> Estimate:
    """The percentile bootstrap over people: the lists of one person are drawn together. ``sums`` are (5, people)."""
    people = sums.shape[1]
    drawn = np.random.default_rng(seed).integers(0, people, (RESAMPLES, people))
    with np.errstate(invalid="ignore", divide="ignore"):
        sampled, value = slope(sums[:, drawn]), float(slope(sums))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.nanquantile(sampled, [tail, 1 - tail]) if np.isfinite(value) else (np.nan, np.nan)
    return Estimate(value, float(low), float(high))


def _line(sums: Sums) -> Sums:
    """Least squares through everything."""
    number, x, y, xx, xy = sums.sum(axis=-1)
    return np.asarray((number * xy - x * y) / (number * xx - x * x))


def _lines(sums: Sums) -> Sums:
    """Least squares around each person's own means."""
    number, x, y, xx, xy = sums
    return np.asarray((xy - x * y / number).sum(axis=-1) / (xx - x * x / number).sum(axis=-1))
