"""Records that do not come as they should: ahead of the city's clock, or behind one of the same kind.

A record far in the future would close every window and expire what is remembered, so that it is a dead letter. The
measure is the newest `simulator.tick` that was ever written, not the last one read: somebody who works off a long lag
reads records long before the ticks that follow them.
"""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.analytics.domain.cells import Scope

FUTURE = "FutureTime"
"""Error class of a record that is dated ahead of its city. It can be read, so that many say nothing against us."""

Clocks: TypeAlias = Mapping[Scope, int]
"""Simulated time of the newest tick of each telling, microseconds."""

ORDERED_BY = ("source", "user_id", "venue_id")
"""Within these (as far as a topic has them) simulated time never goes back: DESIGN, rules of time."""


def ahead(frame: pl.DataFrame, clocks: Clocks, slack_us: int) -> NDArray[np.intp]:
    """Places of the records more than ``slack_us`` ahead of their telling's clock; a telling without one has none."""
    if frame.is_empty() or not clocks:
        return np.empty(0, dtype=np.intp)
    newest = frame["simulation_time"].max()
    if isinstance(newest, int) and newest <= min(clocks.values()) + slack_us:
        return np.empty(0, dtype=np.intp)
    limits = {str(scope): clock + slack_us for scope, clock in clocks.items()}
    scopes = frame["run_id"] + "/" + frame["branch"].cast(pl.String)
    allowed = scopes.replace_strict(limits, default=None, return_dtype=pl.Int64)
    return np.flatnonzero((frame["simulation_time"] > allowed).fill_null(value=False).to_numpy())


def reordered(frame: pl.DataFrame) -> int:
    """Records before which a later one of the same source, person and venue stands in the frame."""
    times = frame["simulation_time"]
    if times.is_sorted():
        return 0
    keys = [pl.col(name) for name in ORDERED_BY if name in frame.columns]
    behind = pl.col("simulation_time") < pl.col("simulation_time").cum_max().over(keys)
    return int(frame.select(behind.sum()).item())
