"""Going on: one visit leads to the next one close by, coffee after lunch and a bar after dinner."""

import numpy as np

from services.simulator.domain.calendar import HOUR, MINUTE
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.geography import kilometres
from services.simulator.domain.rates import OutingRates
from services.simulator.domain.turn import Turn
from services.simulator.domain.venues import FULL, ZONE_DRAWS
from services.simulator.domain.ways import way

_STAY_LEFT = 30.0
_PATIENCE = 20 * MINUTE
_CLEAR = 2 * HOUR
_DINNER, _LATE, _EARLY = 18, 22, 5
"""Local hours from which going on is what it is at dinner, late and by day."""


def go_on(turn: Turn, ended: Array) -> None:
    """A share of those whose visit has ended go to another place near it; ``ended`` are rows of visit.ended.

    What they do is a consequence of the visit: it inherits the visit's cause, and asks nothing of scenarios.
    """
    rates, town = turn.town.data.world.outings, turn.town
    uniform = town.draws.uniform(Purpose.ONWARD, ended["user"], tick=turn.tick)
    reserved = (ended["also_high"] | ended["also_low"]) != 0
    share = rates.onward_share * _at_hour(rates, turn.now.hour) * np.where(reserved, rates.onward_reserved, 1.0)
    going = ended[uniform < share]
    pending = turn.state.pools["arrivals"].rows
    going = going[~np.isin(going["user"], pending["user"][pending["time"] < turn.end + _CLEAR])]
    if len(going) == 0:
        return
    users, here = going["user"].astype(np.int64), going["venue"].astype(np.int64)
    low, high = rates.onward_minutes
    share = town.draws.uniform(Purpose.ONWARD, users, tick=turn.tick, step=1)
    time = turn.end + ((low + (high - low) * share) * MINUTE).astype(np.int64)
    venue = _nearby(turn, users, here, time)
    venues = turn.state.venues
    time += way(turn, kilometres(
        venues["latitude"][venue], venues["longitude"][venue], venues["latitude"][here], venues["longitude"][here]
    ))  # fmt: skip
    good = venue >= 0
    rows = turn.state.pools["arrivals"].empty(int(good.sum()))
    rows["time"], rows["until"] = time[good], time[good] + _PATIENCE
    rows["user"], rows["venue"], rows["size"] = users[good], venue[good], np.minimum(going["size"][good], 4)
    rows["from_high"], rows["from_low"] = going["ref_high"][good], going["ref_low"][good]
    rows["cause"] = going["cause"][good]
    turn.state.pools["arrivals"].add(rows)


def _at_hour(rates: OutingRates, hour: int) -> float:
    """Part of the share that goes on at a local hour, 1 by day."""
    if hour >= _LATE or hour < _EARLY:
        return rates.onward_late
    return rates.onward_dinner if hour >= _DINNER else 1.0


def _nearby(turn: Turn, users: Array, here: Array, time: Array) -> Array:
    """A place near another one, open on arrival and with room, to the person's taste at that hour; else -1."""
    venues, town, rates = turn.state.venues, turn.town, turn.town.data.world.outings
    weights, count = town.data.world.venue_choice, rates.onward_candidates
    bits = town.draws.bits(Purpose.ONWARD, users[:, None], tick=turn.tick, step=2, also=[np.arange(count)[None, :]])
    around = turn.zone_table[venues["zone"][here][:, None], (bits % np.uint64(ZONE_DRAWS)).astype(np.int64)]
    own = turn.state.users["known"][users].astype(np.int64)
    places = np.concatenate([around, np.where(own >= 0, own, here[:, None])], axis=1)
    latitude, longitude = venues["latitude"], venues["longitude"]
    away = kilometres(latitude[places], longitude[places], latitude[here][:, None], longitude[here][:, None])
    left = turn.hours.minutes_left(places.ravel(), (time[:, None] + way(turn, away)).ravel()).reshape(places.shape)
    possible = (left > _STAY_LEFT) & (venues["fullness"][places] < FULL) & (places != here[:, None])
    category = venues["category"][places]
    utility = (
        weights.taste * turn.state.users["tastes"][users[:, None], venues["cuisine"][places]]
        + weights.hours * town.tables.hours_log[category, turn.now.hour]
        - rates.onward_distance * np.log(0.1 + away)
        + turn.effects[0].categories[category]  # the weekday's and the weather's: no scenario has a say
        + (0.0 if turn.effects[0].places is None else turn.effects[0].places[places])
        - (category == venues["category"][here][:, None]) * 1.0
    )
    known = (own[:, None, :] == places[:, :, None]).any(axis=2)
    utility += rates.onward_familiar * known
    utility += town.draws.gumbel(Purpose.ONWARD, users[:, None], tick=turn.tick, step=3, also=[places])
    utility = np.where(possible, utility, -np.inf)
    best = utility.argmax(axis=1)
    rows = np.arange(len(users))
    return np.asarray(np.where(possible[rows, best], places[rows, best], -1))
