"""What the city does: conditions are noted, and rain moves who sat outside."""

import polars as pl

from services.booking.desk import Desk, claims_of
from services.booking.domain.booking import Booking
from services.booking.domain.decide import DAY_US, Reason
from services.booking.domain.floor import Claim
from services.booking.domain.policy import MINUTE_US, slots_of
from services.booking.domain.rules import CROWD, HOLIDAY, TRAFFIC, WEATHER, Condition, Rulebook
from services.booking.events import Trigger
from services.booking.handlers.rows import Row, rows_of
from services.booking.words import wet
from streamkit.frames import of_type

COLUMNS = (
    "condition", "delay_minutes", "name", "latitude", "longitude", "radius_km", "starts_at", "ends_at", "venue_id",
)  # fmt: skip
ENDED = "special_event.ended"
SCHEDULED = ("special_event.scheduled", "special_event.started")
READ = ("weather.changed", "traffic.changed", "holiday.started", *SCHEDULED, ENDED)


def on_environment(desk: Desk, frame: pl.DataFrame) -> None:
    """Note what holds in each city, then move the bookings that rain drives inside."""
    known = {(one.city, one.kind, one.name): one for one in desk.state.conditions(desk.scope)}
    before = dict(known)
    triggers: dict[str, Trigger] = {}
    for row in rows_of(of_type(frame, *READ), COLUMNS):
        found = condition_of(row)
        key = found.city, found.kind, found.name
        earlier = known.get(key)
        if row.event_type == ENDED:
            known.pop(key, None)
        elif earlier is None or found.kind == CROWD or found.starts_us >= earlier.starts_us:
            known[key] = found
            if found.kind == WEATHER:
                triggers[found.city] = row.trigger
    gone = [one for key, one in before.items() if key not in known]
    desk.state.drop_conditions(desk.scope, gone)
    desk.state.put_conditions(desk.scope, [one for key, one in known.items() if before.get(key) != one])
    desk.rulebook = Rulebook.of(desk.rulebook.policy, known.values())
    for city, trigger in triggers.items():
        _move_inside(desk, city, trigger, before.get((city, WEATHER, "")))


def condition_of(row: Row) -> Condition:
    """A record of the environment as a condition."""
    city, time_us = row.trigger.city, row.trigger.time_us
    if row.event_type == "weather.changed":
        return Condition(city, WEATHER, "", time_us, word=row.text("condition"))
    if row.event_type == "traffic.changed":
        return Condition(city, TRAFFIC, "", time_us, value=_number(row, "delay_minutes"))
    name = row.text("name") or ""
    if row.event_type == "holiday.started":
        return Condition(city, HOLIDAY, name, time_us, time_us + DAY_US)
    venue = row.text("venue_id")
    return Condition(
        city,
        CROWD,
        name if venue is None else f"{name} ({venue})",  # houses of one name may hold the same
        row.number("starts_at", time_us),
        row.number("ends_at", time_us),
        latitude=_number(row, "latitude"),
        longitude=_number(row, "longitude"),
        radius_km=_number(row, "radius_km"),
    )


def _number(row: Row, name: str) -> float | None:
    value = row.columns[name]
    return float(value) if isinstance(value, int | float) else None


def _move_inside(desk: Desk, city: str, trigger: Trigger, before: Condition | None) -> None:
    """Bookings on tables outside that begin while it rains: to a table inside where one is free, else they are told."""
    policy = desk.rulebook.policy
    was_wet = before is not None and before.word in policy.outdoor.closed_by
    if was_wet or not any(desk.rulebook.wet(venue) for venue in desk.venues.values() if venue.city == city):
        return
    late = (policy.limits.no_show_grace + policy.traffic.grace_limit) * MINUTE_US
    until = trigger.time_us + policy.outdoor.closed_ahead * MINUTE_US
    soon = desk.state.confirmed(desk.scope, trigger.time_us - late, until, late)
    outside = [booking for booking in soon if _is_outside(desk, booking, city)]
    if not outside:
        return
    desk.load([], [booking.booking_id for booking in outside], [])
    desk.open_floors([booking.venue_id for booking in outside], [booking.start_us for booking in outside])
    for booking in sorted(outside, key=lambda one: (one.start_us, one.booking_id)):
        _move(desk, booking, trigger)


def _is_outside(desk: Desk, booking: Booking, city: str) -> bool:
    venue = desk.venues.get(booking.venue_id)
    return venue is not None and venue.city == city and not desk.rulebook.outdoor(venue).isdisjoint(booking.tables)


def _move(desk: Desk, booking: Booking, trigger: Trigger) -> None:
    venue, floor = desk.venues[booking.venue_id], desk.floors[booking.venue_id]
    first, count = slots_of(booking.start_us, booking.duration_minutes)
    own = _on_floor(desk, booking)
    for claim in own:
        floor.leave(claim)
    waste, outside = desk.rulebook.policy.tables.pair_waste, desk.rulebook.outdoor(venue)
    option = floor.offer(booking.request.party_size, first, count, waste, outside)
    for claim in own:
        floor.take(claim)
    if option is not None:
        desk.reseat(booking, option, trigger, Reason.RAIN)
    else:
        desk.tell(trigger, booking, wet(booking, venue))


def _on_floor(desk: Desk, booking: Booking) -> list[Claim]:
    tables = len(desk.floors[booking.venue_id].tables.sizes)
    return [claim for claim in claims_of(booking) if claim.table <= tables]
