"""Section 4 of the facts: what weather and gatherings do to where people go (C8 to C12)."""

from typing import Final

import numpy as np
import polars as pl
from scipy import stats

from cli.realism.city import HOUR, City, Measurement, NotMeasuredError
from cli.realism.estimators import kilometres
from cli.realism.measures.calendar_days import FOOD

WET: Final = ("rain", "storm")
DRY: Final = ("clear",)
OUT_HOURS: Final = (10, 23)
RAINY_MM: Final = 2.0
"""Millimetres between 10 and 24 h that make a rainy day: the weather services' "measurable" is 0.3, a shower."""

FINE_SHARE: Final = 0.5
STADIUM: Final = 30_000
"""Places in an open stadium; New York's arenas have fewer than 21,000."""

NEW_YORKERS: Final = 8_804_190
"""Census 2020: how many people one simulated one stands for."""

BEFORE_US, AFTER_US = 3 * HOUR, 2 * HOUR
NEAR_KM, FAR_KM = 1.0, (2.0, 5.0)


def _visits_in_weather(city: City) -> pl.DataFrame:
    """Visits with the condition, the degrees and the rain of their hour."""
    weather = city.table("weather").with_columns(pl.col("t").set_sorted())
    joined = city.table("visits").sort("t").join_asof(weather, on="t", strategy="backward")
    return joined.drop_nulls("condition")


def c8(city: City) -> Measurement:
    """Share of outdoor places, and of food, in rain over that in clear weather."""
    rows = _visits_in_weather(city)
    outside = city.table("venues").select("venue", pl.col("outdoor_seating").fill_null(value=False))
    marked = rows.join(outside, on="venue").with_columns(pl.col("category").is_in(FOOD).alias("food"))
    rain, clear = marked.filter(pl.col("condition").is_in(WET)), marked.filter(pl.col("condition").is_in(DRY))
    if rain.height == 0 or clear.height == 0:
        raise NotMeasuredError("the days told have no visits in rain, or none in clear weather")
    values = {
        part: (int(rain[column].sum()) / rain.height) / max(int(clear[column].sum()) / clear.height, 1e-9)
        for part, column in (("outdoors", "outdoor_seating"), ("food", "food"))
    }
    return Measurement(values, rain.height, "visits in rain")


def _days(city: City) -> pl.DataFrame:
    """Whole days: visits relative to the mean of their weekday, rain, share of clear hours, mean degrees, 10-24 h."""
    days = city.full_days()
    moment = pl.col("t").cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(city.zone)
    hours = city.table("weather").with_columns(
        moment.dt.hour().alias("hour"), moment.dt.date().cast(pl.Int32).alias("day")
    )
    sky = (
        hours.filter(pl.col("hour").is_between(*OUT_HOURS))
        .group_by("day")
        .agg(
            pl.col("rain_mm").sum(),
            pl.col("condition").is_in(DRY).mean().alias("clear"),
            pl.col("celsius").mean(),
            pl.col("condition").is_in((*WET, "snow")).mean().alias("wet"),
        )
    )
    counts = city.table("visits").group_by("day").agg(pl.len().alias("visits"))
    table = days.join(counts, on="day", how="left").join(sky, on="day").with_columns(pl.col("visits").fill_null(0))
    if table.height < 14:  # noqa: PLR2004 — each weekday twice, else it is compared with itself
        raise NotMeasuredError(f"{table.height} whole days with weather told, 14 are needed")
    return table.with_columns((pl.col("visits") / pl.col("visits").mean().over("weekday")).alias("relative")).sort(
        "day"
    )


def c9(city: City) -> Measurement:
    """Visits on rainy and on fine days against all days, weekdays evened out."""
    table = _days(city)
    usual = float(table["relative"].to_numpy().mean())
    rainy = table.filter(pl.col("rain_mm") >= RAINY_MM)["relative"].to_numpy()
    fine = table.filter((pl.col("rain_mm") == 0) & (pl.col("clear") >= FINE_SHARE))["relative"].to_numpy()
    if len(rainy) == 0 or len(fine) == 0:
        raise NotMeasuredError("the days told have no rainy day, or no fine one")
    values = {"rain": float(rainy.mean() / usual) - 1, "fine": float(fine.mean() / usual) - 1}
    return Measurement(values, min(len(rainy), len(fine)), "days", f"{len(rainy)} rainy, {len(fine)} fine")


def c10(city: City) -> Measurement:
    """Signs, 10 h to midnight: stays at eateries in the colder half, and variety of places in cold or wet hours."""
    rows = _visits_in_weather(city).filter(pl.col("hour").is_between(*OUT_HOURS))
    if rows.height < 100:  # noqa: PLR2004 — a sign of fewer is a coin
        raise NotMeasuredError(f"{rows.height} visits between 10 h and midnight")
    middle = float(np.median(rows["celsius"].to_numpy()))
    food = rows.filter(pl.col("category").is_in(FOOD)).drop_nulls("seconds")
    stays = [
        food.filter(test)["seconds"].to_numpy() for test in (pl.col("celsius") < middle, pl.col("celsius") >= middle)
    ]
    bad = (pl.col("celsius") < middle) | pl.col("condition").is_in((*WET, "snow"))
    variety = [_variety(rows.filter(test)["venue"].to_numpy()) for test in (bad, ~bad)]
    values = {
        "stay": float(np.sign(stays[0].mean() - stays[1].mean())),
        "variety": float(np.sign(variety[0] - variety[1])),
    }
    note = f"{stays[0].mean() / 60:.1f} against {stays[1].mean() / 60:.1f} min"
    return Measurement(values, rows.height, "visits", note)


def _variety(venues: np.ndarray) -> float:
    """Entropy of the places visited, bits, with Miller and Madow's correction for small samples."""
    counts = np.unique(venues, return_counts=True)[1]
    return float(stats.entropy(counts, base=2) + (len(counts) - 1) / (2 * max(len(venues), 1) * np.log(2)))


def _near(city: City, latitude: float, longitude: float, low: float, high: float) -> list[int]:
    """Places between two distances of a point."""
    venues = city.table("venues")
    at = [venues[name].cast(pl.Float64).to_numpy() for name in ("latitude", "longitude")]
    km = kilometres(at[0], at[1], np.array(latitude), np.array(longitude))
    return [int(venue) for venue in venues["venue"].to_numpy()[(km >= low) & (km < high)]]


def _expected(city: City, low: float, high: float, fewest: int, most: int) -> list[tuple[float, float, float]]:
    """Visits near each gathering with a crowd in [fewest, most), those usual there, and the crowd.

    Usual is the mean of the same hours of the same weekday in weeks without a gathering at that place.
    """
    visits, events = city.table("visits").select("venue", "t"), city.table("events")
    found = []
    for row in events.iter_rows(named=True):
        if not fewest <= row["crowd"] < most:
            continue
        start, stop = row["starts_at"] - BEFORE_US, row["ends_at"] + AFTER_US
        near = _near(city, row["latitude"], row["longitude"], low, high)
        times = np.sort(visits.filter(pl.col("venue").is_in(near))["t"].to_numpy())
        same = events.filter(pl.col("name") == row["name"])
        others = []
        for week in (*range(-8, 0), *range(1, 9)):
            shift = week * 7 * 24 * HOUR
            free = ((same["ends_at"] + AFTER_US < start + shift) | (same["starts_at"] - BEFORE_US > stop + shift)).all()
            if free and start + shift >= city.start_us and stop + shift <= city.end_us:
                others.append(np.diff(np.searchsorted(times, [start + shift, stop + shift]))[0])
        if others:
            here = np.diff(np.searchsorted(times, [start, stop]))[0]
            found.append((float(here), float(np.mean(others)), float(row["crowd"])))
    return found


def c11(city: City) -> Measurement:
    """Visits near a stadium beyond the usual, per 100 of the people in it that this city stands for."""
    found = _expected(city, 0.0, 2.0, STADIUM, 10**9)
    if not found:
        raise NotMeasuredError("no game in a stadium with the same hours of another week to compare with")
    extra = sum(here - usual for here, usual, _ in found)
    attended = sum(crowd for _, _, crowd in found) * city.users / NEW_YORKERS
    return Measurement({"per_hundred": 100 * extra / attended}, len(found), "games", f"{attended:.0f} attended")


def c12(city: City) -> Measurement:
    """Uplift of visits within a kilometre of a gathering, and how much larger it is than from 2 to 5 km."""
    near = _expected(city, 0.0, NEAR_KM, 5_000, 10**9)
    far = _expected(city, *FAR_KM, 5_000, 10**9)
    usual, usual_far = sum(u for _, u, _ in near), sum(u for _, u, _ in far)
    if usual == 0 or usual_far == 0:
        raise NotMeasuredError("no gathering with the same hours of another week to compare with")
    lift = sum(h for h, _, _ in near) / usual - 1
    values = {"uplift": lift, "decay": lift - (sum(h for h, _, _ in far) / usual_far - 1)}
    return Measurement(values, len(near), "gatherings", f"{usual:.0f} visits usual")
