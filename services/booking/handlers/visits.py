"""What people do: a visit seats and completes its booking, an interest is remembered for auto-booking."""

import polars as pl

from services.booking.desk import Desk
from services.booking.domain.booking import Status
from services.booking.handlers.rows import rows_of
from services.booking.ports import Interest
from streamkit.frames import of_type

VISITS = {"visit.started": Status.SEATED, "visit.ended": Status.COMPLETED}


def on_user_actions(desk: Desk, frame: pl.DataFrame) -> None:
    """Fold visits of bookings, and interests; a visit that its booking's state does not allow changes nothing."""
    visits = rows_of(of_type(frame, *VISITS), ("booking_id", "venue_id"))
    rows = [row for row in visits if row.columns["booking_id"] is not None]
    if rows:
        desk.load([], [str(row.columns["booking_id"]) for row in rows], [])
    for row in rows:
        booking = desk.bookings.get(str(row.columns["booking_id"]))
        status = VISITS[row.event_type]
        if booking is not None and booking.venue_id == row.text("venue_id") and booking.may(status):
            desk.move(booking, status, row.trigger)
    wishes = rows_of(of_type(frame, "interest.expressed"), ("venue_id", "preferred_time", "party_size"))
    interests = [
        Interest(
            str(row.columns["venue_id"]), row.user_id or "", row.number("preferred_time"), row.number("party_size", 1)
        )
        for row in wishes
        if row.user_id is not None and row.columns["venue_id"] is not None and row.columns["preferred_time"] is not None
    ]
    if interests:
        desk.state.put_interests(desk.scope, interests)
