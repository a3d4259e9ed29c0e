"""How often two people have dealt with each other: requests, invitations and their answers, in either direction."""

from collections import OrderedDict

import polars as pl

from services.gateway.state.chunk import Chunk

MOST = 200_000
"""Pairs kept; beyond it those that were first met go, as in a city their dealings are the oldest."""


class Ties:
    """Dealings by pair of people, the lower id first."""

    def __init__(self) -> None:
        self._counts: OrderedDict[tuple[str, str], int] = OrderedDict()

    def apply(self, chunk: Chunk) -> None:
        """Fold records of `social_interactions`."""
        one, other = pl.col("user_id"), pl.col("other_user_id")
        pairs = (
            chunk.frame.filter(one.is_not_null() & other.is_not_null())
            .group_by(pl.min_horizontal(one, other).alias("low"), pl.max_horizontal(one, other).alias("high"))
            .len()
        )
        for low, high, number in pairs.iter_rows():
            self._counts[low, high] = self._counts.get((low, high), 0) + number
        while len(self._counts) > MOST:
            self._counts.popitem(last=False)

    def between(self, one: str, other: str) -> int:
        """Dealings of two people."""
        return self._counts.get((min(one, other), max(one, other)), 0)
