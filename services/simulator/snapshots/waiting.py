"""Records that wait for the next tick, as columns of a snapshot: bytes as they came, with where they lay."""

from collections.abc import Sequence

import numpy as np

from services.simulator.runtime.admission import Raw
from services.simulator.snapshots.layout import Arrays


def packed(records: Sequence[Raw]) -> Arrays:
    """Columns of some records, in their order."""
    values = [raw.value for raw in records]
    return {
        "waiting_topic": np.array([raw.topic.encode() for raw in records], dtype="S64"),
        "waiting_partition": np.array([raw.partition for raw in records], dtype=np.int32),
        "waiting_offset": np.array([raw.offset for raw in records], dtype=np.int64),
        "waiting_size": np.array([len(value) for value in values], dtype=np.int64),
        "waiting_bytes": np.frombuffer(b"".join(values), dtype=np.uint8),
    }


def unpacked(arrays: Arrays) -> list[Raw]:
    """The records of `packed`."""
    ends = np.cumsum(arrays["waiting_size"].astype(np.int64))
    body = arrays["waiting_bytes"].tobytes()
    places = zip(*(arrays[f"waiting_{name}"].tolist() for name in ("topic", "partition", "offset")), strict=True)
    starts = [0, *ends.tolist()]
    return [
        Raw(topic.decode(), partition, offset, body[start:end])
        for (topic, partition, offset), start, end in zip(places, starts, ends.tolist(), strict=False)
    ]
