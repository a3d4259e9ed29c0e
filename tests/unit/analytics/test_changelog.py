"""What the changelog's writer does where its queue is full, and where a record is lost."""

from collections.abc import Callable, Mapping

import pytest
from confluent_kafka import KafkaError

from services.analytics.adapters.changelog import ChangelogWriter
from streamkit.errors import Fatal
from streamkit.settings import KafkaSettings

Report = Callable[[KafkaError | None, object], None]
RECORDS = [(0, b"%d" % number, b"value") for number in range(7)]


class Client:
    """A producer with room for three records; ``lost`` says of the first of each three what the broker did."""

    lost: KafkaError | None = None
    made: "Client"

    def __init__(self, configuration: Mapping[str, object]) -> None:
        self.configuration = configuration
        self.sent: list[bytes] = []
        self._queued: list[Report] = []
        Client.made = self

    def produce(self, topic: str, value: bytes, key: bytes, partition: int, report: Report) -> None:
        del topic, value, partition
        if len(self._queued) == 3:
            raise BufferError
        self._queued.append(report)
        self.sent.append(key)

    def poll(self, seconds: float) -> None:
        del seconds
        if self.lost is not None and self._queued:
            self._queued[0](self.lost, None)
        self._queued.clear()

    def flush(self, seconds: float) -> int:
        self.poll(seconds)
        return 0


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> ChangelogWriter:
    monkeypatch.setattr("confluent_kafka.Producer", Client)
    monkeypatch.setattr(Client, "lost", None)
    return ChangelogWriter(KafkaSettings(), "changelog")


async def test_every_record_goes_out_once_and_in_order_though_the_queue_is_small(writer: ChangelogWriter) -> None:
    await writer.append(RECORDS)
    assert Client.made.sent == [key for _, key, _ in RECORDS]


async def test_nothing_is_written_after_a_record_that_was_lost(
    writer: ChangelogWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Client, "lost", KafkaError(KafkaError._MSG_TIMED_OUT))
    with pytest.raises(Fatal, match="changelog"):
        await writer.append(RECORDS)
    assert Client.made.sent == [key for _, key, _ in RECORDS[:3]]
