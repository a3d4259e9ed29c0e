"""What everybody's rows are read with: promptly, as all folding waits for it."""

import time

import pytest

from services.analytics.adapters.directory import CompactedReader
from services.analytics.domain.cells import Scope
from services.analytics.domain.directories import DIRECTORIES, Directories
from streamkit.records import Outgoing, Tombstones
from streamkit.settings import KafkaSettings
from tests.integration.analytics.stage import PARTITIONS, Stage
from tests.unit.analytics.city import venue

pytestmark = pytest.mark.kafka

SCOPE = Scope("run", 0)
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


async def test_who_is_removed_and_made_again_between_two_readings_is_known(stage: Stage, kafka_bootstrap: str) -> None:
    """A restore writes both at once: of a key that was written and removed in one batch, what came last counts."""
    reader = CompactedReader(KafkaSettings(bootstrap_servers=kafka_bootstrap), stage.codec, DIRECTORIES, PARTITIONS)
    known = Directories()
    try:
        for batch in await reader.catch_up():
            known.learn(batch)
        back, gone = venue(1), venue(2)
        await stage.producer.publish([Tombstones("venues", [back["venue_id"], gone["venue_id"]])])
        await stage.producer.publish([Outgoing.from_rows("venues", [back])])
        batches = await reader.catch_up()
        for batch in batches:
            known.learn(batch)
    finally:
        await reader.close()
    venues = known.venues(SCOPE)
    assert venues.unknown([back["venue_id"], gone["venue_id"]]) == {gone["venue_id"]}
    assert all(not set(batch.removed) & set(batch.frame["venue_id"]) for batch in batches)
