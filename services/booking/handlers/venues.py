"""The venues of a scope, and the requests that came before them."""

import polars as pl

from services.booking.desk import Desk
from services.booking.domain.booking import Status
from services.booking.domain.venue import Venue
from services.booking.events import requested_trigger
from services.booking.handlers.answers import answer_outcomes

COLUMNS = ("venue_id", "name", "tables", "opening_hours", "time_zone", "takes_bookings")


def on_venues(desk: Desk, frame: pl.DataFrame) -> None:
    """Keep the rows, then decide the requests that waited for them."""
    venues = [Venue(*values) for values in frame.select(COLUMNS).iter_rows()]
    desk.state.put_venues(desk.scope, venues)
    desk.load([], [], [venue.venue_id for venue in venues])
    for booking_id in [booking_id for queue in desk.queue.values() for booking_id in queue]:
        booking = desk.bookings[booking_id]
        if booking.status is Status.REQUESTED:
            desk.settle(booking, requested_trigger(booking))
    answer_outcomes(desk, desk.touched())
