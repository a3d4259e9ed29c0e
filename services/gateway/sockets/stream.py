"""`/ws/stream`: subscriptions to channels with filters, in batches, resumed from positions; counters beside."""

from typing import Annotated, Any

from fastapi import APIRouter, WebSocket
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.gateway.access import Role
from services.gateway.api.context import Context, context_of
from services.gateway.api.problems import InvalidError
from services.gateway.channels import ALIASES, event_types, resolve_all
from services.gateway.live.client import Client
from services.gateway.live.frames import Notice
from services.gateway.sockets.connection import close_code, serve
from services.gateway.sockets.protocol import Incoming, ProtocolError, misnamed, refused
from services.gateway.state.filters import Filters
from services.gateway.state.positions import TokenError, Vector, parse_token

COUNTERS = "counters"
_MOST_CHANNELS = 32
ChannelName = Annotated[str, Field(max_length=64)]


class Wanted(BaseModel):
    """Which records of the channels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event_types: list[Annotated[str, Field(max_length=64)]] = Field(default_factory=list, max_length=64)
    user_id: Annotated[str, Field(pattern=r"^u\d{7}$")] | None = None
    venue_id: Annotated[str, Field(pattern=r"^v\d{5}$")] | None = None
    source: Annotated[str, Field(max_length=64)] | None = None
    cause_id: Annotated[str, Field(max_length=64)] | None = None
    sample: int = Field(default=1, ge=1, le=10_000)
    max_rate: int | None = Field(default=None, ge=1, le=100_000)

    def filters(self) -> Filters:
        """As the hub applies them."""
        return Filters(
            frozenset(self.event_types),
            self.user_id,
            self.venue_id,
            self.source,
            self.cause_id,
            self.sample,
            self.max_rate,
        )


class Channels(BaseModel):
    """Channels to leave."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channels: list[ChannelName] = Field(min_length=1, max_length=_MOST_CHANNELS)


class Subscribe(Channels):
    """Channels to join, through one set of filters, each from a position or with recent records first."""

    filters: Wanted = Wanted()
    positions: dict[ChannelName, Annotated[str, Field(max_length=512)]] = Field(default_factory=dict, max_length=64)
    recent: int = Field(default=0, ge=0, le=500)


router = APIRouter()


@router.websocket("/ws/stream")
async def stream(socket: WebSocket) -> None:
    """One watching client."""
    context = context_of(socket)
    await socket.accept()
    verdict = await context.gate.judge(socket, Role.VIEWER)
    if verdict.caller is None:
        await socket.close(close_code(verdict), verdict.reason[:120])
        return
    live = context.settings.live
    client = Client("stream", limit=live.outbox_records, states=frozenset({COUNTERS}))
    client.offer(
        Notice(
            "hello",
            {
                "epoch": context.hub.epoch,
                "heartbeat_seconds": live.heartbeat_s,
                "max_subscriptions": _MOST_CHANNELS,
            },
        )
    )
    client.tell(Notice(COUNTERS, {"payload": context.monitor.stats()}))
    await serve(socket, context, client, verdict.caller, StreamDesk(context, client).obey)


class StreamDesk:
    """Obeys the messages of one watching client."""

    def __init__(self, context: Context, client: Client) -> None:
        self._context = context
        self._client = client

    async def obey(self, message: Incoming) -> None:
        """Do what a message says; raises `ProtocolError` where it cannot be done."""
        try:
            match message.type:
                case "subscribe":
                    wanted = Subscribe.model_validate(message.payload)
                    if wanted.positions:
                        await self._context.hub.settled()
                    self._subscribe(message, wanted)
                case "unsubscribe":
                    self._unsubscribe(message, Channels.model_validate(message.payload))
                case "ping":
                    self._say("pong", message)
                case _:
                    reason = f"no message type {message.type!r}; subscribe, unsubscribe and ping are"
                    raise ProtocolError("invalid", reason, request_id=message.request_id, field="type")
        except ValidationError as error:
            raise refused(error, message.request_id, "payload.") from error
        except InvalidError as error:
            raise misnamed(error, message.request_id) from error

    def _subscribe(self, message: Incoming, wanted: Subscribe) -> None:
        names, counters = self._resolve(wanted.channels)
        positions = self._positions(message, wanted, names)
        if counters:
            self._client.states.add(COUNTERS)
        listed = [*names, *([COUNTERS] if counters else [])]
        self._say("subscribed", message, payload={"channels": listed})
        event_types(self._context.ledger.catalogue, wanted.filters.event_types, "payload.filters.event_types")
        filters = wanted.filters.filters()
        for name in names:
            self._context.hub.subscribe(self._client, name, filters, positions.get(name), wanted.recent)

    def _unsubscribe(self, message: Incoming, wanted: Channels) -> None:
        names, counters = self._resolve(wanted.channels)
        for name in names:
            self._client.subscriptions.pop(name, None)
        if counters:
            self._client.states.discard(COUNTERS)
        listed = [*names, *([COUNTERS] if counters else [])]
        self._say("unsubscribed", message, payload={"channels": listed})

    def _resolve(self, names: list[str]) -> tuple[tuple[str, ...], bool]:
        topics = [name for name in names if name != COUNTERS]
        found = resolve_all(self._context.ledger.catalogue, topics, "payload.channels") if topics else ()
        return found, COUNTERS in names

    def _positions(self, message: Incoming, wanted: Subscribe, names: tuple[str, ...]) -> dict[str, tuple[str, Vector]]:
        positions = {}
        for name, token in wanted.positions.items():
            topic = ALIASES.get(name, name)
            if topic not in names:
                continue
            try:
                epoch, vectors = parse_token(token, [topic])
            except TokenError as error:
                field = f"payload.positions.{name}"
                raise ProtocolError("invalid", str(error), request_id=message.request_id, field=field) from error
            if topic in vectors:
                positions[topic] = (epoch, vectors[topic])
        return positions

    def _say(self, kind: str, message: Incoming, **body: Any) -> None:
        self._client.offer(Notice(kind, {"request_id": message.request_id, **body}))
