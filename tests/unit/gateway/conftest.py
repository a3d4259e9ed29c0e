"""A town whose gateway serves on a free port, and clients of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest

from services.gateway.settings import GatewaySettings
from streamkit.lifecycle import Service, run_parts
from tests.unit.gateway.declared import check
from tests.unit.gateway.town import Town

Opener = Callable[..., Awaitable[Town]]


@asynccontextmanager
async def serving(town: Town) -> AsyncIterator[Town]:
    stop = asyncio.Event()
    running = asyncio.create_task(run_parts(Service(town.core.parts), stop))
    await town.core.web.started.wait()
    try:
        yield town
    finally:
        stop.set()
        await running


@pytest.fixture
async def open_town() -> AsyncIterator[Opener]:
    """Opens a town by settings."""
    async with AsyncExitStack() as stack:

        async def open_(configured: GatewaySettings | None = None) -> Town:
            town = await stack.enter_async_context(serving(Town(configured)))
            town.populate()
            return town

        yield open_


@pytest.fixture
async def town(open_town: Opener) -> Town:
    """A town with two people and a venue."""
    return await open_town()


@pytest.fixture
async def api(town: Town) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the town's API, whose every answer is held against the document."""
    address, hooks = f"http://127.0.0.1:{town.core.web.port}", {"response": [check]}
    async with httpx.AsyncClient(base_url=address, timeout=60, event_hooks=hooks) as client:
        yield client
