"""Quix Streams: `python peer_quix.py BROKER SCHEMA DIRECTORY COUNT` prints its name and records a second as JSON.

A script, not a module of this project. It does what Quix means by it: a topic deserialised from Avro, and a tumbling
window of a minute counted for each key, in a state with a changelog.
"""
# mypy: ignore-errors
# Quix Streams is not installed where mypy runs

import io
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import fastavro
from quixstreams import Application
from quixstreams.models import BytesDeserializer

HEADER = 5


def main(broker: str, schema_file: str, directory: str, count: int) -> None:
    """From a tenth of the records to the last."""
    schema = fastavro.parse_schema(json.loads(Path(schema_file).read_text(encoding="utf-8")))
    app = Application(
        broker_address=broker, consumer_group="peer-quix", auto_offset_reset="earliest", state_dir=directory,
        loglevel="ERROR",
    )  # fmt: skip
    topic = app.topic("user_actions", value_deserializer=BytesDeserializer())
    seen, marks = 0, {}

    def note(_: object) -> None:
        nonlocal seen
        seen += 1
        if seen in (count // 10, count):
            marks[seen] = time.perf_counter()
        if seen >= count:
            app.stop()

    frame = app.dataframe(topic)
    frame = frame.apply(lambda value: fastavro.schemaless_reader(io.BytesIO(value[HEADER:]), schema, None))
    frame.tumbling_window(60_000).count().current().update(note)
    app.run()
    rate = (count - count // 10) / (marks[count] - marks[count // 10])
    sys.stdout.write(json.dumps({"name": f"Quix Streams {version('quixstreams')}", "rate": rate}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
