"""Replies: the answer to a question of the gateway, as one record of `replies`."""

import json
from collections.abc import Iterable

from services.booking.desk import Desk
from services.booking.domain.booking import Booking, Status
from services.booking.domain.hours import iso
from services.booking.domain.venue import Venue
from services.booking.events import Trigger, requested_trigger
from services.booking.ports import Question


def reply(
    desk: Desk, request_id: str, trigger: Trigger, status: str, reason: str | None, payload: object = None
) -> None:
    """Publish a reply. ``wall_time`` is stamped by the host, which has a clock."""
    columns = {
        "request_id": request_id,
        "status": status,
        "reason": reason,
        "payload": None if payload is None else json.dumps(payload, separators=(",", ":")),
        "wall_time": trigger.time_us,
    }
    desk.records.add("replies", "reply.given", trigger, columns)


def answer(
    desk: Desk, question: Question, trigger: Trigger, status: str, reason: str | None, booking: Booking | None = None
) -> None:
    """Answer a question that waited, and forget it."""
    payload = describe(booking, desk.venues.get(booking.venue_id)) if booking else None
    if booking is not None and booking.status is Status.DECLINED and payload is not None:
        payload["alternatives"] = list(desk.offers.get(booking.booking_id, ()))
    cause = Trigger(question.event_id, trigger.time_us, trigger.world, trigger.city, trigger.cause_id)
    reply(desk, question.request_id, cause, status, reason, payload)
    desk.state.drop_questions(desk.scope, [question.request_id])


def answer_outcomes(desk: Desk, bookings: Iterable[Booking]) -> None:
    """Answer those who asked for bookings that have been decided."""
    decided = {
        booking.booking_id: booking
        for booking in bookings
        if booking.status is not Status.REQUESTED and booking.request.created_by == "api"
    }
    if not decided:
        return
    desk.offer_elsewhere()
    for question in desk.state.questions(desk.scope, decided):
        if question.kind == "booking.create":
            booking = decided[question.booking_id]
            granted = booking.status in (Status.CONFIRMED, Status.WAITLISTED)
            trigger = requested_trigger(booking)
            answer(desk, question, trigger, "ok" if granted else "rejected", booking.reason, booking)


def describe(booking: Booking, venue: Venue | None) -> dict[str, object]:
    """A booking as the answer to a question."""
    return {
        "booking_id": booking.booking_id,
        "venue_id": booking.venue_id,
        "venue_name": venue.name if venue else None,
        "user_id": booking.request.user_id,
        "party_size": booking.request.party_size,
        "start_time": iso(booking.start_us or booking.request.start_us),
        "duration_minutes": booking.duration_minutes or None,
        "status": booking.status.value,
        "tables": list(booking.tables),
        "seats": booking.seats or None,
        "confirmation_code": booking.code,
        "reason": booking.reason,
        "deposit_minor": booking.deposit_minor,
        "group_id": booking.request.group_id,
        "created_by": booking.request.created_by,
        "requested_at": iso(booking.request.requested_us),
    }
