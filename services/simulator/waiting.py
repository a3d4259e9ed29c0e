"""Waiting: for whatever comes first, and until something that was refused may be tried again."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from streamkit.clock import Clock
from streamkit.errors import Retryable
from streamkit.health import Readiness
from streamkit.logs import get_logger

RETRY_SECONDS = 1.0


async def first_of(*waits: Coroutine[Any, Any, object]) -> None:
    """Return when one of them is done; the others are cancelled."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


async def refused_by(readiness: Readiness, clock: Clock, part: str, error: Retryable) -> None:
    """Say that disk or broker refuses something, and wait until it may be tried again."""
    readiness.set(part, ok=False, detail=str(error))
    get_logger().error("disk.waiting", part=part, reason=str(error))
    await clock.sleep(RETRY_SECONDS)
