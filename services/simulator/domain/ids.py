"""Event ids of the engine, vectorised: 128-bit mixes of (run, branch, source) and (entity, tick, purpose, ordinal).

The purpose is the kind of event. The same (kind, entity, tick, ordinal) always names the same event, and no other.
"""

import hashlib

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.simulator.domain.draws import Array, mix
from streamkit.identity import ALPHABET, ID_LENGTH, print_ids

_NONE = "0" * ID_LENGTH
_VALUE = np.full(256, 255, dtype=np.uint8)
_VALUE[np.frombuffer(ALPHABET, dtype=np.uint8)] = np.arange(32, dtype=np.uint8)
_G = np.uint64(0x9E3779B97F4A7C15)


class EventIds:
    """Ids of one run and branch."""

    def __init__(self, run_id: str, branch: int, source: str = "simulator") -> None:
        digest = hashlib.blake2b(f"{run_id}/{branch}/{source}".encode(), digest_size=32).digest()
        self._keys = np.frombuffer(digest, dtype="<u8").astype(np.uint64)

    def of(self, kind: int | Array, entity: Array, tick: int, ordinal: int | Array = 0) -> tuple[Array, Array]:
        """Both halves, shape of ``entity``. Entity < 2**40, ordinal < 2**16, kind < 2**8."""
        what = entity.astype(np.uint64)
        what = what | (np.asarray(ordinal).astype(np.uint64) << np.uint64(40))
        what = what | (np.asarray(kind).astype(np.uint64) << np.uint64(56))
        when = np.uint64(tick)
        k0, k1, k2, k3 = self._keys
        high = mix(mix((what ^ k0) * _G + k1) ^ mix(np.full(1, when) + k2))
        low = mix(mix((what + k2) ^ k3) + mix(np.full(1, when) ^ k0))
        return high, low


def printed(high: Array, low: Array) -> NDArray[np.bytes_]:
    """Ids in letters, dtype ``S26``; the zero id, which stands for none, is empty."""
    out = np.zeros(len(high), dtype=f"S{ID_LENGTH}")
    given = np.flatnonzero(high | low)
    out[given] = print_ids(high[given], low[given])
    return out


def parsed(ids: pl.Series) -> tuple[Array, Array]:
    """The two halves of printed ids; zero for null and for whatever is no id."""
    letters = np.array(
        [text if text and len(text) == ID_LENGTH and text.isascii() else _NONE for text in ids.to_list()],
        dtype=f"S{ID_LENGTH}",
    )
    if len(letters) == 0:
        return np.zeros(0, np.uint64), np.zeros(0, np.uint64)
    digits = _VALUE[letters.view(np.uint8).reshape(len(letters), ID_LENGTH)].astype(np.uint64)
    high = np.zeros(len(letters), np.uint64)
    low = np.zeros(len(letters), np.uint64)
    for place in range(ID_LENGTH):
        high = (high << np.uint64(5)) | (low >> np.uint64(59))
        low = (low << np.uint64(5)) | (digits[:, place] & np.uint64(31))
    return high, low


def numbers(ids: pl.Series, limit: int) -> Array:
    """Entity numbers of ids such as ``u0000123``; -1 for null, foreign ones and those beyond ``limit``."""
    digits = (name[1:] if name else "" for name in ids.to_list())
    plain = [int(text) if text.isdecimal() and text.isascii() else limit for text in digits]
    return np.array([number if number < limit else -1 for number in plain], dtype=np.int64)
