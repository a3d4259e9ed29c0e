"""What people do: a visit seats and completes its booking, an interest is remembered for auto-booking."""

import polars as pl

from services.booking.desk import Desk
from services.booking.domain.booking import Status
from services.booking.handlers.rows import rows_of
from services.booking.ports import Interest

VISITS = {"visit.started": Status.SEATED, "visit.ended": Status.COMPLETED}


def on_user_actions(desk: Desk, frame: pl.DataFrame) -> None:
    """Fold visits of bookings, and interests; a visit that its booking's state does not allow changes nothing."""
    kinds = frame["event_type"].to_list()
    visits = _chosen(frame, [kind in VISITS for kind in kinds]).drop_nulls("booking_id")
    rows = list(rows_of(visits, ("booking_id", "venue_id")))
    if rows:
        desk.load([], [str(row.columns["booking_id"]) for row in rows], [])
    for row in rows:
        booking = desk.bookings.get(str(row.columns["booking_id"]))
        status = VISITS[row.event_type]
        if booking is not None and booking.venue_id == row.text("venue_id") and booking.may(status):
            desk.move(booking, status, row.trigger)
    wishes = _chosen(frame, [kind == "interest.expressed" for kind in kinds])
    wishes = wishes.drop_nulls(("user_id", "venue_id", "preferred_time"))
    interests = [
        Interest(
            str(row.columns["venue_id"]), row.user_id or "", row.number("preferred_time"), row.number("party_size", 1)
        )
        for row in rows_of(wishes, ("venue_id", "preferred_time", "party_size"))
    ]
    if interests:
        desk.state.put_interests(desk.scope, interests)


def _chosen(frame: pl.DataFrame, wanted: list[bool]) -> pl.DataFrame:
    """Some rows; the empty frame at no cost, for most batches hold nothing for booking."""
    return frame.filter(wanted) if any(wanted) else frame.clear()
