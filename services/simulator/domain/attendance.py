"""People of the city among the crowd of a special event: some of them eat near it, before it or after."""

import numpy as np

from services.simulator.domain.calendar import MINUTE
from services.simulator.domain.columns import selected
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.geography import kilometres
from services.simulator.domain.population import DORMANT
from services.simulator.domain.turn import Turn

_STAY_LEFT = 45.0
_PATIENCE = 20 * MINUTE


def attend(turn: Turn) -> None:
    """Send part of each crowd to places near, as planned at the moment when the first of it sets out.

    Of a crowd that was announced later, or at its start, those go who are not too late.
    """
    pool, rates = turn.state.pools["gatherings"], turn.town.data.world.outings
    early = int(rates.crowd_before_minutes[0] * MINUTE)
    setting_out = np.flatnonzero(~pool.rows["sent"] & (pool.rows["starts"] - early < turn.end))
    if len(setting_out) == 0:
        return
    pool.put("sent", setting_out, np.ones(len(setting_out), dtype=np.bool_))
    for row in selected(pool.rows, setting_out):
        share = rates.stadium_dining if row["crowd"] >= rates.stadium_crowd else rates.arena_dining
        _dine(turn, row, float(row["crowd"]) / rates.city_people * share)


def _dine(turn: Turn, event: np.void, share: float) -> None:
    """Each free person is one of the crowd who eat nearby with probability ``share``."""
    columns, town, rates = turn.state.users, turn.town, turn.town.data.world.outings
    number = np.full(columns.count, int(event["number"]))
    uniform = town.draws.uniform(Purpose.ATTENDANCE, np.arange(columns.count), also=[number])
    free = (uniform < share) & (columns["lifecycle"] < DORMANT) & (columns["visit_venue"] < 0)
    free[turn.state.pools["arrivals"].rows["user"]] = False
    users = np.flatnonzero(free)
    if len(users) == 0 or turn.state.venues.count == 0:
        return
    part = town.draws.uniform(Purpose.ATTENDANCE, users, step=1, also=[number[users]])
    before = town.draws.uniform(Purpose.ATTENDANCE, users, step=2, also=[number[users]]) < rates.crowd_before_share
    (early, late), (soon, later) = rates.crowd_before_minutes, rates.crowd_after_minutes
    time = np.where(
        before,
        event["starts"] - ((early + (late - early) * part) * MINUTE).astype(np.int64),
        event["ends"] + ((soon + (later - soon) * part) * MINUTE).astype(np.int64),
    )
    venue = _near(turn, event, users, time)
    there = (venue >= 0) & (time >= turn.start)
    users, time, venue = users[there], time[there], venue[there]
    rows = turn.state.pools["arrivals"].empty(len(users))
    rows["time"], rows["until"], rows["user"], rows["venue"] = time, time + _PATIENCE, users, venue
    rows["size"], rows["from_high"], rows["from_low"] = 2, event["high"], event["low"]
    rows["cause"] = event["cause"]
    turn.state.pools["arrivals"].add(rows)


def _near(turn: Turn, event: np.void, users: Array, time: Array) -> Array:
    """An open place near the event, the nearer the likelier, to everybody's taste; -1 where there is none."""
    venues, rates = turn.state.venues, turn.town.data.world.outings
    away = kilometres(venues["latitude"], venues["longitude"], float(event["latitude"]), float(event["longitude"]))
    places = np.flatnonzero(away < rates.crowd_km)
    if len(places) == 0:
        return np.full(len(users), -1)
    left = turn.hours.minutes_left(np.tile(places, len(users)), np.repeat(time, len(places)))
    utility = turn.state.users["tastes"][users][:, venues["cuisine"][places]] - away[places][None, :]
    utility = utility + turn.town.draws.gumbel(
        Purpose.ATTENDANCE, users[:, None], tick=turn.tick, step=3, also=[places[None, :]]
    )
    utility = np.where(left.reshape(utility.shape) > _STAY_LEFT, utility, -np.inf)
    best = utility.argmax(axis=1)
    return np.where(np.isfinite(utility[np.arange(len(users)), best]), places[best], -1)
