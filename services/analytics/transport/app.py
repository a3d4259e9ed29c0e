"""A Faust application on the micro-batch transport, and the schema that hands its chunks on untouched."""

import warnings
from collections.abc import Callable
from typing import Any, cast

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Faust and mode warn of their own old ways while they are imported
    import faust

from services.analytics.transport.driver import ChunkConsumer, ChunkTransport


class ChunkedApp(faust.App):
    """Set ``chunked`` before the application starts; it configures the transport."""

    chunked: Callable[[ChunkTransport], None]

    def _new_transport(self) -> ChunkTransport:
        transport = ChunkTransport(self.conf.broker_consumer, self)
        self.chunked(transport)
        return transport

    def on_rebalance_end(self) -> None:
        """Tell the consumer that Faust is done with an assignment."""
        super().on_rebalance_end()
        cast("ChunkConsumer", self.consumer).on_rebalance_end()


class ChunkSchema(faust.Schema[Any, Any]):
    """For topics that arrive as chunks: the value of a message is the `Chunk` itself, its key is none."""

    def loads_key(
        self,
        app: Any,  # noqa: ARG002 - Faust's signature
        message: Any,
        **_kwargs: Any,
    ) -> Any:
        """The key of a chunk is none."""
        return message.key

    def loads_value(
        self,
        app: Any,  # noqa: ARG002 - Faust's signature
        message: Any,
        **_kwargs: Any,
    ) -> Any:
        """The chunk itself."""
        return message.value
