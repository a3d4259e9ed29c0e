"""What of Faust the transport hooks into: an upgrade that changes any of it must fail a test, not production."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from aiokafka.consumer.group_coordinator import GroupCoordinator
from faust import App
from faust.transport.consumer import Consumer as BaseConsumer
from faust.transport.drivers import aiokafka as driver

_TP = "faust.types.tuples.TP"

HOOKS: Mapping[str, tuple[Callable[..., Any], str]] = {
    "Consumer._getmany": (
        driver.Consumer._getmany,  # noqa: SLF001
        f"(self, active_partitions: Optional[Set[{_TP}]], timeout: float) -> Mapping[{_TP}, List[Any]]",
    ),
    "Consumer.seek_to_committed": (driver.Consumer.seek_to_committed, f"(self) -> Mapping[{_TP}, int]"),
    "Consumer._seek": (driver.Consumer._seek, f"(self, partition: {_TP}, offset: int) -> None"),  # noqa: SLF001
    "Consumer._to_message": (
        driver.Consumer._to_message,  # noqa: SLF001
        f"(self, tp: {_TP}, record: Any) -> faust.types.tuples.ConsumerMessage",
    ),
    "Consumer.on_partitions_revoked": (
        driver.Consumer.on_partitions_revoked,
        f"(self, revoked: Set[{_TP}]) -> None",
    ),
    "Consumer.on_partitions_assigned": (
        driver.Consumer.on_partitions_assigned,
        f"(self, assigned: Set[{_TP}], generation_id: int = 0) -> None",
    ),
    "Consumer.earliest_offsets": (
        driver.Consumer.earliest_offsets,
        f"(self, *partitions: {_TP}) -> Mapping[{_TP}, int]",
    ),
    "ConsumerRebalanceListener.on_partitions_assigned": (
        driver.ConsumerRebalanceListener.on_partitions_assigned,
        "(self, assigned: Iterable[aiokafka.structs.TopicPartition]) -> None",
    ),
    "Consumer._new_consumer_thread": (
        driver.Consumer._new_consumer_thread,  # noqa: SLF001
        "(self) -> 'AIOKafkaConsumerThread'",
    ),
    "AIOKafkaConsumerThread._create_worker_consumer": (
        driver.AIOKafkaConsumerThread._create_worker_consumer,  # noqa: SLF001
        "(self, transport: 'Transport') -> aiokafka.consumer.consumer.AIOKafkaConsumer",
    ),
    "GroupCoordinator._start_heartbeat_task": (
        GroupCoordinator._start_heartbeat_task,  # noqa: SLF001
        "(self)",
    ),
    "Consumer.perform_seek": (BaseConsumer.perform_seek, "(self) -> None"),
    "Consumer._new_offset": (BaseConsumer._new_offset, f"(self, tp: {_TP}) -> Optional[int]"),  # noqa: SLF001
    "App.on_rebalance_end": (App.on_rebalance_end, "(self) -> None"),
    "App._new_transport": (App._new_transport, "(self) -> faust.types.transports.TransportT"),  # noqa: SLF001
}
"""Each hooked method with the signature it has in faust-streaming 0.15.3 and aiokafka 0.14."""


class TransportDriftError(RuntimeError):
    """A method of Faust that the transport hooks no longer looks as it did."""


def verify_hooks(hooks: Mapping[str, tuple[Callable[..., Any], str]] = HOOKS) -> None:
    """Raise `TransportDriftError` naming every hook whose signature changed."""
    changed = [
        f"{name} is now {inspect.signature(method)}"
        for name, (method, known) in hooks.items()
        if str(inspect.signature(method)) != known
    ]
    if changed:
        raise TransportDriftError("; ".join(changed))
