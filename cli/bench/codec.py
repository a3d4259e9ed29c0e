"""The codec beside fastavro, one core: records of user_actions encoded and decoded a second."""

import io
import time
from collections.abc import Callable, Sequence

import fastavro
import numpy as np

from cli.bench.measure import Measurement
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.records import Coded, Outgoing

ROWS = 100_000
ROUNDS = 5
HEADER = 5
TOPIC = "user_actions"
ENCODE_BAR, DECODE_BAR = 1_000_000, 1_500_000  # records a second, set when the project began


def measure() -> Sequence[Measurement]:
    """Median of a few rounds; fastavro reads and writes the same records one by one."""
    catalogue = Catalogue.load()
    codec = Codec(catalogue, catalogue.schema_ids)
    outgoing = _sessions(ROWS)
    values = codec.encode(outgoing).values
    schema = fastavro.parse_schema(dict(catalogue.topic(TOPIC).schema))
    sample = values[: ROWS // 10]
    records = [fastavro.schemaless_reader(io.BytesIO(value[HEADER:]), schema, None) for value in sample]

    def read_one_by_one() -> None:
        for value in sample:
            fastavro.schemaless_reader(io.BytesIO(value[HEADER:]), schema, None)

    def write_one_by_one() -> None:
        for record in records:
            fastavro.schemaless_writer(io.BytesIO(), schema, record)

    encode = _rate(lambda: codec.encode(outgoing), ROWS)
    decode = _rate(lambda: codec.decode(TOPIC, values), ROWS)
    version = f"fastavro {fastavro.__version__}"
    read, write = _rate(read_one_by_one, len(sample)), _rate(write_one_by_one, len(sample))
    return [
        Measurement("encode user_actions", encode, "records/s", version, write, ENCODE_BAR),
        Measurement("decode user_actions", decode, "records/s", version, read, DECODE_BAR),
    ]


def beside_fastavro(codec: Codec, topic: str, values: Sequence[bytes]) -> tuple[float, float, str]:
    """Records of a topic decoded a second by ours and, one by one, by fastavro; its name."""
    schema = fastavro.parse_schema(dict(Catalogue.load().topic(topic).schema))
    sample = values[: max(1, len(values) // 10)]

    def one_by_one() -> None:
        for value in sample:
            fastavro.schemaless_reader(io.BytesIO(value[HEADER:]), schema, None)

    ours = _rate(lambda: codec.decode(topic, values), len(values))
    return ours, _rate(one_by_one, len(sample)), f"fastavro {fastavro.__version__}"


def _rate(work: Callable[[], object], rows: int) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return rows / float(np.median(times))


def _sessions(rows: int) -> Outgoing:
    names = np.array([f"u{number % 2_000:07d}" for number in range(rows)], dtype="S8")
    ids = np.array([f"{number:026d}" for number in range(rows)], dtype="S26")
    return Outgoing(
        TOPIC,
        rows,
        {
            "event_id": ids,
            "event_type": Coded(np.zeros(rows, dtype=np.int32), ["session.started"]),
            "run_id": "bench",
            "branch": 0,
            "simulation_time": np.arange(rows, dtype=np.int64) * 1_000 + 1_700_000_000_000_000,
            "world": "dining",
            "city": "new_york",
            "user_id": names,
            "source": "simulator",
            "session_id": ids,
            "latitude": np.linspace(40.5, 40.9, rows),
            "longitude": np.linspace(-74.2, -73.7, rows),
        },
    )
