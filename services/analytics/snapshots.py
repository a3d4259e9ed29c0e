"""Commands addressed to analytics: saving its state under a snapshot id, loading it into a telling, resets.

A command is a cell of the partition it came on until it is acknowledged, so that whoever holds the partition after a
crash goes on with it. A load is carried out by every worker for the partitions it holds; each notes its partition's
base, and the one that holds the command acknowledges once all partitions have theirs.
"""

import json
from collections.abc import Mapping
from typing import Any

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.analytics.adapters.snapshot_shelf import VERSION, SnapshotShelf
from services.analytics.adapters.tables import TableCells
from services.analytics.domain.cells import Scope, cell_key, pack_json, split_key
from services.analytics.domain.emitting import COMMON, SOURCE, Row, caused, outgoing
from services.analytics.processor import AnalyticsProcessor
from streamkit.clock import Clock
from streamkit.records import Outgoing

SAVE, LOAD, RESET = "snapshot.save", "snapshot.load", "reset"
KIND, BASE_KIND, RESTATING_KIND = "command", "base", "restating"
RESTATED = b"{}"
"""A cell that was restated: deleting it could be forgotten in a crash, and the rows be said again."""

_COLUMNS = (*COMMON, "command_id", "command", "parameters")


class RefusedError(Exception):
    """A command that cannot be obeyed, with its reason."""


class SnapshotParameters(BaseModel):
    """Arguments of snapshot.save and snapshot.load."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    snapshot_id: str = Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._-]+$")


class SnapshotDesk:
    """Commands that are not acknowledged yet, and which partitions of a telling began from which snapshot."""

    def __init__(
        self, cells: TableCells, processor: AnalyticsProcessor, shelf: SnapshotShelf, partitions: int, clock: Clock
    ) -> None:
        self._cells = cells
        self._processor = processor
        self._shelf = shelf
        self._partitions = range(partitions)
        self._clock = clock
        self._pending: dict[str, tuple[int, Row]] = {}
        self._bases: dict[tuple[Scope, int], str] = {}
        self._restating: dict[tuple[Scope, int], Row] = {}

    def restart(self) -> None:
        """Start over from the cells of the partitions held."""
        self._pending, self._bases, self._restating = {}, {}, {}
        for partition in self._cells.partitions():
            self.follow(partition, dict(self._cells.scan(partition)))

    def follow(self, partition: int, cells: Mapping[str, bytes | None]) -> None:
        """Take what concerns commands out of the cells that somebody changed."""
        for key, data in cells.items():
            scope, kind, name = split_key(key)
            if kind == KIND and data is None:
                self._pending.pop(name, None)
            elif kind == KIND and data is not None:
                self._pending[name] = partition, json.loads(data)
            elif kind == BASE_KIND and data is not None:
                self._bases[Scope.parse(scope), partition] = data.decode()
            elif kind == RESTATING_KIND and data in (None, RESTATED):
                self._restating.pop((Scope.parse(scope), partition), None)
            elif kind == RESTATING_KIND and data is not None:
                self._restating[Scope.parse(scope), partition] = json.loads(data)

    def hear(self, partition: int, control: pl.DataFrame) -> None:
        """Note the commands of a frame of ``simulation_control`` that are ours."""
        wanted = (pl.col("event_type") == "command.issued") & (pl.col("target") == SOURCE)
        for command in control.filter(wanted).select(_COLUMNS).iter_rows(named=True):
            self._pending[command["command_id"]] = partition, command
            self._cells.write(partition, cell_key(None, KIND, command["command_id"]), pack_json(command))

    async def work(self) -> Mapping[int, list[Outgoing]] | None:
        """Go on with every command; what is to be said by partition, None where nothing changed."""
        told: dict[int, list[Outgoing]] = {}
        loaded = False
        for command_id, (partition, command) in list(self._pending.items()):
            held = partition in self._cells.partitions()
            if not held and command["command"] != LOAD:
                continue
            before = len(self._bases)
            try:
                result, reason = await self._obey(command), None
            except (RefusedError, ValueError) as refusal:
                result, reason = None, _words(refusal)
            loaded |= len(self._bases) > before
            if held and (result is not None or reason is not None):
                told.setdefault(partition, []).extend(outgoing([self._acknowledgement(command, result, reason)]))
                del self._pending[command_id]
                self._cells.remove(partition, cell_key(None, KIND, command_id))
        self._restate(told)
        return told if told or loaded else None

    def _restate(self, told: dict[int, list[Outgoing]]) -> None:
        """Say the rows of what was loaded once its telling lives: those of one that never does would be the newest."""
        lives = self._processor.lives
        for (scope, partition), command in list(self._restating.items()):
            if scope in lives.over:
                del self._restating[scope, partition]  # its cells are deleted with the telling's
            elif scope == lives.live and partition in self._cells.partitions():
                trigger = pl.DataFrame([command], schema_overrides={"cause_id": pl.String})
                told.setdefault(partition, []).extend(self._processor.restated(scope, partition, trigger))
                self._cells.write(partition, cell_key(scope, RESTATING_KIND, "snapshot"), RESTATED)
                del self._restating[scope, partition]

    async def _obey(self, command: Row) -> dict[str, object] | None:
        """What the command did; None while other workers are at it."""
        name = command["command"]
        if name == RESET:
            return {"state": "folded anew in every new branch"}
        if name not in (SAVE, LOAD):
            raise RefusedError(f"analytics takes {SAVE}, {LOAD} and {RESET}, not {name!r}")
        snapshot_id = SnapshotParameters.model_validate(json.loads(command["parameters"] or "{}")).snapshot_id
        scope = Scope(command["run_id"], command["branch"])
        known = await self._shelf.manifest(snapshot_id)
        if name == SAVE:
            if known is not None and known.command_id != command["command_id"]:
                raise RefusedError(f"there is a snapshot {snapshot_id!r} already")
            known = known or await self._shelf.save(snapshot_id, scope, command["command_id"])
            return {"snapshot_id": snapshot_id, "cells": known.cells}
        if known is None:
            raise RefusedError(f"there is no snapshot {snapshot_id!r}")
        if known.version != VERSION:
            raise RefusedError(f"snapshot {snapshot_id!r} has layout {known.version}, this analytics reads {VERSION}")
        for partition in set(self._cells.partitions()):
            if self._bases.get((scope, partition)) != snapshot_id:
                await self._load(snapshot_id, scope, partition, command)
        done = all(self._bases.get((scope, partition)) == snapshot_id for partition in self._partitions)
        return {"snapshot_id": snapshot_id, "cells": known.cells} if done else None

    async def _load(self, snapshot_id: str, scope: Scope, partition: int, command: Row) -> None:
        """Adopt a partition. Others learn of it when the telling lives: compacted topics have the old one's rows."""
        for (kind, name), data in (await self._shelf.cells(snapshot_id, partition)).items():
            self._processor.adopt(scope, kind, partition, name, data)
        self._restating[scope, partition] = {name: command[name] for name in COMMON}
        waiting = pack_json(self._restating[scope, partition])
        self._cells.write(partition, cell_key(scope, RESTATING_KIND, "snapshot"), waiting)
        self._cells.write(partition, cell_key(scope, BASE_KIND, "snapshot"), snapshot_id.encode())
        self._bases[scope, partition] = snapshot_id

    def _acknowledgement(self, command: Row, result: Mapping[str, Any] | None, reason: str | None) -> tuple[str, Row]:
        return "simulation_control", caused(
            command,
            "ack.given",
            command_id=command["command_id"],
            command=command["command"],
            status="accepted" if reason is None else "rejected",
            reason=reason,
            effective_time=command["simulation_time"] if reason is None else None,
            result=None if result is None else json.dumps(result),
            wall_time=self._clock.now_us(),
        )


def _words(refusal: Exception) -> str:
    if isinstance(refusal, ValidationError):
        first = refusal.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc'])) or 'parameters'}: {first['msg']}"
    return str(refusal) if isinstance(refusal, RefusedError) else f"parameters: {refusal}"
