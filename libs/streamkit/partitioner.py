"""The partition of a key, as Java's default partitioner computes it: murmur2 of the bytes, sign bit cleared, modulo.

Vectorised over keys of equal length, because ids of one kind are equally long.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_SEED = np.uint32(0x9747B28C)
_M = np.uint32(0x5BD1E995)
_SHIFT = np.uint32(24)


def murmur2(keys: Sequence[bytes]) -> NDArray[np.uint32]:
    """32-bit murmur2 (Austin Appleby's, seed and variant of org.apache.kafka.common.utils.Utils) of each key."""
    hashes = np.empty(len(keys), dtype=np.uint32)
    lengths = np.fromiter(map(len, keys), dtype=np.intp, count=len(keys))
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length)
        joined = b"".join(keys[row] for row in rows.tolist()) if len(rows) < len(keys) else b"".join(keys)
        hashes[rows] = _hash_equal(np.frombuffer(joined, dtype=np.uint8).reshape(len(rows), length))
    return hashes


def _hash_equal(letters: NDArray[np.uint8]) -> NDArray[np.uint32]:
    rows, length = letters.shape
    hashes = np.full(rows, _SEED ^ np.uint32(length), dtype=np.uint32)
    whole = length // 4
    words = np.ascontiguousarray(letters[:, : whole * 4]).view("<u4") if whole else np.empty((rows, 0), np.uint32)
    with np.errstate(over="ignore"):
        for index in range(whole):
            word = words[:, index] * _M
            word ^= word >> _SHIFT
            hashes = (hashes * _M) ^ (word * _M)
        rest = length - whole * 4
        for index in range(rest):
            hashes ^= letters[:, whole * 4 + index].astype(np.uint32) << np.uint32(8 * index)
        if rest:
            hashes *= _M
        hashes ^= hashes >> np.uint32(13)
        hashes *= _M
        hashes ^= hashes >> np.uint32(15)
    return hashes


def partitions_of(keys: Sequence[bytes], partitions: int) -> NDArray[np.int32]:
    """Partition of each key on a topic with this many partitions, shape (keys,)."""
    positive = murmur2(keys) & np.uint32(0x7FFFFFFF)
    return (positive % np.uint32(partitions)).astype(np.int32)
