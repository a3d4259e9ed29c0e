"""uvicorn's WebSocket with one more thing to send: frames that are bytes already, shared by a thousand clients.

Offered to the application as an ASGI extension; where it is absent (another server), text is sent as ever.
"""

from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

EXTENSION = "luna.wire"


class WireProtocol(WebSocketsSansIOProtocol):
    """Writes what a message holds under ``wire`` as it is; waits, as for other messages, while the client is slow."""

    async def run_asgi(self) -> None:
        """Run the application, told of the extension."""
        extensions = cast("dict[str, Any]", self.scope["extensions"])
        extensions[EXTENSION] = {"write": self.write_now}
        await super().run_asgi()

    def write_now(self, wire: bytes) -> bool:
        """Write without waiting; False, and nothing written, while the client is slow or once it is gone."""
        if not self.writable.is_set() or self.close_sent or self.disconnected or self.transport.is_closing():
            return False
        self.transport.write(wire)
        return True

    async def send(self, message: Any) -> None:
        """Send a message of the application."""
        wire = message.get("wire")
        if wire is None:
            await super().send(message)
            return
        await self.writable.wait()
        if not (self.close_sent or self.disconnected or self.transport.is_closing()):
            self.transport.write(wire)
