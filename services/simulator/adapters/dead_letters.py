"""Copies records that cannot be read to the dead-letter topic, with their reason, and stops a flood of them."""

from collections.abc import Sequence

from streamkit import metrics
from streamkit.codec import Poison
from streamkit.dlq import SUFFIX, DeadLetter, DeadLetterPolicy, DeadLetterState
from streamkit.producer import Producer
from streamkit.raw import RawBatch

GROUP = "simulator"


class DeadLetters:
    """Dead letters of the simulator."""

    def __init__(self, producer: Producer, policy: DeadLetterPolicy) -> None:
        self._producer = producer
        self._policy = policy
        self._state = DeadLetterState()

    async def bury(self, arrived: RawBatch, poison: Sequence[Poison]) -> None:
        """Copy the poison among records that arrived.

        Raises:
            Fatal: Too many in a row: what is wrong is not the records.

        """
        self._state.observe(self._policy, arrived.topic, len(arrived), [one.index for one in poison])
        if not poison:
            return
        letters = [DeadLetter.of(arrived, one.index, one.error, one.message) for one in poison]
        await self._producer.publish_raw(
            arrived.topic + SUFFIX,
            [letter.key for letter in letters],
            [letter.value for letter in letters],
            [letter.headers(GROUP) for letter in letters],
        )
        for letter in letters:
            metrics.DEAD_LETTERS.labels(GROUP, letter.topic, letter.error).inc()
