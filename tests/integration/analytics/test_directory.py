"""What everybody's rows are read with: promptly, as all folding waits for it."""

import time

import pytest

from services.analytics.adapters.directory import CompactedReader
from services.analytics.domain.directories import DIRECTORIES
from streamkit.records import Outgoing
from streamkit.settings import KafkaSettings
from tests.integration.analytics.stage import PARTITIONS, Stage
from tests.unit.analytics.city import venue

pytestmark = pytest.mark.kafka

TURNS, LIMIT_S = 5, 1.0
"""A question that waits behind a fetch takes half a second for each of eight partitions."""


async def test_reading_on_takes_no_longer_where_nothing_comes(stage: Stage, kafka_bootstrap: str) -> None:
    reader = CompactedReader(KafkaSettings(bootstrap_servers=kafka_bootstrap), stage.codec, DIRECTORIES, PARTITIONS)
    try:
        await stage.producer.publish([Outgoing.from_rows("venues", [venue(1), venue(2)])])
        rows = sum(len(batch.frame) for batch in await reader.catch_up())
        began = time.monotonic()
        for _ in range(TURNS):
            assert await reader.catch_up() == []
        each = (time.monotonic() - began) / TURNS
        await stage.producer.publish([Outgoing.from_rows("venues", [venue(3)])])
        more = sum(len(batch.frame) for batch in await reader.catch_up())
        assert await reader.earliest(DIRECTORIES[0], 0) == 0
    finally:
        await reader.close()
    assert rows >= 2
    assert more == 1
    assert each < LIMIT_S
