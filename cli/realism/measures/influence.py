"""Section 3 of the facts: what friends do to each other (F7, F9, F10), and how people answer (F11 to F16)."""

from typing import Final

import numpy as np
import polars as pl

from cli.realism.city import DAY, HOUR, City, Measurement, NotMeasuredError
from cli.realism.estimators import likelihood_ratio, tail
from cli.realism.matching import matched_ratio

SHUFFLES: Final = 5
FOLLOWERS: Final = 1_000
"""People whose visits are looked at for friends' ones, evenly over all; of their friends all."""

SHORTEST_ANSWER: Final = 60.0
"""Seconds from which the tail of answers is fitted; CollegeMsg's forced exponent of 1.24 belongs to it."""


def _edges(city: City) -> pl.DataFrame:
    """Friendships both ways: ``user``, ``friend``, and ``since``, the moment they were made."""
    old = city.table("friends").select("a", "b", pl.lit(city.start_us - 1).cast(pl.Int64).alias("since"))
    new = city.table("ties").select("a", "b", pl.col("t").alias("since"))
    both = pl.concat([old, new]).group_by("a", "b").agg(pl.col("since").min())
    there = both.select(pl.col("a").alias("user"), pl.col("b").alias("friend"), "since")
    return pl.concat([there, both.select(pl.col("b").alias("user"), pl.col("a").alias("friend"), "since")])


def f7(city: City) -> Measurement:
    """Share of new friendships of people who had a place in common when they were made."""
    first = city.table("visits").group_by("user", "venue").agg(pl.col("t").min().alias("first"))
    ties = city.table("ties").unique(("a", "b"), keep="first", maintain_order=True).with_row_index("tie")
    if ties.height == 0:
        raise NotMeasuredError("no friendship was made")
    known = ties.join(first, left_on="a", right_on="user").filter(pl.col("first") < pl.col("t"))
    of_a = known.select("tie", "b", "t", "venue")
    shared = of_a.join(first, left_on=("b", "venue"), right_on=("user", "venue")).filter(pl.col("first") < pl.col("t"))
    return Measurement({"share": shared["tie"].n_unique() / ties.height}, ties.height, "new friendships")


def _followed(visits: pl.DataFrame, edges: pl.DataFrame) -> float:
    """Share of visits, of people with rows in ``edges``, to a place where a friend has been before."""
    first = visits.group_by("user", "venue").agg(pl.col("t").min().alias("first"))
    by_friend = (
        edges.join(first, left_on="friend", right_on="user")
        .group_by("user", "venue")
        .agg(pl.col("first").min().alias("friend_first"))
    )
    own = visits.join(edges.select("user").unique(), on="user", how="semi")
    seen = own.join(by_friend, on=("user", "venue"), how="left")
    return int((seen["friend_first"] < seen["t"]).sum()) / max(own.height, 1)


def f9(city: City) -> Measurement:
    """Share of visits to a friend's place, less the share when the moments of visits are shuffled."""
    visits, edges = city.table("visits").select("user", "venue", "t"), _edges(city)
    people = edges["user"].unique().sort()
    if visits.height == 0 or len(people) == 0:
        raise NotMeasuredError("nobody with a friend went anywhere")
    some = people.gather(np.unique(np.linspace(0, len(people) - 1, min(FOLLOWERS, len(people))).astype(np.int64)))
    edges = edges.filter(pl.col("user").is_in(some.implode()))
    measured = _followed(visits, edges)
    rng = np.random.default_rng(9)
    times = visits["t"].to_numpy()
    shuffled = [_followed(visits.with_columns(pl.Series("t", rng.permutation(times))), edges) for _ in range(SHUFFLES)]
    base = float(np.mean(shuffled))
    note = f"{measured:.3f} against {base:.3f}, of {len(some)} people"
    return Measurement({"excess": measured - base}, visits.height, "visits", note)


def f10(city: City) -> Measurement:
    """How much larger the influence of friends looks naively than among people alike."""
    naive, matched, adopted = matched_ratio(city, _edges(city))
    note = f"naive {naive:.2f}, matched {matched:.2f}"
    return Measurement({"overstatement": naive / matched}, adopted, "adoptions", note)


def f11(city: City) -> Measurement:
    """How soon invitations are answered."""
    seconds = city.table("answers")["seconds"].cast(pl.Float64).to_numpy()
    if len(seconds) == 0:
        raise NotMeasuredError("nobody answered")
    values = {
        "within_hour": float((seconds < HOUR / 1e6).mean()),
        "within_day": float((seconds < DAY / 1e6).mean()),
        "log_sd": float(np.log(np.maximum(seconds, 1.0)).std()),
    }
    return Measurement(values, len(seconds), "answers", f"median {np.median(seconds) / 60:.0f} min")


def f12(city: City) -> Measurement:
    """Whether a log-normal beats a pure power law for the time to an answer, from a minute on."""
    seconds = city.table("answers")["seconds"].cast(pl.Float64).to_numpy()
    fit = tail(seconds, SHORTEST_ANSWER)
    ratio = likelihood_ratio(fit, "lognormal", "power_law", nested=False)
    return Measurement({"ratio": ratio}, int((seconds >= SHORTEST_ANSWER).sum()), "answers")


def f13(city: City) -> Measurement:
    """Share of answers to invitations that are a yes, and a no."""
    answers = city.table("answers")
    if answers.height == 0:
        raise NotMeasuredError("nobody answered")
    yes = int(answers["accepted"].sum()) / answers.height
    return Measurement({"accepted": yes, "declined": 1 - yes}, answers.height, "answers")


def f16(city: City) -> Measurement:
    """Size of the groups that agreed to dine."""
    sizes = city.table("groups")["party_size"].drop_nulls().to_numpy()
    if len(sizes) == 0:
        raise NotMeasuredError("no group was formed")
    q95 = float(np.quantile(sizes, 0.95))
    return Measurement({"median": float(np.median(sizes))}, len(sizes), "groups", f"95 % are at most {q95:.0f}")
