"""Kafka as a `Source`: a confluent-kafka consumer in a thread of its own that keeps polling whatever the handler does.

One batch is in hand or waiting, never more: what arrives meanwhile makes the next one larger. When the handler takes
long, partitions are paused and polling goes on, so that the group never thinks us dead. Offsets are committed by this
thread alone, only for partitions that are ours, only after the effect. On a revocation the batch in hand gets time to
finish; after that it is abandoned.
"""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

import confluent_kafka
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from streamkit import logs, metrics
from streamkit.broker import HARMLESS, UNREACHABLE, denied, wait_for_broker
from streamkit.clock import Clock
from streamkit.errors import Fatal
from streamkit.fetching import raw_batches, read_range, start_positions, watermarks
from streamkit.positions import Positions, advance
from streamkit.raw import RawBatch
from streamkit.settings import KafkaSettings
from streamkit.source import Assigned, Event, Fetched, Revoked

_POLL_S = 0.1
_PAUSE_AFTER_S = 1.0
"""A handler this slow gets its partitions paused. Pausing throws away what was prefetched, so not sooner."""
_COMMIT_EVERY_S = 0.1
_LAG_EVERY_S = 1.0
_CALL_LIMIT_S = 10.0


@dataclass(frozen=True, slots=True)
class From:
    """Where a consumer without group offsets begins: ``last`` records a partition before the end, or the beginning."""

    last: int | None = None


class Consumer:
    """A group's member, or with ``alone`` a reader of all that commits nothing. Tests kill it ``around_commit``."""

    def __init__(
        self,
        settings: KafkaSettings,
        group: str,
        topics: Sequence[str],
        clock: Clock,
        alone: From | None = None,
        around_commit: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.group = group
        self.last_poll = clock.monotonic()
        self._settings = settings
        self._topics = tuple(topics)
        self._clock = clock
        self._alone = alone
        self._around_commit = around_commit
        self._changed = threading.Condition()
        self._events: deque[Event] = deque()
        self._in_hand = False
        self._closing = False
        self._failure: BaseException | None = None
        self._generation = 0
        self._owned: list[TopicPartition] = []
        self._uncommitted: Positions = {}
        self._committed_at = self._measured_at = clock.monotonic()
        self._waiting_since: float | None = None
        self._paused = False

    async def open(self, stop: asyncio.Event) -> None:
        """Wait for the broker and the topics, then start fetching.

        Raises:
            ConfigurationError, Fatal: as `wait_for_broker`.

        """
        await wait_for_broker(self._settings, self._topics, self._clock, stop)
        self._loop = asyncio.get_running_loop()
        self._ready = asyncio.Event()
        self._client = confluent_kafka.Consumer(self._configuration())
        self._thread = threading.Thread(target=self._guarded, name=f"consumer-{self.group}", daemon=True)
        self._thread.start()

    async def take(self, timeout_s: float) -> Event | None:
        """The next event, or None when there is none for so long.

        Raises:
            Fatal: what ended the fetching.

        """
        with self._changed:
            if not self._events and self._failure is None:
                self._ready.clear()
        try:
            async with asyncio.timeout(timeout_s):
                await self._ready.wait()
        except TimeoutError:
            return None
        with self._changed:
            if self._failure is not None:
                raise self._failure
            if not self._events:
                return None
            self._in_hand = True
            event = self._events.popleft()
            self._changed.notify_all()
            return event

    def done(self, event: Event, positions: Positions) -> None:
        """The event's effect is durable; its offsets are committed soon, and before the partitions are given away."""
        with self._changed:
            self._in_hand = False
            if event.generation == self._generation and self._alone is None:
                advance(self._uncommitted, positions)
            self._changed.notify_all()

    def history(self, until: Positions) -> AsyncIterator[Sequence[RawBatch]]:
        """Everything kept of some partitions, from the beginning up to those offsets."""
        return read_range(self._settings, {}, until, self._settings.max_batch_records)

    async def close(self) -> None:
        """Commit what is done and leave the group."""
        with self._changed:
            self._closing = True
            self._in_hand = False
            self._changed.notify_all()
        if hasattr(self, "_thread"):
            await asyncio.to_thread(self._thread.join)

    # --- in the consumer's thread ---

    def _configuration(self) -> dict[str, object]:
        return {
            **self._settings.client(),
            "group.id": self.group,
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "session.timeout.ms": self._settings.session_timeout_ms,
            "heartbeat.interval.ms": max(self._settings.session_timeout_ms // 5, 200),
            "partition.assignment.strategy": "range",  # the same partition of every topic goes to the same member
            "fetch.wait.max.ms": 50,
            "queued.max.messages.kbytes": 65_536,
            "fetch.message.max.bytes": 4_194_304,
            "on_commit": lambda *_: self._around_commit("after_offsets"),
            "error_cb": self._note_error,
        }

    def _guarded(self) -> None:
        try:
            self._begin()
            while not self._closing:
                self._turn()
            self._commit(wait=True)
        except KafkaException as error:
            self._fail(Fatal(f"Kafka consumer of {self.group}: {error.args[0].str()}"))
        except BaseException as error:  # noqa: BLE001 - handed to the runner, which raises it
            self._fail(error)
        finally:
            self._client.close()

    def _begin(self) -> None:
        if self._alone is None:
            self._client.subscribe(
                list(self._topics), on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._lost
            )
            return
        lows, highs = watermarks(self._client, self._topics)
        last = self._alone.last
        starts = lows if last is None else {place: max(lows[place], highs[place] - last) for place in lows}
        self._adopt([TopicPartition(topic, partition, offset) for (topic, partition), offset in starts.items()], starts)

    def _turn(self) -> None:
        self.last_poll = now = self._clock.monotonic()
        if self._full():
            self._waiting_since = self._waiting_since if self._waiting_since is not None else now
            if now - self._waiting_since < _PAUSE_AFTER_S:
                with self._changed:
                    self._changed.wait(_POLL_S)
            else:
                self._keep_alive()
        else:
            self._waiting_since = None
            if self._paused:
                self._client.resume(self._owned)
                self._paused = False
            self._fetch()
        if self._uncommitted and self._clock.monotonic() - self._committed_at >= _COMMIT_EVERY_S:
            self._commit(wait=False)
        if self._clock.monotonic() - self._measured_at >= _LAG_EVERY_S:
            self._measure()

    def _full(self) -> bool:
        """A batch is in hand or waits: what arrives meanwhile becomes one larger batch, which costs hardly more."""
        with self._changed:
            return self._in_hand or any(isinstance(event, Fetched) for event in self._events)

    def _keep_alive(self) -> None:
        if not self._paused:
            self._client.pause(self._owned)
            self._paused = True
        message = self._client.poll(_POLL_S)
        if message is not None and message.error() is None:  # it came before the pause took hold: not lost
            self._client.seek(TopicPartition(message.topic() or "", message.partition() or 0, message.offset() or 0))

    def _fetch(self) -> None:
        more = self._settings.max_batch_records
        messages = self._client.consume(more, 0.0)
        if not messages:
            messages = self._client.consume(1, _POLL_S)
            if messages:  # the first after a silence: the others of the same moment are close behind
                messages += self._client.consume(more - 1, self._settings.gather_ms / 1000)
        for message in messages:
            error = message.error()
            if error is not None:
                self._judge(error)
        batches = raw_batches(messages)
        if batches:
            self._push(Fetched(self._generation, batches))

    def _judge(self, error: KafkaError) -> None:
        if error.code() in HARMLESS:
            return
        raise Fatal(f"Kafka consumer of {self.group}: {error.str()}")

    def _push(self, event: Event) -> None:
        with self._changed:
            self._events.append(event)
        self._loop.call_soon_threadsafe(self._ready.set)

    def _fail(self, error: BaseException) -> None:
        with self._changed:
            self._failure = error
        self._loop.call_soon_threadsafe(self._ready.set)

    def _assigned(self, client: confluent_kafka.Consumer, partitions: list[TopicPartition]) -> None:
        starts = start_positions(client, partitions, _CALL_LIMIT_S)
        for place in partitions:
            place.offset = starts[place.topic, place.partition]
        self._adopt(partitions, starts)

    def _adopt(self, partitions: list[TopicPartition], starts: Positions) -> None:
        self._client.assign(partitions)
        self._client.resume(partitions)  # a pause outlives the assignment in which it was made
        self._owned = [TopicPartition(place.topic, place.partition) for place in partitions]
        self._paused = False
        with self._changed:
            self._generation += 1
        self._push(Assigned(self._generation, starts))

    def _revoked(self, client: confluent_kafka.Consumer, partitions: list[TopicPartition]) -> None:
        del client, partitions
        with self._changed:
            self._events.clear()
            self._changed.wait_for(lambda: not self._in_hand, timeout=self._settings.session_timeout_ms / 2000)
        self._commit(wait=True)
        self._disown()

    def _lost(self, client: confluent_kafka.Consumer, partitions: list[TopicPartition]) -> None:
        del client, partitions
        self._disown()

    def _disown(self) -> None:
        metrics.REBALANCES.labels(self.group).inc()
        with self._changed:
            self._generation += 1
            self._events.clear()
            self._uncommitted = {}
        self._owned = []
        self._push(Revoked(self._generation))

    def _commit(self, *, wait: bool) -> None:
        with self._changed:
            positions, self._uncommitted = self._uncommitted, {}
        self._committed_at = self._clock.monotonic()
        if not positions:
            return
        offsets = [TopicPartition(topic, partition, offset) for (topic, partition), offset in positions.items()]
        self._around_commit("before_offsets")
        try:
            self._client.commit(offsets=offsets, asynchronous=not wait)  # type: ignore[call-overload]
        except KafkaException as error:  # the partitions move; their next owner repeats these records
            logs.get_logger().warning("offsets not committed", group=self.group, reason=error.args[0].str())

    def _measure(self) -> None:
        self._measured_at = self._clock.monotonic()
        for place in self._client.position(self._owned) if self._owned else ():
            high = self._client.get_watermark_offsets(place, cached=True)[1]
            if place.offset >= 0 and high >= 0:
                lag = metrics.LAG.labels(self.group, place.topic, place.partition)
                lag.set(max(high - place.offset, 0))

    def _note_error(self, error: KafkaError) -> None:
        if denied(error):
            self._fail(Fatal(f"Kafka at {self._settings.bootstrap_servers} denies access: {error.str()}"))
        elif error.code() in UNREACHABLE:
            logs.get_logger().warning("broker unreachable", group=self.group, reason=error.str())
