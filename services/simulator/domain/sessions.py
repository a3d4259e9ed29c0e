"""Who opens the app this minute, and when sessions close."""

import numpy as np

from services.simulator.domain.calendar import SECOND
from services.simulator.domain.causes import label, overridden
from services.simulator.domain.columns import selected
from services.simulator.domain.days import kinds_of_day, possible_kinds
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.events import Kind
from services.simulator.domain.pool import may_act
from services.simulator.domain.population import CHURNED, DORMANT, MOST_DAYS
from services.simulator.domain.turn import Turn

_SECONDS_A_DAY = 86_400.0
_ROUNDING = 1e-5
"""More than what single precision loses on a rate."""


def start_sessions(turn: Turn) -> None:
    """Open the sessions that the draws say, and tell those that a cause prevented."""
    if turn.state.users.count == 0:
        return
    rows, outcomes = draw(turn) if turn.crew is None else turn.crew.sessions(turn)
    opened = np.flatnonzero(outcomes[-1])
    cause = label(outcomes, turn.causes)
    lost = np.flatnonzero(outcomes[0] & ~outcomes[-1])
    who = rows[lost]
    turn.suppress(Kind.SESSION_STARTED, who, _start_times(turn, who), 0, -1, _preventing(outcomes, turn.causes, lost))
    if len(opened):
        open_sessions(turn, rows[opened], cause[opened])


def draw(turn: Turn) -> tuple[Array, list[Array]]:
    """One uniform a person of the span against 1 - exp(-rate x tick), at the baseline and with each cause added.

    Those who come out at any of these levels, and level by level whether they do; shapes (people,). Changes nothing.
    """
    columns, town = turn.state.users, turn.town
    who = _likely(turn)
    rate = _rates(turn, who)
    curve = _curve(turn, who)
    uniform = town.draws.uniform(Purpose.SESSION_START, who, tick=turn.tick)
    lifecycle = columns["lifecycle"][who]
    free = (columns["session_end"][who] == 0) & (lifecycle != DORMANT) & (lifecycle != CHURNED)
    free &= may_act(turn, who)
    outcomes = []
    for effects in turn.effects:
        value, part = effects.session_override
        shaped = curve if part == 0 else curve * (1 - part) + overridden(curve, value) * part
        expected = rate * shaped * effects.sessions
        if effects.by_persona is not None:
            expected = expected * np.exp(effects.by_persona[columns["persona"][who], 0])
        outcomes.append((uniform < -np.expm1(-expected)) & free)
    found = np.flatnonzero(np.logical_or.reduce(outcomes))
    return who[found], [outcome[found] for outcome in outcomes]


def _likely(turn: Turn) -> Array:
    """People of the span who may open the app: all whose draw is below the most that their rate can be; ascending."""
    columns, town = turn.state.users, turn.town
    first, last, _ = turn.span.indices(columns.count)
    if first == last:
        return np.zeros(0, dtype=np.int64)
    activity, heat, spell, most = columns["activity"], columns["heat"], spells(turn), _most(turn)
    excitation = town.data.world.session.excitation
    who = town.draws.likely(
        Purpose.SESSION_START, first, last,
        lambda part: (
            activity[part] * (1.0 + excitation * heat[part]) * spell[part.start - first : part.stop - first] * most
        ),
        tick=turn.tick,
    )  # fmt: skip
    waiting = first + np.flatnonzero(_waiting(turn, turn.span))
    return np.union1d(who, waiting) if len(waiting) else who


def _most(turn: Turn) -> float:
    """The most that curve and causes can make of anybody's rate now, for one session a day."""
    columns, town, span = turn.state.users, turn.town, turn.span
    shift = columns["chronotype"][span]
    minutes = np.arange(turn.now.minute - int(shift.max()), turn.now.minute - int(shift.min()) + 1) % 1440
    kinds_of_days = np.array(possible_kinds(town.data, turn.now))
    curve = town.tables.session_curve[:, kinds_of_days[:, None], minutes].astype(np.float64)
    most = 0.0
    for effects in turn.effects:
        value, part = effects.session_override
        shaped = curve if part == 0 else curve * (1 - part) + overridden(curve, value) * part
        kinds = 1.0 if effects.by_persona is None else float(np.exp(effects.by_persona[:, 0].max()))
        most = max(most, float(shaped.max()) * effects.sessions * kinds)
    return most * (1.0 + _ROUNDING) * town.config.tick_seconds / _SECONDS_A_DAY


def _waiting(turn: Turn, who: Array | slice) -> Array:
    """Who has a review to write, shape of ``who``."""
    review_at = turn.state.users["review_at"][who]
    return np.asarray((review_at > 0) & (review_at <= turn.start))


def open_sessions(turn: Turn, who: Array, cause: Array) -> None:
    """Emit session.started and remember the sessions."""
    columns, town = turn.state.users, turn.town
    rates = town.data.world.session
    time = _start_times(turn, who)
    usual = rates.median_seconds * town.tables.session_length[columns["persona"][who]]
    length = usual * np.exp(rates.log_sd * town.draws.normal(Purpose.SESSION_LENGTH, who, tick=turn.tick, step=1))
    seconds = np.clip(length, rates.minimum_seconds, rates.maximum_seconds)
    high, low = turn.ids(Kind.SESSION_STARTED, who)
    rows = turn.events.add(Kind.SESSION_STARTED, time, who)
    rows["high"], rows["low"], rows["ref_high"], rows["ref_low"], rows["cause"] = high, low, high, low, cause
    _, rows["latitude"], rows["longitude"] = turn.anchor(who)
    columns.put("session_high", who, high)
    columns.put("session_low", who, low)
    columns.put("session_from", who, time)
    columns.put("session_end", who, time + (seconds * SECOND).astype(np.int64))
    columns.put("session_cause", who, cause)
    columns.put("session_last", who, 0)
    columns.put("session_venue", who, -1)
    columns.put("heat", who, np.minimum(columns["heat"][who] + 1.0, 2.0))
    _become_regular(turn, who, rows)


def _become_regular(turn: Turn, who: Array, opened: Array) -> None:
    """Count the days on which people are in the app, and tell who has been there on enough of them."""
    columns, today = turn.state.users, turn.now.day
    new = columns["seen_day"][who] != today
    who, opened = who[new], selected(opened, np.flatnonzero(new))
    days = np.minimum(columns["seen_days"][who].astype(np.int64) + 1, MOST_DAYS)
    columns.put("seen_day", who, today)
    columns.put("seen_days", who, days)
    now = np.flatnonzero(days == turn.town.data.world.lifecycle.regular_days)
    if len(now):
        rows, regular = turn.events.add(Kind.USER_BECAME_REGULAR, opened["time"][now], who[now]), selected(opened, now)
        for name in ("ref_high", "ref_low", "cause"):
            rows[name] = regular[name]
        rows["from_high"], rows["from_low"] = regular["high"], regular["low"]


def end_sessions(turn: Turn) -> None:
    """Emit session.ended of sessions whose time is over in this tick."""
    columns = turn.state.users
    done = np.flatnonzero((columns["session_end"] > 0) & (columns["session_end"] < turn.end))
    if len(done) == 0:
        return
    time = np.maximum(columns["session_end"][done], turn.start)
    rows = turn.events.add(Kind.SESSION_ENDED, time, done)
    rows["ref_high"] = rows["from_high"] = columns["session_high"][done]
    rows["ref_low"] = rows["from_low"] = columns["session_low"][done]
    rows["cause"] = columns["session_cause"][done]
    rows["value"] = np.maximum((time - columns["session_from"][done]) // SECOND, 1)
    columns.put("session_end", done, 0)


def _rates(turn: Turn, who: Array) -> Array:
    """Expected sessions of people of the span in this tick at a curve of one."""
    columns, town = turn.state.users, turn.town
    rates = town.data.world.session
    factor = columns["activity"][who] * spells(turn)[who - (turn.span.start or 0)]
    factor *= 1.0 + rates.excitation * columns["heat"][who]
    factor = np.where(_waiting(turn, who), factor + rates.review_pull, factor)
    return np.asarray(factor * (town.config.tick_seconds / _SECONDS_A_DAY))


def spells(turn: Turn) -> Array:
    """How keen each person is these days: a factor of mean 1, drawn anew every `spell_hours`; kept for its time."""
    sd = turn.town.data.world.session.spell_log_sd
    first, last, _ = turn.span.indices(turn.state.users.count)
    number = turn.tick * turn.town.config.tick_seconds // 3600 // turn.town.data.world.session.spell_hours
    known = turn.town.memo.get((number, first), np.zeros(0))
    if len(known) < last - first:
        normal = turn.town.draws.normal(Purpose.SPELL, np.arange(first + len(known), last), tick=number)
        for old in [key for key in turn.town.memo if key[0] not in (number, ~number)]:
            del turn.town.memo[old]
        known = turn.town.memo[number, first] = np.concatenate([known, np.exp(sd * normal - sd**2 / 2)])
    return known[: last - first]


def keenness(turn: Turn) -> Array:
    """How much each person of the span goes out these days, in units of their persona's: own rate times spell.

    The days of `spells`, with the spread of outings; remembered for its time.
    """
    first, last, _ = turn.span.indices(turn.state.users.count)
    number = turn.tick * turn.town.config.tick_seconds // 3600 // turn.town.data.world.session.spell_hours
    known = turn.town.memo.get((~number, first), np.zeros(0))
    if len(known) < last - first:
        app, sd = turn.town.data.world.session.spell_log_sd, turn.town.data.world.outings.spell_log_sd
        keen = (np.log(spells(turn)[len(known) :]) + app**2 / 2) / app
        more = np.exp(sd * keen - sd**2 / 2) * turn.state.users["outing"][first + len(known) : last]
        known = turn.town.memo[~number, first] = np.concatenate([known, more])
    return known[: last - first]


def _curve(turn: Turn, who: Array) -> Array:
    columns = turn.state.users
    minute, persona = (turn.now.minute - columns["chronotype"][who]) % 1440, columns["persona"][who]
    kind = kinds_of_day(turn.town, turn.now, who, persona)
    return np.asarray(turn.town.tables.session_curve[persona, kind, minute])


def _start_times(turn: Turn, who: Array) -> Array:
    early = turn.town.draws.uniform(Purpose.SESSION_LENGTH, who, tick=turn.tick)
    return turn.start + (early * 0.6 * turn.town.tick_us).astype(np.int64)


def _preventing(outcomes: list[Array], causes: list[int], rows: Array) -> Array:
    """The last cause that turned a yes into a no."""
    cause = np.zeros(len(rows), dtype=np.int16)
    for before, after, number in zip(outcomes, outcomes[1:], causes, strict=False):
        cause[before[rows] & ~after[rows]] = number
    return cause
