"""librdkafka's errors as ours, in one place, and waiting for a broker that is not there yet."""

import asyncio
import threading
from collections.abc import Iterable, Mapping, Sequence

import confluent_kafka
from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec, TopicMetadata

from streamkit import logs
from streamkit.clock import Clock, sleep_or_stop
from streamkit.errors import ConfigurationError, Fatal, Retryable
from streamkit.positions import Positions
from streamkit.settings import KafkaSettings

# librdkafka's own codes are spelt with an underscore; they are public.
AUTHENTICATION = KafkaError._AUTHENTICATION  # noqa: SLF001
PARTITION_EOF = KafkaError._PARTITION_EOF  # noqa: SLF001
UNKNOWN_TOPIC = frozenset({KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC})  # noqa: SLF001
UNREACHABLE = frozenset(
    {
        KafkaError._TRANSPORT,  # noqa: SLF001
        KafkaError._ALL_BROKERS_DOWN,  # noqa: SLF001
        KafkaError._RESOLVE,  # noqa: SLF001
        KafkaError._TIMED_OUT,  # noqa: SLF001
    }
)
DENIED = frozenset(
    {
        AUTHENTICATION,
        KafkaError.SASL_AUTHENTICATION_FAILED,
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    }
)
HARMLESS = frozenset({PARTITION_EOF, *UNREACHABLE})
"""What a consumer may meet in the place of a record and live on: librdkafka goes on trying by itself."""
HEALING = frozenset({KafkaError.NOT_ENOUGH_REPLICAS, KafkaError.NOT_ENOUGH_REPLICAS_AFTER_APPEND})
"""Refused before anything was written: the same records may be sent again. After a timeout nobody knows whether they
were written, so the process starts anew, and its outputs keep their event ids."""

_BEGINNING, _END = OffsetSpec.earliest(), OffsetSpec.latest()  # type: ignore[no-untyped-call]
_ASK_LIMIT_S = 5.0
_LEADER_PAUSE_S = 0.05
_LEADER_LIMIT_S = 90.0
"""From a topic made to leaders that answer: a moment on an idle machine, more than 15 s on a loaded one."""
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 5.0


def denied(error: KafkaError) -> bool:
    """Whether waiting is no use: wrong user, wrong password, no right."""
    return bool(error.fatal()) or error.code() in DENIED


def produce_failure(error: KafkaError, topic: str) -> Exception:
    """The kind of a failed send."""
    place = f" on {topic!r}" if topic else ""
    reason = f"Kafka refused to write{place}: {error.str()}"
    return Retryable(reason) if error.code() in HEALING else Fatal(reason)


async def wait_for_broker(
    settings: KafkaSettings, topics: Sequence[str], clock: Clock, stop: asyncio.Event | None = None
) -> None:
    """Return once the broker answers and has the topics; one log line a failed try, with growing pauses.

    Raises:
        ConfigurationError: where the broker denies us.
        Fatal: where it has not answered, or a topic is missing, by ``start_deadline_s``.

    """
    stop = stop or asyncio.Event()
    deadline = clock.monotonic() + settings.start_deadline_s
    pause = _FIRST_PAUSE_S
    seen: list[KafkaError] = []
    client = confluent_kafka.Producer({**settings.client(), "error_cb": seen.append})
    while not stop.is_set():
        reason = await asyncio.to_thread(_missing, client, topics)
        client.poll(0)
        refusal = next((error for error in seen if denied(error)), None)
        if refusal:
            raise ConfigurationError(f"Kafka at {settings.bootstrap_servers} denies access: {refusal.str()}")
        if reason is None:
            return
        reason = f"Kafka at {settings.bootstrap_servers}: {reason}"
        if clock.monotonic() + pause > deadline:
            raise Fatal(f"{reason}; gave up after {settings.start_deadline_s:g} s")
        logs.get_logger().warning("waiting for the broker", reason=reason, again_in_seconds=pause)
        await sleep_or_stop(clock, pause, stop)
        pause = min(pause * 2, _LONGEST_PAUSE_S)


def wait_for_leaders(
    admin: AdminClient, partitions: Mapping[str, int], clock: Clock, seconds: float = _LEADER_LIMIT_S
) -> None:
    """Return once every partition has a leader that answers.

    A topic just made, or of a broker just started, is not at once to be used, and the metadata name a leader a moment
    before it knows.

    Raises:
        Fatal: where one has none by then.

    """
    deadline = clock.monotonic() + seconds
    while True:
        found = admin.list_topics(timeout=seconds).topics
        waiting = [name for name, count in partitions.items() if _led(found, name) < count]
        waiting = waiting or _mute(admin, partitions, seconds)
        if not waiting:
            return
        if clock.monotonic() > deadline:
            raise Fatal(f"no leader for partitions of {', '.join(waiting)} within {seconds:g} s")
        threading.Event().wait(_LEADER_PAUSE_S)


def offsets(
    admin: AdminClient, places: Iterable[tuple[str, int]], seconds: float, *, beginnings: bool = False
) -> Positions:
    """Where partitions end, or begin, asked for all at once.

    Not of a consumer that reads: its question waits behind the fetch under way, half a second for each partition.

    Raises:
        KafkaException: a partition that has no leader, or no answer within ``seconds``.

    """
    asked = {TopicPartition(*place): _BEGINNING if beginnings else _END for place in places}
    if not asked:
        return {}
    answers = admin.list_offsets(asked, request_timeout=seconds)
    try:
        return {(place.topic, place.partition): int(answer.result(seconds).offset) for place, answer in answers.items()}
    except TimeoutError as error:
        raise KafkaException(KafkaError(KafkaError._TIMED_OUT)) from error  # noqa: SLF001


def _mute(admin: AdminClient, partitions: Mapping[str, int], seconds: float) -> list[str]:
    """Topics of which a partition does not answer."""
    places = [TopicPartition(name, number) for name, count in partitions.items() for number in range(count)]
    if not places:
        return []
    asked = admin.list_offsets(dict.fromkeys(places, _END), request_timeout=seconds)
    mute: dict[str, None] = {}
    for place, answer in asked.items():
        try:
            answer.result(seconds)
        except KafkaException:
            mute[place.topic] = None
    return list(mute)


def _led(topics: Mapping[str, TopicMetadata], name: str) -> int:
    """Partitions of a topic that have a leader."""
    topic = topics.get(name)
    return 0 if topic is None else sum(partition.leader >= 0 for partition in topic.partitions.values())


def _missing(client: confluent_kafka.Producer, topics: Sequence[str]) -> str | None:
    try:
        if not topics:
            client.list_topics(timeout=_ASK_LIMIT_S)
        for topic in topics:
            error = client.list_topics(topic, timeout=_ASK_LIMIT_S).topics[topic].error
            if error is not None and error.code() in UNKNOWN_TOPIC:
                return f"topic {topic!r} does not exist (luna topics apply creates it)"
            if error is not None:
                return f"topic {topic!r}: {error.str()}"
    except KafkaException as error:
        return f"not reachable ({error.args[0].str()})"
    return None
