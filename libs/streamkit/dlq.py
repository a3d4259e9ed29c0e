"""Dead letters: the bytes as they came, with the reason in headers, and a limit that stops a consumer gone wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from streamkit.errors import Fatal
from streamkit.raw import REPLAY_GROUP, RawBatch

SUFFIX = ".dlq"
ERROR_CLASS = "luna.error.class"
ERROR_MESSAGE = "luna.error.message"
TOPIC = "luna.error.topic"
PARTITION = "luna.error.partition"
OFFSET = "luna.error.offset"
GROUP = "luna.error.group"

_MESSAGE_LIMIT = 1_000
"""Letters of a reason; the bytes themselves are in the record."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One record that cannot be handled, with the reason."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    error: str
    message: str

    @staticmethod
    def of(raw: RawBatch, index: int, error: str, message: str) -> "DeadLetter":
        """Record ``index`` of a batch."""
        partition, offset = int(raw.partitions[index]), int(raw.offsets[index])
        return DeadLetter(raw.topic, partition, offset, raw.keys[index], raw.values[index], error, message)

    def headers(self, group: str) -> list[tuple[str, str | bytes | None]]:
        """Why it is here, and whose copy it is."""
        return [
            (ERROR_CLASS, self.error),
            (ERROR_MESSAGE, self.message[:_MESSAGE_LIMIT]),
            (TOPIC, self.topic),
            (PARTITION, str(self.partition)),
            (OFFSET, str(self.offset)),
            (GROUP, group),
        ]


@dataclass(frozen=True, slots=True)
class DeadLetterPolicy:
    """How many poison records in a row a topic may have. More means we are wrong, not the records."""

    in_a_row: int = 1_000


@dataclass(slots=True)
class DeadLetterState:
    """Poison records in a row so far, by topic."""

    runs: dict[str, int] = field(default_factory=dict)

    def observe(self, policy: DeadLetterPolicy, topic: str, records: int, poison: Sequence[int]) -> None:
        """Count a batch of ``records``, of which the indices ``poison`` (ascending) are poison.

        Raises:
            Fatal: at the limit, before anything of the batch is copied or committed.

        """
        run, expected = self.runs.get(topic, 0), 0
        for index in poison:
            run = run + 1 if index == expected else 1
            expected = index + 1
            if run >= policy.in_a_row:
                raise Fatal(f"{run} records of {topic!r} in a row cannot be handled: stopped, nothing is committed")
        self.runs[topic] = run if expected == records else 0


def replay_headers(group: str) -> list[tuple[str, str | bytes | None]]:
    """Headers of a record put back on its topic for one group alone."""
    return [(REPLAY_GROUP, group)]
