"""Section 7 of the facts: how long people stay, and how unequally they buy (L1 to L6)."""

import warnings
from contextlib import redirect_stdout
from io import StringIO
from typing import Final

import numpy as np
import polars as pl
from lifelines import WeibullFitter
from lifetimes import BetaGeoFitter
from lifetimes.utils import ConvergenceError

from cli.realism.city import DAY, City, Measurement, NotMeasuredError, local

SILENCE_DAYS: Final = 30
RETENTION_DAYS: Final = (1, 7, 30)
SOCIAL: Final = ("friend.requested", "invite.sent")
SHORTEST_DAYS: Final = 1 / 24
"""A lifetime of one act counts as an hour."""

FOLLOWED_DAYS: Final = 14
PENALTIES: Final = (0.0, 0.001, 0.01)
"""Of the BG/NBD fit: none, or the least with which it converges."""


def _members(city: City) -> pl.DataFrame:
    """People who joined in the days told: ``user``, ``t`` and ``day``."""
    members = city.table("registrations").select("user", "t", "day")
    if members.height == 0:
        raise NotMeasuredError("nobody joined in the days told")
    return members


def _retention(city: City, members: pl.DataFrame) -> Measurement:
    """Share of members in the app on the 1st, 7th and 30th day after their first; only days told wholly."""
    active = city.table("sessions").select("user", "day").unique()
    days = city.full_days()["day"]
    last = int(days.to_numpy().max()) if len(days) else 0
    values, n, unmet = {}, members.height, ""
    for after in RETENTION_DAYS:
        due = members.filter(pl.col("day") + after <= last).select("user", (pl.col("day") + after).alias("day"))
        if due.height == 0:
            unmet = f"nobody has been a member for {after} days"
            continue
        values[f"day_{after}"] = due.join(active, on=("user", "day"), how="semi").height / due.height
        n = min(n, due.height)
    return Measurement(values, n, unmet=unmet)


def l1(city: City) -> Measurement:
    """Retention of everybody who joins."""
    return _retention(city, _members(city))


def l2(city: City) -> Measurement:
    """Retention of new members from the day on which they first turn to others."""
    acts = city.table("actions").filter(pl.col("kind").cast(pl.String).is_in(SOCIAL))
    first = acts.join(_members(city).select("user"), on="user", how="semi").group_by("user").agg(pl.col("t").min())
    if first.height == 0:
        raise NotMeasuredError("no new member asked for a friend or invited one")
    return _retention(city, first.with_columns(local("t", city.zone)))


def l4(city: City) -> Measurement:
    """Weibull shape of new members' lifetimes, 30 silent days being the end and others censored."""
    acts = city.table("actions").select("user", "t")
    spans = acts.join(_members(city).select("user"), on="user", how="semi").group_by("user")
    lives = spans.agg(pl.col("t").min().alias("first"), pl.col("t").max().alias("last"))
    ended = lives["last"].to_numpy() < city.end_us - SILENCE_DAYS * DAY
    if ended.sum() < 10:  # noqa: PLR2004 — a shape needs deaths
        raise NotMeasuredError(f"{int(ended.sum())} new members were silent for {SILENCE_DAYS} days")
    days = np.maximum((lives["last"] - lives["first"]).to_numpy() / DAY, SHORTEST_DAYS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = WeibullFitter().fit(days, event_observed=ended)
    return Measurement({"shape": float(fit.rho_)}, len(days), note=f"{int(ended.sum())} ended")


def _purchases(city: City) -> pl.DataFrame:
    """New members' days of purchase (visits), members followed for two weeks from the first."""
    bought = city.table("visits").select("user", "t", "day")
    own = bought.join(_members(city).select("user"), on="user", how="semi")
    rows = own.group_by("user").agg(
        pl.col("day").n_unique().alias("days"), pl.col("t").min().alias("first"), pl.col("t").max().alias("last")
    )
    followed = rows.filter(pl.col("first") <= city.end_us - FOLLOWED_DAYS * DAY)
    if followed.height < 50:  # noqa: PLR2004 — four parameters
        raise NotMeasuredError(f"{followed.height} new members bought {FOLLOWED_DAYS} days before the end, 50 needed")
    return followed.sort("user")


def l5(city: City) -> Measurement:
    """Share of new customers with one day of purchase only."""
    rows = _purchases(city)
    return Measurement({"share": float((rows["days"] == 1).to_numpy().mean())}, rows.height)


def l6(city: City) -> Measurement:
    """Shape r of the gamma distribution of purchase rates in BG/NBD (Fader, Hardie, Lee 2005)."""
    rows = _purchases(city)
    weeks = 7 * DAY
    recency = (rows["last"] - rows["first"]).to_numpy() / weeks
    age = (city.end_us - rows["first"].to_numpy()) / weeks
    repeats = rows["days"].to_numpy().astype(np.float64) - 1
    recency = np.where(repeats == 0, 0.0, recency)
    for penalty in PENALTIES:
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"), redirect_stdout(StringIO()):
                warnings.simplefilter("ignore")
                fit = BetaGeoFitter(penalizer_coef=penalty).fit(repeats, recency, age)
        except ConvergenceError:
            continue
        note = f"a {fit.params_['a']:.2f}, b {fit.params_['b']:.2f}, penalty {penalty:g}"
        return Measurement({"r": float(fit.params_["r"])}, rows.height, note=note)
    raise NotMeasuredError("BG/NBD does not converge on these purchases")
