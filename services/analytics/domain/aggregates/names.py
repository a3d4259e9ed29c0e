"""Numbers for names: small, dense, one numbering a partition, so that counts are vectors and people are bits.

A number never changes and is never given twice, so cells of a partition may speak in its numbers for ever. Where
partitions meet, `Numbering.to_common` translates each partition's numbers to one numbering.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from services.analytics.domain.aggregates.logs import GrowingLog
from services.analytics.domain.cells import Cells, Scope
from services.analytics.domain.codes import Codes

SEGMENT = 512
"""Names of a cell: about 5 kB."""


class Names:
    """The numbering of one partition."""

    def __init__(self, cells: Cells, scope: Scope, partition: int, kind: str) -> None:
        self._codes = Codes()
        self._log: GrowingLog[str] = GrowingLog(cells, (scope, partition, kind), _pack, SEGMENT)

    @property
    def order(self) -> list[str]:
        """Name of each number."""
        return self._codes.order

    def load(self, data: bytes) -> None:
        """Take back one segment, in any order of segments."""
        number, content = GrowingLog.opened(data)
        names = content.decode().split("\n")
        start = number * SEGMENT
        self.order.extend([""] * (start + len(names) - len(self.order)))
        self.order[start : start + len(names)] = names
        self._codes.update(zip(names, range(start, start + len(names)), strict=True))
        self._log.resume(number, names)

    def numbers(self, names: Sequence[str]) -> NDArray[np.int64]:
        """Number of each name, shape (names,); new ones are given to new names."""
        known = len(self.order)
        found = self._codes.numbers(names)
        if len(self.order) > known:
            self._log.add(self.order[known:])
        return found

    def number(self, name: str) -> int:
        """Number of one name."""
        return int(self.numbers([name])[0])

    def save(self) -> None:
        """Write the names that are new."""
        self._log.save()


def _pack(names: Sequence[str]) -> bytes:
    return "\n".join(names).encode()


class Numbering:
    """One kind of name in all partitions of a scope, and the common numbering they translate to."""

    def __init__(self, cells: Cells, scope: Scope, kind: str) -> None:
        self._cells = cells
        self._scope = scope
        self.kind = kind
        self._parts: dict[int, Names] = {}
        self._common = Codes()
        self._translations: dict[int, NDArray[np.int64]] = {}

    def of(self, partition: int) -> Names:
        """The numbering of one partition."""
        part = self._parts.get(partition)
        if part is None:
            part = self._parts[partition] = Names(self._cells, self._scope, partition, self.kind)
        return part

    def partitions(self) -> Iterable[int]:
        """Partitions that have one."""
        return self._parts

    def load(self, partition: int, data: bytes) -> None:
        """Take back one segment of one partition."""
        self.of(partition).load(data)
        self._translations.pop(partition, None)

    def save(self) -> None:
        """Write the names that are new."""
        for part in self._parts.values():
            part.save()

    @property
    def names(self) -> list[str]:
        """Name of each common number."""
        return self._common.order

    def to_common(self, partition: int) -> NDArray[np.int64]:
        """Common number of each of a partition's numbers; `names` has the name of each common number."""
        order = self.of(partition).order
        known = self._translations.get(partition)
        done = 0 if known is None else len(known)
        if known is None or done < len(order):
            more = self._common.numbers(order[done:])
            known = more if known is None else np.concatenate([known, more])
            self._translations[partition] = known
        return known

    def common(self, name: str) -> int | None:
        """Common number of a name, None where no partition has it."""
        for partition in self._parts:
            self.to_common(partition)
        return self._common.get(name)
