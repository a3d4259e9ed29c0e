"""The friends graph: near people know each other, friends of friends know each other, a few know very many."""

import numpy as np

from services.simulator.domain.draws import Array, Draws, Purpose
from services.simulator.domain.population import FRIENDS
from services.simulator.domain.rates import SocialRates


def first_graph(home_zone: Array, draws: Draws, rates: SocialRates) -> tuple[Array, Array]:
    """Padded adjacency (users, FRIENDS) filled with -1, ascending, and degrees (users,).

    Ties that come twice, that have no room or close no triangle are lost: a second drawing makes up for them.
    """
    count = len(home_zone)
    friends = np.full((count, FRIENDS), -1, dtype=np.int32)
    if count < 3:  # noqa: PLR2004 — nobody to know
        return friends, np.zeros(count, dtype=np.int16)
    ids = np.arange(count)
    weight = np.minimum(draws.uniform(Purpose.FRIENDS, ids) ** (-1 / rates.degree_exponent), rates.degree_most)
    wanted = weight * (rates.mean_friends / 2 / weight.mean())
    friends, degree = _drawn(home_zone, draws, rates, wanted)
    if not degree.any():
        return friends, degree
    return _drawn(
        home_zone, draws, rates, wanted * rates.mean_friends / max(float(degree.mean()), rates.mean_friends / 2)
    )


def _drawn(home_zone: Array, draws: Draws, rates: SocialRates, wanted: Array) -> tuple[Array, Array]:
    """The graph of people who ask as many others as they want, shape (users,)."""
    count, ids = len(home_zone), np.arange(len(home_zone))
    out = np.floor(wanted + draws.uniform(Purpose.FRIENDS, ids, step=1))
    owner = np.repeat(ids, out.astype(np.int64))
    stub = np.arange(len(owner))
    mode = draws.uniform(Purpose.FRIENDS, stub, step=2)
    order = np.lexsort((draws.uniform(Purpose.FRIENDS, ids, step=3), home_zone))
    place = np.empty(count, dtype=np.int64)
    place[order] = ids
    hop = np.ceil(-7.0 * np.log(draws.uniform(Purpose.FRIENDS, stub, step=4))).astype(np.int64)
    sign = np.where(draws.uniform(Purpose.FRIENDS, stub, step=5) < 0.5, -1, 1)  # noqa: PLR2004
    near = order[(place[owner] + sign * hop) % count]
    anyone = owner[(draws.uniform(Purpose.FRIENDS, stub, step=6) * len(owner)).astype(np.int64)]
    other = np.where(mode < rates.local_share, near, anyone)
    friends, degree = _pad(owner[mode < 1 - rates.closure_share], other[mode < 1 - rates.closure_share], count)
    closing = owner[mode >= 1 - rates.closure_share]
    key = stub[mode >= 1 - rates.closure_share]
    middle = _any_friend(friends, degree, closing, draws.uniform(Purpose.FRIENDS, key, step=7))
    end = np.where(middle >= 0, _any_friend(friends, degree, middle, draws.uniform(Purpose.FRIENDS, key, step=8)), -1)
    good = end >= 0
    row, slot = np.nonzero(friends >= 0)
    return _pad(np.concatenate([row, closing[good]]), np.concatenate([friends[row, slot], end[good]]), count)


def any_friend(friends: Array, degree: Array, who: Array, uniform: Array) -> Array:
    """One friend of each of ``who`` at random; -1 without friends."""
    return _any_friend(friends, degree, who, uniform)


def _any_friend(friends: Array, degree: Array, who: Array, uniform: Array) -> Array:
    slot = (uniform * degree[who]).astype(np.int64)
    return np.asarray(np.where(degree[who] > 0, friends[who, slot], -1))


def _pad(a: Array, b: Array, count: int) -> tuple[Array, Array]:
    """Undirected simple edges as padded, sorted rows; ties beyond the room of either end are dropped."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    edges = np.unique(low * np.int64(count) + high)
    low, high = edges // count, edges % count
    low, high = low[low != high], high[low != high]
    for _ in range(2):
        source = np.concatenate([low, high])
        rank = _rank_within(source)
        full = rank >= FRIENDS
        keep = ~(full[: len(low)] | full[len(low) :])
        low, high = low[keep], high[keep]
    source, target = np.concatenate([low, high]), np.concatenate([high, low])
    order = np.lexsort((target, source))
    source, target = source[order], target[order]
    friends = np.full((count, FRIENDS), -1, dtype=np.int32)
    friends[source, _rank_within(source)] = target
    return friends, np.bincount(source, minlength=count).astype(np.int16)


def _rank_within(keys: Array) -> Array:
    """0, 1, 2… among equal keys, in order of appearance."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    first = np.searchsorted(ordered, ordered, side="left")
    rank = np.empty(len(keys), dtype=np.int64)
    rank[order] = np.arange(len(keys)) - first
    return rank
