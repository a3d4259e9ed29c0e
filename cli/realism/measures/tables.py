"""Section 5 of the facts: how tables are booked and honoured (B1 to B10)."""

from typing import Final

import numpy as np
import polars as pl
from scipy import optimize

from cli.realism.city import HOUR, City, Measurement, NotMeasuredError
from cli.realism.estimators import distance_of, histogram, rank_correlation
from cli.realism.reference import reference

YEAR_DAYS: Final = 365.25


def _booked(city: City) -> pl.DataFrame:
    """Confirmed reservations with ``lead_days`` (of the calendar) and ``lead_hours`` (between whole hours)."""
    rows = city.table("bookings").filter("confirmed")
    if rows.height == 0:
        raise NotMeasuredError("no booking was confirmed")
    return rows.with_columns(
        (pl.col("start_day") - pl.col("day")).alias("lead_days"),
        (pl.col("start") // HOUR - pl.col("t") // HOUR).alias("lead_hours"),
    )


def b1(city: City) -> Measurement:
    """Share of reservations by days ahead."""
    rows = _booked(city)
    lead = rows["lead_days"].to_numpy()
    values = {"same_day": float((lead <= 0).mean())}
    values |= {f"within_{days}": float((lead <= days).mean()) for days in (1, 7, 14)}
    values["beyond_30"] = float((lead > 30).mean())  # noqa: PLR2004 — the row's own bin
    return Measurement(values, rows.height, "bookings")


def b2(city: City) -> Measurement:
    """Hours ahead: median, and spread of the logarithm where at least one."""
    hours = _booked(city)["lead_hours"].cast(pl.Float64).to_numpy()
    values = {"median_hours": float(np.median(hours)), "log_sd": float(np.log(hours[hours > 0]).std())}
    return Measurement(values, len(hours), "bookings")


def b3(city: City) -> Measurement:
    """Larger parties book earlier: rank correlation, and median lead of six over that of two."""
    rows = _booked(city)
    medians = {
        size: rows.filter(pl.col("party_size") == size)["lead_hours"].cast(pl.Float64).to_numpy() for size in (2, 6)
    }
    if min(len(lead) for lead in medians.values()) == 0 or np.median(medians[2]) == 0:
        raise NotMeasuredError("no bookings for two, or none for six")
    values = {
        "rho": rank_correlation(rows["party_size"], rows["lead_hours"]),
        "six_to_two": float(np.median(medians[6]) / np.median(medians[2])),
    }
    return Measurement(values, rows.height, "bookings", f"{len(medians[6])} tables for six")


def b4(city: City) -> Measurement:
    """Sizes of parties that book."""
    size = _booked(city)["party_size"].to_numpy()
    values = {
        "two": float((size == 2).mean()),  # noqa: PLR2004 — the row's own bins
        "three_four": float(np.isin(size, (3, 4)).mean()),
        "five_six": float(np.isin(size, (5, 6)).mean()),
        "ten_up": float((size >= 10).mean()),  # noqa: PLR2004
        "mean": float(size.mean()),
    }
    return Measurement(values, len(size), "bookings")


def b5(city: City) -> Measurement:
    """Hour at which reservations are made."""
    curve = histogram(_booked(city)["hour"], 24)
    values = {
        "peak_hour": float(curve.argmax()),
        "distance": distance_of(curve, reference("recruit_reservations_2017", "made_hour")),
    }
    return Measurement(values, city.table("bookings").height, "bookings")


def b7(city: City) -> Measurement:
    """Share of guests who had reserved, where reservations are taken."""
    taking = city.table("venues").filter("takes_bookings").select("venue")
    rows = city.table("visits").join(taking, on="venue", how="semi")
    once = rows.unique(pl.coalesce("booking_id", "visit_id"), keep="first", maintain_order=True)
    guests = int(once["party_size"].sum())
    if guests == 0:
        raise NotMeasuredError("nobody went where reservations are taken")
    reserved = int(once.filter("booked")["party_size"].sum())
    return Measurement({"share": reserved / guests}, once["venue"].n_unique(), "venues", f"{guests} guests")


def b8(city: City) -> Measurement:
    """Share of tables due at which nobody came."""
    rows = city.table("bookings")
    missed, came = int(rows["no_show"].sum()), int(rows["seated"].sum())
    if missed + came == 0:
        raise NotMeasuredError("no booking has come due")
    return Measurement({"share": missed / (missed + came)}, missed + came, "bookings due")


def b10(city: City) -> Measurement:
    """Guests who would miss a table at least once in a year.

    The days told are carried to a year by a negative binomial distribution over guests with the mean and the share
    without a miss that were counted: guests differ, so their chances do not simply add up.
    """
    guests = city.table("visits")["user"].n_unique()
    missed = city.table("bookings").filter("no_show").group_by("user").len()["len"].to_numpy()
    if guests == 0:
        raise NotMeasuredError("nobody went anywhere")
    mean, without = float(missed.sum()) / guests, 1 - len(missed) / guests
    yearly = mean * YEAR_DAYS / city.span_days
    share = 1 - _none(yearly, _shape(mean, without))
    top = float(np.sort(missed)[::-1][: max(guests // 10, 1)].sum() / max(missed.sum(), 1))
    note = f"{len(missed)} of {guests} in {city.span_days:.0f} days; the worst tenth causes {top:.0%}"
    return Measurement({"yearly": share}, guests, note=note)


def _none(mean: float, shape: float) -> float:
    """Chance of no event of a negative binomial distribution."""
    return float((1 + mean / shape) ** -shape)


def _shape(mean: float, without: float) -> float:
    """Shape of the negative binomial with a mean and a share of zeros; nearly Poisson where zeros are as few."""
    most = 100.0
    if mean <= 0 or without <= 0 or _none(mean, most) >= without:
        return most
    return float(optimize.brentq(lambda shape: _none(mean, shape) - without, 1e-4, most))
