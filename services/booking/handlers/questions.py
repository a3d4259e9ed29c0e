"""Questions of the gateway. What changes something is published as a keyed command and answered after its outcome."""

import json
from collections.abc import Callable, Mapping

import polars as pl
from pydantic import ValidationError

from services.booking.desk import Desk
from services.booking.domain.booking import Booking, Status
from services.booking.domain.hours import parse_iso
from services.booking.events import SOURCE, Trigger
from services.booking.handlers.answers import describe, reply
from services.booking.handlers.auto_book import auto_book
from services.booking.handlers.availability import availability
from services.booking.handlers.groups import answer_group, ask_group, get_group
from services.booking.handlers.parameters import AutoBook, Availability, Cancel, Create, Get, Listing
from services.booking.handlers.rows import Row, fresh_rows, rows_of
from services.booking.ports import Query, Question

Answerer = Callable[[Desk, Row, str, Mapping[str, object]], None]


def on_requests(desk: Desk, frame: pl.DataFrame) -> None:
    """Answer what booking owns; a bad question is rejected with its reason."""
    mine = frame.filter((pl.col("owner") == SOURCE) & (pl.col("event_type") == "request.made"))
    for row in fresh_rows(desk, rows_of(mine, ("request_id", "kind", "parameters"))):
        request_id = str(row.columns["request_id"])
        answerer = ANSWERERS.get(str(row.columns["kind"]))
        if answerer is None:
            reply(desk, request_id, row.trigger, "rejected", f"booking does not answer {row.columns['kind']!r}")
            continue
        try:
            parameters = json.loads(row.text("parameters") or "{}")
            answerer(desk, row, request_id, parameters if isinstance(parameters, dict) else {"parameters": parameters})
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"])) or "parameters"
            reply(desk, request_id, row.trigger, "rejected", f"{field}: {first['msg']}")
        except ValueError as error:
            reply(desk, request_id, row.trigger, "rejected", f"parameters: {error}")


def _create(desk: Desk, row: Row, request_id: str, parameters: Mapping[str, object]) -> None:
    asked = Create.model_validate(parameters)
    if asked.venue_id not in desk.venues:
        reply(desk, request_id, row.trigger, "not_found", f"venue {asked.venue_id} is unknown")
        return
    columns: dict[str, object] = {
        "user_id": asked.user_id,
        "venue_id": asked.venue_id,
        "party_size": asked.party_size,
        "start_time": parse_iso(asked.start_time),
        "flexibility_minutes": asked.flexibility_minutes,
        "group_id": asked.group_id,
        "member_ids": ",".join(asked.member_ids) if asked.member_ids else None,
        "created_by": "api",
    }
    booking_id = desk.records.add("bookings", "booking.requested", row.trigger, columns)
    columns_of_record = desk.records.rows["bookings"][-1]
    columns_of_record["booking_id"] = booking_id
    _remember(desk, booking_id, request_id, row.trigger, "booking.create")


def _cancel(desk: Desk, row: Row, request_id: str, parameters: Mapping[str, object]) -> None:
    asked = Cancel.model_validate(parameters)
    booking = _booking(desk, asked.booking_id)
    if booking is None:
        reply(desk, request_id, row.trigger, "not_found", f"booking {asked.booking_id} is unknown")
    elif asked.user_id not in (None, booking.request.user_id):
        reply(desk, request_id, row.trigger, "rejected", "only the booker can cancel")
    elif booking.status not in (Status.CONFIRMED, Status.WAITLISTED, Status.REQUESTED):
        reply(desk, request_id, row.trigger, "rejected", f"the booking is {booking.status.value}")
    else:
        columns: dict[str, object] = {
            "user_id": booking.request.user_id,
            "venue_id": booking.venue_id,
            "booking_id": booking.booking_id,
        }
        desk.records.add("bookings", "booking.cancel_requested", row.trigger, columns)
        _remember(desk, booking.booking_id, request_id, row.trigger, "booking.cancel")


def _remember(desk: Desk, booking_id: str, request_id: str, trigger: Trigger, kind: str) -> None:
    question = Question(booking_id, request_id, trigger.event_id, trigger.time_us, kind)
    desk.state.put_questions(desk.scope, [question])


def _get(desk: Desk, row: Row, request_id: str, parameters: Mapping[str, object]) -> None:
    asked = Get.model_validate(parameters)
    booking = _booking(desk, asked.booking_id)
    if booking is None:
        reply(desk, request_id, row.trigger, "not_found", f"booking {asked.booking_id} is unknown")
    else:
        reply(desk, request_id, row.trigger, "ok", None, describe(booking, desk.venues.get(booking.venue_id)))


def _booking(desk: Desk, booking_id: str) -> Booking | None:
    """A booking, in the archive too."""
    found = desk.state.bookings(desk.scope, [booking_id]) or desk.state.archived(desk.scope, [booking_id])
    return found.get(booking_id)


def _list(desk: Desk, row: Row, request_id: str, parameters: Mapping[str, object]) -> None:
    asked = Listing.model_validate(parameters)
    query = Query(asked.user_id, asked.venue_id, asked.status and asked.status.value, asked.limit + 1, asked.cursor)
    found = desk.state.find(desk.scope, query)
    page = found[: asked.limit]
    last = page[-1] if len(found) > asked.limit else None
    payload = {
        "bookings": [describe(booking, desk.venues.get(booking.venue_id)) for booking in page],
        "cursor": f"{last.request.requested_us}_{last.booking_id}" if last else None,
    }
    reply(desk, request_id, row.trigger, "ok", None, payload)


def _availability(desk: Desk, row: Row, request_id: str, parameters: Mapping[str, object]) -> None:
    asked = Availability.model_validate(parameters)
    found = availability(desk, asked.venue_id, parse_iso(asked.start_time), asked.party_size, row.trigger)
    if found is None:
        reply(desk, request_id, row.trigger, "not_found", f"venue {asked.venue_id} is unknown")
    else:
        reply(desk, request_id, row.trigger, "ok", None, found)


def _auto_book(desk: Desk, row: Row, request_id: str, parameters: Mapping[str, object]) -> None:
    asked = AutoBook.model_validate(parameters)
    venue = desk.venues.get(asked.venue_id)
    if venue is None:
        reply(desk, request_id, row.trigger, "not_found", f"venue {asked.venue_id} is unknown")
    else:
        reply(desk, request_id, row.trigger, "ok", None, auto_book(desk, venue, row.trigger))


ANSWERERS: Mapping[str, Answerer] = {
    "booking.create": _create,
    "booking.cancel": _cancel,
    "booking.get": _get,
    "booking.list": _list,
    "availability.get": _availability,
    "booking.auto_book": _auto_book,
    "booking.group": ask_group,
    "booking.group_answer": answer_group,
    "booking.group_get": get_group,
}
