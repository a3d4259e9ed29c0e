"""The stage, one for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from streamkit.identity import hash_id
from tests.integration.analytics.stage import Stage
from tests.integration.analytics.store_fixtures import database, engine, store

__all__ = ["database", "engine", "stage", "store"]


@pytest.fixture
async def stage(kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """Fresh topics with an open city on them."""
    stage = Stage(kafka_bootstrap, tmp_path, hash_id(str(tmp_path))[:8])
    await stage.fresh_topics()
    await stage.open()
    yield stage
    await stage.producer.close()
