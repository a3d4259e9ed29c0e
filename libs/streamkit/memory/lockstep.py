"""The in-memory host: a ticker and the processors of a city on one log, in a fixed order, fed until all is quiet."""

from collections.abc import Callable, Mapping, Sequence
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

    Within a tick every processor that is due is fed, in the order given, topic by topic in the order of its
    subscriptions, until none of them has anything new; the ticker sees it all at the next tick.

    A processor that nobody waits for may be given a pace: it is due at the opening and after every n-th tick counted
    from there, takes its place in the same order, and then reads at once what came since. Paces are part of what the
    run is a function of, how often `run` is called is not; `settle` makes everybody due.
    """

    def __init__(
        self,
        ticker: Ticker,
        processors: Sequence[Processor],
        log: MemoryLog,
        paces: Mapping[str, int] | None = None,
    ) -> None:
        """``paces`` are ticks from one feeding to the next by name of processor, 1 where not given."""
        self._ticker = ticker
        self._processors = processors
        self._log = log
        self._paces = [(paces or {}).get(processor.name, 1) for processor in processors]
        self._read = [dict.fromkeys(processor.subscriptions, 0) for processor in processors]
        self._ticker_read = dict.fromkeys(ticker.subscriptions, 0)
        self._ticks: int | None = None

    def run(self, ticks: int, after_tick: Callable[[int], None] | None = None) -> None:
        """Open the city if it is not, then run some ticks. ``after_tick`` is told how many are done, when all is quiet.

        Raises:
            Fatal: where processors answer each other without end.

        """
        if self._ticks is None:
            self._ticks = 0
            self._log.append(self._ticker.opening())
            self.settle()
        for tick in range(ticks):
            self._log.append(self._ticker.step(self._new(self._ticker_read)))
            self._ticks += 1
            self._feed([place for place, pace in enumerate(self._paces) if self._ticks % pace == 0])
            if after_tick:
                after_tick(tick + 1)

    def settle(self) -> None:
        """Feed everybody, whatever their pace: at the end of a run, or of a day that is told apart.

        Raises:
            Fatal: where processors answer each other without end.

        """
        self._feed(range(len(self._processors)))

    def forget_read(self, also: Mapping[str, int] | None = None) -> None:
        """Drop from memory what everybody has read: the city, its processors, and whoever else is named.

        ``also`` is how far a reader outside the host has come, an exporter: the index of its next record by topic. A
        topic it does not name it has not begun.
        """
        for topic in self._log.topics:
            readers = [read[topic] for read in (*self._read, self._ticker_read) if topic in read]
            if also is not None:
                readers.append(also.get(topic, 0))
            self._log.forget(topic, min(readers, default=self._log.size(topic)))

    def _feed(self, due: Sequence[int]) -> None:
        for _ in range(ROUND_LIMIT):
            quiet = True
            for place in due:
                for batch in self._new(self._read[place]):
                    quiet = False
                    self._log.append(self._processors[place].process(batch))
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
