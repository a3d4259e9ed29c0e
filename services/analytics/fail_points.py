"""A fault that a test injects: the way from Faust to the folds stands still. Inert unless the settings name it."""

import asyncio
from collections.abc import Awaitable, Callable

from streamkit.errors import ConfigurationError

STALL = "stall"

FailPoint = Callable[[], Awaitable[None]]


def fail_at(setting: str) -> FailPoint:
    """Let ``stall:n`` n chunks pass and hold the next one for ever, as a consumer of Faust does that died slowly.

    Raises:
        ConfigurationError: for another name.

    """
    named, _, times = setting.partition(":")
    if setting and (named != STALL or not times.isdigit()):
        raise ConfigurationError(f"analytics.fail_point: {setting!r} is not {STALL}:n")
    left = int(times) if setting else -1

    async def pass_by() -> None:
        nonlocal left
        if left == 0:
            await asyncio.Event().wait()
        left -= 1

    return pass_by
