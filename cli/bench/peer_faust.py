"""Faust as it comes: `python peer_faust.py BROKER SCHEMA DIRECTORY COUNT` prints its name and records a second as JSON.

One agent, a message at a time, Avro by fastavro, and a count by (minute, person) in a table with its changelog.
"""
# mypy: ignore-errors
# Faust has no types to check this against

import asyncio
import io
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import fastavro
import faust
from confluent_kafka.admin import AdminClient, NewTopic

HEADER = 5
MINUTE_US = 60_000_000
PARTITIONS = 4


def build(broker: str, schema: object, directory: str, count: int) -> tuple[faust.App, dict[int, float]]:
    """The application, and when it saw a tenth of the records and the last."""
    app = faust.App(
        "peer-faust", broker=f"kafka://{broker}", store="memory://", datadir=directory, web_enabled=False,
        topic_allow_declare=False, topic_disable_leader=True, topic_partitions=PARTITIONS,
        consumer_auto_offset_reset="earliest", stream_wait_empty=False,
    )  # fmt: skip
    table = app.Table("counts", default=int, partitions=PARTITIONS)
    topic = app.topic("user_actions", value_type=bytes, value_serializer="raw", key_type=bytes, key_serializer="raw")
    marks: dict[int, float] = {}

    async def counting(stream: object) -> None:
        seen = 0
        async for value in stream:
            record = fastavro.schemaless_reader(io.BytesIO(value[HEADER:]), schema, None)
            minute = int(record["simulation_time"].timestamp() * 1_000_000) // MINUTE_US
            table[f"{minute}/{record['user_id']}"] += 1
            seen += 1
            if seen in (count // 10, count):
                marks[seen] = time.perf_counter()

    app.agent(topic, name="counting", concurrency=1)(counting)
    return app, marks


async def main(broker: str, schema: object, directory: str, count: int) -> None:
    """From a tenth of the records to the last."""
    changelog = NewTopic("peer-faust-counts-changelog", PARTITIONS, 1, config={"cleanup.policy": "compact"})
    admin = AdminClient({"bootstrap.servers": broker})  # kept: futures of one that is gone fail
    for made in admin.create_topics([changelog]).values():
        made.result(30)
    app, marks = build(broker, schema, directory, count)
    await app.start()
    while count not in marks:  # noqa: ASYNC110 - the agent has no event to wait for
        await asyncio.sleep(0.05)
    rate = (count - count // 10) / (marks[count] - marks[count // 10])
    sys.stdout.write(json.dumps({"name": f"plain Faust {version('faust-streaming')}", "rate": rate}) + "\n")
    sys.stdout.flush()
    await app.stop()


if __name__ == "__main__":
    known = fastavro.parse_schema(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
    asyncio.run(main(sys.argv[1], known, sys.argv[3], int(sys.argv[4])))
