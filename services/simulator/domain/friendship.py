"""Asking to be friends and becoming friends: mostly friends of friends, the rest people of the same places."""

import numpy as np

from services.simulator.domain.calendar import SECOND
from services.simulator.domain.columns import first_of_each, selected
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.effects import shifted
from services.simulator.domain.events import Kind
from services.simulator.domain.friends import any_friend
from services.simulator.domain.population import CHURNED, DORMANT, FRIENDS
from services.simulator.domain.situations import has_just_joined
from services.simulator.domain.turn import Turn

_INTRODUCED = 3
"""Friends that newcomers get who are to have some: a choice."""


def request_friends(turn: Turn, index: Array) -> None:
    """A share of the looks at friends end in a request."""
    if len(index) == 0:
        return
    columns, town, made = turn.state.users, turn.town, turn.decisions
    rates, users = town.data.world.social, made.user[index]
    asked_of = rates.request_share * turn.effects[-1].friend_requests
    share = asked_of * (0.4 + 1.2 * columns["openness"][users])
    share = np.where(columns["friend_count"][users] < rates.few_friends, share * rates.few_friends_factor, share)
    share = np.where(has_just_joined(turn, users), rates.newcomer_request_share, share)
    asking = index[town.draws.uniform(Purpose.FRIEND_REQUEST, users, tick=turn.tick, also=[made.step[index]]) < share]
    if len(asking) == 0:
        return
    asking = asking[first_of_each(made.user[asking])]
    users, time = made.user[asking], made.time[asking]
    other = _whom(turn, users)
    pending = turn.state.pools["requests"].rows
    known = (columns["friends"][users] == other[:, None]).any(axis=1)
    asked = np.isin(users * np.int64(1 << 32) + other, pending["user"].astype(np.int64) * (1 << 32) + pending["other"])
    room = (columns["friend_count"][users] < FRIENDS - 2) & (columns["friend_count"][other] < FRIENDS - 2)
    awake = columns["lifecycle"][other] < DORMANT
    good = (other >= 0) & (other != users) & ~known & ~asked & room & awake
    asking, users, other, time = asking[good], users[good], other[good], time[good]
    if len(users) == 0:
        return
    high, low = turn.ids(Kind.FRIEND_REQUESTED, users)
    rows = turn.events.add(Kind.FRIEND_REQUESTED, time, users)
    rows["high"], rows["low"], rows["other"] = high, low, other
    rows["from_high"], rows["from_low"] = columns["session_high"][users], columns["session_low"][users]
    rows["cause"] = np.where(made.cause[asking] > 0, made.cause[asking], columns["session_cause"][users])
    normal = town.draws.normal(Purpose.FRIEND_ANSWER, users, tick=turn.tick)
    wait = np.exp(np.log(rates.friend_answer_log_median_seconds) + rates.friend_answer_log_sd * normal)
    kept = turn.state.pools["requests"].empty(len(users))
    kept["high"], kept["low"], kept["user"], kept["other"] = high, low, users, other
    kept["sent"], kept["cause"] = time, rows["cause"]
    kept["due"] = np.maximum(time + (wait * SECOND).astype(np.int64), turn.end)
    turn.state.pools["requests"].add(kept)


def answer_requests(turn: Turn) -> None:
    """Requests that are due become friendships or are left unanswered, as are those of and to who left for good."""
    pool = turn.state.pools["requests"]
    if len(pool) == 0 or not (due := pool.rows["due"] < turn.end).any():
        return
    town = turn.town
    rows, lifecycle = pool.take(due), turn.state.users["lifecycle"]
    rows = selected(rows, (lifecycle[rows["user"]] != CHURNED) & (lifecycle[rows["other"]] != CHURNED))
    compatible = compatibility(turn, rows["user"], rows["other"])
    share = shifted(town.data.world.social.friend_accept_share * (0.5 + compatible), turn.effects[-1].friend_answers)
    yes = town.draws.uniform(Purpose.FRIEND_ANSWER, rows["other"], tick=turn.tick, also=[rows["user"]]) < share
    rows, compatible = rows[yes], compatible[yes]
    made = befriend(turn, rows["user"], rows["other"])
    rows, compatible = rows[made], compatible[made]
    if len(rows) == 0:
        return
    time = np.maximum(rows["due"], turn.start)
    out = turn.events.add(Kind.FRIEND_ACCEPTED, time, rows["other"])
    out["other"], out["score"], out["cause"] = rows["user"], compatible, rows["cause"]
    out["value"] = np.maximum((time - rows["sent"]) // SECOND, 1)
    out["from_high"], out["from_low"] = rows["high"], rows["low"]
    out["high"], out["low"] = turn.ids_after(Kind.FRIEND_ACCEPTED, rows["low"])


def compatibility(turn: Turn, a: Array, b: Array) -> Array:
    """0 to 1 of tastes, price and openness. Shape (rows,)."""
    columns = turn.state.users
    gap = np.abs(columns["tastes"][a] - columns["tastes"][b]).mean(axis=1)
    price = np.abs(columns["price"][a] - columns["price"][b]) / 3
    return np.asarray(np.clip(1.1 - 1.3 * gap - 0.5 * price, 0, 1))


def befriend(turn: Turn, a: Array, b: Array) -> Array:
    """Make pairs friends, in the order given; shape (pairs,), whether they are now and were not before.

    Pairs that share nobody with an earlier one left do not touch each other: they are made at once, then the next ones.
    """
    made, left = np.zeros(len(a), dtype=bool), np.arange(len(a))
    _, ends = np.unique(np.concatenate([a, b]), return_inverse=True)
    one, two = ends[: len(a)], ends[len(a) :]
    while len(left):
        first = np.full(len(ends), len(a))
        np.minimum.at(first, one[left], left)
        np.minimum.at(first, two[left], left)
        ready = (first[one[left]] == left) & (first[two[left]] == left)
        made[left[ready]] = _befriend_apart(turn, a[left[ready]], b[left[ready]])
        left = left[~ready]
    return made


def _befriend_apart(turn: Turn, a: Array, b: Array) -> Array:
    """Make pairs friends of which no two share anybody."""
    columns, made = turn.state.users, np.zeros(len(a), dtype=bool)
    known = (columns["friends"][a] == b[:, None]).any(axis=1) | (a == b)
    room = (columns["friend_count"][a] < FRIENDS) & (columns["friend_count"][b] < FRIENDS)
    rows = np.flatnonzero(~known & room)
    if len(rows) == 0:
        return made
    made[rows] = True
    one, two = np.concatenate([a[rows], b[rows]]), np.concatenate([b[rows], a[rows]])
    friends, count = columns["friends"][one], columns["friend_count"][one].astype(np.int64)
    friends[np.arange(len(one)), count] = two
    none = friends < 0
    friends[none] = np.iinfo(friends.dtype).max
    friends.sort(axis=1)
    friends[np.arange(FRIENDS)[None, :] > count[:, None]] = -1
    columns.put("friends", one, friends)
    columns.put("friend_count", one, count + 1)
    turn.dirty_users.append(one)
    return made


def introduce(turn: Turn, newcomers: Array) -> None:
    """Make each newcomer a friend of up to three people who are about, and tell it: nobody had to ask for it."""
    columns, each = turn.state.users, np.arange(_INTRODUCED)[None, :]
    uniform = turn.town.draws.uniform(Purpose.FRIENDS, newcomers[:, None], tick=turn.tick, also=[each])
    other = (uniform * columns.count).astype(np.int64).ravel()
    user, slot = np.repeat(newcomers, _INTRODUCED), np.tile(each[0], len(newcomers))
    awake = columns["lifecycle"][other] < DORMANT
    user, other, slot = user[awake], other[awake], slot[awake]
    made = befriend(turn, user, other)
    user, other, slot = user[made], other[made], slot[made]
    out = turn.events.add(Kind.FRIEND_ACCEPTED, np.full(len(user), turn.end - 1), other)
    out["high"], out["low"] = turn.ids(Kind.FRIEND_ACCEPTED, user, 1 + slot)
    out["other"], out["score"] = user, compatibility(turn, other, user)


def _whom(turn: Turn, users: Array) -> Array:
    """A friend's friend, or somebody who goes to the same places, or else of the neighbourhood; -1 for nobody."""
    columns, draws, rates = turn.state.users, turn.town.draws, turn.town.data.world.social
    uniform = [draws.uniform(Purpose.FRIEND_REQUEST, users, tick=turn.tick, step=k) for k in range(1, 5)]
    friends, degree = columns["friends"], columns["friend_count"]
    middle = any_friend(friends, degree, users, uniform[0])
    triangle = np.where(middle >= 0, any_friend(friends, degree, middle, uniform[1]), -1)
    anyone = (uniform[2] * columns.count).astype(np.int64)
    which = np.arange(rates.people_tried)[None, :]
    tried = draws.uniform(Purpose.FRIEND_REQUEST, users[:, None], tick=turn.tick, step=6, also=[which]) * columns.count
    others, rows = tried.astype(np.int64), np.arange(len(users))
    near = columns["home_zone"][others] == columns["home_zone"][users][:, None]
    neighbour = np.where(near.any(axis=1), others[rows, near.argmax(axis=1)], anyone)
    mine, theirs = columns["known"][users], columns["known"][others[:, : rates.places_tried]]
    places = (mine[:, None, :, None] == theirs[:, :, None, :]) & (mine >= 0)[:, None, :, None]
    met = places.any(axis=(2, 3)) & (others[:, : rates.places_tried] != users[:, None])
    neighbour = np.where(met.any(axis=1), others[rows, met.argmax(axis=1)], neighbour)
    closing = (uniform[3] < rates.triangle_share) & (triangle >= 0)
    return np.where(closing, triangle, neighbour)
