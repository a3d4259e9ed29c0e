"""The in-memory host: a ticker and the processors of a city on one log, in a fixed order, fed until all is quiet."""

from collections.abc import Callable, Sequence
from typing import Protocol

from streamkit.errors import Fatal
from streamkit.memory.log import MemoryLog
from streamkit.processor import Output, Processor
from streamkit.records import Batch

ROUND_LIMIT = 1_000
"""Rounds of processors answering each other within one tick; more means two of them never stop."""


class Ticker(Protocol):
    """What drives time: the simulator's engine."""

    @property
    def subscriptions(self) -> Sequence[str]:
        """Topics whose records it is given at the next tick."""
        ...

    def opening(self) -> Sequence[Output]:
        """What is published before the first tick: people, venues, the first state."""
        ...

    def step(self, batches: Sequence[Batch]) -> Sequence[Output]:
        """One tick: what arrived since the last, and what to publish."""
        ...


class LockStep:
    """Runs a city without a broker: same processors, same bytes, deterministic.

    Within a tick every processor is fed, in the order given, topic by topic in the order of its subscriptions, until
    nobody has anything new; the ticker sees it all at the next tick.
    """

    def __init__(self, ticker: Ticker, processors: Sequence[Processor], log: MemoryLog) -> None:
        self._ticker = ticker
        self._processors = processors
        self._log = log
        self._read = [dict.fromkeys(processor.subscriptions, 0) for processor in processors]
        self._ticker_read = dict.fromkeys(ticker.subscriptions, 0)
        self._opened = False

    def run(self, ticks: int, after_tick: Callable[[int], None] | None = None) -> None:
        """Open the city if it is not, then run some ticks. ``after_tick`` is told how many are done, when all is quiet.

        Raises:
            Fatal: where processors answer each other without end.

        """
        if not self._opened:
            self._opened = True
            self._log.append(self._ticker.opening())
            self._settle()
        for tick in range(ticks):
            self._log.append(self._ticker.step(self._new(self._ticker_read)))
            self._settle()
            if after_tick:
                after_tick(tick + 1)

    def forget_read(self) -> None:
        """Drop from memory what everybody has read; call it after exporting the log's bytes."""
        for topic in self._log.topics:
            readers = [read[topic] for read in (*self._read, self._ticker_read) if topic in read]
            self._log.forget(topic, min(readers, default=self._log.size(topic)))

    def _settle(self) -> None:
        for _ in range(ROUND_LIMIT):
            quiet = True
            for processor, read in zip(self._processors, self._read, strict=True):
                for batch in self._new(read):
                    quiet = False
                    self._log.append(processor.process(batch))
            if quiet:
                return
        raise Fatal(f"processors still answer each other after {ROUND_LIMIT} rounds of one tick")

    def _new(self, read: dict[str, int]) -> Sequence[Batch]:
        batches = []
        for topic, start in read.items():
            stop = self._log.size(topic)
            if stop > start:
                read[topic] = stop
                batch = self._log.batch(topic, start, stop)
                if len(batch) or batch.removed:
                    batches.append(batch)
        return batches
