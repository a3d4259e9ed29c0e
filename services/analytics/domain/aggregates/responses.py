"""How long a booking waits for its outcome: request and outcome meet by booking, whichever is read first."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from services.analytics.domain.aggregates.kinds import OUTCOMES
from services.analytics.domain.aggregates.logs import GrowingLog
from services.analytics.domain.cells import Cells, Scope
from services.analytics.domain.recent import short_ids

KIND = "waiting"
SEGMENT, SEGMENTS = 512, 65
REMEMBERED = SEGMENT * (SEGMENTS - 1)
"""Requests and outcomes of a partition that are remembered; one that comes later than so many others is not met."""

_ENTRY = np.dtype([("booking", "<u8"), ("time", "<i8"), ("outcome", "<u1")])
_Entry = tuple[int, int, int]


class Responses:
    """One partition's bookings that wait. A booking's records are all on the partition of its venue."""

    def __init__(self, scope: Scope, cells: Cells, partition: int) -> None:
        self._log: GrowingLog[_Entry] = GrowingLog(cells, (scope, partition, KIND), _pack, SEGMENT, SEGMENTS)
        # booking → (place in the log, time, outcome or not)
        self._waiting: OrderedDict[int, tuple[int, int, int]] = OrderedDict()
        self._loaded: dict[int, tuple[int, list[_Entry]]] = {}

    def load(self, data: bytes) -> None:
        """Take back one segment."""
        number, content = GrowingLog.opened(data)
        entries = np.frombuffer(content, dtype=_ENTRY).tolist()
        self._log.resume(number, entries)
        self._loaded[number % SEGMENTS] = (number, entries)

    def fold(self, frame: pl.DataFrame) -> Iterator[tuple[int, float]]:
        """Simulated microseconds of each outcome whose request is known too, and the seconds it took."""
        self._recall()
        chosen = frame.filter(pl.col("event_type").is_in(["booking.requested", *OUTCOMES]))
        if chosen.is_empty():
            return
        ids = short_ids(chosen["booking_id"]).tolist()
        outcomes = (chosen["event_type"] != "booking.requested").to_list()
        for booking, time, outcome in zip(ids, chosen["simulation_time"].to_list(), outcomes, strict=True):
            yield from self._meet(booking, time, int(outcome))

    def _meet(self, booking: int, time: int, outcome: int) -> Iterator[tuple[int, float]]:
        place = self._log.length
        self._log.add([(booking, time, outcome)])
        other = self._waiting.pop(booking, None)
        if other is None or other[2] == outcome or other[0] < place - REMEMBERED:
            self._waiting[booking] = (place, time, outcome)
        else:
            requested, answered = (other[1], time) if outcome else (time, other[1])
            yield answered, max(0, answered - requested) / 1e6
        while self._waiting and next(iter(self._waiting.values()))[0] < place - REMEMBERED:
            self._waiting.popitem(last=False)

    def _recall(self) -> None:
        """Walk through the segments that were loaded, oldest first, as they were folded."""
        for number, entries in sorted(self._loaded.values()):
            for at, (booking, time, outcome) in enumerate(entries):
                other = self._waiting.pop(booking, None)
                if other is None or other[2] == outcome:
                    self._waiting[booking] = (number * SEGMENT + at, time, outcome)
        self._loaded = {}

    def save(self) -> None:
        """Write what is new."""
        self._log.save()


def _pack(entries: Sequence[_Entry]) -> bytes:
    return np.array(entries, dtype=_ENTRY).tobytes()
