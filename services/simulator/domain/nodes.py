"""The five nodes of a tick, in order: plain functions over the workspace of one turn."""

from collections.abc import Callable

import numpy as np

from services.simulator.domain import (
    actions,
    attendance,
    behaviour,
    dynamics,
    emission,
    environment,
    friendship,
    inbox,
    invitations,
    labels,
    lifecycle,
    orders,
    running,
    sessions,
    venue_events,
    visits,
)
from services.simulator.domain.calendar import HOUR
from services.simulator.domain.columns import selected
from services.simulator.domain.events import Kind
from services.simulator.domain.population import CHURNED
from services.simulator.domain.state import CONFIRMED, GIVEN_UP
from services.simulator.domain.turn import Turn


def user_pool_manager(turn: Turn) -> None:
    """What came in, who is there, who is in the app."""
    inbox.admit(turn)
    orders.obey(turn)
    environment.advance(turn)
    dynamics.advance(turn)
    venue_events.advance(turn)
    running.advance(turn)
    lifecycle.drift(turn)
    lifecycle.register(turn)
    sessions.start_sessions(turn)
    users = turn.state.users
    turn.active = np.flatnonzero((users["session_end"] > 0) & (users["lifecycle"] != CHURNED))


def behavior_engine(turn: Turn) -> None:
    """What everybody wants; decides, changes nothing."""
    if turn.crew is None or turn.state.users.count == 0:
        behaviour.decide(turn)
    else:
        turn.decisions = turn.crew.decide(turn)


def action_executor(turn: Turn) -> None:
    """What is done in the app."""
    lifecycle.complete_profiles(turn)
    labels.carry_out(turn, behaviour.decide_in_app, actions.execute)


def state_updater(turn: Turn) -> None:
    """What follows by itself: visits, answers, groups, cancellations, the end of sessions."""
    visits.end_visits(turn)
    attendance.attend(turn)
    visits.arrive(turn)
    labels.carry_out(turn, behaviour.decide_outings, visits.walk_in)
    invitations.decide_answers(turn)
    invitations.settle_invitations(turn)
    labels.carry_out(turn, labels.nothing, friendship.answer_requests)
    _bookings(turn)
    sessions.end_sessions(turn)
    _cool(turn)


def event_emitter(turn: Turn) -> None:
    """Batches to publish."""
    emission.emit(turn)


NODES: dict[str, Callable[[Turn], None]] = {
    "UserPoolManager": user_pool_manager,
    "BehaviorEngine": behavior_engine,
    "ActionExecutor": action_executor,
    "StateUpdater": state_updater,
    "EventEmitter": event_emitter,
}


def in_order(turn: Turn) -> None:
    """All nodes, without a graph."""
    for node in NODES.values():
        node(turn)


def _bookings(turn: Turn) -> None:
    """Give up bookings whose owners changed their mind or left for good; forget those that are over.

    What is given up is remembered until the booking service has answered: a group dissolves then.
    """
    pool = turn.state.pools["bookings"]
    if len(pool) == 0:
        return
    left = turn.state.users["lifecycle"][pool.rows["user"]] == CHURNED
    left &= (pool.rows["status"] == CONFIRMED) & (pool.rows["when"] > turn.start)
    index = np.flatnonzero(left | (pool.rows["cancel_at"] > 0) & (pool.rows["cancel_at"] < turn.end))
    if len(index):
        rows = selected(pool.rows, index)
        out = turn.events.add(Kind.BOOKING_CANCEL_REQUESTED, np.maximum(rows["cancel_at"], turn.start), rows["user"])
        for name, field in (("venue", "venue"), ("ref_high", "high"), ("ref_low", "low"), ("cause", "cause")):
            out[name] = rows[field]
        out["from_high"], out["from_low"] = rows["high"], rows["low"]
        out["high"], out["low"] = turn.ids_after(Kind.BOOKING_CANCEL_REQUESTED, rows["low"])
        pool.put_all(index, {"status": GIVEN_UP, "cancel_at": 0})
        arrivals = turn.state.pools["arrivals"]
        arrivals.take(np.isin(arrivals.rows["booking_low"], rows["low"]))
    pool.take(pool.rows["when"] + HOUR < turn.start)


def _cool(turn: Turn) -> None:
    """Excitement decays; intents whose time has passed are forgotten."""
    columns = turn.state.users
    if columns.count == 0:
        return
    half_life = turn.town.data.world.session.excitation_half_life_minutes
    warm = np.flatnonzero(columns["heat"] > 0)
    heat = columns["heat"][warm] * np.float32(0.5 ** (turn.town.config.tick_seconds / 60 / half_life))
    columns.put("heat", warm, np.where(heat < 0.02, 0, heat))  # noqa: PLR2004 — no longer noticeable
    stale = np.flatnonzero((columns["intent_venue"] >= 0) & (columns["intent_when"] < turn.end))
    if len(stale):
        columns.put("intent_venue", stale, -1)
