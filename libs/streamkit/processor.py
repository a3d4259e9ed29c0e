"""The protocol that every stateful service speaks, whatever hosts it: Kafka runner, Faust agent or in-memory log."""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

from streamkit.records import Batch, Outgoing, Tombstones

Output: TypeAlias = Outgoing | Tombstones


class Processor(Protocol):
    """A pure decision over a state port and a batch of decoded records.

    The state port is given at construction and has a durable adapter and an in-memory one that agree on every
    decision for the same ordered input. `process` does no I/O of its own, reads no clock and draws no randomness:
    everything it publishes follows from its state and its batch, so that every host tells the same city.
    """

    @property
    def name(self) -> str:
        """The service, as it stands in the ``source`` column."""
        ...

    @property
    def subscriptions(self) -> Sequence[str]:
        """Topics read, in the order in which a lock-step host feeds them."""
        ...

    def process(self, batch: Batch) -> Sequence[Output]:
        """Fold one batch of one topic into the state and decide what to publish."""
        ...
