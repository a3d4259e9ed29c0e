"""Section 2 of the facts: how far people go, and how they find and keep their places."""

from typing import Final

import numpy as np
import polars as pl
from scipy.spatial.distance import pdist

from cli.realism.city import DAY, City, Measurement, NotMeasuredError
from cli.realism.estimators import (
    Floats,
    kilometres,
    likelihood_ratio,
    quantiles,
    slope,
    tail,
    zipf_exponent,
)

BANDS_KM: Final = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0)
BAND_NAMES: Final = ("to_1", "to_2", "to_5", "to_10", "to_20", "beyond")
TAIL_KM: Final = 3.0
FEWEST_VISITS: Final = 20
EARLY_DAYS: Final = 7.0
WINDOW_DAYS: Final = 140
SETTLED_VISITS: Final = 50
PAIRED: Final = 4_000
"""People whose pairs are all looked at (8 million of them); more are sampled."""


def moves(city: City) -> pl.DataFrame:
    """Consecutive visits of one user at two different places: ``venue``, ``next``, ``km``."""
    here = pl.col("venue", "latitude", "longitude", "user")
    rows = city.table("visits").sort("user", "t").select("user", "venue", "latitude", "longitude")
    pairs = rows.with_columns(here.shift(-1).name.suffix("_next"))
    moved = pairs.filter((pl.col("user") == pl.col("user_next")) & (pl.col("venue") != pl.col("venue_next")))
    if moved.height == 0:
        raise NotMeasuredError("nobody went from one place to another")
    ends = [
        moved[name].cast(pl.Float64).to_numpy() for name in ("latitude", "longitude", "latitude_next", "longitude_next")
    ]
    return moved.select("user", "venue", pl.col("venue_next").alias("next")).with_columns(
        pl.Series("km", kilometres(*ends))
    )


def s1(city: City) -> Measurement:
    """Quantiles of the way between two places."""
    ways = moves(city)
    km = ways["km"].to_numpy()
    median, q95 = quantiles(km, (0.5, 0.95))
    values = {"median_km": median, "q95_km": q95, "log_sd": float(np.log(km[km > 0]).std())}
    return Measurement(values, ways["user"].n_unique())


def s2(city: City) -> Measurement:
    """Shares of ways by length."""
    ways = moves(city)
    band = np.searchsorted(np.array(BANDS_KM[1:]), ways["km"].to_numpy(), side="right")
    shares = np.bincount(band, minlength=len(BANDS_KM)) / ways.height
    return Measurement(dict(zip(BAND_NAMES, shares.tolist(), strict=True)), ways["user"].n_unique())


def s3(city: City) -> Measurement:
    """Exponent of ways of 3 km and more, and whether a truncated power law beats a pure one."""
    km = moves(city)["km"].to_numpy()
    fit = tail(km, TAIL_KM)
    ratio = likelihood_ratio(fit, "power_law", "truncated_power_law", nested=True)
    values = {"exponent": float(fit.power_law.alpha), "ratio": ratio}
    return Measurement(values, int((km >= TAIL_KM).sum()), "tail points")


def s4(city: City) -> Measurement:
    """Exponent of the choice of a place by its rank in distance from the one before."""
    ways, venues = moves(city), city.table("venues")
    latitude = venues["latitude"].cast(pl.Float64).to_numpy()
    longitude = venues["longitude"].cast(pl.Float64).to_numpy()
    row_of = np.full(int(venues["venue"].to_numpy().max()) + 1, -1)
    row_of[venues["venue"].to_numpy()] = np.arange(venues.height)
    start, end = row_of[ways["venue"].to_numpy()], row_of[ways["next"].to_numpy()]
    ranks = np.empty(len(start), dtype=np.int64)
    order = np.argsort(start, kind="stable")
    starts, first = np.unique(start[order], return_index=True)
    for venue, rows in zip(starts, np.split(order, first[1:]), strict=True):
        away = kilometres(latitude[venue : venue + 1], longitude[venue : venue + 1], latitude, longitude)
        away[venue] = -1.0
        ranks[rows] = np.searchsorted(np.sort(away), away[end[rows]], side="left")
    exponent = zipf_exponent(np.maximum(ranks, 1), venues.height - 1)
    return Measurement({"exponent": exponent}, len(ranks), "moves")


def _firsts(city: City) -> pl.DataFrame:
    """Visits with ``new`` (the user's first there) and ``seen`` (places the user knew before)."""
    rows = city.table("visits").sort("user", "t").select("user", "venue", "t")
    new = pl.col("venue").is_first_distinct().over("user")
    return rows.with_columns(new.alias("new")).with_columns(
        (pl.col("new").cast(pl.Int32).cum_sum().over("user") - pl.col("new").cast(pl.Int32)).alias("seen"),
        pl.int_range(pl.len()).over("user").alias("before"),
    )


def s6(city: City) -> Measurement:
    """Growth of the number of places known, days 3 to 200, of people with 20 visits seen from the first week on."""
    last = min(city.span_days - EARLY_DAYS, 200.0)
    if last < 6.0:  # noqa: PLR2004 — twice the first day of the fit
        raise NotMeasuredError(f"{city.span_days:.1f} days told are too few to follow growth from day 3")
    rows = _firsts(city)
    own = rows.with_columns(((pl.col("t") - pl.col("t").min().over("user")) / DAY).alias("age"))
    early = pl.col("t").min().over("user") < city.start_us + EARLY_DAYS * DAY
    kept = own.filter(early & (pl.len().over("user") >= FEWEST_VISITS))
    users = kept["user"].n_unique()
    if users == 0:
        raise NotMeasuredError(f"nobody has {FEWEST_VISITS} visits from the first week on")
    ages = np.sort(kept.filter("new")["age"].to_numpy())
    days = np.unique(np.round(np.geomspace(3.0, last, 24), 1))
    mu, _ = slope(days, np.searchsorted(ages, days, side="right") / users)
    unmet = "" if last >= 3 * WINDOW_DAYS / 10 else f"followed for {last:.0f} days only"
    return Measurement({"mu": mu}, users, note=f"days 3 to {last:.0f}", unmet=unmet)


def s8(city: City) -> Measurement:
    """Chance of a new place when S places are known, S from 3 to 60."""
    rows = _firsts(city).filter(pl.col("seen").is_between(3, 60))
    by_seen = rows.group_by("seen").agg(pl.col("new").mean().alias("share"), pl.len().alias("n")).sort("seen")
    heavy = by_seen.filter(pl.col("n") * pl.col("share") >= 5)  # noqa: PLR2004 — else ln of chance itself
    fall, start = slope(heavy["seen"], heavy["share"], heavy["n"])
    values = {"rho": float(np.exp(start)), "gamma": -fall}
    return Measurement(values, rows["user"].n_unique())


def s10(city: City) -> Measurement:
    """Share of visits to a place new to the user, of all and after 50 visits."""
    rows = _firsts(city)
    later = rows.filter(pl.col("before") >= SETTLED_VISITS)
    values = {"overall": int(rows["new"].sum()) / max(rows.height, 1)}
    unmet = "" if later.height else f"nobody has {SETTLED_VISITS} visits"
    if later.height:
        values["later"] = int(later["new"].sum()) / later.height
    return Measurement(values, later["user"].n_unique(), unmet=unmet)


def s12(city: City) -> Measurement:
    """Places visited at least twice within 20 weeks, of people with 20 visits."""
    window = min(city.span_days, WINDOW_DAYS)
    rows = city.table("visits").filter(pl.col("t") < city.start_us + window * DAY)
    keen = rows.filter(pl.len().over("user") >= FEWEST_VISITS)
    if keen.height == 0:
        raise NotMeasuredError(f"nobody has {FEWEST_VISITS} visits")
    twice = keen.group_by("user", "venue").len().group_by("user").agg((pl.col("len") > 1).sum().alias("familiar"))
    unmet = "" if window >= 2 * 28 else f"{window:.0f} days told, the set settles within 20 weeks"
    note = f"in {window:.0f} days"
    return Measurement({"places": float(twice["familiar"].to_numpy().mean())}, twice.height, note=note, unmet=unmet)


def _pairs(city: City) -> tuple[Floats, np.ndarray]:
    """Distance between the homes of every two people, kilometres, and whether they are friends."""
    users = city.table("users").drop_nulls()
    if users.height > PAIRED:
        users = users.gather(np.linspace(0, users.height - 1, PAIRED).astype(np.int64))
    row_of = np.full(city.users, -1)
    row_of[users["user"].to_numpy()] = np.arange(users.height)
    latitude = np.radians(users["home_latitude"].cast(pl.Float64).to_numpy())
    longitude = np.radians(users["home_longitude"].cast(pl.Float64).to_numpy())
    flat = np.column_stack([latitude, longitude * np.cos(latitude.mean())])
    km = pdist(flat) * 6_371.0088
    both = pl.concat([city.table("friends").select("a", "b"), city.table("ties").select("a", "b")]).unique()
    a, b = row_of[both["a"].to_numpy()], row_of[both["b"].to_numpy()]
    known = (a >= 0) & (b >= 0)
    low, high = np.minimum(a, b)[known], np.maximum(a, b)[known]
    linked = np.zeros(len(km), dtype=bool)
    linked[users.height * low - low * (low + 1) // 2 + high - low - 1] = True
    return km, linked


def s13(city: City) -> Measurement:
    """Exponent with which the chance of a friendship falls with the distance of homes, from 0.5 to 30 km."""
    km, linked = _pairs(city)
    edges = np.geomspace(0.5, 30.0, 13)
    everyone, _ = np.histogram(km, edges)
    friends, _ = np.histogram(km[linked], edges)
    good = friends >= 5  # noqa: PLR2004 — else the bin is noise
    middle = np.sqrt(edges[1:] * edges[:-1])[good]
    fall, _ = slope(middle, friends[good] / everyone[good], friends[good])
    return Measurement({"exponent": -fall}, int(linked.sum()), "friendships")
