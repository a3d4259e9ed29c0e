"""Counter-based random numbers: a draw is a function of (seed, purpose, columns…), so order and sharding do not matter.

The mix is the finaliser of splitmix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators").
"""

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Array: TypeAlias = NDArray[Any]
"""A column; its shape and type stand in the docstring of whoever takes or returns it."""

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_G = np.uint64(_GOLDEN)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 2.0**-53
_RANGE = 2.0**64
_BLOCK = 8192
_STEPS = np.arange(_BLOCK, dtype=np.uint64) * _G
_SLACK, _LEAST = 1.0 + 1e-9, 2.0**13
"""More than what the roundings between 64 bits, a uniform and a chance amount to."""


class Purpose(IntEnum):
    """One constant per decision: two decisions never share a stream. Numbers are part of every run: never reuse one."""

    PERSONA = 1
    HOME = 2
    WORK = 3
    ATTRIBUTE = 4
    TASTE = 5
    NAME = 6
    VENUE = 7
    FRIENDS = 8
    ZONE_TABLE = 9
    SESSION_START = 10
    SESSION_LENGTH = 11
    ACTION_COUNT = 12
    ACTION_TIME = 13
    ACTION = 14
    CANDIDATE = 15
    VENUE_CHOICE = 16
    WALK_IN = 17
    WALK_IN_PARTY = 18
    MEAL_TIME = 19
    PARTY = 20
    INVITEES = 21
    INVITE_ANSWER = 22
    INVITE_LATENCY = 23
    BOOKING_FATE = 24
    ARRIVAL = 25
    STAY = 26
    SPEND = 27
    REVIEW = 28
    REVIEW_DELAY = 29
    RECOMMENDATION = 30
    FRIEND_REQUEST = 31
    FRIEND_ANSWER = 32
    REGISTRATION = 33
    LIFECYCLE = 34
    SPELL = 35
    FAMILIAR = 36
    FOLLOW_UP = 37
    QUERY = 38
    TRAFFIC = 39
    SPECIAL_EVENT = 40
    PROMOTION = 41
    EVENT_ID = 42
    VENUE_NAME = 43
    EXPLORE = 44
    PLACES = 45
    COMPANY = 46
    PRICE = 47
    DAY_OFF = 48
    WEATHER = 49
    RELIABILITY = 55
    ONWARD = 56
    ATTENDANCE = 57
    MOOD = 58
    CASCADE = 60
    IMPERFECTION = 90  # from here on apart from those that people add
    ACTIVE_POOL = 91
    SAME_VENUE = 92
    OWN_EVENT = 93


def _mix_scalar(x: int) -> int:
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return x ^ (x >> 31)


def mix(x: Array) -> Array:
    """Splitmix64's finaliser over uint64, any shape; a new array."""
    x = (x ^ (x >> _S30)) * _M1
    x ^= x >> _S27
    x *= _M2
    x ^= x >> _S31
    return x


class Draws:
    """Streams of one seed."""

    def __init__(self, seed: int) -> None:
        self._seed = _mix_scalar((seed + _GOLDEN) & _MASK)

    def key(self, purpose: Purpose, tick: int = 0, step: int = 0) -> int:
        """The scalar part of a draw's counter."""
        x = _mix_scalar((self._seed + purpose * _GOLDEN) & _MASK)
        return _mix_scalar((x ^ _mix_scalar((tick * _GOLDEN + step + 1) & _MASK)) & _MASK)

    def bits(
        self, purpose: Purpose, entity: Array, *, tick: int = 0, step: int = 0, also: Sequence[Array] = ()
    ) -> Array:
        """uint64 of the broadcast shape of ``entity`` and ``also`` (integer columns)."""
        key = np.uint64(self.key(purpose, tick, step))
        x = mix(entity.astype(np.uint64) * _G + key)
        for column in also:
            x = mix(x + column.astype(np.uint64) * _G)
        return x

    def uniform(
        self, purpose: Purpose, entity: Array, *, tick: int = 0, step: int = 0, also: Sequence[Array] = ()
    ) -> Array:
        """float64 in the open interval (0, 1)."""
        return to_uniform(self.bits(purpose, entity, tick=tick, step=step, also=also))

    def likely(
        self, purpose: Purpose, first: int, last: int, chance: Callable[[slice], Array | float], *, tick: int = 0
    ) -> Array:
        """Those of the entities ``first`` to ``last - 1`` whose `uniform` is below their chance, ascending.

        Nobody below it is missing; a few just above it may be there. ``chance`` gives that of a slice of entities. In
        blocks that stay in the cache: most draws of a tick are of everybody and come to nothing.
        """
        key, found = self.key(purpose, tick), []
        bits, scratch, share = np.empty(_BLOCK, np.uint64), np.empty(_BLOCK, np.uint64), np.empty(_BLOCK)
        for at in range(first, last, _BLOCK):
            size = min(_BLOCK, last - at)
            x, rest, part = bits[:size], scratch[:size], share[:size]
            np.add(_STEPS[:size], np.uint64((at * _GOLDEN + key) & _MASK), out=x)
            for shift, factor in ((_S30, _M1), (_S27, _M2)):
                np.right_shift(x, shift, out=rest)
                np.bitwise_xor(x, rest, out=x)
                np.multiply(x, factor, out=x)
            np.right_shift(x, _S31, out=rest)
            np.bitwise_xor(x, rest, out=x)
            np.multiply(chance(slice(at, at + size)), _RANGE * _SLACK, out=part)
            np.add(part, _LEAST, out=part)
            found.append(np.flatnonzero(x < part) + at)
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)

    def normal(
        self, purpose: Purpose, entity: Array, *, tick: int = 0, step: int = 0, also: Sequence[Array] = ()
    ) -> Array:
        """Standard normal by inversion."""
        return np.asarray(ndtri(self.uniform(purpose, entity, tick=tick, step=step, also=also)))

    def gumbel(
        self, purpose: Purpose, entity: Array, *, tick: int = 0, step: int = 0, also: Sequence[Array] = ()
    ) -> Array:
        """Standard Gumbel: the argmax of utilities plus these is a softmax choice."""
        uniform = self.uniform(purpose, entity, tick=tick, step=step, also=also)
        return np.asarray(-np.log(-np.log(uniform)))


def to_uniform(bits: Array) -> Array:
    """float64 in the open interval (0, 1) of uint64 of any shape."""
    return np.asarray((bits >> _S11) * _UNIT + _UNIT / 2)


def pick(cumulative: Array, uniform: Array) -> Array:
    """Index drawn from one cumulative distribution of shape (k,), for uniforms of any shape."""
    return np.minimum(np.searchsorted(cumulative, uniform, side="right"), len(cumulative) - 1)


def cumulate(weights: Array) -> Array:
    """Cumulative distribution along the last axis."""
    total = np.cumsum(np.asarray(weights, dtype=np.float64), axis=-1)
    return np.asarray(total / total[..., -1:])
