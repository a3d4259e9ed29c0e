"""Settings of the gateway."""

from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from streamkit.settings import Section, ServiceSettings

DASHBOARD = Path(__file__).parent / "dashboard" / "dist"
"""Where the dashboard's build leaves the page."""


class Access(Section):
    """Who may do what."""

    mode: Literal["demo", "token"] = Field(
        default="demo",
        description="demo: control without a token, from this machine only; token: a bearer token everywhere",
    )
    token: SecretStr | None = Field(default=None, description="Bearer token of administrators")
    operator_token: SecretStr | None = Field(default=None, description="Bearer token that may steer the living city")
    viewer_token: SecretStr | None = Field(default=None, description="Bearer token that may only look")
    reading: Literal["anyone", "viewer"] = Field(
        default="anyone", description="Who may look: anyone who reaches the port, or callers with a role"
    )
    origins: tuple[str, ...] = Field(default=(), description="Foreign origins whose pages may use the API")
    hosts: tuple[str, ...] = Field(default=(), description="Host names, beside loopback, that the page is served under")
    ticket_s: float = Field(default=30.0, gt=0, description="Seconds in which a WebSocket ticket must be used")
    body_bytes: int = Field(default=65_536, ge=1_024, description="Largest request body")
    patience_s: float = Field(
        default=10.0, gt=0, description="Seconds in which the headers of a request, and then its body, must have come"
    )
    requests_per_second: float = Field(
        default=200.0, gt=0, description="Requests a second from one address; for a moment it may be twice as many"
    )


class Oidc(Section):
    """Bearer tokens of an identity provider: JWTs whose keys it publishes."""

    jwks_url: str | None = Field(default=None, description="Address of the provider's key set; none: no such tokens")
    issuer: str | None = Field(default=None, description="Issuer that tokens must name")
    audience: str | None = Field(default=None, description="Audience that tokens must name")
    algorithms: tuple[str, ...] = Field(default=("RS256", "ES256"), description="Signatures that count")
    role_claim: str = Field(
        default="roles", description="Claim with viewer, operator or admin, as text or list; dots lead inside"
    )
    name_claim: str = Field(default="sub", description="Claim with the name that audit records tell")
    leeway_s: float = Field(default=10.0, ge=0, description="Seconds that clocks may differ")


class Live(Section):
    """How records go out to clients."""

    tick_s: float = Field(default=0.075, ge=0.01, le=1, description="Seconds that records gather before a frame")
    counters_s: float = Field(default=0.5, ge=0.1, le=10, description="Seconds between two frames of counters")
    heartbeat_s: float = Field(default=10.0, ge=0.1, description="Seconds between two heartbeats")
    most_rows: int = Field(
        default=1_000, ge=1, description="Records of a channel in one frame; the rest is skipped, and said"
    )
    outbox_records: int = Field(default=20_000, ge=10, description="Records that may wait for one client")
    message_bytes: int = Field(default=65_536, ge=256, description="Largest message from a client")
    messages_per_second: float = Field(default=50.0, gt=0, description="Messages a second from one client")
    clients: int = Field(default=5_000, ge=1, description="Sockets and streams open at once; more are refused")


class Gateway(Section):
    """Ports, limits and deadlines."""

    host: str = Field(default="127.0.0.1", description="Address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="Port of the API and the page; 0 takes a free one")
    dashboard: Path = Field(default=DASHBOARD, description="Directory of the built page")
    history_records: int = Field(default=10_000, ge=100, description="Newest records held of each topic")
    bookings: int = Field(default=200_000, ge=100, description="Newest bookings held")
    command_deadline_s: float = Field(default=5.0, gt=0, description="Seconds in which a command must be acknowledged")
    slow_command_deadline_s: float = Field(
        default=60.0, gt=0, description="Seconds for commands that all follow: new tellings, snapshots, travel"
    )
    request_deadline_s: float = Field(default=5.0, gt=0, description="Seconds in which a service must answer")
    access: Access = Field(default=Access(), description="Who may do what")
    oidc: Oidc = Field(default=Oidc(), description="Tokens of an identity provider")
    live: Live = Field(default=Live(), description="Fan-out")


class GatewaySettings(ServiceSettings):
    """What the gateway needs beside what every service needs."""

    health_port: int = Field(
        default=9105, ge=0, le=65535, description="Port of probes and /metrics; 0 takes a free one"
    )
    gateway: Gateway = Field(default=Gateway(), description="The gateway's own")


def is_loopback(host: str | None) -> bool:
    """Whether an address is this machine's own."""
    if host is None:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
