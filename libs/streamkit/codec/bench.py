"""How fast the codec is, beside a record-by-record library, on batches like the city's.

Callable by the bench command; a clock is passed in, so nothing here reads one by itself.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass

import fastavro
import numpy as np
import polars as pl
from numpy.typing import NDArray

from streamkit.codec.codec import Codec
from streamkit.codec.plan import Plan
from streamkit.contracts import Catalogue
from streamkit.identity import print_ids
from streamkit.records import Coded, Column, Outgoing

REPEATS = 5
PEER_ROWS = 20_000
"""The peer's rate does not depend on the number of records; a second is enough."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Records per second (best of `REPEATS`) of the codec and of fastavro on the same records."""

    name: str
    value: float
    peer_value: float


def rates(catalogue: Catalogue, monotonic: Callable[[], float], rows: int = 200_000) -> list[Rate]:
    """Encode and decode rates on ``user_actions`` as a city speaks it, and on ``journeys``, a narrow record."""
    codec = Codec(catalogue)
    found = []
    for outgoing in (mixed_actions(rows), narrow(rows)):
        values = codec.encode(outgoing).values
        encode = rows / _best(lambda out=outgoing: codec.encode(out), monotonic)  # type: ignore[misc]
        decode = rows / _best(lambda out=outgoing, all_=values: codec.decode(out.topic, all_), monotonic)  # type: ignore[misc]
        peer_encode, peer_decode = _peer(catalogue, outgoing.topic, values[:PEER_ROWS], monotonic)
        found += [
            Rate(f"encode {outgoing.topic}", encode, peer_encode),
            Rate(f"decode {outgoing.topic}", decode, peer_decode),
        ]
    return found


def mixed_actions(rows: int) -> Outgoing:
    """Session events of three types in one batch: ids, coded users and venues, sparse columns."""
    number = np.arange(rows, dtype=np.uint64)
    types = (number * np.uint64(2654435761) >> np.uint64(7)) % np.uint64(3)
    users = [f"u{user:07d}" for user in range(20_000)]
    venues = [f"v{venue:05d}" for venue in range(600)]
    seen = types == 1
    columns: dict[str, Column] = {
        **_common(number),
        "event_type": Coded(types.astype(np.int64), ["session.started", "venue.viewed", "venue.browsed"]),
        "user_id": Coded((number * np.uint64(7919) % np.uint64(len(users))).astype(np.int64), users),
        "session_id": print_ids(number * np.uint64(11400714819323198485), number),
        "latitude": 40.7 + (number % np.uint64(1000)) / 1e4,
        "longitude": -73.9 - (number % np.uint64(1000)) / 1e4,
        "venue_id": Coded(np.where(seen, (number % np.uint64(600)).astype(np.int64), -1), venues),
        "duration_seconds": np.ma.MaskedArray((number % np.uint64(4000)).astype(np.int64), mask=seen),
    }
    return Outgoing("user_actions", rows, columns)


def narrow(rows: int) -> Outgoing:
    """Milestones: few columns that vary."""
    number = np.arange(rows, dtype=np.uint64)
    users = [f"u{user:07d}" for user in range(20_000)]
    columns: dict[str, Column] = {
        **_common(number),
        "source": "analytics",
        "event_type": "milestone.reached",
        "user_id": Coded((number * np.uint64(7919) % np.uint64(len(users))).astype(np.int64), users),
        "milestone": Coded((number % np.uint64(2)).astype(np.int64), ["first_booking", "first_visit"]),
    }
    return Outgoing("journeys", rows, columns)


def _common(number: NDArray[np.uint64]) -> dict[str, Column]:
    return {
        "event_id": print_ids(number * np.uint64(0x9E3779B97F4A7C15), ~number),
        "run_id": "08c7xst6xpbtbqm3p6ytmamxnw",
        "branch": 0,
        "simulation_time": (1_772_820_000_000_000 + number * np.uint64(977)).astype(np.int64),
        "world": "dining",
        "city": "new_york",
        "source": "simulator",
    }


def _best(work: Callable[[], object], monotonic: Callable[[], float]) -> float:
    seconds = []
    for _ in range(REPEATS):
        begun = monotonic()
        work()
        seconds.append(monotonic() - begun)
    return min(seconds)


def _peer(catalogue: Catalogue, topic: str, values: list[bytes], monotonic: Callable[[], float]) -> tuple[float, float]:
    """Encode and decode rates of fastavro, record by record, times as plain longs as for the codec."""
    schema = catalogue.topic(topic).schema
    kinds = [{"name": f.name, "type": ["null", f.kind] if f.nullable else f.kind} for f in Plan.of(schema).fields]
    parsed = fastavro.parse_schema({"type": "record", "name": "Row", "fields": kinds})
    frame: pl.DataFrame = Codec(catalogue).decode(topic, values).frame
    records = frame.to_dicts()

    def write() -> None:
        for record in records:
            fastavro.schemaless_writer(io.BytesIO(), parsed, record)

    def read() -> None:
        for value in values:
            fastavro.schemaless_reader(io.BytesIO(value[5:]), parsed)

    return len(values) / _best(write, monotonic), len(values) / _best(read, monotonic)
