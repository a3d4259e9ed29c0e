"""Reads every topic from its beginning, all partitions, without a group: any gateway sees everything.

Polling and decoding happen in one thread, so that fan-out on the event loop never waits for them. The control topic
is read to its end first: it says which branch lives, and so what of the rest counts.
"""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from services.gateway.state.chunk import Chunk
from streamkit import logs
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.errors import Fatal
from streamkit.settings import KafkaSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

CONTROL = "simulation_control"

_POLL_S = 0.02
"""Longest a record waits for company before it is decoded: small beside the 75 ms of a fan-out tick."""

_MOST = 4_000
"""Records decoded at once: about 4 ms of decoding, so that the loop gets its turns while catching up."""

_AHEAD = 8
"""Chunks that may wait for the loop; then polling waits. librdkafka's own queue is bounded in bytes."""

_RETRY_S = 0.5


Ends: TypeAlias = dict[tuple[str, int], int]
"""End offset by topic and partition."""


class Listener(Protocol):
    """Whom the feed tells, on the event loop."""

    def accept(self, chunk: Chunk) -> None:
        """Records have arrived."""
        ...

    def found(self, cluster: str) -> None:
        """The cluster has answered."""
        ...

    def caught_up(self) -> None:
        """Every partition has been read to its end once."""
        ...


class KafkaFeed:
    """The consumer thread and its hand-over to the loop."""

    def __init__(self, settings: KafkaSettings, catalogue: Catalogue, codec: Codec, listener: Listener) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._topics = catalogue.topics_read_by("gateway")
        self._codec = codec
        self._listener = listener
        self._slots = threading.Semaphore(_AHEAD)
        self._stopping = threading.Event()
        self._log = logs.get_logger()

    async def run(self, stop: asyncio.Event) -> None:
        """Read until told to stop; raises what the thread raised."""
        loop = asyncio.get_running_loop()
        reading = asyncio.create_task(asyncio.to_thread(self._read, loop))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((reading, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        self._stopping.set()
        await reading

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        consumer = Consumer(
            {
                **self._settings.client(),
                "group.id": "luna-gateway",  # asked for by the client library; never joined, nothing is committed
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "earliest",
                "fetch.queue.backoff.ms": 10,
                "queued.max.messages.kbytes": 32_768,
                "allow.auto.create.topics": False,
            }
        )
        try:
            self._read_with(consumer, loop)
        finally:
            consumer.close()

    def _read_with(self, consumer: Consumer, loop: asyncio.AbstractEventLoop) -> None:
        places = self._find(consumer, loop)
        ends = self._ends(consumer, places)  # before any fetch: each question would wait behind one for records
        control = [place for place in places if place.topic == CONTROL]
        consumer.assign(control)
        first = {place: ends.pop(place) for place in list(ends) if place[0] == CONTROL}
        self._follow(consumer, loop, first, until_end=True)
        reached = {(place.topic, place.partition): place.offset for place in consumer.position(control)}
        for place in control:
            offset = reached[place.topic, place.partition]
            place.offset = offset if offset >= 0 else OFFSET_BEGINNING
        consumer.assign(places)
        self._follow(consumer, loop, ends, until_end=False)

    def _find(self, consumer: Consumer, loop: asyncio.AbstractEventLoop) -> list[TopicPartition]:
        said = ""
        while not self._stopping.is_set():
            try:
                metadata = consumer.list_topics(timeout=5)
            except KafkaException as error:
                missing, reason = list(self._topics), str(error.args[0].str())
            else:
                missing = [name for name in self._topics if name not in metadata.topics]
                reason = f"waiting for topics {', '.join(missing)}"
            if not missing:
                loop.call_soon_threadsafe(self._listener.found, metadata.cluster_id or "")
                return [
                    TopicPartition(name, partition, OFFSET_BEGINNING)
                    for name in self._topics
                    for partition in metadata.topics[name].partitions
                ]
            if reason != said:
                self._log.warning("cannot read yet", reason=reason)
                said = reason
            self._stopping.wait(_RETRY_S)
        return []

    def _ends(self, consumer: Consumer, places: Sequence[TopicPartition]) -> Ends:
        """End offset of every partition that holds records, asked until a broker that has just started leads them all.

        The library tells of a partition's end only when a fetch comes back empty: on one that is written to more often
        than a fetch waits it never does, and a gateway started beside a living city would never have caught up.
        """
        marks: dict[tuple[str, int], tuple[int, int]] = {}
        while len(marks) < len(places) and not self._stopping.is_set():
            place = places[len(marks)]
            try:
                marks[place.topic, place.partition] = consumer.get_watermark_offsets(place, timeout=10)
            except KafkaException as error:
                self._log.warning("cannot read yet", topic=place.topic, reason=str(error.args[0].str()))
                self._stopping.wait(_RETRY_S)
        return {place: high for place, (low, high) in marks.items() if high > low}

    def _follow(
        self,
        consumer: Consumer,
        loop: asyncio.AbstractEventLoop,
        unread: Ends,
        *,
        until_end: bool,
    ) -> None:
        """Hand over what comes; ``unread`` are the partitions not read to the end they had when reading began."""
        told = False
        while not self._stopping.is_set() and not (until_end and told):
            messages = consumer.consume(_MOST, _POLL_S)
            records = [message for message in messages if message.error() is None]
            for message in messages:
                self._note(message, unread)
            for chunk in self._decode(records):
                self._slots.acquire()
                loop.call_soon_threadsafe(self._hand_over, chunk)
            if not unread and not told:
                told = True
                if not until_end:
                    loop.call_soon_threadsafe(self._listener.caught_up)

    def _hand_over(self, chunk: Chunk) -> None:
        self._slots.release()
        self._listener.accept(chunk)

    @staticmethod
    def _note(message: Message, unread: Ends) -> None:
        error, place = message.error(), (message.topic() or "", message.partition() or 0)
        if error is None:
            if (message.offset() or 0) + 1 >= unread.get(place, 0):
                unread.pop(place, None)
        elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - the library's public name of it
            unread.pop(place, None)
        elif error.fatal():
            raise Fatal(f"the consumer cannot go on: {error.str()}")

    def _decode(self, messages: Sequence[Message]) -> "Iterable[Chunk]":
        by_topic: defaultdict[str, list[Message]] = defaultdict(list)
        for message in messages:
            by_topic[message.topic() or ""].append(message)
        for topic, of_topic in by_topic.items():
            yield decode(
                self._codec, topic, of_topic, self._log.warning, compacted=self._catalogue.topic(topic).compacted
            )


def decode(
    codec: Codec, topic: str, messages: Sequence[Message], warn: Callable[..., object], *, compacted: bool
) -> Chunk:
    """Columns of one topic's messages; what cannot be read is told and passed over: we write no dead letters."""
    removed: dict[str, None] = {}
    if compacted:
        messages, removed = _last_words(messages)
    values = [message.value() for message in messages]
    decoded = codec.decode(topic, values)
    if decoded.poison:
        first = decoded.poison[0]
        warn("unreadable records", topic=topic, records=len(decoded.poison), reason=f"{first.error}: {first.message}")
    rows = np.asarray(decoded.rows, dtype=np.intp)
    partitions = np.fromiter((message.partition() for message in messages), np.int32, len(messages))
    offsets = np.fromiter((message.offset() for message in messages), np.int64, len(messages))
    stamps = np.fromiter((message.timestamp()[1] for message in messages), np.int64, len(messages))
    written_by = np.fromiter((_schema_id(values[row]) for row in rows.tolist()), np.int64, len(rows))
    return Chunk(topic, decoded.frame, partitions[rows], offsets[rows], stamps[rows], tuple(removed), written_by)


def _schema_id(value: bytes | None) -> int:
    """Of a value that was decoded: a zero byte, then four of the id."""
    return int.from_bytes((value or b"")[1:5], "big")


def _last_words(messages: Sequence[Message]) -> tuple[list[Message], dict[str, None]]:
    """Rows and tombstones among messages of a compacted topic, where of each key the later of the two counts."""
    buried: dict[bytes, int] = {}
    for index, message in enumerate(messages):
        key = message.key() or b""
        if message.value() is None:
            buried[key] = index
        else:
            buried.pop(key, None)
    kept = [
        message
        for index, message in enumerate(messages)
        if message.value() is not None and index > buried.get(message.key() or b"", -1)
    ]
    return kept, {key.decode(errors="replace"): None for key in buried}
