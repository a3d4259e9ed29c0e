"""BehaviorEngine: what active people do this tick, who walks in where, who takes a recommendation. Decides only."""

import numpy as np

from services.simulator.domain.calendar import HOUR, SECOND
from services.simulator.domain.causes import label, overridden
from services.simulator.domain.choice import Wish, choose_venues
from services.simulator.domain.columns import first_of_each
from services.simulator.domain.days import common_kind
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.effects import Effects
from services.simulator.domain.events import Kind
from services.simulator.domain.pool import may_act
from services.simulator.domain.population import CHURNED, DORMANT
from services.simulator.domain.sessions import keenness
from services.simulator.domain.situations import holding
from services.simulator.domain.specification import ACTIONS
from services.simulator.domain.turn import Decisions, Turn
from services.simulator.domain.ways import on_the_way

BROWSE, VIEW, SEARCH, SAVE, LIKE, FRIENDS, INTEREST, INVITE, RESPOND, BOOK = range(len(ACTIONS))
ACTION_KINDS = np.array([
    Kind.VENUE_BROWSED, Kind.VENUE_VIEWED, Kind.SEARCH_PERFORMED, Kind.VENUE_SAVED, Kind.VENUE_LIKED,
    Kind.FRIENDS_CHECKED, Kind.INTEREST_EXPRESSED, Kind.INVITE_SENT, Kind.INVITE_ACCEPTED, Kind.BOOKING_REQUESTED,
], dtype=np.uint8)  # fmt: skip
NEEDS_VENUE = np.array([a in (VIEW, SAVE, LIKE, INTEREST, INVITE, BOOK) for a in range(len(ACTIONS))])
MOST_ACTIONS = 6
"""Actions of one person in one tick at most."""
MOST_BOOKINGS = 2
"""Bookings that a person holds at a time at most: a choice."""
NOTHING = -1
"""The outcome of a row that comes to nothing."""
_ONCE = np.array([a in (INVITE, RESPOND, BOOK) for a in range(len(ACTIONS))])
_LEADS_OUT = np.array([a in (INTEREST, INVITE, BOOK) for a in range(len(ACTIONS))])
_IMPOSSIBLE = -1e9
_PARTS = 2.0**20
"""Of a gap of median length."""
_WALK_STEP = 7
_LIST_STEP = 6


def decide(turn: Turn) -> None:
    """Fill ``turn.decisions``."""
    turn.decisions = Decisions()
    if turn.state.users.count == 0:
        return
    _actions(turn)
    _walk_ins(turn)
    _places(turn)
    _lists(turn)


def decide_in_app(turn: Turn) -> None:
    """Fill ``turn.decisions`` with what is done in the app only."""
    _actions(turn)
    _places(turn)
    _lists(turn)


def decide_outings(turn: Turn) -> None:
    """Fill ``turn.decisions`` with those who go out at the turn's level of causes."""
    made = turn.decisions
    made.walk_user = who = made.walk_levels[turn.level]
    made.walk_time, made.walk_cause = _leaving(turn, who), np.zeros(len(who), dtype=np.int16)
    _places(turn)


def _actions(turn: Turn) -> None:
    """Expand active people into rows of actions and choose what each row is."""
    active, columns, town = turn.active, turn.state.users, turn.town
    if len(active) == 0:
        return
    low = np.maximum(columns["session_from"][active], turn.start)
    high = np.minimum(columns["session_end"][active], turn.end)
    gap = town.data.world.profiles[town.config.profile].gap_seconds * SECOND * _pace(turn, active)
    uniform = town.draws.uniform(Purpose.ACTION_COUNT, active, tick=turn.tick)
    count = np.clip(np.floor((high - low) / gap + uniform), 0, MOST_ACTIONS).astype(np.int64)
    user = np.repeat(active, count)
    if len(user) == 0:
        return
    step = np.arange(len(user)) - np.repeat(np.cumsum(count) - count, count)
    room = np.repeat(np.maximum(high - low - 2, 0), count)
    time = np.repeat(low, count) + 1 + (_moments(turn, user, step, count) * room).astype(np.int64)
    chosen, _, cause = choose_actions(turn, user, step)
    keep = chosen != NOTHING
    made = turn.decisions
    made.user, made.time, made.step = user[keep], time[keep], step[keep]
    made.action, made.cause = chosen[keep], cause[keep]
    made.venue = np.full(len(made.user), -1)


def _moments(turn: Turn, user: Array, step: Array, count: Array) -> Array:
    """When in the time at hand each act is, 0 to 1, shape (rows,): the gaps between acts are log-normal.

    ``count`` rows of each person follow each other; a last gap, as long as any, ends the time. Gaps are whole numbers:
    sums of those do not depend on whose rows stand before one's own.
    """
    draws, spread = turn.town.draws, turn.town.data.world.session.gap_log_sd
    gap = _whole(np.exp(spread * draws.normal(Purpose.ACTION_TIME, user, tick=turn.tick, also=[step])))
    rest = _whole(np.exp(spread * draws.normal(Purpose.ACTION_TIME, user[step == 0], tick=turn.tick, step=1)))
    passed, first = np.cumsum(gap), np.cumsum(count) - count
    count, first = count[count > 0], first[count > 0]
    before = passed[first] - gap[first]
    whole = passed[first + count - 1] - before + rest
    return np.asarray((passed - np.repeat(before, count)) / np.repeat(whole, count))


def _whole(gap: Array) -> Array:
    return np.asarray((gap * _PARTS).astype(np.int64) + 1)


def _pace(turn: Turn, who: Array) -> Array:
    """How long people take between two acts, each in their own way: a factor of median 1, shape of ``who``."""
    spread = turn.town.data.world.session.pace_log_sd
    return np.asarray(np.exp(spread * turn.town.draws.normal(Purpose.ATTRIBUTE, who, step=6)))


def choose_actions(turn: Turn, user: Array, step: Array) -> tuple[Array, Array, Array]:
    """Action of each row (or `NOTHING`), the baseline's, and the cause; all of shape (rows,)."""
    columns, state, town = turn.state.users, turn.state, turn.town
    weights = state.action_weights[columns["persona"][user]].copy()
    bookings = np.bincount(state.pools["bookings"].rows["user"], minlength=columns.count)
    plans = np.bincount(state.pools["plans"].rows["user"], minlength=columns.count)
    waiting = np.bincount(state.pools["invites"].rows["other"], minlength=columns.count)
    persona = columns["persona"][user]
    for held, change in zip(holding(turn, user), town.tables.situations, strict=True):
        rows = np.flatnonzero(held)
        weights[rows] += change[persona[rows]]
    weights[bookings[user] >= MOST_BOOKINGS, BOOK] = _IMPOSSIBLE
    weights[(plans[user] > 0) | (columns["friend_count"][user] == 0), INVITE] = _IMPOSSIBLE
    weights[waiting[user] == 0, RESPOND] = _IMPOSSIBLE
    if state.venues.count == 0:
        weights[:, NEEDS_VENUE] = _IMPOSSIBLE
    weights += town.draws.gumbel(
        Purpose.ACTION, user[:, None], tick=turn.tick, also=[step[:, None], np.arange(len(ACTIONS))[None, :]]
    )
    outcomes = []
    for effects in turn.effects:
        sums = weights + effects.actions
        if effects.by_persona is not None:
            sums += effects.by_persona[persona, 2:]
        outcomes.append(_once_each(user, _chained(turn, user, step, sums)))
    return outcomes[-1], outcomes[0], label(outcomes, turn.causes)


def _chained(turn: Turn, user: Array, step: Array, sums: Array) -> Array:
    """The likeliest action of each row by its ``sums``, one after another: each depends on the one before."""
    chain, chosen = turn.town.tables.chain, np.zeros(len(user), dtype=np.int64)
    rows = np.flatnonzero(step == 0)
    before = turn.state.users["session_last"][user[rows]]
    for number in range(1, MOST_ACTIONS + 1):
        chosen[rows] = (sums[rows] + chain[before]).argmax(axis=1)
        rows = rows[rows + 1 < len(user)] + 1
        rows = rows[step[rows] == number]
        if len(rows) == 0:
            break
        before = chosen[rows - 1] + 1
    return chosen


def _once_each(user: Array, action: Array) -> Array:
    """Actions, with `NOTHING` where a person would do again what can be done once a tick."""
    once = np.flatnonzero(_ONCE[action])
    if len(once) > 1:
        first = once[first_of_each(user[once] * len(ACTIONS) + action[once])]
        kept = action[first]
        action[once] = NOTHING
        action[first] = kept
    return action


def walk_in_factor(turn: Turn, effects: Effects) -> Array:
    """Factor of each persona's rate of going out, the hour's curve included; shape (personas,)."""
    curve = turn.town.tables.outing_curve[common_kind(turn.town.data, turn.now), :, turn.now.hour]
    value, part = effects.walk_in_override
    if part > 0:
        curve = curve * (1 - part) + overridden(curve, value) * part
    factor = curve * effects.walk_ins
    if effects.by_persona is None:
        return np.asarray(factor)
    return np.asarray(factor * np.exp(effects.by_persona[:, 1]))


def _walk_ins(turn: Turn) -> None:
    """People who go out without the app's help, with all causes and with the first ones only."""
    columns, town, span = turn.state.users, turn.town, turn.span
    tables = town.tables
    profile = town.data.world.profiles[town.config.profile]
    rate = tables.persona[:, 0] * (profile.walk_ins_per_day * town.config.tick_seconds / 86_400)
    rates = [rate * walk_in_factor(turn, effects) for effects in turn.effects]
    most = max(float(each.max()) for each in rates)
    first, last, _ = span.indices(columns.count)
    keen = keenness(turn)
    who = town.draws.likely(
        Purpose.WALK_IN, first, last, lambda part: keen[part.start - first : part.stop - first] * most, tick=turn.tick
    )
    uniform = town.draws.uniform(Purpose.WALK_IN, who, tick=turn.tick)
    lifecycle, arrivals = columns["lifecycle"][who], turn.state.pools["arrivals"].rows
    free = (columns["visit_venue"][who] < 0) & (lifecycle != DORMANT) & (lifecycle != CHURNED)
    free &= may_act(turn, who)
    expected = np.zeros(columns.count, dtype=bool)
    expected[arrivals["user"][arrivals["time"] < turn.end + 2 * HOUR]] = True
    free &= ~expected[who] & ~on_the_way(turn, who)
    persona = columns["persona"][who]
    outcomes = [(uniform < each[persona] * keen[who - first]) & free for each in rates]
    made = turn.decisions
    rows = np.flatnonzero(outcomes[-1])
    made.walk_levels = [who[outcome] for outcome in outcomes]
    made.walk_user = who = made.walk_levels[-1]
    made.walk_cause = label([outcome[rows] for outcome in outcomes], turn.causes)
    made.walk_time = _leaving(turn, who)


def _leaving(turn: Turn, who: Array) -> Array:
    early = turn.town.draws.uniform(Purpose.WALK_IN, who, tick=turn.tick, step=1)
    return np.asarray(turn.start + (early * turn.town.tick_us).astype(np.int64))


def _places(turn: Turn) -> None:
    """One venue choice for everybody who needs one, and does not stay with the venue that they have just looked at."""
    made, state = turn.decisions, turn.state
    walkers, none = made.walk_user, np.zeros(0, dtype=np.int64)
    with_intent = (state.users["intent_venue"][made.user] >= 0) & ((made.action == BOOK) | (made.action == INVITE))
    bookable = state.venues["takes_bookings"]
    intent = state.users["intent_venue"][made.user]
    if len(made.user) and state.venues.count:
        with_intent &= bookable[intent] | (made.action == INVITE)
        made.venue = np.where(with_intent, intent, -1)
    needing = np.flatnonzero(NEEDS_VENUE[made.action]) if len(made.user) else none
    stays, before = _staying(turn, needing, with_intent[needing]) if len(needing) else (np.zeros(0, dtype=bool), none)
    rows = needing[~stays & ~with_intent[needing]]
    if len(needing) + len(walkers) == 0:
        made.walk_venue = none
        return
    users = np.concatenate([made.user[rows], walkers])
    steps = np.concatenate([made.step[rows], np.full(len(walkers), _WALK_STEP)])
    planning = np.concatenate([np.ones(len(rows), dtype=bool), np.zeros(len(walkers), dtype=bool)])
    needs_table = np.concatenate([made.action[rows] == BOOK, np.zeros(len(walkers), dtype=bool)])
    later = 12 if turn.now.hour < 11 else 19  # noqa: PLR2004 — the next meal people have in mind
    hour = np.where(planning, later, turn.now.hour)
    going = np.concatenate([_LEADS_OUT[made.action[rows]], np.ones(len(walkers), dtype=bool)])
    venue, _, cause = choose_venues(turn, Wish(users, steps, needs_table, ~planning, going, hour))
    made.venue[rows] = venue[: len(rows)]
    made.walk_venue = venue[len(rows) :]
    made.cause[rows] = np.maximum(made.cause[rows], cause[: len(rows)])
    made.walk_cause = np.maximum(made.walk_cause, cause[len(rows) :])
    rows, source = needing[stays], before[stays]
    first, inside = source < 0, np.maximum(source, 0)
    for _ in range(MOST_ACTIONS if len(rows) else 0):  # one stays where the one before stays
        venue = made.venue[inside]
        made.venue[rows] = np.where(first | (venue < 0), state.users["session_venue"][made.user[rows]], venue)
        made.cause[rows] = np.where(first, made.cause[rows], np.maximum(made.cause[rows], made.cause[inside]))


def _staying(turn: Turn, needing: Array, with_intent: Array) -> tuple[Array, Array]:
    """Which rows that need a venue stay with that of the row before, and that row; -1 is the session so far.

    ``needing`` are rows of the decisions, in order. Shapes (needing,). A table is asked for where one wants to go.
    """
    made, columns, rates = turn.decisions, turn.state.users, turn.town.data.world.session
    users, action = made.user[needing], made.action[needing]
    share = np.where(_LEADS_OUT[action], rates.same_venue_out, rates.same_venue) * (action != BOOK)
    drawn = turn.town.draws.uniform(Purpose.SAME_VENUE, users, tick=turn.tick, also=[made.step[needing]])
    follows = np.zeros(len(needing), dtype=bool)
    follows[1:] = users[1:] == users[:-1]
    before = np.where(follows, np.roll(needing, 1), -1)
    known = follows | (columns["session_venue"][users] >= 0)
    return np.asarray((drawn < share) & known & ~with_intent), before


def _lists(turn: Turn) -> None:
    """Who looks at the recommendations received, and which item each takes."""
    columns, state, town = turn.state.users, turn.state, turn.town
    active, rates = turn.active, town.data.world.decisions
    users = active[columns["list_at"][active] > 0]
    if len(users) == 0:
        return
    users = users[town.draws.uniform(Purpose.RECOMMENDATION, users, tick=turn.tick, step=1) < rates.list_share]
    venues = columns["list_venue"][users]
    taste = columns["tastes"][users[:, None], state.venues["cuisine"][venues]]
    utility = (
        rates.list_taste * taste
        + rates.list_score * columns["list_score"][users]
        - rates.list_price * np.abs(state.venues["price"][venues] - columns["price"][users][:, None])
    )
    utility = np.where(venues >= 0, utility, _IMPOSSIBLE)
    nothing = np.full((len(users), 1), rates.list_nothing)
    noise = town.draws.gumbel(
        Purpose.RECOMMENDATION, users[:, None], tick=turn.tick, step=2, also=[np.arange(4)[None, :]]
    )
    turn.decisions.list_user = users
    turn.decisions.list_choice = (np.concatenate([nothing, utility], axis=1) + noise).argmax(axis=1)
