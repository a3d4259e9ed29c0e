"""ActionExecutor: carry out what was decided in the app — events, intents, invitations, booking requests, reviews."""

import numpy as np

from services.simulator.domain.behaviour import (
    ACTION_KINDS,
    BOOK,
    FRIENDS,
    INTEREST,
    INVITE,
    NEEDS_VENUE,
    RESPOND,
    SEARCH,
)
from services.simulator.domain.calendar import HOUR, MINUTE
from services.simulator.domain.columns import first_of_each, selected
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.engagements import engaged
from services.simulator.domain.events import Kind
from services.simulator.domain.friendship import request_friends
from services.simulator.domain.invitations import answer_now, invite_friends
from services.simulator.domain.meals import meal_times, party_sizes
from services.simulator.domain.requests import request_tables
from services.simulator.domain.specification import TASTES
from services.simulator.domain.state import MEMBERS
from services.simulator.domain.turn import Turn
from services.simulator.domain.venues import largest_party

_SEARCH_WORDS = ("near me", "open now", "outdoor", "brunch", "date night", "cheap eats", "live music", "rooftop")
_FOLLOW_HOURS = 20.0


def execute(turn: Turn) -> None:
    """Do everything decided, in an order that keeps each person's events in time."""
    _take_lists(turn)
    _look(turn)
    _interests(turn)
    _book(turn)
    _reviews(turn)
    made = turn.decisions
    invite_friends(turn, np.flatnonzero((made.action == INVITE) & (made.venue >= 0)))
    answer_now(turn, np.flatnonzero(made.action == RESPOND))
    request_friends(turn, np.flatnonzero(made.action == FRIENDS))
    _remember(turn)


def in_session(turn: Turn, kind: Kind | Array, time: Array, users: Array, cause: Array | int = 0) -> Array:
    """Rows of in-app events: session id, correlation and inherited cause are set."""
    columns = turn.state.users
    rows = turn.events.add(kind, time, users)
    rows["ref_high"] = rows["from_high"] = columns["session_high"][users]
    rows["ref_low"] = rows["from_low"] = columns["session_low"][users]
    rows["cause"] = np.where(np.asarray(cause) > 0, cause, columns["session_cause"][users])
    return rows


def _look(turn: Turn) -> None:
    """Browsing, viewing, searching, saving, liking, checking on friends."""
    made = turn.decisions
    index = np.flatnonzero((made.action < INTEREST) & ((made.venue >= 0) | ~NEEDS_VENUE[made.action]))
    if len(index) == 0:
        return
    users = made.user[index]
    rows = in_session(turn, ACTION_KINDS[made.action[index]], made.time[index], users, made.cause[index])
    rows["ordinal"] = made.step[index]
    rows["venue"] = made.venue[index]
    _, rows["latitude"], rows["longitude"] = turn.anchor(users)
    searching = np.flatnonzero(made.action[index] == SEARCH)
    if len(searching):
        rows["text"][searching] = _searched(turn, users[searching])


def _searched(turn: Turn, users: Array) -> list[int]:
    """Numbers of the words searched for: a taste, or what people like to look for."""
    bits = turn.town.draws.bits(Purpose.QUERY, users, tick=turn.tick).tolist()
    best = turn.state.users["tastes"][users].argmax(axis=1).tolist()
    words = (
        TASTES[taste].replace("_", " ") if drawn & 1 else _SEARCH_WORDS[(drawn >> 1) % len(_SEARCH_WORDS)]
        for drawn, taste in zip(bits, best, strict=True)
    )
    return [turn.events.text(word) for word in words]


def _interests(turn: Turn) -> None:
    """Interest in a venue at a time; some follow it up by walking in."""
    made = turn.decisions
    index = np.flatnonzero((made.action == INTEREST) & (made.venue >= 0))
    if len(index) == 0:
        return
    users, venues, step = made.user[index], made.venue[index], made.step[index]
    size = party_sizes(turn, users, step, np.full(len(users), 16))
    when = meal_times(turn, users, venues, size, step)
    good = when > 0
    index, users, venues, step, size, when = (a[good] for a in (index, users, venues, step, size, when))
    if len(users) == 0:
        return
    rows = in_session(turn, Kind.INTEREST_EXPRESSED, made.time[index], users, made.cause[index])
    high, low = turn.ids(Kind.INTEREST_EXPRESSED, users, step)
    rows["high"], rows["low"], rows["ordinal"] = high, low, step
    rows["venue"], rows["when"], rows["size"] = venues, when, size
    _, rows["latitude"], rows["longitude"] = turn.anchor(users)
    last = _last_of_each(users)
    _intend(turn, users[last], venues[last], when[last], high[last], low[last], rows["cause"][last])


def _intend(turn: Turn, users: Array, venues: Array, when: Array, high: Array, low: Array, cause: Array) -> None:
    """Remember what people have in mind; a share will simply go there."""
    columns, town = turn.state.users, turn.town
    columns.put("intent_venue", users, venues)
    columns.put("intent_when", users, when)
    columns.put("intent_high", users, high)
    columns.put("intent_low", users, low)
    columns.put("intent_cause", users, cause)
    go = town.draws.uniform(Purpose.FOLLOW_UP, users, tick=turn.tick) < town.data.world.booking.followed_walk_in_share
    go &= (when < turn.start + _FOLLOW_HOURS * HOUR) & (when > turn.end) & ~engaged(turn, users, when)
    rows = turn.state.pools["arrivals"].empty(int(go.sum()))
    rows["time"], rows["until"] = when[go], when[go] + 20 * MINUTE
    rows["user"], rows["venue"], rows["size"] = users[go], venues[go], 1
    rows["from_high"], rows["from_low"], rows["cause"] = high[go], low[go], cause[go]
    turn.state.pools["arrivals"].add(rows)


def _book(turn: Turn) -> None:
    """Ask for tables."""
    made, columns = turn.decisions, turn.state.users
    index = np.flatnonzero((made.action == BOOK) & (made.venue >= 0))
    if len(index) == 0:
        return
    users, venues, step = made.user[index], made.venue[index], made.step[index]
    size = party_sizes(turn, users, step, np.maximum(largest_party(turn.state.venues, venues), 2))
    intent = (columns["intent_venue"][users] == venues) & (columns["intent_when"][users] > turn.start + 40 * MINUTE)
    when = np.where(intent, columns["intent_when"][users], meal_times(turn, users, venues, size, step))
    good = (when > 0) & ~engaged(turn, users, when)
    index, users, venues, size, when, intent = (a[good] for a in (index, users, venues, size, when, intent))
    cause = np.where(made.cause[index] > 0, made.cause[index], columns["session_cause"][users])
    cause = np.where((cause == 0) & intent, columns["intent_cause"][users], cause)
    members = np.full((len(users), MEMBERS), -1)
    members[:, 0] = users
    high = np.where(intent, columns["intent_high"][users], columns["session_high"][users])
    low = np.where(intent, columns["intent_low"][users], columns["session_low"][users])
    request_tables(turn, made.time[index], users, venues, size, when, members, (high, low), cause)
    columns.put("intent_venue", users, -1)


def _take_lists(turn: Turn) -> None:
    """recommendation.accepted for the item taken, ignored for the others; what is taken becomes an intent."""
    made, columns = turn.decisions, turn.state.users
    users, choice = made.list_user, made.list_choice
    if len(users) == 0:
        return
    item = np.arange(1, columns["list_venue"].shape[1] + 1)[None, :]
    row, slot = np.nonzero((columns["list_low"][users] != 0) & (columns["list_venue"][users] >= 0))
    who, taken = users[row], choice[row] == item[0, slot]
    low = np.maximum(columns["session_from"][who], turn.start)
    high = np.minimum(columns["session_end"][who], turn.end)
    share = turn.town.draws.uniform(Purpose.RECOMMENDATION, who, tick=turn.tick, step=3)
    time = low + 1 + (share * np.maximum(high - low - 2, 0)).astype(np.int64)
    kind = np.where(taken, Kind.RECOMMENDATION_ACCEPTED, Kind.RECOMMENDATION_IGNORED).astype(np.uint8)
    rows = in_session(turn, kind, time, who)
    rows["ordinal"] = slot
    rows["high"], rows["low"] = turn.town.ids.of(kind, who, turn.tick + 1, slot)
    rows["also_high"] = rows["from_high"] = columns["list_high"][who, slot]
    rows["also_low"] = rows["from_low"] = columns["list_low"][who, slot]
    rows["venue"] = columns["list_venue"][who, slot]
    columns.put("list_at", users, 0)
    mine = selected(rows, taken)
    if len(mine):
        size = np.full(len(mine), 2)
        when = meal_times(turn, mine["user"], mine["venue"], size, np.full(len(mine), 60), within_hours=30)
        keep = when > 0
        mine = selected(mine, keep)
        _intend(turn, mine["user"], mine["venue"], when[keep], mine["high"], mine["low"], mine["cause"])


def _reviews(turn: Turn) -> None:
    """Reviews that are due are written in the session at hand."""
    columns = turn.state.users
    active = turn.active
    users = active[(columns["review_at"][active] > 0) & (columns["review_at"][active] <= turn.start)]
    if len(users) == 0:
        return
    low = np.maximum(columns["session_from"][users], turn.start)
    high = np.minimum(columns["session_end"][users], turn.end)
    rows = in_session(turn, Kind.REVIEW_SUBMITTED, low + np.maximum(high - low, 2) // 2, users)
    rows["venue"], rows["value"] = columns["review_venue"][users], columns["review_stars"][users]
    rows["also_high"] = rows["from_high"] = columns["review_high"][users]
    rows["also_low"] = rows["from_low"] = columns["review_low"][users]
    rows["cause"] = np.where(columns["review_cause"][users] > 0, columns["review_cause"][users], rows["cause"])
    columns.put("review_at", users, 0)
    rate(turn, rows["venue"], rows["value"])


def rate(turn: Turn, venues: Array, stars: Array) -> None:
    """Means move with reviews; sums over a venue's reviews are of integers."""
    columns = turn.state.venues
    touched = np.unique(venues)
    total = np.bincount(venues, weights=stars, minlength=columns.count)[touched]
    number = np.bincount(venues, minlength=columns.count)[touched]
    count = columns["rating_count"][touched]
    columns.put("rating", touched, (columns["rating"][touched] * count + total) / (count + number))
    columns.put("rating_count", touched, count + number)
    turn.dirty_venues.append(touched)


def _remember(turn: Turn) -> None:
    """Keep what people meant to do last, and the venue they looked at: their next acts go on from there."""
    made, columns = turn.decisions, turn.state.users
    rows = np.flatnonzero((made.venue >= 0) | ~NEEDS_VENUE[made.action]) if len(made.user) else made.user
    if len(rows) == 0:
        return
    last = rows[_last_of_each(made.user[rows])]
    columns.put("session_last", made.user[last], made.action[last] + 1)
    rows = np.flatnonzero(made.venue >= 0)
    if len(rows):
        rows = rows[_last_of_each(made.user[rows])]
        columns.put("session_venue", made.user[rows], made.venue[rows])


def _last_of_each(users: Array) -> Array:
    """Index of the last row of each person; rows are in time order within a person."""
    return np.asarray(len(users) - 1 - first_of_each(users[::-1]))
