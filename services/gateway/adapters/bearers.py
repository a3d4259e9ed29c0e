"""Bearer tokens of an identity provider: JWTs, checked with the keys that it publishes (RFC 7517, OpenID Connect)."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import jwt

from services.gateway.access import Caller, Role, Verdict
from services.gateway.settings import Oidc
from streamkit import logs
from streamkit.clock import Clock

_KEEP_S = 300.0
"""Keys are asked for again after this long, so that one that was withdrawn stops to count."""

_PAUSE_S = 10.0
"""Least seconds between two questions to the provider, whatever key ids callers make up."""

_PATIENCE_S = 3.0
_LONGEST = 16_384
_ROLES = {role.name.lower(): role for role in Role}


class JwtBearers:
    """Names callers by their tokens; keeps the provider's keys for a while."""

    def __init__(self, settings: Oidc, clock: Clock, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._settings = settings
        self._clock = clock
        self._transport = transport
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._asked_at = float("-inf")
        self._asking = asyncio.Lock()

    async def caller(self, token: str) -> Verdict:
        """Who bears a token; a 401 with the reason, a 403 without a role, a 503 while no key can be had."""
        if len(token) > _LONGEST:
            return Verdict(None, 401, "the bearer token is too long")
        try:
            key_id = jwt.get_unverified_header(token).get("kid")
            key = await self._key(key_id)
            if key is None:
                return self._keyless()
            claims = self._claims(token, key)
        except jwt.PyJWTError as error:
            return Verdict(None, 401, f"the bearer token is not good: {error}")
        name, role = _inside(claims, self._settings.name_claim), self._role(claims)
        if role is None:
            return Verdict(None, 403, f"the token has no role in {self._settings.role_claim!r}")
        until_us = round((int(claims["exp"]) + self._settings.leeway_s) * 1e6)
        return Verdict(Caller(str(name or "unnamed")[:128], role, until_us))

    def _claims(self, token: str, key: jwt.PyJWK) -> Mapping[str, Any]:
        audience, issuer = self._settings.audience, self._settings.issuer
        claims: Mapping[str, Any] = jwt.decode(
            token,
            key,
            algorithms=list(self._settings.algorithms),
            audience=audience,
            issuer=issuer,
            leeway=self._settings.leeway_s,
            options={"require": ["exp"], "verify_aud": audience is not None, "verify_iss": issuer is not None},
        )
        return claims

    def _keyless(self) -> Verdict:
        if self._keys:
            return Verdict(None, 401, "the bearer token is signed with a key that the provider does not publish")
        return Verdict(None, 503, "the identity provider's keys cannot be had")

    def _role(self, claims: Mapping[str, Any]) -> Role | None:
        said = _inside(claims, self._settings.role_claim)
        words = said.replace(",", " ").split() if isinstance(said, str) else said if isinstance(said, list) else []
        return max((_ROLES[word] for word in words if isinstance(word, str) and word in _ROLES), default=None)

    async def _key(self, key_id: str | None) -> jwt.PyJWK | None:
        async with self._asking:
            age = self._clock.monotonic() - self._asked_at
            if age > _KEEP_S or (key_id not in self._keys and age > _PAUSE_S):
                self._asked_at = self._clock.monotonic()
                await self._ask()
        return self._keys.get(key_id)

    async def _ask(self) -> None:
        try:
            async with httpx.AsyncClient(transport=self._transport, timeout=_PATIENCE_S, trust_env=False) as client:
                answer = (await client.get(str(self._settings.jwks_url))).raise_for_status()
            found = jwt.PyJWKSet.from_dict(answer.json())
        except (httpx.HTTPError, ValueError, jwt.PyJWTError) as error:  # the keys we have go on counting
            logs.get_logger().warning("no keys from the identity provider", reason=str(error))
            return
        self._keys = {key.key_id: key for key in found.keys}


def _inside(claims: Mapping[str, Any], path: str) -> Any:
    value: Any = claims
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
