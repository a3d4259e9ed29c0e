"""Booking requests and their cancellations, in the order in which they stand on the topic."""

import polars as pl

from services.booking.desk import Desk
from services.booking.domain.booking import OUTCOMES, Booking, Origin, Request, Status
from services.booking.domain.decide import DAY_US, Reason
from services.booking.handlers.answers import answer, answer_outcomes
from services.booking.handlers.holds import CREATED_BY, groups_of, note_outcomes, release_hold
from services.booking.handlers.rows import Row, fresh_rows, rows_of
from streamkit.frames import of_type

COLUMNS = (
    "venue_id",
    "booking_id",
    "party_size",
    "start_time",
    "flexibility_minutes",
    "group_id",
    "member_ids",
    "created_by",
)
REQUESTED, CANCEL_REQUESTED = "booking.requested", "booking.cancel_requested"


def on_bookings(desk: Desk, frame: pl.DataFrame) -> None:
    """Decide every new request, cancel what its booker gives up; the service's own outcomes pass by."""
    new = unknown(desk, fresh_rows(desk, rows_of(of_type(frame, REQUESTED, CANCEL_REQUESTED), COLUMNS)))
    requests = {row.trigger.event_id: booking_of(row) for row in new if row.event_type == REQUESTED}
    cancelled = [str(row.columns["booking_id"]) for row in new if row.event_type == CANCEL_REQUESTED]
    freed = {str(row.columns["venue_id"]) for row in new if row.event_type == CANCEL_REQUESTED}
    freed |= {booking.venue_id for booking in requests.values() if booking.request.created_by == CREATED_BY}
    desk.load(list(requests.values()), cancelled, freed)
    asked = groups_of(desk, requests.values())
    for row in new:
        if row.event_type == REQUESTED:
            booking = requests[row.trigger.event_id]
            group = asked.get(booking.booking_id)
            release_hold(desk, group)
            desk.request(booking, row.trigger)
            if group is not None:  # fewer came than a table was held for, or it was refused
                desk.refill(booking.venue_id, row.trigger)
        else:
            cancel(desk, row)
    answer_outcomes(desk, desk.touched())
    note_outcomes(desk, asked)


def unknown(desk: Desk, rows: list[Row]) -> list[Row]:
    """The rows without requests that are older than the inbox and have a booking, perhaps in the archive."""
    horizon = desk.state.inbox_day(desk.scope)
    old = [row.trigger.event_id for row in rows if row.trigger.time_us // DAY_US < horizon]
    known = desk.state.known(desk.scope, old) if old else frozenset[str]()
    return [row for row in rows if row.trigger.event_id not in known]


def booking_of(row: Row) -> Booking:
    """A request as a booking that has no outcome."""
    trigger = row.trigger
    request = Request(
        booking_id=trigger.event_id,
        venue_id=str(row.columns["venue_id"]),
        user_id=row.user_id or "",
        party_size=row.number("party_size"),
        start_us=row.number("start_time"),
        flexibility_minutes=row.number("flexibility_minutes"),
        requested_us=trigger.time_us,
        created_by=row.text("created_by") or "user",
        group_id=row.text("group_id"),
        member_ids=row.text("member_ids"),
    )
    return Booking(request, Origin(trigger.world, trigger.city, trigger.cause_id), start_us=request.start_us)


def cancel(desk: Desk, row: Row) -> None:
    """Cancel for the booker; anyone else, and a booking that is over, changes nothing."""
    booking = desk.bookings.get(str(row.columns["booking_id"]))
    questions = desk.state.questions(desk.scope, [booking.booking_id]) if booking else []
    waiting = [question for question in questions if question.kind == "booking.cancel"]
    if booking is None or row.user_id != booking.request.user_id:
        return
    if booking.may(Status.CANCELLED):
        desk.move(booking, Status.CANCELLED, row.trigger, Reason.BY_USER)
    elif booking.status not in OUTCOMES and booking.may(Status.EXPIRED):
        desk.move(booking, Status.EXPIRED, row.trigger, Reason.BY_USER)
    elif booking.may(Status.DECLINED):
        desk.move(booking, Status.DECLINED, row.trigger, Reason.BY_USER)
    else:
        for question in waiting:
            answer(desk, question, row.trigger, "rejected", f"the booking is {booking.status.value}")
        return
    for question in waiting:
        answer(desk, question, row.trigger, "ok", None, desk.bookings[booking.booking_id])
