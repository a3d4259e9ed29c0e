"""Does a decoded record keep its topic's contract? Known event type, its columns set, every number finite."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streamkit.contracts import Topic

UNKNOWN = -1


class ContractCheck:
    """The checks of one topic, over a whole frame at once."""

    def __init__(self, topic: Topic) -> None:
        self._topic = topic
        self._types = pl.Enum(list(topic.events))
        self._names = list(topic.events)
        self._required = {
            column: np.array([column in event.sets for event in topic.events.values()], dtype=np.bool_)
            for column in topic.columns
        }

    def violations(self, frame: pl.DataFrame) -> dict[int, str]:
        """Reason of each row of the frame that breaks the contract, by row."""
        found: dict[int, str] = {}
        types = frame["event_type"].cast(self._types, strict=False)
        codes = types.to_physical().cast(pl.Int64).fill_null(UNKNOWN).to_numpy()
        self._unknown(frame, codes, found)
        for name, required in self._required.items():
            column = frame[name]
            if required.any() and column.null_count():
                missing = column.is_null().to_numpy() & required[codes] & (codes != UNKNOWN)
                for row in np.flatnonzero(missing).tolist():
                    found.setdefault(row, f"{self._names[codes[row]]} must set {name}")
            if column.dtype.is_float():
                self._finite(column, found)
        return found

    def _unknown(self, frame: pl.DataFrame, codes: NDArray[np.int64], found: dict[int, str]) -> None:
        for row in np.flatnonzero(codes == UNKNOWN).tolist():
            found[row] = f"{self._topic.name} has no event type {frame['event_type'][row]!r}"

    @staticmethod
    def _finite(column: pl.Series, found: dict[int, str]) -> None:
        finite = column.is_finite()
        if not finite.all():
            for row in (~finite).fill_null(value=False).arg_true().to_list():
                found.setdefault(row, f"{column.name} is not finite")
