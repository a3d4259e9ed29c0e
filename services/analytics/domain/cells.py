"""The state port: named bytes, each belonging to one partition, and nothing a fold knows lives anywhere else.

A fold keeps decoded objects in memory and writes the cells it changed; after a restart it loads itself from them.
A cell is written only for the partition whose records caused the change: that is what makes a chunk atomic.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import orjson


class Cells(Protocol):
    """Named values, partition by partition."""

    def write(self, partition: int, key: str, value: bytes) -> None:
        """Set a cell."""
        ...

    def write_all(self, partition: int, values: Mapping[str, bytes]) -> None:
        """Set many cells."""
        ...

    def remove(self, partition: int, key: str) -> None:
        """Delete a cell; deleting may be forgotten in a crash, so it must not matter to a decision."""
        ...

    def scan(self, partition: int) -> Iterator[tuple[str, bytes]]:
        """Every cell of a partition, in any order."""
        ...

    def partitions(self) -> Collection[int]:
        """Partitions held."""
        ...


class MemoryCells:
    """Cells of the in-memory host."""

    def __init__(self) -> None:
        self._values: dict[int, dict[str, bytes]] = {}

    def write(self, partition: int, key: str, value: bytes) -> None:
        """Set a cell."""
        self._values.setdefault(partition, {})[key] = value

    def write_all(self, partition: int, values: Mapping[str, bytes]) -> None:
        """Set many cells."""
        self._values.setdefault(partition, {}).update(values)

    def remove(self, partition: int, key: str) -> None:
        """Delete a cell, if it is there."""
        self._values.get(partition, {}).pop(key, None)

    def scan(self, partition: int) -> Iterator[tuple[str, bytes]]:
        """Every cell of a partition."""
        yield from list(self._values.get(partition, {}).items())

    def partitions(self) -> Collection[int]:
        """Partitions written to so far."""
        return tuple(self._values)


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """One telling of a run: all state and every figure belongs to exactly one."""

    run_id: str
    branch: int

    def __str__(self) -> str:
        return f"{self.run_id}/{self.branch}"

    @staticmethod
    def parse(text: str) -> "Scope":
        """Scope out of its text."""
        run_id, _, branch = text.rpartition("/")
        return Scope(run_id, int(branch))


NO_SCOPE = "-"
"""Scope of what belongs to no telling, in a key."""


def cell_key(scope: "Scope | None", kind: str, name: str) -> str:
    """Key of a cell: scope (``-`` where it belongs to none), kind of state, name within."""
    return f"{scope or NO_SCOPE}|{kind}|{name}"


def split_key(key: str) -> tuple[str, str, str]:
    """Scope text, kind and name of a cell's key."""
    scope, kind, name = key.split("|", 2)
    return scope, kind, name


def pack_json(value: Any) -> bytes:
    """Compact JSON with sorted keys: equal values give equal bytes."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
