"""Timers by simulated time: empty tables are given away, waits end, requests for unknown venues are declined.

A timer fires only once the service has consumed all that the simulator had written by that tick: a visit in flight
is not overtaken, and a venue's row that is on its way is waited for.
"""

from dataclasses import replace

import polars as pl

from services.booking.desk import Desk
from services.booking.domain.booking import Status
from services.booking.domain.decide import Decision, Reason
from services.booking.events import Trigger, requested_trigger
from services.booking.handlers.answers import answer_outcomes
from services.booking.handlers.rows import rows_of
from services.booking.ports import BookingState, Scope, Tick
from streamkit.frames import of_type
from streamkit.positions import covers, parse_positions

AT_ONCE = 5_000
"""Timers fired in one batch; the rest follows with the next."""
AWAITED = frozenset({"venues", "user_actions", "bookings"})
"""Topics whose records decide what a timer does."""


def on_system_metrics(state: BookingState, scope: Scope, frame: pl.DataFrame) -> None:
    """Note the newest tick, unless an earlier one still waits for its records: a stream of ticks starves nobody."""
    if state.tick(scope) is not None:
        return
    rows = rows_of(of_type(frame, "simulator.tick"), ("positions",))
    ticks = [row for row in rows if row.columns["positions"] is not None]
    if not ticks:
        return
    row = max(ticks, key=lambda row: row.trigger.time_us)
    trigger = row.trigger
    tick = Tick(trigger.event_id, trigger.time_us, str(row.columns["positions"]), trigger.world, trigger.city)
    state.put_tick(scope, tick)


def due_tick(state: BookingState, scope: Scope) -> Tick | None:
    """The tick whose timers may fire now."""
    tick = state.tick(scope)
    if tick is None:
        return None
    needed = {place: offset for place, offset in parse_positions(tick.positions).items() if place[0] in AWAITED}
    return tick if covers(state.positions(), needed) else None


def fire(desk: Desk, tick: Tick) -> None:
    """Fire the timers that are due at a tick."""
    due = desk.state.due(desk.scope, tick.time_us, AT_ONCE)
    if len(due) < AT_ONCE:
        desk.state.drop_tick(desk.scope)
    if not due:
        return
    desk.load([], [booking.booking_id for booking in due], [])
    for booking in due:
        current = desk.bookings[booking.booking_id]
        if current.status is not booking.status:
            continue
        # the id follows from the booking, not from the tick that happened to be seen first
        trigger = Trigger(booking.booking_id, tick.time_us, tick.world, tick.city, booking.origin.cause_id)
        if current.status is Status.CONFIRMED:
            desk.move(current, Status.NO_SHOW, trigger)
        elif current.status is Status.WAITLISTED:
            desk.move(current, Status.EXPIRED, trigger, Reason.WAIT_ENDED)
        elif current.venue_id not in desk.venues:
            refused = Decision(Status.DECLINED, current.request.start_us, 0, None, Reason.UNKNOWN_VENUE)
            desk.decline(current, refused, replace(requested_trigger(current), time_us=tick.time_us))
    answer_outcomes(desk, desk.touched())
