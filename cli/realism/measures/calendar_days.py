"""Section 1 of the facts: what the clock, the week and the calendar do to a city (T8 to T16)."""

from typing import Final

import numpy as np
import polars as pl

from cli.realism.city import City, Measurement, NotMeasuredError
from cli.realism.estimators import distance_of, histogram
from cli.realism.reference import reference

SATURDAY: Final = 5
FULL_SERVICE: Final = "restaurant"
FOOD: Final = ("restaurant", "cafe", "fast_food", "bakery", "dessert", "healthy")
NIGHTLIFE: Final = ("bar",)
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FEWEST_VISITORS: Final = 2.0
"""Visitors a day of a venue whose days are compared: below it, days are mostly empty."""

BUSY: Final = 10.0
"""Visitors a day of a venue whose variance is compared with one of 19 a day."""


def t8(city: City) -> Measurement:
    """Hour curve of all check-ins."""
    rows = city.table("visits")
    curve = histogram(rows["hour"], 24)
    if rows.height == 0:
        raise NotMeasuredError("nobody went anywhere")
    trough = max(float(curve.min()), 1 / rows.height)
    values = {"peak_to_trough": float(curve.max()) / trough, "night": float(curve[2:5].sum())}
    return Measurement(values, rows.height, "visits", f"peak at {int(curve.argmax())} h")


def t9(city: City) -> Measurement:
    """Hour curve of food and of nightlife against New York's."""
    rows = city.table("visits")
    known = reference("fsq_nyc_marc", "hour_by_category")
    values, fewest = {}, rows.height
    for part, categories, name in (("food", FOOD, "Food"), ("nightlife", NIGHTLIFE, "Nightlife Spot")):
        hours = rows.filter(pl.col("category").is_in(categories))["hour"]
        fewest = min(fewest, len(hours))
        values[part] = distance_of(histogram(hours, 24), known[name])
    return Measurement(values, fewest, "visits")


def t10(city: City) -> Measurement:
    """Hours for which tables are reserved."""
    rows = city.table("bookings").filter("confirmed")
    curve = histogram(rows["start_hour"], 24)
    values = {"dinner": float(curve[17:21].sum()), "lunch": float(curve[11:15].sum())}
    return Measurement(values, rows.height, "bookings", f"peak at {int(curve.argmax())} h")


def t11(city: City) -> Measurement:
    """Visits a weekend day over visits a weekday, everywhere and at restaurants."""
    days, rows = city.full_days(), city.table("visits")
    weekend = int((days["weekday"] >= SATURDAY).sum())
    if weekend in {0, days.height}:
        raise NotMeasuredError("the days told have no whole weekend day and weekday")
    values = {}
    for part, some in (("all", rows), ("restaurants", rows.filter(pl.col("category") == FULL_SERVICE))):
        within = some.join(days.select("day"), on="day", how="semi")
        count = int((within["weekday"] >= SATURDAY).sum())
        values[part] = (count / weekend) / (max(within.height - count, 1) / (days.height - weekend))
    unmet = "" if days.height >= 7 else f"{days.height} whole days told, a week is needed"  # noqa: PLR2004
    return Measurement(values, rows.height, "visits", unmet=unmet)


def visitors(city: City, fewest: float, category: str = FULL_SERVICE) -> pl.DataFrame:
    """People at each restaurant on each whole day: ``venue``, ``day``, ``weekday``, ``visitors``, zeros included.

    A table of a booking counts once; a venue counts that has ``fewest`` visitors a day on average.
    """
    days = city.full_days()
    parties = city.table("visits").filter(pl.col("category") == category)
    once = parties.unique(pl.coalesce("booking_id", "visit_id"), keep="first", maintain_order=True)
    counted = once.group_by("venue", "day").agg(pl.col("party_size").sum().cast(pl.Int64).alias("visitors"))
    every = parties.select("venue").unique().join(days, how="cross")
    table = every.join(counted, on=("venue", "day"), how="left").with_columns(pl.col("visitors").fill_null(0))
    kept = table.filter(pl.col("visitors").mean().over("venue") >= fewest)
    if kept.height == 0:
        raise NotMeasuredError(f"no {category} has {fewest:.0f} visitors a day")
    return kept.sort("venue", "day")


def t12(city: City) -> Measurement:
    """Index of each weekday, mean of restaurants, the venue's own mean being 1."""
    table = visitors(city, FEWEST_VISITORS)
    own = table.with_columns((pl.col("visitors") / pl.col("visitors").mean().over("venue")).alias("index"))
    by_day = own.group_by("weekday").agg(pl.col("index").mean()).sort("weekday")
    if by_day.height < len(WEEKDAYS):
        raise NotMeasuredError("the days told are less than a week")
    values = dict(zip(WEEKDAYS, by_day["index"].to_list(), strict=True))
    return Measurement(values, table["venue"].n_unique(), "venues")


def t14(city: City) -> Measurement:
    """Over-dispersion of a restaurant's days."""
    table = visitors(city, BUSY)
    if city.full_days().height < 7:  # noqa: PLR2004 — a week at least
        raise NotMeasuredError("less than a week of whole days told")
    own = table.group_by("venue").agg(pl.col("visitors").mean().alias("mean"), pl.col("visitors").var().alias("var"))
    variation, fano = (own["var"].sqrt() / own["mean"]).to_numpy(), (own["var"] / own["mean"]).to_numpy()
    values = {"cv": float(np.median(variation)), "fano": float(np.median(fano))}
    return Measurement(values, own.height, "venues", f"{np.median(own['mean'].to_numpy()):.0f} visitors a day")


def t16(city: City) -> Measurement:
    """Visitors on a holiday that is a weekday over those of the same weekday, within restaurants."""
    holidays = city.table("holidays").unique("day").select("day", "name")
    table = visitors(city, FEWEST_VISITORS)
    marked = table.join(holidays, on="day", how="left").filter(pl.col("weekday") < SATURDAY)
    found = marked.filter(pl.col("name").is_not_null())
    if found.height == 0:
        raise NotMeasuredError("no holiday on a weekday in the days told")
    usual = (
        marked.filter(pl.col("name").is_null())
        .group_by("venue", "weekday")
        .agg(pl.col("visitors").mean().alias("usual"))
    )
    joined = found.join(usual, on=("venue", "weekday"))
    lift = float(joined["visitors"].to_numpy().sum() / joined["usual"].to_numpy().sum()) - 1
    return Measurement({"lift": lift}, found["day"].n_unique(), "holidays", ", ".join(found["name"].unique().sort()))
