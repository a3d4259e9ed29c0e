"""Numbers for names, given in the order they are first asked for."""

from collections.abc import Collection
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.int64]


class Codes(dict[str, int]):
    """Number of a name; one that is new gets the next. ``order`` has the name of each number."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[str] = []

    def __missing__(self, name: str) -> int:
        self[name] = number = len(self.order)
        self.order.append(name)
        return number

    def numbers(self, names: Collection[str]) -> Numbers:
        """Number of each name, shape (names,)."""
        return np.fromiter(map(self.__getitem__, names), dtype=np.int64, count=len(names))
