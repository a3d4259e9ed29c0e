"""The in-memory log is a log."""

from collections.abc import Sequence

import pytest

from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.memory import MemoryLog
from streamkit.positions import Positions
from streamkit.testing import LogHost, LogSuite, MemoryProducer, MemorySource, Record


@pytest.fixture(params=[False, True], ids=["bytes", "late bytes"])
def host(request: pytest.FixtureRequest) -> LogHost:
    catalogue = Catalogue.load()
    log = MemoryLog(catalogue, Codec(catalogue), late_bytes=request.param)
    committed: dict[str, Positions] = {}

    def source(group: str) -> MemorySource:
        return MemorySource(log, group, ["user_actions", "preferences"], committed.setdefault(group, {}))

    async def read(topic: str) -> Sequence[Record]:
        raw = log.raw(topic)
        headers = [{name: str(value) for name, value in one} for one in log.headers(topic)]
        places = zip(raw.partitions.tolist(), raw.offsets.tolist(), raw.keys, raw.values, headers, strict=True)
        return [Record(*place) for place in places]

    return LogHost(catalogue, log.codec, "user_actions", "preferences", MemoryProducer(log), source, read)


class TestMemoryLog(LogSuite):
    """On the in-memory log."""
