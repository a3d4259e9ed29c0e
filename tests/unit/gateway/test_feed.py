"""Records as the feed hands them over: with the schema that each was written by."""

import struct
from dataclasses import dataclass
from typing import cast

import numpy as np
from confluent_kafka import Message

from services.gateway.adapters.feed import decode
from services.gateway.state.chunk import Chunk
from services.gateway.state.records import Records
from streamkit.codec import Codec
from streamkit.identity import hash_id
from streamkit.records import Outgoing
from tests.unit.gateway.town import CATALOGUE, NOON, RUN, viewed


@dataclass(frozen=True)
class Sent:
    """A record as the client library gives it."""

    body: bytes
    place: int

    def value(self) -> bytes:
        return self.body

    def key(self) -> bytes:
        return b"u0000001"

    def partition(self) -> int:
        return 0

    def offset(self) -> int:
        return self.place

    def timestamp(self) -> tuple[int, int]:
        return (1, 0)


class Nobody:
    """Has no names."""

    def user_name(self, user_id: str | None) -> None:
        """None."""

    def venue_name(self, venue_id: str | None) -> None:
        """None."""


def test_a_record_says_which_schema_it_was_written_by() -> None:
    codec = Codec(CATALOGUE)
    common = {"run_id": RUN, "branch": 1, "simulation_time": NOON, "world": "dining", "city": "new_york"}
    seen = {**common, **viewed(), "source": "simulator"}
    rows = [{**seen, "event_id": hash_id("test", number)} for number in range(3)]
    values = codec.encode(Outgoing.from_rows("user_actions", rows)).values
    sent = [cast("Message", Sent(value, place)) for place, value in enumerate([values[0], b"\0poison", *values[1:]])]
    chunk = decode(codec, "user_actions", sent, lambda *_, **__: None, compacted=False)
    chunk = Chunk.joined([chunk.take(np.array([0], np.intp)), chunk.take(np.array([1, 2], np.intp))])
    written = struct.unpack(">I", values[0][1:5])[0]
    assert written == codec.schema_id("user_actions") > 0
    records = Records(CATALOGUE, Nobody()).rows(chunk)
    assert [(record["offset"], record["schema_id"]) for record in records] == [(0, written), (2, written), (3, written)]
