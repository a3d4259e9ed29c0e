"""Names of runs and events: 128-bit hashes of what a thing is, never of when or where it was computed.

An event's id is hash(run, branch, source, what triggered it, event type, ordinal). What triggered it is another
event, or, inside the simulator, an (entity, tick, purpose). The same cause yields the same id on every retry,
which is what lets consumers deduplicate by ``event_id`` alone.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence

import numpy as np
import orjson
from numpy.typing import NDArray

ALPHABET = b"0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base32 in lower case: no letter to misread, safe in URLs and on a command line."""

ID_LENGTH = 26
"""Letters of a printed 128-bit id: 26 x 5 bits, the two highest unused."""

LETTER_BITS, HALF_BITS = 5, 64
_PAIRS = [chr(first) + chr(second) for first in ALPHABET for second in ALPHABET]
_PAIRS_PRINTED = np.array(_PAIRS, dtype="S2").view(np.uint16)
_FRAME = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
"""The bytes that ids are hashes of; orjson writes the same in a tenth of the time."""
_PAIR_SHIFTS = range(LETTER_BITS * (ID_LENGTH - 2), -1, -2 * LETTER_BITS)


def print_ids(high: NDArray[np.uint64], low: NDArray[np.uint64]) -> NDArray[np.bytes_]:
    """Printed ids of 128-bit numbers given as two halves of shape (rows,); dtype ``S26``."""
    out = np.empty((len(high), ID_LENGTH // 2), dtype=np.uint16)
    mask = np.uint64(1023)
    for pair, shift in enumerate(_PAIR_SHIFTS):
        if shift >= HALF_BITS:
            bits = high >> np.uint64(shift - HALF_BITS)
        elif shift > HALF_BITS - 2 * LETTER_BITS:
            bits = (high << np.uint64(HALF_BITS - shift)) | (low >> np.uint64(shift))
        else:
            bits = low >> np.uint64(shift)
        out[:, pair] = _PAIRS_PRINTED[(bits & mask).astype(np.intp)]
    return out.view(f"S{ID_LENGTH}").ravel()


def print_id(digest: bytes) -> str:
    """Printed id of a 16-byte digest."""
    number = int.from_bytes(digest, "big")
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in _PAIR_SHIFTS])


def hash_id(*parts: str | int) -> str:
    """Printed 128-bit hash of an unambiguous sequence of parts."""
    return print_id(_digest(parts))


def hash_ids(sequences: Sequence[Sequence[str | int]]) -> list[str]:
    """`hash_id` of many sequences of parts at once, at half the cost of each."""
    return print_hashes([_digest(parts) for parts in sequences])


class Stem:
    """First parts that many ids share: they are framed and hashed once for all of them."""

    def __init__(self, *parts: str | int) -> None:
        self._hash = hashlib.blake2b(_FRAME(parts)[:-1].encode(), digest_size=16)

    def digest(self, ordinal: int) -> bytes:
        """The hash that `hash_id` prints of the stem's parts and an ordinal behind them."""
        whole = self._hash.copy()
        whole.update(b",%d]" % ordinal)
        return whole.digest()


def print_hashes(digests: Sequence[bytes]) -> list[str]:
    """Printed ids of digests of 16 bytes."""
    halves = np.frombuffer(b"".join(digests), dtype=">u8").reshape(-1, 2)
    high, low = (np.ascontiguousarray(halves[:, half], dtype=np.uint64) for half in (0, 1))
    return [printed.decode() for printed in print_ids(high, low).tolist()]


def _digest(parts: Sequence[str | int]) -> bytes:
    try:
        framed = orjson.dumps(parts)
    except TypeError:  # an integer of more than 64 bits
        framed = _FRAME(parts).encode()
    return hashlib.blake2b(framed, digest_size=16).digest()


def run_id(seed: int, behaviour: Mapping[str, object]) -> str:
    """Name of a run: its seed and everything that shapes behaviour, the start time among it.

    Speed, shards, hosts and addresses must not be in ``behaviour``: the same city told faster is the same run.
    """
    framed = json.dumps([seed, behaviour], sort_keys=True, separators=(",", ":"), default=str).encode()
    return print_id(hashlib.blake2b(framed, digest_size=16).digest())


def event_id(run: str, branch: int, source: str, trigger: str, event_type: str, ordinal: int = 0) -> str:
    """Id of the event that ``source`` publishes because of the event ``trigger``."""
    return hash_id(run, branch, source, trigger, event_type, ordinal)


def event_ids(run: str, branch: int, source: str, triggers: Sequence[str], event_type: str) -> list[str]:
    """`event_id` of one event for each trigger."""
    return [event_id(run, branch, source, trigger, event_type) for trigger in triggers]
