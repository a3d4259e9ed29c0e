"""Bookings told again by who booked.

`bookings` is keyed by venue: one person's tables come on every partition, and with two workers on both. What journeys
and tastes need of them goes over `bookings_by_user`, keyed by the person like all else they read, so that everything
about a person is folded where the person's partition is.
"""

from collections.abc import Iterator

import polars as pl

from services.analytics.domain.emitting import COMMON, Row, Told, caused_all

TOPIC = "bookings_by_user"
FOLLOWED = ("booking.requested", "booking.cancel_requested")
"""What people do about tables; what becomes of those is not theirs."""
_CARRIED = ("user_id", "venue_id", "booking_id")


def rekeyed(frame: pl.DataFrame) -> Iterator[tuple[str, Row]]:
    """Records of `bookings` that people's own folds need, as rows for `bookings_by_user`."""
    followed = frame.filter(pl.col("event_type").is_in(FOLLOWED) & pl.col("user_id").is_not_null())
    columns = [*COMMON, "event_type", *_CARRIED]
    told = [
        Told(row, "booking.followed", {name: row[name] for name in _CARRIED} | {"step": row["event_type"]})
        for row in followed.select(columns).iter_rows(named=True)
    ]
    for row in caused_all(told):
        yield TOPIC, row


def as_told(frame: pl.DataFrame) -> pl.DataFrame:
    """Records of `bookings_by_user` under the type and id of the booking record that each repeats."""
    return frame.with_columns(pl.col("step").alias("event_type"), pl.col("correlation_id").alias("event_id"))
