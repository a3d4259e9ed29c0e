"""A store on a real PostgreSQL, fed with batches as its consumer would feed it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Engine

from services.analytics.domain.cells import Scope
from services.analytics.store.database import transaction
from services.analytics.store.parameters import parse
from services.analytics.store.questions import Questions
from services.analytics.store.rows import stored_topics
from services.analytics.store.writer import Writer, positions_of
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.positions import Positions
from streamkit.raw import RawBatch, decode
from streamkit.records import Batch, Outgoing
from tests.unit.analytics.city import COMMON, START, event

SCOPE = Scope("run", 0)
CATALOGUE = Catalogue.load()
CODEC = Codec(CATALOGUE)
TOPICS = stored_topics(CATALOGUE)

Row = Mapping[str, object]


def batch(topic: str, rows: Sequence[Row], first: int = 0, partition: int = 0) -> Batch:
    """Records of one partition from an offset on, through the real codec, with their bytes."""
    columns = set(CODEC.decode(topic, []).frame.columns)
    kept = [{name: value for name, value in row.items() if name in columns} for row in rows]
    encoded = CODEC.encode(Outgoing.from_rows(topic, kept))
    count = len(rows)
    offsets = np.arange(first, first + count, dtype=np.int64)
    raw = RawBatch(topic, encoded.keys, encoded.values, np.full(count, partition, dtype=np.int32), offsets)
    decoded, poison = decode(CATALOGUE, CODEC, raw)
    assert not poison, poison[0]
    return decoded


def after(*batches: Batch) -> Positions:
    """Next offsets once these batches are stored."""
    return {(one.topic, int(one.partitions[0])): int(one.offsets[-1]) + 1 for one in batches}


def views(count: int, first: int = 0, step_us: int = 1_000_000, **columns: object) -> list[dict[str, Any]]:
    """So many views of venues by ten people, one a simulated second unless told otherwise."""
    return [
        event("venue.viewed", number, number * step_us, number % 10, **columns)
        for number in range(first, first + count)
    ]


class Store:
    """What a test does with a store."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.writer = Writer(engine, "test-store")

    def write(self, *batches: Batch) -> int:
        """Store batches; how many events were new."""
        return self.writer.write(batches, after(*batches))

    def add(self, topic: str, rows: Sequence[Row], first: int = 0, partition: int = 0) -> int:
        """Store rows of one topic; how many were new."""
        return self.write(batch(topic, rows, first, partition))

    def ask(self, kind: Any, answer: Any, live: Scope | None = None, parameters: str = "{}") -> Any:
        """The answer to a question whose arguments are JSON."""
        with transaction(self.engine) as cursor:
            return answer(Questions(cursor, CODEC, TOPICS, live), parse(kind, parameters))

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database says."""
        with transaction(self.engine) as cursor:
            return cursor.execute(query, values).fetchall()

    @property
    def positions(self) -> Positions:
        """How far the store is."""
        with transaction(self.engine) as cursor:
            return positions_of(cursor)


__all__ = ["CODEC", "COMMON", "SCOPE", "START", "Store", "after", "batch", "views"]
