"""A small service for crash tests: appends the id of every record it handles to a file, durably, then commits.

Usage: counting_service.py FILE TOPIC; the broker comes from the environment like everywhere.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from streamkit.clock import SystemClock
from streamkit.codec import Codec
from streamkit.consumer import Consumer
from streamkit.contracts import Catalogue
from streamkit.lifecycle import Service, run_service
from streamkit.positions import Positions
from streamkit.producer import Producer
from streamkit.records import Batch
from streamkit.runner import Runner
from streamkit.settings import ServiceSettings
from streamkit.testing import standing_topic


class Counting:
    """Durable by fsync."""

    def __init__(self, file: Path) -> None:
        self.file = file

    async def handle(self, batches: Sequence[Batch], positions: Positions) -> None:
        """Append and sync."""
        del positions
        with self.file.open("a") as out:
            for batch in batches:
                out.write("".join(f"{name}\n" for name in batch.frame["event_id"]))
            out.flush()
            os.fsync(out.fileno())


def build(settings: ServiceSettings) -> Service:
    """One runner and its producer."""
    file, topic = Path(sys.argv[1]), sys.argv[2]
    catalogue = standing_topic(Catalogue.load(), "user_actions", topic)
    codec, clock = Codec(catalogue), SystemClock()
    producer = Producer(settings.kafka, codec, clock)
    source = Consumer(settings.kafka, "counting", [topic], clock)
    return Service([Runner(source, Counting(file), catalogue, codec, producer, clock)], [producer])


if __name__ == "__main__":
    sys.exit(run_service("counting", ServiceSettings, build))
