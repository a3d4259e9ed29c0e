"""Records that are meant to be unreadable are, on every path of the codec, and their neighbours are not."""

import json
from pathlib import Path

import numpy as np
import pytest

from streamkit.codec import Codec
from streamkit.contracts import Catalogue, schemas_dir
from streamkit.memory import MemoryLog
from streamkit.records import Outgoing

CATALOGUE = Catalogue.load()


def rows(count: int) -> list[dict[str, object]]:
    path = Path(schemas_dir()) / "examples" / "user_actions" / "venue.viewed.json"
    return [json.loads(path.read_text(encoding="utf-8")) for _ in range(count)]


@pytest.mark.parametrize("count", [3, 200])
def test_damaged_rows_are_poison_and_the_others_are_read(count: int) -> None:
    batch = Outgoing.from_rows("user_actions", rows(count))
    damaged = np.arange(count) % 3 == 1
    outgoing = Outgoing(batch.topic, batch.rows, batch.columns, damaged=damaged)
    decoded = Codec(CATALOGUE).decode("user_actions", Codec(CATALOGUE).encode(outgoing).values)
    assert [one.index for one in decoded.poison] == np.flatnonzero(damaged).tolist()
    log = MemoryLog(CATALOGUE, Codec(CATALOGUE))
    log.append([outgoing])
    assert len(log.read("user_actions")) == count - int(damaged.sum())
