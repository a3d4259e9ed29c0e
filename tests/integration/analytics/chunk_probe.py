"""A Faust application on the transport that is not Luna's: it prints what it is handed, a line of JSON each.

`python -m tests.integration.analytics.chunk_probe BROKER GROUP CHUNKED ORDINARY LIMIT START DIRECTORY [raise]`: the
chunked partition 0 is begun at START, as a state would say; with ``raise`` the agent fails at its first chunk.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Collection, Mapping
from typing import Any

from faust.types import TP

from services.analytics.transport import ChunkedApp, ChunkSchema, verify_hooks

PARTITIONS = 2


def say(**told: object) -> None:
    """One line."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


async def main(broker: str, group: str, chunked: str, ordinary: str, limit: str, start: str, directory: str) -> None:
    """Until killed."""
    verify_hooks()
    logging.basicConfig(level=logging.CRITICAL)
    fails = "raise" in sys.argv
    app = ChunkedApp(
        group, broker=f"kafka://{broker}", store="memory://", datadir=directory, web_enabled=False,
        topic_allow_declare=False, topic_disable_leader=True, topic_partitions=PARTITIONS,
        broker_session_timeout=6.0, broker_heartbeat_interval=2.0, consumer_auto_offset_reset="earliest",
        stream_wait_empty=False, broker_commit_interval=0.2,
    )  # fmt: skip

    def positions(places: Collection[TP]) -> Mapping[TP, int]:
        return {place: int(start) for place in places if place == TP(chunked, 0)}

    async def leaving() -> None:
        say(left=True)

    app.chunked = lambda transport: transport.configure([chunked], int(limit), positions, leaving)

    async def chunks(stream: Any) -> None:
        async for event in stream.events():
            chunk = event.value
            if fails:
                say(raised=list(chunk.offsets))
                raise RuntimeError("a bug")
            values = [None if value is None else value.decode() for value in chunk.values]
            keys = [None if key is None else key.decode() for key in chunk.keys]
            say(partition=event.message.partition, offsets=list(chunk.offsets), values=values, keys=keys)

    async def one_by_one(stream: Any) -> None:
        async for event in stream.events():
            say(ordinary=event.value.decode())

    app.agent(app.topic(chunked, schema=ChunkSchema(value_type=bytes, value_serializer="raw")), name="chunks")(chunks)
    app.agent(app.topic(ordinary, value_type=bytes, value_serializer="raw"), name="one_by_one")(one_by_one)
    await app.start()
    consumer: Any = app.consumer
    say(fetch_wait_ms=consumer._thread._consumer._fetcher._fetch_max_wait_ms)
    await app.wait_until_stopped()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:8]))
