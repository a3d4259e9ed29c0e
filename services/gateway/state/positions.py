"""Positions of watchers in the log: which record comes next on each partition of each channel.

A token is ``epoch:1.2.3.4`` for one channel or ``epoch:bookings=1.2.3.4,users=0.0.1.0`` for several. The epoch
names the cluster, the run and the branch, so a token of another city or another telling is never taken for ours.
Because it is made of Kafka offsets, any gateway understands it, also one that has just been restarted.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from streamkit.identity import hash_id

Vector: TypeAlias = tuple[int, ...]
"""Next offset of each partition of one topic, partition 0 first."""

MAX_TOKEN_LENGTH = 4096
"""A token of all channels is under 1,000 letters; more is not ours."""


class TokenError(ValueError):
    """The text is not a position token."""


def epoch_of(cluster: str, run: str, branch: int) -> str:
    """Eight letters that name one telling of one run on one cluster."""
    return hash_id(cluster, run, branch)[-8:]


def print_token(epoch: str, vector: Vector) -> str:
    """Token of one channel."""
    return f"{epoch}:{'.'.join(map(str, vector))}"


def print_tokens(epoch: str, vectors: Mapping[str, Vector]) -> str:
    """Token of several channels, in alphabetical order."""
    return f"{epoch}:" + ",".join(f"{name}={'.'.join(map(str, vectors[name]))}" for name in sorted(vectors))


def parse_token(token: str, channels: Sequence[str]) -> tuple[str, dict[str, Vector]]:
    """Epoch and vectors of a token; a token without names belongs to the only channel.

    Raises:
        TokenError: it is not one, or names no channel and several are meant.
    """
    epoch, colon, rest = token.partition(":")
    if not colon or not epoch or len(token) > MAX_TOKEN_LENGTH:
        raise TokenError("a position looks like epoch:1.2.3.4")
    if "=" not in rest:
        if len(channels) != 1:
            raise TokenError("a position for several channels names each of them")
        return epoch, {channels[0]: _parse_vector(rest)}
    vectors = {}
    for part in rest.split(","):
        name, _, offsets = part.partition("=")
        if name in channels:
            vectors[name] = _parse_vector(offsets)
    return epoch, vectors


def at_or_after(vector: Vector, partitions: NDArray[np.int32], offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which records, shape (rows,), a watcher at this vector has not seen."""
    return offsets >= _next_offsets(vector, partitions)


def _next_offsets(vector: Vector, partitions: NDArray[np.int32]) -> NDArray[np.int64]:
    size = max(len(vector), int(partitions.max(initial=-1)) + 1)
    padded = np.zeros(size, dtype=np.int64)
    padded[: len(vector)] = vector
    return padded[partitions]


def _parse_vector(text: str) -> Vector:
    parts = text.split(".")
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):  # noqa: PLR2004 - int64
        raise TokenError("offsets are numbers joined by dots")
    return tuple(int(part) for part in parts)
