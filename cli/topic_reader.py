"""Reads the raw records of one topic without a consumer group: it commits nothing and disturbs nobody."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, Consumer, KafkaException, Message, TopicPartition

BATCH = 1_000
POLL_SECONDS = 0.25
ANSWER_SECONDS = 10.0


class TopicReader:
    """All partitions of one topic, in batches."""

    def __init__(self, bootstrap_servers: str, topic: str) -> None:
        config = {"bootstrap.servers": bootstrap_servers, "group.id": "luna-reader", "enable.auto.commit": False}
        self._consumer = Consumer({**config, "log_level": 2})
        self._topic = topic
        metadata = self._consumer.list_topics(topic, timeout=ANSWER_SECONDS).topics[topic]
        if metadata.error is not None:
            raise KafkaException(metadata.error)
        self._partitions = sorted(metadata.partitions)

    def follow(self, stopped: Callable[[], bool], *, from_beginning: bool) -> Iterator[Sequence[Message]]:
        """Batches as they arrive, until stopped."""
        self._assign(OFFSET_BEGINNING if from_beginning else OFFSET_END)
        while not stopped():
            batch = self._poll()
            if batch:
                yield batch

    def ends(self) -> dict[int, int]:
        """Next offset of each partition as of now."""
        places = {number: TopicPartition(self._topic, number) for number in self._partitions}
        return {
            number: self._consumer.get_watermark_offsets(place, timeout=ANSWER_SECONDS)[1]
            for number, place in places.items()
        }

    def since(self, ends: Mapping[int, int], stopped: Callable[[], bool]) -> Iterator[Sequence[Message]]:
        """Batches from these offsets on, as they arrive, until stopped."""
        self._consumer.assign([TopicPartition(self._topic, number, offset) for number, offset in ends.items()])
        while not stopped():
            batch = self._poll()
            if batch:
                yield batch

    def present(self) -> Iterator[Sequence[Message]]:
        """What the topic holds now."""
        bounds = {
            number: self._consumer.get_watermark_offsets(TopicPartition(self._topic, number), timeout=ANSWER_SECONDS)
            for number in self._partitions
        }
        left = {number: high for number, (low, high) in bounds.items() if high > low}
        self._assign(OFFSET_BEGINNING)
        while left:
            batch = self._poll()
            for position in self._consumer.position([TopicPartition(self._topic, number) for number in list(left)]):
                if position.offset >= left[position.partition]:
                    del left[position.partition]
            yield batch

    def close(self) -> None:
        """Leave."""
        self._consumer.close()

    def _assign(self, offset: int) -> None:
        self._consumer.assign([TopicPartition(self._topic, number, offset) for number in self._partitions])

    def _poll(self) -> list[Message]:
        batch = self._consumer.consume(BATCH, POLL_SECONDS)
        for message in batch:
            error = message.error()
            if error is not None:
                raise KafkaException(error)
        return batch
