"""Section 1 of the facts: when people act (T1 to T6), and how their sessions look (T17, T18)."""

from typing import Final

import numpy as np
import polars as pl

from cli.realism.city import DAY, HOUR, MINUTE, SECOND, City, Measurement, NotMeasuredError
from cli.realism.estimators import burstiness, quantiles, two_log_normals

WINDOW_DAYS: Final = 28
FEWEST_EVENTS: Final = 20
CUT_US: Final = HOUR
"""A longer silence ends a session (Halfaker et al. 2015)."""


def burst_windows(city: City, table: str, *, whole_span: bool = False) -> tuple[np.ndarray, str]:
    """Burstiness of each user and whole 28-day window with 20 events or more, and what is wrong with the windows.

    With ``whole_span`` all days told are one window.
    """
    whole = 0 if whole_span else int(city.span_days // WINDOW_DAYS)
    unmet = "" if city.span_days >= WINDOW_DAYS else f"{city.span_days:.1f} days told, the window is {WINDOW_DAYS}"
    length, count = (WINDOW_DAYS * DAY, whole) if whole else (city.end_us - city.start_us, 1)
    windows = (
        city.table(table)
        .select("user", "t", ((pl.col("t") - city.start_us) // length).alias("window"))
        .filter(pl.col("window").is_between(0, count - 1))
        .sort("user", "t")
        .group_by("user", "window")
        .agg(
            pl.len().alias("n"),
            pl.col("t").diff().mean().alias("mean"),
            pl.col("t").diff().std(ddof=0).alias("deviation"),
        )
        .filter((pl.col("n") >= FEWEST_EVENTS) & (pl.col("mean") > 0))
    )
    if windows.height == 0:
        raise NotMeasuredError(f"nobody has {FEWEST_EVENTS} {table} in a window")
    return burstiness(windows["n"], windows["mean"], windows["deviation"]), unmet


def t1(city: City) -> Measurement:
    """Median burstiness of check-ins, of uses of the app, and (over all days told) of answers to invitations."""
    values, smallest, told = {}, 0, ""
    for part, table in (("check_ins", "visits"), ("app", "sessions"), ("answers", "answers")):
        found, unmet = burst_windows(city, table, whole_span=table == "answers")
        values[part] = float(np.median(found))
        smallest = min(smallest or len(found), len(found))
        told = told or unmet
    return Measurement(values, smallest, "user-windows", unmet=told)


def t2(city: City) -> Measurement:
    """Spread of the burstiness of check-ins over users."""
    found, unmet = burst_windows(city, "visits")
    low, high = quantiles(found, (0.05, 0.95))
    return Measurement({"spread": high - low}, len(found), "user-windows", unmet=unmet)


def gaps(city: City, table: str, fewest: int = 2) -> tuple[np.ndarray, int]:
    """Times between one user's events, seconds, at least one each; and of how many users."""
    rows = city.table(table).select("user", "t").sort("user", "t")
    kept = rows.filter(pl.len().over("user") >= fewest)
    between = kept.select("user", (pl.col("t").diff().over("user") / SECOND).alias("gap")).drop_nulls()
    return np.maximum(between["gap"].to_numpy(), 1.0), kept["user"].n_unique()


def t4(city: City) -> Measurement:
    """Spread of the logarithm of the time between check-ins."""
    found, users = gaps(city, "visits", FEWEST_EVENTS)
    if len(found) == 0:
        raise NotMeasuredError(f"nobody has {FEWEST_EVENTS} check-ins")
    return Measurement({"log_sd": float(np.log(found).std())}, users)


def t6(city: City) -> Measurement:
    """Where the two log-normal humps of the time between acts in the app part."""
    found, users = gaps(city, "actions")
    mixture = two_log_normals(found)
    note = f"humps at {mixture.medians[0] / 60:.1f} min and {mixture.medians[1] / 3600:.1f} h"
    return Measurement({"valley_minutes": mixture.valley * SECOND / MINUTE}, users, note=note)


def t17(city: City) -> Measurement:
    """Length of a use of the app."""
    seconds = city.table("sessions").drop_nulls("seconds").filter(pl.col("seconds") > 0)["seconds"].to_numpy()
    if len(seconds) == 0:
        raise NotMeasuredError("no session has ended")
    values = {"mean_seconds": float(seconds.mean()), "log_sd": float(np.log(seconds).std())}
    return Measurement(values, len(seconds), "sessions", f"median {np.median(seconds):.0f} s")


def t18(city: City) -> Measurement:
    """Acts between silences of an hour: share of lonely ones, mean."""
    rows = city.table("actions").sort("user", "t")
    new = (pl.col("t").diff().over("user") > CUT_US).fill_null(value=True)
    sizes = rows.select(new.cum_sum().alias("bout")).group_by("bout").len()["len"].to_numpy()
    if len(sizes) == 0:
        raise NotMeasuredError("nobody did anything")
    return Measurement({"single": float((sizes == 1).mean()), "mean": float(sizes.mean())}, len(sizes), "sessions")
