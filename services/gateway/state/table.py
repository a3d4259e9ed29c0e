"""Latest row of each entity of a compacted topic, columnar."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from services.gateway.state.chunk import Chunk


class Table:
    """Rows by key. Arriving chunks are kept as they are and merged when somebody lists; single reads never merge."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.names: dict[str, str] = {}
        self._places: dict[str, tuple[pl.DataFrame, int]] = {}
        self._pending: list[pl.DataFrame] = []
        self._removed: set[str] = set()
        self._frame: pl.DataFrame | None = None

    def __len__(self) -> int:
        return len(self._places)

    def apply(self, chunk: Chunk) -> None:
        """Take rows in; a later row of a key replaces the one before."""
        keys = chunk.frame[self.key].to_list()
        for row, key in enumerate(keys):
            self._places[key] = (chunk.frame, row)
        if "name" in chunk.frame.columns:
            self.names.update(zip(keys, chunk.frame["name"].to_list(), strict=True))
        self._removed.difference_update(keys)
        self._pending.append(chunk.frame)

    def remove(self, keys: Iterable[str]) -> None:
        """Take tombstones in."""
        for key in keys:
            self._places.pop(key, None)
            self.names.pop(key, None)
            self._removed.add(key)

    def get(self, key: str) -> Mapping[str, Any] | None:
        """Row of one entity, by column name."""
        place = self._places.get(key)
        return place[0].row(place[1], named=True) if place else None

    def first(self) -> Mapping[str, Any] | None:
        """Row of any one entity; None while there is none."""
        return self.get(next(iter(self._places), ""))

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def frame(self) -> pl.DataFrame | None:
        """All rows, ascending by key; None when there was never one."""
        if self._pending or self._removed:
            parts = [part for part in (self._frame, *self._pending) if part is not None]
            merged = pl.concat(parts).unique(self.key, keep="last", maintain_order=True)
            if self._removed:
                merged = merged.filter(~pl.col(self.key).is_in(sorted(self._removed)))
            self._frame = merged.sort(self.key)
            self._pending.clear()
            self._removed.clear()
            self._places = {key: (self._frame, row) for row, key in enumerate(self._frame[self.key].to_list())}
        return self._frame
