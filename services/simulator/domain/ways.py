"""How long people take from one place to another: on foot where it is near, else by whatever takes them."""

import numpy as np

from services.simulator.domain.calendar import MINUTE
from services.simulator.domain.draws import Array
from services.simulator.domain.geography import kilometres
from services.simulator.domain.turn import Turn


def way(turn: Turn, km: Array) -> Array:
    """Microseconds for so many kilometres; what is not walked is as late as the traffic is. Shape of ``km``."""
    rates, traffic = turn.town.data.world.outings, turn.town.data.almanac.traffic
    ridden = np.maximum(km - rates.walk_km, 0.0)
    late = (0.0, *traffic.levels)[turn.state.numbers["traffic"]] * np.minimum(ridden / rates.typical_trip_km, 1.0)
    minutes = 60 * ((km - ridden) / rates.walk_kmh + ridden / rates.ride_kmh) + late
    return np.asarray((minutes * MINUTE).astype(np.int64))


def on_the_way(turn: Turn, who: Array) -> Array:
    """Which of these people cannot be back yet from the last place they were at; shape of ``who``."""
    columns, venues = turn.state.users, turn.state.venues
    last = columns["last_venue"][who]
    found = np.zeros(len(who), dtype=bool)
    been = np.flatnonzero(last >= 0)
    if len(been):
        _, latitude, longitude = turn.anchor(who[been])
        there = last[been]
        km = kilometres(venues["latitude"][there], venues["longitude"][there], latitude, longitude)
        found[been] = columns["last_at"][who[been]] + way(turn, km) > turn.start
    return found
