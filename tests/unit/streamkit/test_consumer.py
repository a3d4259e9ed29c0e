"""The two sides of a consumer: its thread asks whether there is room while the service takes what has come."""

import asyncio
import sys
import threading
from collections.abc import Iterator

import pytest

from streamkit.clock import SystemClock
from streamkit.consumer import Consumer
from streamkit.settings import KafkaSettings
from streamkit.source import Assigned

ROUNDS = 3_000


@pytest.fixture(autouse=True)
def _threads_that_take_turns_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


async def test_events_are_taken_while_the_thread_looks_at_them() -> None:
    consumer = Consumer(KafkaSettings(), "luna-test", ["user_actions"], SystemClock())
    consumer._loop, consumer._ready = asyncio.get_running_loop(), asyncio.Event()
    found: list[BaseException] = []
    over = threading.Event()

    def look() -> None:
        try:
            while not over.is_set():
                consumer._full()
        except RuntimeError as error:
            found.append(error)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        for generation in range(ROUNDS):
            for _ in range(4):
                consumer._push(Assigned(generation, {}))
            for _ in range(4):
                event = await consumer.take(1.0)
                assert event is not None
                consumer.done(event, {})
    finally:
        over.set()
        thread.join()
    assert not found
