"""Timers by simulated time: empty tables are given away, waits end, requests for unknown venues are declined.

A timer fires only once the service has consumed all that the simulator had written by that tick: a visit in flight
is not overtaken, and a venue's row that is on its way is waited for.
"""

from dataclasses import replace

import polars as pl

from services.booking.desk import Desk
from services.booking.domain.booking import Booking, Status
from services.booking.domain.decide import DAY_US, Reason
from services.booking.domain.policy import MINUTE_US
from services.booking.events import Trigger, requested_trigger
from services.booking.handlers.answers import answer_outcomes
from services.booking.handlers.groups import AT_ONCE as GROUPS_AT_ONCE
from services.booking.handlers.groups import fire_groups
from services.booking.handlers.rows import rows_of
from services.booking.ports import BookingState, Past, Scope, Tick
from services.booking.words import held_longer
from streamkit.frames import of_type
from streamkit.positions import covers, parse_positions

AT_ONCE = 5_000
"""Timers fired in one batch; the rest follows with the next."""
TIDIED = ":tidied"
"""Under this name the times keep when the past was last taken away; no venue has it."""
AWAITED = frozenset({"venues", "environment", "social_interactions", "user_actions", "bookings"})
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
    """Fire the timers that are due at a tick, and take the past away now and then."""
    due = desk.state.due(desk.scope, tick.time_us, AT_ONCE)
    groups = desk.state.groups_due(desk.scope, tick.time_us, GROUPS_AT_ONCE)
    done = len(due) < AT_ONCE and len(groups) < GROUPS_AT_ONCE
    if due:
        desk.load([], [booking.booking_id for booking in due], [])
        for booking in due:
            current = desk.bookings[booking.booking_id]
            if current.status is booking.status:
                _fire(desk, current, tick)
    if groups:
        fire_groups(desk, groups, tick.time_us)
    answer_outcomes(desk, desk.touched())
    if tidied(desk, tick.time_us) and done:
        desk.state.drop_tick(desk.scope)


def _fire(desk: Desk, booking: Booking, tick: Tick) -> None:
    # the id follows from the booking, not from the tick that happened to be seen first
    trigger = Trigger(booking.booking_id, tick.time_us, tick.world, tick.city, booking.origin.cause_id)
    if booking.status is Status.CONFIRMED:
        _give_away(desk, booking, trigger)
    elif booking.status is Status.WAITLISTED:
        desk.move(booking, Status.EXPIRED, trigger, Reason.WAIT_ENDED)
    elif booking.status is Status.SEATED:
        desk.move(booking, Status.COMPLETED, trigger, Reason.NOT_SEEN_LEAVING)
    else:
        # with its venue unknown it is declined; a venue that another process has heard of meanwhile decides it
        desk.settle(booking, replace(requested_trigger(booking), time_us=tick.time_us))


def _give_away(desk: Desk, booking: Booking, trigger: Trigger) -> None:
    """An empty table is held while heavy traffic keeps people, else given away."""
    grace = desk.rulebook.grace(booking.origin.city)
    until = booking.start_us + grace * MINUTE_US
    if until <= trigger.time_us:
        desk.move(booking, Status.NO_SHOW, trigger)
        return
    if booking.due_us == desk.rulebook.policy.no_show_at(booking.start_us):
        text = held_longer(booking, desk.venues.get(booking.venue_id), grace)
        desk.tell_user(trigger, booking.request.user_id, booking.booking_id, text, "held_longer")
    desk.postpone(booking, until)


def tidied(desk: Desk, now_us: int) -> bool:
    """Take the past out of the tables once in a while; False where more is left than fits one transaction."""
    policy = desk.rulebook.policy.past
    last = desk.state.times(desk.scope, [TIDIED]).get(TIDIED, 0)
    if now_us < last + policy.every * MINUTE_US:
        return True
    past = Past(
        archived_us=now_us - policy.archive_after_days * DAY_US,
        forgotten_us=now_us - policy.forget_after_days * DAY_US,
        interests_us=now_us - DAY_US,
        inbox_day=now_us // DAY_US - policy.inbox_days,
    )
    conditions = [one for one in desk.state.conditions(desk.scope) if one.ends_us and one.ends_us < past.interests_us]
    desk.state.drop_conditions(desk.scope, conditions)
    if desk.state.tidy(desk.scope, past, policy.at_once) >= policy.at_once:
        return False
    desk.state.put_times(desk.scope, {TIDIED: now_us})
    return True
