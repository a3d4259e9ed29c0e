"""Who may do what: bearer tokens with roles, a single-use ticket where headers cannot be set, or demo mode."""

import secrets
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from services.gateway.api.problems import ProblemError
from services.gateway.settings import Access, is_loopback
from streamkit.clock import Clock

_MOST_TICKETS = 10_000
"""Tickets that may be open at once: a page asks for one as it opens a socket, and has half a minute."""


class Role(IntEnum):
    """What a caller may do; each may do what those below it may."""

    VIEWER = 1
    OPERATOR = 2
    ADMIN = 3


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the audit record of a command names them.

    ``until_us`` is the wall clock at which the token that names them ends, in microseconds; none where it does not.
    """

    name: str
    role: Role
    until_us: int | None = None

    def expired(self, now_us: int) -> bool:
        """Whether the token has ended: a socket may stay open longer than whoever opened it may use it."""
        return self.until_us is not None and now_us >= self.until_us

    def must(self, role: Role) -> None:
        """Raise a 403 where this caller's role is below."""
        if self.role < role:
            raise ProblemError(403, lacking(self, role))


def lacking(caller: Caller, role: Role) -> str:
    """Why a caller is refused."""
    return f"{caller.name} is {caller.role.name.lower()}; this needs {role.name.lower()}"


ANYONE = Caller("anyone", Role.VIEWER)
"""Who has said nothing of themselves, where reading is open."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The caller, or why and with which status it is refused."""

    caller: Caller | None
    status: int = 200
    reason: str = ""


EXPIRED = Verdict(None, 401, "the token that opened this connection has expired")
"""What a connection is closed with once its caller's token ends."""


class Bearers(Protocol):
    """Somebody else's tokens."""

    async def caller(self, token: str) -> Verdict:
        """Who bears a token."""
        ...


class Gate:
    """Judges callers by settings; keeps the tickets that have not been used."""

    def __init__(self, settings: Access, clock: Clock, bearers: Bearers | None = None) -> None:
        self._settings = settings
        self._clock = clock
        self._bearers = bearers
        self._tickets: dict[str, tuple[float, Caller]] = {}
        named = ((Role.VIEWER, settings.viewer_token), (Role.OPERATOR, settings.operator_token))
        self._tokens = [
            (token.get_secret_value().encode(), Caller(f"token:{role.name.lower()}", role))
            for role, token in (*named, (Role.ADMIN, settings.token))
            if token is not None
        ]

    @property
    def mode(self) -> str:
        """Demo or token."""
        return self._settings.mode

    @property
    def ticket_s(self) -> float:
        """Seconds in which a ticket must be used."""
        return self._settings.ticket_s

    @property
    def guards_reading(self) -> bool:
        """Whether reading needs a role too."""
        return self._settings.reading == "viewer"

    async def judge(self, connection: HTTPConnection, role: Role) -> Verdict:
        """Whether this caller has a role, or a higher one; a connection is identified once, however often judged."""
        state = connection.scope.setdefault("state", {})
        verdict: Verdict | None = state.get("verdict")
        if verdict is None:
            verdict = state["verdict"] = await self._identify(connection)
        if verdict.caller is None:
            anyone = role is Role.VIEWER and not self.guards_reading
            return Verdict(ANYONE) if anyone else verdict
        if verdict.caller.role < role:
            return Verdict(None, 403, lacking(verdict.caller, role))
        return verdict

    async def _identify(self, connection: HTTPConnection) -> Verdict:
        if self._settings.mode == "demo":
            if is_loopback(connection.client.host if connection.client else None):
                return Verdict(Caller("demo", Role.ADMIN))
            return Verdict(None, 403, "in demo mode only this machine may control; set a token to allow others")
        scheme, _, given = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and given:
            return await self._bearer(given)
        ticket = connection.query_params.get("ticket", "")
        if ticket and (connection.scope["type"] == "websocket" or connection.scope["method"] == "GET"):
            caller = self._redeem(ticket)
            return Verdict(caller) if caller else Verdict(None, 401, "the ticket is not good, or not any more")
        return Verdict(None, 401, "a bearer token is needed")

    def issue_ticket(self, caller: Caller) -> str:
        """A ticket that opens one WebSocket or stream for this caller, soon."""
        if caller is ANYONE:
            raise ProblemError(401, "a bearer token is needed")
        now = self._clock.monotonic()
        self._tickets = {ticket: held for ticket, held in self._tickets.items() if held[0] > now}
        if len(self._tickets) >= _MOST_TICKETS:
            raise ProblemError(429, "too many tickets wait to be used")
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = (now + self._settings.ticket_s, caller)
        return ticket

    def foreign(self, connection: HTTPConnection) -> str | None:
        """Why a page of another origin, or a name that is not ours, is refused; None when it is not."""
        host = connection.headers.get("host", "")
        name = _host_name(host)
        if self._settings.mode == "demo" and not (is_loopback(name) or name in self._settings.hosts):
            return f"host {host[:100]!r} is not one this gateway is served under"
        origin = connection.headers.get("origin")
        if origin is None or origin in self._settings.origins or _netloc(origin) == host:
            return None
        return f"origin {origin[:100]!r} is foreign"

    def allows(self, origin: str) -> bool:
        """Whether a foreign origin's pages may read our answers."""
        return origin in self._settings.origins

    async def _bearer(self, given: str) -> Verdict:
        found = None
        for token, caller in self._tokens:  # all of them, so that time tells nothing
            if secrets.compare_digest(given.encode(), token):
                found = caller
        if found is not None:
            return Verdict(found)
        if self._bearers is not None:
            return await self._bearers.caller(given)
        return Verdict(None, 401, "the bearer token is not known")

    def _redeem(self, ticket: str) -> Caller | None:
        until, caller = self._tickets.pop(ticket, (0.0, None))
        return caller if until > self._clock.monotonic() else None


def _host_name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:  # brackets that are no address
        return None


def _netloc(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None
