"""Handlers for tests: they keep what they are given, and fail as told."""

from collections.abc import Sequence

from streamkit.dedup import RecentIds
from streamkit.errors import Poison
from streamkit.positions import Positions
from streamkit.records import Batch


class Collecting:
    """A handler that keeps what it is given. While ``failures`` are left, it raises them in turn, keeping nothing."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.batches: list[Batch] = []
        self.tries = 0

    async def handle(self, batches: Sequence[Batch], positions: Positions) -> None:
        """Collect, or fail as told."""
        del positions
        self.tries += 1
        if self.failures:
            raise self.failures.pop(0)
        self.batches += batches

    @property
    def records(self) -> int:
        """Records collected."""
        return sum(map(len, self.batches))

    def column(self, name: str) -> list[object]:
        """One column of everything collected, in order of arrival."""
        return [value for batch in self.batches for value in batch.frame[name].to_list()]

    @property
    def removed(self) -> list[str]:
        """Keys of tombstones collected."""
        return [key for batch in self.batches for key in batch.removed]


class Deduplicating(Collecting):
    """Keeps the first of each event_id."""

    def __init__(self) -> None:
        super().__init__()
        self.recent = RecentIds()

    async def handle(self, batches: Sequence[Batch], positions: Positions) -> None:
        """Collect what is new."""
        await super().handle([self.recent.firsts(batch) for batch in batches], positions)


class Refusing(Collecting):
    """Cannot bear one event."""

    def __init__(self, event: str) -> None:
        super().__init__()
        self.event = event

    async def handle(self, batches: Sequence[Batch], positions: Positions) -> None:
        """Collect, but name the event as poison when it is among them."""
        for batch in batches:
            for row, name in enumerate(batch.frame["event_id"].to_list()):
                if name == self.event:
                    raise Poison(batch.topic, int(batch.partitions[row]), int(batch.offsets[row]), "it is cursed")
        await super().handle(batches, positions)


class Folding(Collecting):
    """State in memory: keeps apart what it was told again and what was new."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = 0
        self.folded: list[str] = []

    async def begin(self) -> None:
        """Count and forget."""
        self.begun += 1
        self.folded = []

    async def fold(self, batches: Sequence[Batch]) -> None:
        """Remember."""
        self.folded += [name for batch in batches for name in batch.frame["event_id"].to_list()]
