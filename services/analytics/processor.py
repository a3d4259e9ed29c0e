"""The analytics processor: every fold behind streamkit's processor protocol, for any host."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from services.analytics.domain import anomalies, branches, recent, rekeying, shifts, windows
from services.analytics.domain.aggregates.kinds import COUNTED
from services.analytics.domain.aggregates.store import Kept
from services.analytics.domain.branches import BranchState, Lives, purge
from services.analytics.domain.cells import NO_SCOPE, Cells, Scope, cell_key, split_key
from services.analytics.domain.directories import DIRECTORIES, Directories
from services.analytics.domain.emitting import SOURCE, Row, outgoing
from services.analytics.domain.learning import LearningParameters
from services.analytics.domain.rates import AnomalyParameters
from services.analytics.domain.recent import RecentIds
from services.analytics.domain.scoping import by_scope
from streamkit.positions import Positions, advance
from streamkit.processor import Output
from streamkit.records import Batch, Outgoing

FOLDED = (*COUNTED, rekeying.TOPIC, "simulation_control", "system_metrics")
"""Topics whose records change state, in the order a lock-step host feeds them: ticks last, so that they close."""

_OWNERS_ALONE = frozenset({recent.KIND, windows.KIND, shifts.PUBLISHED_KIND, *anomalies.KINDS})
TICK = "simulator.tick"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is remembered, and how long a window waits (both in simulated minutes but the ids)."""

    kept: Kept = field(default_factory=Kept)
    lateness_minutes: int = 1
    id_segment: int = 4_096
    id_segments: int = 9


class AnalyticsProcessor:
    """Aggregates, journeys and preference evolution of every branch that is not over.

    `process` is what lock-step hosts call. A host that keeps state by partition calls `fold` for a batch of one
    partition and `settle` after it: the rows of `fold` belong to the batch's partition, those of `settle` to
    `settling_partition`.
    """

    def __init__(
        self,
        cells: Cells,
        learning: LearningParameters,
        limits: Limits | None = None,
        watched: AnomalyParameters | None = None,
    ) -> None:
        """Without ``watched`` nothing is looked at for anomalies."""
        self._cells = cells
        self._learning = learning
        self._watched = watched
        self._limits = limits or Limits()
        self.directories = Directories()
        """People and venues that records name."""
        self.duplicates = 0
        """Records left out so far because their event_id had been seen."""
        self._reset()

    @property
    def name(self) -> str:
        """The service."""
        return SOURCE

    @property
    def subscriptions(self) -> Sequence[str]:
        """Topics read."""
        return (*DIRECTORIES, *FOLDED)

    def _reset(self) -> None:
        self._applied: Positions = {}
        self._branches: dict[Scope, BranchState] = {}
        self.stirred = False
        """Whether anything was folded since the last `settle` that could matter to state or figures."""
        self.lives = Lives(self._cells)
        self.recent = RecentIds(self._cells, self._limits.id_segment, self._limits.id_segments)

    def load(self, applied: Mapping[tuple[str, int], int]) -> None:
        """Start over from the cells, which hold everything up to ``applied``."""
        self._reset()
        self._applied = dict(applied)
        scoped: list[tuple[str, str, int, str, bytes]] = []
        for partition in self._cells.partitions():
            for key, data in self._cells.scan(partition):
                scope, kind, name = split_key(key)
                if kind == recent.KIND:
                    self.recent.load(partition, name, data)
                elif kind == branches.KIND:
                    self.lives.load(data)
                elif scope != NO_SCOPE:
                    scoped.append((scope, kind, partition, name, data))
        purge(self._cells, self.lives.over)
        over = {str(past) for past in self.lives.over}
        for scope_text, kind, partition, name, data in scoped:
            if scope_text not in over:
                self._state(Scope.parse(scope_text)).load(kind, partition, name, data)

    def follow(self, partition: int, cells: Mapping[str, bytes | None], applied: Mapping[tuple[str, int], int]) -> None:
        """Take what another worker saved of a partition that it holds: partials to merge, never written from here.

        What belongs to one owner alone (windows told, ids seen) is left out; what was deleted expires here by itself.
        """
        over = self.lives.over
        for key, data in cells.items():
            scope_text, kind, name = split_key(key)
            if data is None or kind in _OWNERS_ALONE:
                continue
            if kind == branches.KIND:
                self.lives.load(data)
            elif scope_text != NO_SCOPE and (scope := Scope.parse(scope_text)) not in over:
                self._state(scope).follow(kind, partition, name, data)
        ended = self.lives.over - over
        if ended:
            self._end(ended)
        advance(self._applied, applied)

    def adopt(self, scope: Scope, kind: str, partition: int, name: str, data: bytes) -> None:
        """Take a cell of a saved state as one of this telling's own."""
        self._cells.write(partition, cell_key(scope, kind, name), data)
        self._state(scope).load(kind, partition, name, data)

    def restated(self, scope: Scope, partition: int, trigger: pl.DataFrame) -> list[Outgoing]:
        """Rows of compacted topics again, of a partition of a saved state that was just adopted."""
        rows = self._state(scope).preferences.restated(partition, trigger)
        return [] if rows is None else [rows]

    def process(self, batch: Batch) -> Sequence[Output]:
        """Fold a batch of any partitions and say whatever became final."""
        told: list[Outgoing] = []
        if batch.topic in DIRECTORIES:
            self.directories.learn(batch)
            return []
        for partition in np.unique(batch.partitions).tolist():
            chosen = np.flatnonzero(batch.partitions == partition)
            told += self.fold(batch.topic, partition, batch.frame[chosen], int(batch.offsets[chosen].max()) + 1)
        return [*told, *self.settle()]

    def fold(self, topic: str, partition: int, frame: pl.DataFrame, next_offset: int) -> list[Outgoing]:
        """Fold records of one partition, the last of which has offset ``next_offset`` - 1; what is to be published."""
        advance(self._applied, {(topic, partition): next_offset})
        if topic == "system_metrics":
            ticks = frame.filter(pl.col("event_type") == TICK).tail(1)  # positions are cumulative
            frame = pl.concat([ticks, frame.filter(pl.col("event_type") == anomalies.WINDOW_CLOSED)])
        if frame.is_empty():
            return []
        self.stirred = True
        fresh = self.recent.fresh(topic, partition, frame["event_id"])
        if not fresh.all():
            self.duplicates += int(np.count_nonzero(~fresh))
            frame = frame.filter(pl.Series(fresh))
        told: list[Outgoing] = []
        for scope, part in by_scope(frame):
            if topic == "simulation_control":
                self._on_control(scope, partition, part)
            elif topic == "system_metrics":
                told += outgoing(self._on_metrics(scope, partition, part))
            elif scope not in self.lives.over:
                told += self._state(scope).fold(topic, partition, part)
        return told

    def _on_control(self, scope: Scope, partition: int, frame: pl.DataFrame) -> None:
        changes = frame.filter(pl.col("event_type") == "state.changed")["wall_time"].drop_nulls()
        if len(changes):
            ended = self.lives.on_state_changed(partition, scope, changes[0])
            if ended:
                self._end(ended)

    def _end(self, past: Collection[Scope]) -> None:
        for scope in past:
            self._branches.pop(scope, None)
            self.directories.forget(scope)
        purge(self._cells, past)

    def _on_metrics(self, scope: Scope, partition: int, frame: pl.DataFrame) -> list[tuple[str, Row]]:
        if scope in self.lives.over:
            return []
        self._on_ticks(scope, partition, frame.filter(pl.col("event_type") == TICK))
        return list(self._state(scope).anomalies.fold(partition, frame))

    def _on_ticks(self, scope: Scope, partition: int, frame: pl.DataFrame) -> None:
        if not frame.is_empty():
            for row in frame.iter_rows(named=True):
                self._state(scope).advance(frame)
                self._state(scope).windows.on_tick(partition, row)

    @property
    def settling_partition(self) -> int | None:
        """Partition that rows of `settle` belong to: the one the live branch's ticks come on."""
        live = self.live
        return None if live is None else live.windows.partition

    def settle(self) -> list[Outgoing]:
        """Rows of every window that the records folded so far make final; everything folded is in cells after it."""
        self.stirred = False
        live = self.live
        told = [] if live is None else outgoing(live.settle(self._applied))
        for state in self._branches.values():
            state.aggregates.save()
        return told

    @property
    def late(self) -> int:
        """Records so far that came when their minute was closed, of all branches that are not over.

        They are folded in and told as corrections, but for what is no longer kept. Counted by this process
        since it took its partitions over.
        """
        return sum(state.aggregates.late for state in self._branches.values())

    @property
    def live(self) -> BranchState | None:
        """State of the live branch; of the only one while nobody has said which lives."""
        if self.lives.live is not None:
            return self._state(self.lives.live)
        return next(iter(self._branches.values()), None) if len(self._branches) == 1 else None

    def _state(self, scope: Scope) -> BranchState:
        state = self._branches.get(scope)
        if state is None:
            state = self._branches[scope] = BranchState(
                scope,
                self._cells,
                self._learning,
                self.directories.venues(scope),
                self.directories.people(scope),
                kept=self._limits.kept,
                lateness_minutes=self._limits.lateness_minutes,
                watched=self._watched,
            )
        return state
