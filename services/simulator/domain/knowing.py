"""What the living city knows of a person at the tick at hand: the part of an explanation that no seed tells."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

import numpy as np

from services.simulator.domain.calendar import DAY, HOUR
from services.simulator.domain.causes import WAITING
from services.simulator.domain.draws import Array
from services.simulator.domain.explain import Explanation, explain
from services.simulator.domain.explain_person import Known, Step, Under
from services.simulator.domain.running import ordered_holiday
from services.simulator.domain.scenarios import TRAFFIC
from services.simulator.domain.specification import ACTIONS, CONDITIONS
from services.simulator.domain.state import State
from services.simulator.domain.town import Town
from services.simulator.domain.weights import base_log_weights

MOST_STEPS = 60
"""Modifiers of one answer, those that change most: an answer is one record."""
_DIGITS = 4


def told(town: Town, state: State, user_id: str, tick: int, time_us: int) -> Mapping[str, object]:
    """The explanation of a person at a time as plain values; what only the state knows counts within the tick at hand.

    Raises:
        ValueError: There is no such person.

    """
    user = int(user_id[1:])
    if user >= state.users.count:
        raise ValueError(f"there is no {user_id}; the city has {state.users.count:,} people, u0000000 the first")
    start = town.time_of(tick)
    now = start <= time_us < start + town.tick_us
    found = explain(town, user, time_us, known(town, state, user, start) if now else Known())
    return plain(found)


def known(town: Town, state: State, user: int, now: int) -> Known:
    """What the state says of a person and of the city at the start of a tick."""
    users = state.users
    pools = {name: pool.rows for name, pool in state.pools.items()}
    causes = pools["causes"][pools["causes"]["phase"] < WAITING]
    names = list(town.data.scenarios)
    under = [_under(row, names[int(row["scenario"])], state) for row in causes]
    newcomer_us = int(town.data.world.social.newcomer_hours * HOUR)
    owed_ticks = int(town.data.world.social.owed_days * DAY / town.tick_us)
    venue, last = int(users["intent_venue"][user]), int(users["session_last"][user])
    invited, asked = int(users["invited_by"][user]), int(users["invited_tick"][user])
    return Known(
        scenarios=under,
        weather=CONDITIONS[state.numbers["weather"]],
        traffic=TRAFFIC[state.numbers["traffic"]],
        holiday=ordered_holiday(town, state, now),
        bookings=int(np.count_nonzero(pools["bookings"]["user"] == user)),
        friends=int(users["friend_count"][user]),
        invitations=int(np.count_nonzero(pools["invites"]["other"] == user)),
        planning=bool(np.any(pools["plans"]["user"] == user)),
        intent=venue >= 0,
        trends=venue >= 0 and bool(state.venues["trending"][venue] > 0),
        owes=invited >= 0 and asked > state.numbers["tick"] - owed_ticks,
        doing=ACTIONS[last - 1] if last and users["session_end"][user] > 0 else "",
        heat=float(users["heat"][user]),
        newcomer=bool(users["registered"][user] > now - newcomer_us),
        ordered=tuple((state.action_weights - base_log_weights(town.data))[users["persona"][user]].tolist()),
    )


def _under(row: Array, name: str, state: State) -> Under:
    weights = state.scenario_weights.get(name)
    ordered = None if weights is None else tuple(weights.tolist())
    return Under(name, int(row["started"]), int(row["released"]), float(row["intensity"]), ordered)


def plain(found: Explanation) -> dict[str, object]:
    """An explanation as JSON can carry it, shortened to the modifiers that weigh most, in their order."""
    return asdict(replace(found, steps=_most(found.steps))) | {
        name: {key: round(value, _DIGITS) for key, value in getattr(found, name).items()}
        for name in ("base", "result", "rates")
    }


def _most(steps: Sequence[Step]) -> list[Step]:
    def weight(place: int) -> float:
        factor = steps[place].factor
        return float("inf") if factor <= 0 else abs(float(np.log(factor)))

    kept = sorted(sorted(range(len(steps)), key=weight, reverse=True)[:MOST_STEPS])
    return [replace(steps[place], factor=round(steps[place].factor, _DIGITS)) for place in kept]
