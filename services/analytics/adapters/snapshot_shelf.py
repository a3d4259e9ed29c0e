"""Saved states in a compacted topic of their own: the cells of one telling, partition by partition, under an id.

What is saved is what the changelog says of a telling, whichever workers hold its partitions. Nothing of it is kept in
memory, and it outlives the worker that saved it.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from services.analytics.adapters.changelog import ChangelogWriter
from services.analytics.adapters.commits import Following
from services.analytics.domain.cells import Scope, pack_json, split_key
from services.analytics.domain.windows import TICK_KIND
from streamkit.fetching import read_range, reader, watermarks
from streamkit.settings import KafkaSettings

AT_ONCE = 20_000
VERSION = 1
"""Of the layout of saved cells; a snapshot of another one is refused."""
_MANIFEST = "manifest"
_LEFT_OUT = frozenset({TICK_KIND})
"""Kinds that name their telling inside: the next one gets its own."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of a snapshot; written last, so that one that was cut short does not exist."""

    command_id: str
    cells: int
    version: int


class SnapshotShelf:
    """The topic. Every method raises `Fatal` where the broker stays silent."""

    def __init__(self, settings: KafkaSettings, topic: str, changelog: str) -> None:
        self._settings = settings
        self._topic = topic
        self._changelog = changelog
        self._writer = ChangelogWriter(settings, topic)

    async def manifest(self, snapshot_id: str) -> Manifest | None:
        """What is known of a snapshot, None if there is none."""
        found = None
        async for key, value in self._records(self._topic, 0):
            if key == f"{snapshot_id}|{_MANIFEST}" and value is not None:
                found = Manifest(**json.loads(value))
        return found

    async def save(self, snapshot_id: str, scope: Scope, command_id: str) -> Manifest:
        """Copy every cell of a telling, as the changelog has it now."""
        lows, highs = await self._ends(self._changelog)
        records: list[tuple[int, bytes, bytes | None]] = []
        for _, partition in sorted(lows):
            part = Following(partition)
            wanted = {(self._changelog, partition): highs[self._changelog, partition]}
            async for raws in read_range(self._settings, {}, wanted, AT_ONCE):
                for raw in raws:
                    for offset, key, value in zip(raw.offsets.tolist(), raw.keys, raw.values, strict=True):
                        part.read(offset, key or b"", value)
            change = part.take()
            for name, cell in (change.cells if change else {}).items():
                owner, kind, rest = split_key(name)
                if cell is not None and owner == str(scope) and kind not in _LEFT_OUT:
                    records.append((partition, f"{snapshot_id}|{kind}|{rest}".encode(), cell))
        manifest = Manifest(command_id, len(records), VERSION)
        content = pack_json({"command_id": command_id, "cells": len(records), "version": VERSION})
        await self._writer.append(records)
        await self._writer.append([(0, f"{snapshot_id}|{_MANIFEST}".encode(), content)])
        return manifest

    async def cells(self, snapshot_id: str, partition: int) -> Mapping[tuple[str, str], bytes]:
        """The saved cells of one partition by (kind, name)."""
        found: dict[tuple[str, str], bytes] = {}
        async for key, value in self._records(self._topic, partition):
            owner, _, rest = key.partition("|")
            kind, separator, name = rest.partition("|")
            if owner == snapshot_id and separator and value is not None:
                found[kind, name] = value
        return found

    async def _records(self, topic: str, partition: int) -> AsyncIterator[tuple[str, bytes | None]]:
        _, highs = await self._ends(topic)
        wanted = {(topic, partition): highs[topic, partition]}
        async for raws in read_range(self._settings, {}, wanted, AT_ONCE):
            for raw in raws:
                for key, value in zip(raw.keys, raw.values, strict=True):
                    yield (key or b"").decode(), value

    async def _ends(self, topic: str) -> tuple[Mapping[tuple[str, int], int], Mapping[tuple[str, int], int]]:
        client = reader(self._settings)
        try:
            return await asyncio.to_thread(watermarks, client, [topic])
        finally:
            await asyncio.to_thread(client.close)
