"""Micro-batch transport for Faust: one message a fetched partition batch instead of one a record.

Faust's cost is per message (four asyncio tasks, conductor, stream, event), not per byte. Handing an agent the raw
records of a whole fetch as one `Chunk` makes the same agent code some forty times faster. Nothing here knows about
Luna: a Faust application mixes chunked topics with ordinary ones as it likes.
"""

from services.analytics.transport.app import ChunkedApp, ChunkSchema
from services.analytics.transport.chunk import Chunk, pack
from services.analytics.transport.driver import ChunkConsumer, ChunkTransport, Leaving, Positioning, Restored
from services.analytics.transport.guard import HOOKS, TransportDriftError, verify_hooks

__all__ = [
    "HOOKS",
    "Chunk",
    "ChunkConsumer",
    "ChunkSchema",
    "ChunkTransport",
    "ChunkedApp",
    "Leaving",
    "Positioning",
    "Restored",
    "TransportDriftError",
    "pack",
    "verify_hooks",
]
