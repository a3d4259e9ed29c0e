"""`/ws/control`: commands, acknowledged only when the simulator has acknowledged; state told to everyone."""

import asyncio
from typing import Any

from fastapi import APIRouter, WebSocket
from pydantic import ValidationError

from services.gateway.access import Caller, Role, lacking
from services.gateway.adapters.desk import DisconnectedError, UnansweredError
from services.gateway.api.context import Context, context_of
from services.gateway.commands import DISCARDING, SLOW, SOCKET_COMMANDS, Command, parameters
from services.gateway.live.client import Client
from services.gateway.live.frames import Notice
from services.gateway.sockets.connection import close_code, expire, serve
from services.gateway.sockets.protocol import TALK, Incoming, ProtocolError, refused
from streamkit.contract_files import nearest

_AT_ONCE = 16
"""Commands of one client that may wait for their acknowledgement; more are refused."""

router = APIRouter()


@router.websocket("/ws/control")
@router.websocket("/api/v1/admin/control")
async def control(socket: WebSocket) -> None:
    """One controlling client."""
    context = context_of(socket)
    await socket.accept()
    verdict = await context.gate.judge(socket, Role.OPERATOR)
    if verdict.caller is None:
        await socket.close(close_code(verdict), verdict.reason[:120])
        return
    client = Client("control", limit=context.settings.live.outbox_records, states=frozenset({"state_update"}))
    client.tell(Notice("state_update", {"payload": context.monitor.state()}))
    desk = ControlDesk(context, client, verdict.caller)
    try:
        await serve(socket, context, client, verdict.caller, desk.obey)
    finally:
        await desk.close()


class ControlDesk:
    """Obeys the messages of one client; commands wait for their answer beside each other."""

    def __init__(self, context: Context, client: Client, caller: Caller) -> None:
        self._context = context
        self._client = client
        self._caller = caller
        self._waiting: set[asyncio.Task[None]] = set()

    async def obey(self, message: Incoming) -> None:
        """Do what a message says; raises `ProtocolError` where it cannot be done."""
        match message.type:
            case "get_state":
                self._say("state_update", message, payload=self._context.monitor.state())
            case "ping":
                self._say("pong", message)
            case _:
                command = SOCKET_COMMANDS.get(message.type)
                if command is None:
                    hint = nearest(message.type, [*SOCKET_COMMANDS, *TALK])
                    reason = f"no message type {message.type!r}{hint}"
                    raise ProtocolError("invalid", reason, request_id=message.request_id, field="type")
                self._begin(command, message)

    async def close(self) -> None:
        """Give up what waits."""
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)

    def _begin(self, command: Command, message: Incoming) -> None:
        if self._caller.expired(self._context.clock.now_us()):  # a machine that slept wakes before its timers do
            expire(self._client)
            return
        if len(self._waiting) >= _AT_ONCE:
            raise ProtocolError("rate_limited", f"{_AT_ONCE} commands wait already", request_id=message.request_id)
        if command.name in DISCARDING and self._caller.role < Role.ADMIN:
            raise ProtocolError("forbidden", lacking(self._caller, Role.ADMIN), request_id=message.request_id)
        try:
            arguments = command.arguments.model_validate(message.payload)
        except ValidationError as error:
            raise refused(error, message.request_id, "payload.") from error
        task = asyncio.create_task(self._give(command.name, parameters(arguments), message))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _give(self, name: str, arguments: dict[str, object], message: Incoming) -> None:
        settings = self._context.settings
        deadline = settings.slow_command_deadline_s if name in SLOW else settings.command_deadline_s
        try:
            ack = await self._context.desk.command(name, arguments, self._caller.name, deadline)
        except UnansweredError as error:
            self._fail("timeout", str(error), message)
        except DisconnectedError as error:
            self._fail("unavailable", str(error), message)
        else:
            if ack.accepted:
                self._say("ack", message, success=True, payload=ack.printable())
            else:
                self._fail("rejected", ack.reason or "rejected", message)
            self._context.hub.announce("state_update", self._context.monitor.state())

    def _say(self, kind: str, message: Incoming, **body: Any) -> None:
        self._client.offer(Notice(kind, {"request_id": message.request_id, **body}))

    def _fail(self, code: str, reason: str, message: Incoming) -> None:
        self._client.offer(ProtocolError(code, reason, request_id=message.request_id).notice())
