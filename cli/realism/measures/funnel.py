"""Section 5 of the facts: from opening the app to a table (B13 to B16)."""

from typing import Final

import numpy as np
import polars as pl

from cli.realism.city import DAY, City, Measurement, NotMeasuredError

CHECKOUT_US: Final = DAY
"""How long after naming a place and a time a booking still belongs to it."""


def _sessions(city: City) -> pl.DataFrame:
    """Sessions with the number of acts in each and whether one was a booking."""
    acts = city.table("actions").drop_nulls("session").group_by("session")
    counted = acts.agg(pl.len().alias("acts"), (pl.col("kind") == "booking.requested").any().alias("booking"))
    rows = city.table("sessions").select("session").join(counted, on="session", how="left")
    if rows.height == 0:
        raise NotMeasuredError("nobody opened the app")
    return rows.with_columns(pl.col("acts").fill_null(0), pl.col("booking").fill_null(value=False))


def b13(city: City) -> Measurement:
    """Share of sessions in which a table is asked for."""
    rows = _sessions(city)
    return Measurement({"share": int(rows["booking"].sum()) / rows.height}, rows.height, "sessions")


def b14(city: City) -> Measurement:
    """Share of bookings begun (a place and a time named by somebody who books in that session or later) finished."""
    acts = city.table("actions").with_columns(pl.col("kind").cast(pl.String))
    named = acts.filter(pl.col("kind") == "interest.expressed").select("user", "venue", "t")
    taking = city.table("venues").filter("takes_bookings").select("venue")
    begun = named.join(taking, on="venue", how="semi").sort("t")
    asked = acts.filter(pl.col("kind") == "booking.requested").select("user", "venue", "t", pl.col("t").alias("asked"))
    if begun.height == 0:
        raise NotMeasuredError("nobody named a place and a time")
    met = begun.join_asof(asked.sort("t"), on="t", by=("user", "venue"), strategy="forward", check_sortedness=False)
    finished = int(((met["asked"] - met["t"]) <= CHECKOUT_US).sum())
    return Measurement({"finished": finished / begun.height}, begun.height, "places and times named")


def b16(city: City) -> Measurement:
    """Pages a session, the landing page being one: spread of the logarithm, share of sessions with no other."""
    acts = _sessions(city)["acts"].to_numpy()
    values = {"log_sd": float(np.log(acts + 1.0).std()), "zero_length": float((acts == 0).mean())}
    return Measurement(values, len(acts), "sessions", f"median {np.median(acts + 1):.0f} pages")
