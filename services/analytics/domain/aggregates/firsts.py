"""When each person took each step of the funnel for the first time: the least time of its records, in any order."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from services.analytics.domain.aggregates.logs import GrowingLog
from services.analytics.domain.aggregates.names import Numbering
from services.analytics.domain.aggregates.partials import STEPS
from services.analytics.domain.cells import Cells, Scope
from services.analytics.domain.codes import Numbers

KIND = "first"
SEGMENT = 512
NEVER = np.iinfo(np.int64).max
_ENTRY = np.dtype([("person", "<u4"), ("step", "<u1"), ("time", "<i8")])
_Entry = tuple[int, int, int]


class Firsts:
    """First times by person and step; each partition knows those of its own records, the least of all counts."""

    def __init__(self, scope: Scope, cells: Cells, people: Numbering) -> None:
        self._scope = scope
        self._cells = cells
        self._people = people
        self._times: dict[int, NDArray[np.int64]] = {}
        self._logs: dict[int, GrowingLog[_Entry]] = {}

    def load(self, partition: int, data: bytes) -> None:
        """Take back one segment, in any order of segments."""
        number, content = GrowingLog.opened(data)
        entries = np.frombuffer(content, dtype=_ENTRY)
        self._lower(partition, entries["person"].astype(np.int64), entries["step"].astype(np.int64), entries["time"])
        self._log(partition).resume(number, entries.tolist())

    def fold(self, partition: int, step: int, person: Numbers, time: Numbers) -> None:
        """People who took a step, and when; shape (records,)."""
        table = self._table(partition, int(person.max(initial=0)))
        earlier = np.flatnonzero(time < table[person, step])
        if len(earlier):
            order = earlier[np.lexsort((time[earlier], person[earlier]))]
            _, at = np.unique(person[order], return_index=True)
            people, times = person[order][at], time[order][at]
            table[people, step] = times
            self._log(partition).add(list(zip(people.tolist(), [step] * len(people), times.tolist(), strict=True)))

    def save(self) -> None:
        """Write what is new."""
        for log in self._logs.values():
            log.save()

    def merged(self) -> NDArray[np.int64]:
        """Microseconds, shape (people in common numbers, steps), `NEVER` where a step was never taken."""
        tables = {partition: (self._people.to_common(partition), table) for partition, table in self._times.items()}
        common = np.full((len(self._people.names), len(STEPS)), NEVER, dtype=np.int64)
        for translation, table in tables.values():
            rows = min(len(table), len(translation))
            places = translation[:rows]
            common[places] = np.minimum(common[places], table[:rows])
        return common

    def _lower(self, partition: int, person: Numbers, step: Numbers, time: Numbers) -> None:
        table = self._table(partition, int(person.max(initial=0)))
        np.minimum.at(table, (person, step), time)

    def _table(self, partition: int, person: int) -> NDArray[np.int64]:
        table = self._times.get(partition)
        if table is None or person >= len(table):
            larger = np.full((max(1_024, 2 * person), len(STEPS)), NEVER, dtype=np.int64)
            if table is not None:
                larger[: len(table)] = table
            table = self._times[partition] = larger
        return table

    def _log(self, partition: int) -> GrowingLog[_Entry]:
        log = self._logs.get(partition)
        if log is None:
            place = (self._scope, partition, KIND)
            log = self._logs[partition] = GrowingLog(self._cells, place, _pack, SEGMENT)
        return log


def _pack(entries: Sequence[_Entry]) -> bytes:
    return np.array(entries, dtype=_ENTRY).tobytes()


def waits(times: NDArray[np.int64], first: int, end: int) -> Mapping[int, NDArray[np.float64]]:
    """Seconds from one step's first time to the next one's, of those whose next one lies in [first, end), by step."""
    found = {}
    for step in range(1, times.shape[1]):
        before, at = times[:, step - 1], times[:, step]
        chosen = (at >= first) & (at < end) & (before <= at)
        found[step] = (at[chosen] - before[chosen]) / 1e6
    return found
