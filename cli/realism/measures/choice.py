"""Section 4 of the facts: which places people choose, and what price and stars do (C1 to C7)."""

from typing import Final

import numpy as np
import polars as pl
from scipy import stats

from cli.realism.city import DAY, City, Measurement, NotMeasuredError
from cli.realism.estimators import distance_of, rank_correlation
from cli.realism.measures.calendar_days import FOOD, NIGHTLIFE
from cli.realism.reference import reference

FEWEST_VISITS: Final = 10
PRICE_DAYS: Final = 14
PEAK_HOURS: Final = (18, 20)
PEAK_DAYS: Final = (4, 5)
FULL: Final = ("no_table",)


def c1(city: City) -> Measurement:
    """Share of visits that the best-visited places get, of places with ten visits or more."""
    counts = np.sort(city.table("visits").group_by("venue").len()["len"].to_numpy())[::-1]
    counts = counts[counts >= FEWEST_VISITS]
    if len(counts) == 0:
        raise NotMeasuredError(f"no place has {FEWEST_VISITS} visits")
    cumulated = np.cumsum(counts) / counts.sum()
    values = {
        f"top_{percent}": float(cumulated[max(round(len(counts) * percent / 100), 1) - 1]) for percent in (1, 10, 20)
    }
    unmet = "" if len(counts) >= 100 else f"{len(counts)} places have {FEWEST_VISITS} visits, 1 % of them needs 100"  # noqa: PLR2004
    return Measurement(values, len(counts), "venues", unmet=unmet)


def c3(city: City) -> Measurement:
    """Mix of check-ins over the kinds of place that this city has, against New York's."""
    rows = city.table("visits")
    known = reference("fsq_nyc_marc", "category_by_weather", "Clear")
    mine = [int(rows["category"].is_in(kinds).sum()) for kinds in (FOOD, NIGHTLIFE)]
    return Measurement({"distance": distance_of(mine, [known["Food"], known["Nightlife Spot"]])}, rows.height, "visits")


def c4(city: City) -> Measurement:
    """Price tiers of the places."""
    tiers = city.table("venues")["price_tier"].drop_nulls().to_numpy()
    if len(tiers) == 0:
        raise NotMeasuredError("no place has a price tier")
    values = {f"tier_{tier}": float((tiers == tier).mean()) for tier in (1, 2, 3, 4)}
    return Measurement(values, len(tiers), "venues")


def c5(city: City) -> Measurement:
    """Own-price elasticity: ln visits on ln bill, a place's two weeks before a price change and after it.

    Visits are relative to those of the whole city in the same weeks; the bill is the mean per person.
    """
    visits = city.table("visits").with_columns((pl.col("spend") / pl.col("party_size")).alias("bill"))
    changes = city.table("prices").drop_nulls("venue")
    window = PRICE_DAYS * DAY
    whole = changes.filter((pl.col("t") >= city.start_us + window) & (pl.col("t") <= city.end_us - window))
    if whole.height == 0:
        raise NotMeasuredError(f"no price changed with {PRICE_DAYS} days told before and after")
    price, demand, weight = [], [], []
    for moment, venue in whole.select("t", "venue").iter_rows():
        near = visits.filter(pl.col("t").is_between(moment - window, moment + window, closed="left"))
        own = near.filter(pl.col("venue") == venue)
        sides = [own.filter(pl.col("t") < moment), own.filter(pl.col("t") >= moment)]
        bills = [float(side["bill"].drop_nulls().to_numpy().mean()) if side["bill"].count() else 0.0 for side in sides]
        earlier = near.filter(pl.col("t") < moment).height
        if min(sides[0].height, sides[1].height, earlier) == 0 or min(bills) <= 0:
            continue
        price.append(np.log(bills[1] / bills[0]))
        demand.append(np.log((sides[1].height / sides[0].height) / ((near.height - earlier) / earlier)))
        weight.append(1 / (1 / sides[0].height + 1 / sides[1].height))
    if len(price) < 10 or np.ptp(price) == 0:  # noqa: PLR2004 — a slope through fewer is noise
        raise NotMeasuredError(f"{len(price)} price changes with visits before and after, 10 are needed")
    across, up, heavy = np.array(price), np.array(demand), np.array(weight)
    slope = float((heavy * across * up).sum() / (heavy * across**2).sum())
    return Measurement({"elasticity": slope}, len(price), "price changes")


def c6(city: City) -> Measurement:
    """How much likelier a place with half a star more is booked out on Friday and Saturday evenings."""
    bookings, venues = city.table("bookings"), city.table("venues")
    taking = venues.filter("takes_bookings").select("venue", pl.col("first_rating").alias("rating"))
    evenings = city.full_days().filter(pl.col("weekday").is_in(PEAK_DAYS)).height
    if evenings == 0:
        raise NotMeasuredError("no Friday or Saturday told")
    refused = bookings.filter(pl.col("waitlisted") | pl.col("reason").is_in(FULL))
    at_peak = pl.col("start_hour").is_between(*PEAK_HOURS) & pl.col("start_weekday").is_in(PEAK_DAYS)
    full = refused.filter(at_peak).group_by("venue").agg(pl.col("start_day").n_unique().alias("evenings"))
    table = taking.join(full, on="venue", how="left").with_columns(pl.col("evenings").fill_null(0))
    chance = table["evenings"].to_numpy() / evenings
    if chance.sum() == 0:
        raise NotMeasuredError("no place was ever booked out at the peak")
    line = stats.linregress(table["rating"].to_numpy(), chance)
    return Measurement({"lift": float(line.slope / 2 / chance.mean())}, int((chance > 0).sum()), "venues booked out")


def c7(city: City) -> Measurement:
    """Whether better places are the more visited: rank correlation of stars and visits."""
    visits = city.table("visits").group_by("venue").len()
    joined = city.table("venues").join(visits, on="venue", how="left").with_columns(pl.col("len").fill_null(0))
    return Measurement({"rho": rank_correlation(joined["rating"], joined["len"])}, joined.height, "venues")
