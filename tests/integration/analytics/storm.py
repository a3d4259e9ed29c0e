"""Records that flow while workers are killed and partitions move: the same storm in the tests and by hand."""

import signal
import subprocess
from dataclasses import dataclass, field

import numpy as np

from streamkit.positions import Positions
from streamkit.testing import eventually
from tests.integration.analytics.stage import Stage, end_of

SETTINGS = {
    "LUNA_KAFKA__SESSION_TIMEOUT_MS": "6000",
    "LUNA_ANALYTICS__CHUNK_RECORDS": "300",
    "LUNA_ANALYTICS__GATHER_RECORDS": "600",
}
"""The shortest session that a broker allows, and many small commits to be cut."""
WAIT_S = 300.0
MOST_FOLDS = 4
"""A blow falls at most so many folds after new records were written."""


@dataclass(slots=True)
class Storm:
    """Two workers at any time, some records at a time. ``written`` is how far every topic has come."""

    stage: Stage
    seed: int
    each: int
    written: Positions = field(default_factory=dict)
    first: int = 0
    booked: int = 0
    lives: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _names: set[str] = field(default_factory=set)

    async def run(self, kills: int, rebalances: int) -> None:
        """Kill and move as often, in an order that the seed decides; then until all is counted.

        Raises:
            AssertionError: a worker ended by itself, or the figures never came to the number of records.

        """
        draw = np.random.default_rng(self.seed)
        blows = draw.permutation(["kill"] * kills + ["move"] * rebalances).tolist()
        try:
            for name in ("one", "two"):
                self._start(name)
            for number, blow in enumerate(blows):
                await self._write(draw)
                await self._some_folds(int(draw.integers(1, MOST_FOLDS + 1)))
                name = ("one", "two")[int(draw.integers(2))]
                if blow == "kill":
                    self._end(name, signal.SIGKILL)
                    self._start(name)
                else:
                    await self._visit(f"guest{number}", name, draw)
            await self.stage.tick(end_of(self.first), self.written)
            await eventually(lambda: self.stage.closed_total() >= self.first + self.booked, WAIT_S)
            await eventually(self.stage.all_followed, WAIT_S)
            for name in list(self.lives):
                self._end(name, signal.SIGTERM)
        finally:
            for life in self.lives.values():
                life.kill()
                life.wait()

    async def _visit(self, guest: str, host: str, draw: np.random.Generator) -> None:
        """A worker goes in order, another takes its partitions and works a while, then they change again."""
        self._start(guest)
        await eventually(lambda: "state restored" in self.stage.log(guest), WAIT_S)
        self._end(host, signal.SIGTERM)
        await self._write(draw)
        await self._some_folds(1)
        self._start(host)
        self._end(guest, signal.SIGTERM)

    async def _write(self, draw: np.random.Generator) -> None:
        """New records, and some told before under their old ids, as a producer does that crashed."""
        self.written |= await self.stage.act(self.first, self.each)
        again = int(draw.integers(self.first, self.first + self.each))
        self.first += self.each
        self.written |= await self.stage.act(again, self.first - again)
        self.written |= await self.stage.book(self.booked, 50)
        self.booked += 50
        await self.stage.tick(end_of(self.first) // 2, self.written)

    async def _some_folds(self, folds: int) -> None:
        """Until the workers have folded so much more, whoever holds what."""
        until = self._handled() + folds
        await eventually(lambda: self._handled() >= until, WAIT_S)

    def _handled(self) -> int:
        return sum(self.stage.handled(name) for name in self._names)

    def _start(self, name: str) -> None:
        self._names.add(name)
        self.lives[name] = self.stage.start(name, **SETTINGS)

    def _end(self, name: str, how: signal.Signals) -> None:
        self._none_ended()
        life = self.lives.pop(name)
        life.send_signal(how)
        life.wait(WAIT_S)

    def _none_ended(self) -> None:
        for name, life in self.lives.items():
            code = life.poll()
            assert code is None, f"{name} ended by itself with {code}:\n{self.stage.log(name)[-3_000:]}"
