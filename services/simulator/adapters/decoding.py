"""Kafka values to columns, with their bytes beside them for the journal."""

from collections.abc import Sequence

import numpy as np
from confluent_kafka import Message

from services.simulator.ports import Decode
from services.simulator.runtime.admission import Raw, Received
from streamkit import raw
from streamkit.codec import Codec, Poison
from streamkit.contracts import Catalogue
from streamkit.raw import RawBatch


def received(catalogue: Catalogue, codec: Codec, arrived: RawBatch) -> tuple[Received, list[Poison]]:
    """Records of one topic in order of arrival, and what cannot be read."""
    batch, poison = raw.decode(catalogue, codec, arrived)
    if len(batch) == len(arrived):
        values = arrived.values
    else:
        places = zip(arrived.partitions.tolist(), arrived.offsets.tolist(), strict=True)
        by_place = dict(zip(places, arrived.values, strict=True))
        values = [by_place[place] for place in zip(batch.partitions.tolist(), batch.offsets.tolist(), strict=True)]
    records = zip(batch.partitions.tolist(), batch.offsets.tolist(), values, strict=True)
    kept = [Raw(batch.topic, partition, offset, value or b"") for partition, offset, value in records]
    return Received(batch, kept), poison


def raw_batch(topic: str, messages: Sequence[Message]) -> RawBatch:
    """Messages of one topic as they came."""
    return RawBatch(
        topic,
        [message.key() for message in messages],
        [message.value() for message in messages],
        np.array([message.partition() for message in messages], dtype=np.int32),
        np.array([message.offset() for message in messages], dtype=np.int64),
    )


def journal_decoder(catalogue: Catalogue, codec: Codec) -> Decode:
    """Decodes what a journal kept: records that were readable when they were admitted."""

    def decode(topic: str, raws: Sequence[Raw]) -> Received:
        partitions = np.array([record.partition for record in raws], dtype=np.int32)
        offsets = np.array([record.offset for record in raws], dtype=np.int64)
        values = [record.value for record in raws]
        found, _ = received(catalogue, codec, RawBatch(topic, [b""] * len(raws), values, partitions, offsets))
        return found

    return decode
