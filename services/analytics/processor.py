"""The analytics processor: every fold behind streamkit's processor protocol, for any host."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from services.analytics.domain import branches, recent
from services.analytics.domain.branches import COUNTED, BranchState, Lives, purge
from services.analytics.domain.cells import Cells, Scope, split_key
from services.analytics.domain.emitting import SOURCE, Row, outgoing
from services.analytics.domain.learning import LearningParameters
from services.analytics.domain.recent import RecentIds
from services.analytics.domain.venues import VenueDirectory
from streamkit.positions import Positions, advance
from streamkit.processor import Output
from streamkit.records import Batch

FOLDED = (*COUNTED, "simulation_control", "system_metrics")
"""Topics whose records change state, in the order a lock-step host feeds them: ticks last, so that they close."""

DIRECTORY = "venues"
"""Read whole by every worker, whatever partitions it holds."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is remembered, and how long a window waits (both in simulated minutes but the ids)."""

    retention_minutes: int = 4_320
    lateness_minutes: int = 1
    id_segment: int = 4_096
    id_segments: int = 9


class AnalyticsProcessor:
    """Aggregates, journeys and preference evolution of every branch that is not over.

    `process` is what lock-step hosts call. A host that keeps state by partition calls `fold` for a batch of one
    partition and `settle` after it: the rows of `fold` belong to the batch's partition, those of `settle` to
    `settling_partition`.
    """

    def __init__(self, cells: Cells, learning: LearningParameters, limits: Limits | None = None) -> None:
        self._cells = cells
        self._learning = learning
        self._limits = limits or Limits()
        self._directories: dict[Scope, VenueDirectory] = {}
        self._reset()

    @property
    def name(self) -> str:
        """The service."""
        return SOURCE

    @property
    def subscriptions(self) -> Sequence[str]:
        """Topics read."""
        return (DIRECTORY, *FOLDED)

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
                else:
                    scoped.append((scope, kind, partition, name, data))
        purge(self._cells, self.lives.over)
        over = {str(past) for past in self.lives.over}
        for scope_text, kind, partition, name, data in scoped:
            if scope_text not in over:
                self._state(Scope.parse(scope_text)).load(kind, partition, name, data)

    def process(self, batch: Batch) -> Sequence[Output]:
        """Fold a batch of any partitions and say whatever became final."""
        rows: list[tuple[str, Row]] = []
        if batch.topic == DIRECTORY:
            self.learn_venues(batch)
            return []
        for partition in np.unique(batch.partitions).tolist():
            chosen = np.flatnonzero(batch.partitions == partition)
            rows += self.fold(batch.topic, partition, batch.frame[chosen], int(batch.offsets[chosen].max()) + 1)
        rows += self.settle()
        return outgoing(rows)

    def learn_venues(self, batch: Batch) -> None:
        """Take rows of the ``venues`` topic."""
        for scope, frame in self._by_scope(batch.frame):
            self._directory(scope).update(frame)
        for directory in self._directories.values():
            directory.remove(batch.removed)

    def missing_venues(self, topic: str, frame: pl.DataFrame) -> bool:
        """Whether records name venues that are not in the directory (yet)."""
        if topic != "user_actions":
            return False
        return any(
            not self._directory(scope).knows_all(part["venue_id"].drop_nulls().unique().to_list())
            for scope, part in self._by_scope(frame)
        )

    def fold(self, topic: str, partition: int, frame: pl.DataFrame, next_offset: int) -> list[tuple[str, Row]]:
        """Fold records of one partition, the last of which has offset ``next_offset`` - 1; rows with their topics."""
        advance(self._applied, {(topic, partition): next_offset})
        if topic == "system_metrics":
            frame = frame.filter(pl.col("event_type") == "simulator.tick").tail(1)  # positions are cumulative
        if frame.is_empty():
            return []
        self.stirred = True
        fresh = self.recent.fresh(topic, partition, frame["event_id"])
        if not fresh.all():
            frame = frame.filter(pl.Series(fresh))
        rows: list[tuple[str, Row]] = []
        for scope, part in self._by_scope(frame):
            if topic == "simulation_control":
                self._on_control(scope, partition, part)
            elif topic == "system_metrics":
                self._on_ticks(scope, partition, part)
            elif scope not in self.lives.over:
                rows += self._state(scope).fold(topic, partition, part)
        return rows

    def _on_control(self, scope: Scope, partition: int, frame: pl.DataFrame) -> None:
        changes = frame.filter(pl.col("event_type") == "state.changed")["wall_time"].drop_nulls()
        if len(changes):
            ended = self.lives.on_state_changed(partition, scope, changes[0])
            for past in ended:
                self._branches.pop(past, None)
                self._directories.pop(past, None)
            if ended:
                purge(self._cells, ended)

    def _on_ticks(self, scope: Scope, partition: int, frame: pl.DataFrame) -> None:
        if scope not in self.lives.over:
            for row in frame.iter_rows(named=True):
                self._state(scope).advance(frame)
                self._state(scope).windows.on_tick(partition, row)

    @property
    def settling_partition(self) -> int | None:
        """Partition that rows of `settle` belong to: the one the live branch's ticks come on."""
        live = self.live
        return None if live is None else live.windows.partition

    def settle(self) -> list[tuple[str, Row]]:
        """Rows of every window that the records folded so far make final."""
        self.stirred = False
        live = self.live
        return [] if live is None else list(live.windows.settle(self._applied))

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
                self._directory(scope),
                retention_minutes=self._limits.retention_minutes,
                lateness_minutes=self._limits.lateness_minutes,
            )
        return state

    def _directory(self, scope: Scope) -> VenueDirectory:
        return self._directories.setdefault(scope, VenueDirectory())

    @staticmethod
    def _by_scope(frame: pl.DataFrame) -> Iterator[tuple[Scope, pl.DataFrame]]:
        """Records by (run, branch), in order of first appearance; nearly always just one."""
        if frame.height and frame["run_id"].n_unique() == 1 == frame["branch"].n_unique():
            yield Scope(str(frame["run_id"][0]), int(frame["branch"][0])), frame
            return
        parts: Iterable[tuple[tuple[object, ...], pl.DataFrame]] = frame.group_by(
            "run_id", "branch", maintain_order=True
        )
        for (run_id, branch), part in parts:
            yield Scope(str(run_id), int(str(branch))), part
