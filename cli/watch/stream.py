"""The gateway's `/ws/stream` as messages, for as long as somebody watches: away, it is tried again."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, InvalidStatus, WebSocketException

CHANNELS = ("user_actions", "social_interactions", "bookings", "environment", "simulation", "counters")
RECENT = 20
LONGEST_WAIT = 10.0
FAREWELL_S = 1.0
"""Frames that nobody reads any more stand before the gateway's farewell: it is not worth the library's ten seconds."""
FORBIDDEN = (401, 403)


class ForbiddenError(Exception):
    """The gateway wants another token."""


def address(url: str) -> str:
    """The socket of a gateway."""
    return url.rstrip("/").replace("http", "ws", 1) + "/ws/stream"


async def messages(url: str, token: str | None, linked: Callable[[str], None]) -> AsyncIterator[Mapping[str, Any]]:
    """Messages for ever; ``linked`` hears how the connection is.

    Raises:
        ForbiddenError: The gateway refuses the token.

    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    wait = 0.5
    while True:
        try:
            link = connect(
                address(url), additional_headers=headers, proxy=None, max_size=1 << 22, close_timeout=FAREWELL_S
            )
            async with link as socket:
                wanted = {"channels": list(CHANNELS), "recent": RECENT}
                await socket.send(json.dumps({"type": "subscribe", "request_id": "watch", "payload": wanted}))
                linked("live")
                wait = 0.5
                async for text in socket:
                    yield json.loads(text)
            reason = "the gateway closed the connection"
        except InvalidStatus as error:
            if error.response.status_code in FORBIDDEN:
                raise ForbiddenError(f"{url} refuses this token ({error.response.status_code})") from error
            reason = f"the gateway answers {error.response.status_code}"
        except (InvalidHandshake, WebSocketException, OSError, TimeoutError) as error:
            reason = str(error) or type(error).__name__
        linked(f"lost: {reason}; trying again in {wait:g} s")
        await asyncio.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT)
