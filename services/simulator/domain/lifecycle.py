"""Joining, completing a profile, going quiet, coming back, leaving."""

import numpy as np

from services.simulator.domain.calendar import DAY
from services.simulator.domain.causes import label
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.events import Kind
from services.simulator.domain.population import ACTIVE, CHURNED, DORMANT
from services.simulator.domain.turn import Turn

_HOURS_A_DAY = 24.0


def register(turn: Turn) -> None:
    """People who join by themselves this tick, more in the morning."""
    rates, town = turn.town.data.world.lifecycle, turn.town
    daily = rates.registrations_per_day + rates.growth_per_day * turn.state.users.count
    expected = daily * town.config.tick_seconds / 86_400 * town.tables.registration_hours[turn.now.hour]
    uniform = float(town.draws.uniform(Purpose.REGISTRATION, np.zeros(1, dtype=np.int64), tick=turn.tick)[0])
    counts = [int(expected * effects.registrations + uniform) for effects in turn.effects]
    newcomer = np.arange(max(counts))
    cause = label([newcomer < count for count in counts], turn.causes)
    ids = turn.state.users.count + newcomer
    missing = newcomer[(newcomer < counts[0]) & (newcomer >= counts[-1])]
    turn.suppress(Kind.USER_REGISTERED, ids[missing], np.full(len(missing), turn.start), 0, -1, cause[missing])
    if counts[-1]:
        join(turn, counts[-1], cause[: counts[-1]])


def join(turn: Turn, count: int, cause: Array | int = 0) -> Array:
    """Register ``count`` people now; their numbers. They open the app soon: their heat is up."""
    columns = turn.state.users
    ids = np.arange(columns.count, columns.count + count)
    share = turn.town.draws.uniform(Purpose.REGISTRATION, ids, step=2)
    time = turn.start + (share * 0.5 * turn.town.tick_us).astype(np.int64)  # not in order of their numbers
    rows = turn.town.people.rows(ids, time)
    rows["heat"] = np.full(count, 2.0)
    columns.append(rows, count)
    out = turn.events.add(Kind.USER_REGISTERED, time, ids)
    out["latitude"], out["longitude"], out["cause"] = rows["home_latitude"], rows["home_longitude"], cause
    turn.dirty_users.append(ids)
    return ids


def leaving(turn: Turn) -> Array:
    """Chance a day of going quiet, shape (users,), by the days since somebody came, or came back.

    Nobody leaves before having looked around; most of those who leave do so in the days after; the chance falls as a
    power of the stay, and faster once people have settled; who has friends stays.
    """
    columns, rates = turn.state.users, turn.town.data.world.lifecycle
    stayed = np.maximum(turn.start - columns["came"], 0) / DAY
    ties = (1.0 + columns["friend_count"]) ** -rates.ties
    settling = stayed**2 / (rates.settling_days**2 + stayed**2)
    settled = np.maximum(stayed, rates.settling_days) ** -rates.leaving_fall / (1.0 + stayed / rates.settled_days)
    return np.asarray(rates.leaving * ties * settling * settled)


def complete_profiles(turn: Turn) -> None:
    """Newcomers complete their profile in one of their first minutes in the app."""
    columns, active = turn.state.users, turn.active
    users = active[(columns["profile_done"][active] == 0) & (columns["session_from"][active] < turn.start)]
    if len(users) == 0:
        return
    share = turn.town.data.world.lifecycle.profile_share
    users = users[turn.town.draws.uniform(Purpose.LIFECYCLE, users, tick=turn.tick, step=2) < share]
    if len(users) == 0:
        return
    rows = turn.events.add(Kind.PROFILE_COMPLETED, np.full(len(users), turn.start), users)
    rows["ref_high"] = rows["from_high"] = columns["session_high"][users]
    rows["ref_low"] = rows["from_low"] = columns["session_low"][users]
    rows["cause"] = columns["session_cause"][users]
    columns.put("profile_done", users, 1)
    columns.put("lifecycle", users, ACTIVE)
    turn.dirty_users.append(users)


def drift(turn: Turn) -> None:
    """On the hour: some active people go quiet, some quiet ones return or leave for good."""
    columns = turn.state.users
    if columns.count == 0 or turn.now.minute % 60 >= turn.town.config.tick_seconds / 60:
        return
    rates = turn.town.data.world.lifecycle
    uniform = turn.town.draws.uniform(Purpose.LIFECYCLE, np.arange(columns.count), tick=turn.tick)
    uniform *= _HOURS_A_DAY
    idle = (columns["session_end"] == 0) & (columns["visit_venue"] < 0)
    lifecycle = columns["lifecycle"]
    quiet = np.flatnonzero((lifecycle < DORMANT) & idle & (uniform < leaving(turn)))
    back = np.flatnonzero((lifecycle == DORMANT) & (uniform < rates.return_per_day))
    gone = np.flatnonzero(
        (lifecycle == DORMANT)
        & (uniform >= rates.return_per_day)
        & (uniform < rates.return_per_day + rates.churn_per_day)
    )
    for kind, users, state in (
        (Kind.USER_DORMANT, quiet, DORMANT), (Kind.USER_RETURNED, back, ACTIVE), (Kind.USER_CHURNED, gone, CHURNED),
    ):  # fmt: skip
        if len(users):
            turn.events.add(kind, np.full(len(users), turn.start), users)
            columns.put("lifecycle", users, state)
            turn.dirty_users.append(users)
    columns.put("came", back, turn.start)
