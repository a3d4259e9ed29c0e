"""Whether recommendations are taken more often the longer a person is known: shares by week, and their slope."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cli.evaluate.history import History
from cli.evaluate.metrics import RESAMPLES, Estimate

WEEK_US = 7 * 86_400_000_000
FEWEST = 2
"""Weeks that a slope needs."""

NEWCOMERS, EVERYBODY = "newcomers, by week since they joined", "everybody, by week of the history"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Lists of venues that were looked at, and the share of which an item was taken, by week from 0.

    ``slope`` is that of the straight line through single lists: change of the share in a week, with its 95 % interval.
    """

    whose: str
    people: int
    lists: Sequence[int]
    shares: Sequence[float]
    slope: Estimate


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
    slope = _slope(since, took, people, counted, seed) if weeks.height >= FEWEST else _unknown()
    return Acceptance(whose, counted, weeks["len"].to_list(), weeks["took"].to_list(), slope)


def _slope(
    since: NDArray[np.float64], took: NDArray[np.float64], people: NDArray[np.int64], counted: int, seed: int
) -> Estimate:
    """Least squares with the percentile bootstrap over people: the lists of one person are drawn together."""
    sums = np.stack(
        [np.bincount(people, weights=part, minlength=counted)
         for part in (np.ones_like(took), since, took, since * since, since * took)]
    )  # fmt: skip
    drawn = np.random.default_rng(seed).integers(0, counted, (RESAMPLES, counted))
    with np.errstate(invalid="ignore", divide="ignore"):
        sampled = _line(sums[:, drawn].sum(axis=-1))
        value = float(_line(sums.sum(axis=-1)))
    low, high = np.nanquantile(sampled, [0.025, 0.975])
    return Estimate(value, float(low), float(high))


def _line(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    number, x, y, xx, xy = sums
    return np.asarray((number * xy - x * y) / (number * xx - x * x))


def _unknown() -> Estimate:
    return Estimate(float("nan"), float("nan"), float("nan"))
