"""Where friends, and friends of the closest friends, go: counts for everybody at many venues, or for single pairs."""

import numpy as np

from services.recommender.domain.columns import Array
from services.recommender.domain.crowd import Crowd
from services.recommender.domain.places import Floats, Ints

CLOSE = 8
"""Closest friends, and closest friends of each, whose places are counted as those of friends of friends."""
FAVOURITES = 4
"""Places of each of them that are counted."""


def friends_there(people: Crowd, users: Ints, position: Ints, venues: int) -> Ints:
    """How many friends of each user go to each of some venues, shape (users, venues).

    ``position`` maps a venue's row to its place among the venues asked for, -1 for others; its last element is -1.
    """
    friends = people["friends"][users]
    width = int((friends >= 0).sum(axis=1).max(initial=0))
    if width == 0:
        return np.zeros((len(users), venues), dtype=np.int64)
    friends = friends[:, :width]
    went = np.where((friends >= 0)[:, :, None], people["went"][friends], -1)
    return counted(went.reshape(len(users), -1), position, venues)


def mutuals_there(people: Crowd, users: Ints, position: Ints, venues: int) -> Ints:
    """How many close friends of close friends go to each of some venues, shape (users, venues)."""
    beyond = _beyond(people, users)
    if not (beyond >= 0).any():
        return np.zeros((len(users), venues), dtype=np.int64)
    went = np.where((beyond >= 0)[:, :, None], people["went"][:, :FAVOURITES][beyond], -1)
    return counted(went.reshape(len(users), -1), position, venues)


def friends_at(people: Crowd, users: Ints, venues: Ints) -> Floats:
    """How many friends of each user go to the venue beside, shape (users,)."""
    friends = people["friends"][users]
    there = (people["went"][friends] == venues[:, None, None]).any(axis=2) & (friends >= 0)
    return np.asarray(there.sum(axis=1), dtype=np.float32)


def mutuals_at(people: Crowd, users: Ints, venues: Ints) -> Floats:
    """How many close friends of close friends go to the venue beside, shape (users,)."""
    beyond = _beyond(people, users)
    there = (people["went"][:, :FAVOURITES][beyond] == venues[:, None, None]).any(axis=2) & (beyond >= 0)
    return np.asarray(there.sum(axis=1), dtype=np.float32)


def counted(keys: Array, position: Ints, venues: int) -> Ints:
    """How often each venue is among the keys of a row, shape (rows, venues); keys of -1 are none."""
    places = position[keys]
    flat = (places + (np.arange(len(keys)) * venues)[:, None])[places >= 0]
    counts = np.bincount(flat, minlength=len(keys) * venues)
    return counts.reshape(len(keys), venues)


def beside(keys: Array, values: Array, venues: Ints) -> Floats:
    """The value of the one venue beside each row of keys, 0 where it is not among them, shape (rows,)."""
    return np.asarray(np.where(keys == venues[:, None], values, 0).sum(axis=1), dtype=np.float32)


def _beyond(people: Crowd, users: Ints) -> Array:
    close = people["friends"][users][:, :CLOSE]
    beyond = np.where((close >= 0)[:, :, None], people["friends"][close][:, :, :CLOSE], -1)
    flat = beyond.reshape(len(users), -1)
    return np.where(flat == users[:, None], -1, flat)
