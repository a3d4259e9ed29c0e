"""Does a decoded record keep its topic's contract? Known event type, its columns set, every number finite."""

import math

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streamkit.codec.few import FEW
from streamkit.contracts import Topic

UNKNOWN = -1


class ContractCheck:
    """The checks of one topic, over a whole frame at once."""

    def __init__(self, topic: Topic) -> None:
        self._topic = topic
        self._types = pl.Enum(list(topic.events))
        self._names = list(topic.events)
        self._places = {name: place for place, name in enumerate(topic.events)}
        required = (
            (column, np.array([column in event.sets for event in topic.events.values()], dtype=np.bool_))
            for column in topic.columns
        )
        self._required = [(column, by_type, bool(by_type.any())) for column, by_type in required]

    def violations(self, frame: pl.DataFrame) -> dict[int, str]:
        """Reason of each row of the frame that breaks the contract, by row."""
        found: dict[int, str] = {}
        codes = self._codes(frame["event_type"])
        self._unknown(frame, codes, found)
        for name, required, ever in self._required:
            column = frame[name]
            if ever and column.null_count():
                missing = _null(column) & required[codes] & (codes != UNKNOWN)
                for row in np.flatnonzero(missing).tolist():
                    found.setdefault(row, f"{self._names[codes[row]]} must set {name}")
            if column.dtype.is_float():
                self._finite(column, found)
        return found

    def _codes(self, types: pl.Series) -> NDArray[np.int64]:
        """Place of each row's event type among the topic's, `UNKNOWN` where it is none of them."""
        if len(types) <= FEW:
            places = (self._places.get(name, UNKNOWN) for name in types.to_list())
            return np.fromiter(places, dtype=np.int64, count=len(types))
        physical = types.cast(self._types, strict=False).to_physical()
        return physical.cast(pl.Int64).fill_null(UNKNOWN).to_numpy()

    def _unknown(self, frame: pl.DataFrame, codes: NDArray[np.int64], found: dict[int, str]) -> None:
        for row in np.flatnonzero(codes == UNKNOWN).tolist():
            found[row] = f"{self._topic.name} has no event type {frame['event_type'][row]!r}"

    @staticmethod
    def _finite(column: pl.Series, found: dict[int, str]) -> None:
        if len(column) <= FEW:
            for row, value in enumerate(column.to_list()):
                if value is not None and not math.isfinite(value):
                    found.setdefault(row, f"{column.name} is not finite")
            return
        finite = column.is_finite()
        if not finite.all():
            for row in (~finite).fill_null(value=False).arg_true().to_list():
                found.setdefault(row, f"{column.name} is not finite")


def _null(column: pl.Series) -> NDArray[np.bool_]:
    """Which rows are null; a handful is faster told one by one than by a query."""
    if len(column) <= FEW:
        return np.fromiter((value is None for value in column.to_list()), dtype=np.bool_, count=len(column))
    return column.is_null().to_numpy()
