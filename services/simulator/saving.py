"""When the city's state is saved: every few minutes of wall clock, often enough in a fast run, and when asked for."""

import math
from dataclasses import asdict

from services.simulator.reports import Reports
from services.simulator.snapshots.city import CITY
from services.simulator.snapshots.files import SnapshotFiles
from services.simulator.snapshots.manifest import Manifest
from services.simulator.telling import Telling
from streamkit.clock import Clock
from streamkit.errors import Retryable
from streamkit.logs import get_logger
from streamkit.positions import print_positions

CHECKPOINT_TICKS = 720
"""Half a simulated day: what a crash in a backfill has to compute again, at most."""


class Saving:
    """The checkpoint policy of the branch that is told."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._due_at = math.inf
        self._due_tick = 0

    def saved(self, telling: Telling) -> None:
        """The state of this tick is safe; the next checkpoint is due from here on."""
        self._due_at = self._clock.monotonic() + self._seconds
        self._due_tick = telling.city.tick + CHECKPOINT_TICKS

    async def if_due(self, telling: Telling, reports: Reports) -> None:
        """Save once everything told is on the broker; a disk that refuses is tried again when the next is due."""
        if self._clock.monotonic() < self._due_at and telling.city.tick < self._due_tick:
            return
        await reports.drained()
        try:
            telling.checkpoint()
        except Retryable as error:
            get_logger().warning("checkpoint.failed", reason=str(error))
        self.saved(telling)


def snapshot(files: SnapshotFiles, telling: Telling, name: str, description: str, population: int) -> Manifest:
    """Save a branch between two ticks, when everything it told is on the broker.

    Raises:
        SnapshotError: The name is taken, or the disk refuses it.

    """
    who = telling.identity
    manifest = Manifest(
        name=name,
        description=description,
        run_id=who.run_id,
        branch=who.branch,
        world=who.world,
        city=who.city,
        seed=telling.seed,
        config=asdict(telling.config),
        tick=telling.city.tick,
        simulation_time=telling.city.time_us,
        population=population,
        inputs=print_positions(telling.inputs),
        ends=print_positions(telling.ends),
        journaled=telling.journaled,
        journal_end=telling.journal_start,
    )
    told = {"recent": telling.inbox.recent.save()}
    return files.save(manifest, {CITY: telling.city.save(), "telling": told, "imperfect": telling.imperfect.save()})
