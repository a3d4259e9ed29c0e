"""Who may control: a bearer token, a single-use ticket for a WebSocket, or, in demo mode, anyone on this machine."""

import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from services.gateway.settings import Access, is_loopback
from streamkit.clock import Clock


@dataclass(frozen=True, slots=True)
class Verdict:
    """Name of the caller, or why and with which status it is refused."""

    caller: str | None
    status: int = 200
    reason: str = ""


class Gate:
    """Judges callers by settings; keeps the tickets that have not been used."""

    def __init__(self, settings: Access, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._tickets: dict[str, float] = {}

    @property
    def mode(self) -> str:
        """Demo or token."""
        return self._settings.mode

    @property
    def ticket_s(self) -> float:
        """Seconds in which a ticket must be used."""
        return self._settings.ticket_s

    def judge(self, connection: HTTPConnection) -> Verdict:
        """Whether this caller may control."""
        if self._settings.mode == "demo":
            if is_loopback(connection.client.host if connection.client else None):
                return Verdict("demo")
            return Verdict(None, 403, "in demo mode only this machine may control; set a token to allow others")
        scheme, _, given = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._is_token(given):
            return Verdict("token")
        if connection.scope["type"] == "websocket" and self._redeem(connection.query_params.get("ticket", "")):
            return Verdict("token")
        return Verdict(None, 401, "a valid bearer token is needed")

    def issue_ticket(self) -> str:
        """A ticket that opens one WebSocket, soon."""
        now = self._clock.monotonic()
        self._tickets = {ticket: until for ticket, until in self._tickets.items() if until > now}
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = now + self._settings.ticket_s
        return ticket

    def foreign(self, connection: HTTPConnection) -> str | None:
        """Why a page of another origin, or a name that is not ours, is refused; None when it is not."""
        host = connection.headers.get("host", "")
        name = urlsplit(f"//{host}").hostname
        if self._settings.mode == "demo" and not (is_loopback(name) or name in self._settings.hosts):
            return f"host {host!r} is not one this gateway is served under"
        origin = connection.headers.get("origin")
        if origin is None or origin in self._settings.origins or urlsplit(origin).netloc == host:
            return None
        return f"origin {origin!r} is foreign"

    def allows(self, origin: str) -> bool:
        """Whether a foreign origin's pages may read our answers."""
        return origin in self._settings.origins

    def _is_token(self, given: str) -> bool:
        token = self._settings.token
        return token is not None and secrets.compare_digest(given.encode(), token.get_secret_value().encode())

    def _redeem(self, ticket: str) -> bool:
        until = self._tickets.pop(ticket, None)
        return until is not None and until > self._clock.monotonic()
