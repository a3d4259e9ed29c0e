"""The venues of a scope, and the requests that came before them."""

import polars as pl

from services.booking.desk import Desk
from services.booking.domain.booking import Status
from services.booking.domain.venue import Venue
from services.booking.events import requested_trigger
from services.booking.handlers.answers import answer_outcomes

COLUMNS = (
    "venue_id",
    "name",
    "tables",
    "opening_hours",
    "time_zone",
    "takes_bookings",
    "city",
    "category",
    "cuisine",
    "price_tier",
    "latitude",
    "longitude",
    "outdoor_seating",
)


def on_venues(desk: Desk, frame: pl.DataFrame) -> None:
    """Keep the rows, then decide the requests that waited for them.

    Rows come with every change of a rating or a trend; what booking does not know the difference of is not written.
    """
    latest = {values[0]: Venue(*values) for values in frame.select(COLUMNS).iter_rows()}
    changed = [venue for venue in latest.values() if desk.venues.get(venue.venue_id) != venue]
    if changed:
        desk.state.put_venues(desk.scope, changed)
        desk.venues = desk.state.directory(desk.scope)
    new = [venue.venue_id for venue in changed]
    if not new:
        return
    desk.load([], [], new)
    for booking_id in [booking_id for queue in desk.queue.values() for booking_id in queue]:
        booking = desk.bookings[booking_id]
        if booking.status is Status.REQUESTED:
            desk.settle(booking, requested_trigger(booking))
    answer_outcomes(desk, desk.touched())
