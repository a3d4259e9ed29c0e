"""Record keys: the raw UTF-8 bytes of a topic's key column."""

from typing import Any

import numpy as np
import polars as pl

from streamkit.codec.columns import EncodeError
from streamkit.records import Coded, Column


def encode_keys(name: str, column: Column, rows: int) -> list[bytes]:
    """One key a row; raises `EncodeError` where there is none."""
    if isinstance(column, str) and column:
        return [column.encode()] * rows
    keys = _keys(name, column)
    if None in keys or b"" in keys:
        raise EncodeError(f"key column {name!r} must be set")
    if len(keys) != rows:
        raise EncodeError(f"column {name!r} has {len(keys)} rows, the batch {rows}")
    return keys


def _keys(name: str, column: Any) -> list[bytes]:
    if isinstance(column, Coded):
        codes = np.asarray(column.codes)
        if codes.size and (int(codes.min()) < 0 or int(codes.max()) >= len(column.values)):
            raise EncodeError(f"key column {name!r} must be set")
        used = {code: column.values[code].encode() for code in np.unique(codes).tolist()}
        return [used[code] for code in codes.tolist()]
    if isinstance(column, np.ndarray) and column.dtype.kind == "S":
        return [b"" if key is None else key for key in column.tolist()]
    if isinstance(column, pl.Series) and column.dtype in (pl.String, pl.Categorical, pl.Enum):
        return [b"" if key is None else key.encode() for key in column.to_list()]
    raise EncodeError(f"key column {name!r} must be set to strings")
