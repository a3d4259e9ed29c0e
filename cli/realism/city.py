"""What is measured: the tables of one told city, and what a statistic answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import polars as pl

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 3_600 * SECOND
DAY: Final = 24 * HOUR

PERSONAL: Final = ("visits", "sessions", "actions", "bookings", "invites", "answers", "reviews", "registrations")
"""Tables with one row an act of a person: what a sample of people is a sample of."""


class NotMeasuredError(Exception):
    """A statistic that the data cannot give, and why, in words."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """Values of a fact by the names of its parts, and what they rest on.

    ``n`` counts what the estimate averages over (``unit``: users, venues, tail points, …); ``unmet`` says in
    words which condition of the fact's definition the data do not meet, the values being shown all the same.
    """

    values: Mapping[str, float]
    n: int
    unit: str = "users"
    note: str = ""
    unmet: str = ""


@dataclass(frozen=True, slots=True)
class City:
    """A told city as tables.

    Times are microseconds since the epoch (``t``), with ``hour``, ``weekday`` (Monday is 0) and ``day`` (days
    since the epoch) of the city's own clock beside them. ``user`` and ``venue`` are indices from 0. A table that
    could not be read is absent from ``tables``; ``missing`` says why.
    """

    start_us: int
    end_us: int
    zone: str
    users: int
    tables: Mapping[str, pl.DataFrame]
    missing: Mapping[str, str] = field(default_factory=dict)

    def table(self, name: str) -> pl.DataFrame:
        """A table.

        Raises:
            NotMeasuredError: Its topic or columns are not in the directory.
        """
        if name not in self.tables:
            raise NotMeasuredError(self.missing.get(name, f"no {name} in the data"))
        return self.tables[name]

    @property
    def span_days(self) -> float:
        """Days told."""
        return (self.end_us - self.start_us) / DAY

    def full_days(self) -> pl.DataFrame:
        """The whole local days told: ``day`` and ``weekday``."""
        moments = pl.Series([self.start_us, self.end_us]).cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(self.zone)
        dates = moments.dt.date().cast(pl.Int32).to_list()
        midnight = moments.dt.time().to_list()[0]
        first = dates[0] + (0 if (midnight.hour, midnight.minute) == (0, 0) else 1)
        days = pl.DataFrame({"day": np.arange(first, dates[1], dtype=np.int32)})
        return days.with_columns(((pl.col("day") + 3) % 7).cast(pl.Int8).alias("weekday"))

    def of_people(self, keep: np.ndarray) -> "City":
        """The same city, told of some people only; ``keep`` is a mask over users."""
        chosen = pl.Series(np.flatnonzero(keep)).cast(pl.UInt32)
        some = {
            name: table.filter(pl.col("user").is_in(chosen.implode())) if name in PERSONAL else table
            for name, table in self.tables.items()
        }
        return replace(self, tables=some)


def local(column: str, zone: str) -> list[pl.Expr]:
    """Local ``hour``, ``weekday`` and ``day`` of a column of microseconds."""
    moment = pl.col(column).cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(zone)
    return [
        moment.dt.hour().alias("hour"),
        (moment.dt.weekday() - 1).alias("weekday"),
        moment.dt.date().cast(pl.Int32).alias("day"),
    ]
