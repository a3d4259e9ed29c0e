"""A face for everyone: an SVG that is a function of the id, the same on every page and every run."""

import hashlib

from fastapi import APIRouter, Response

from services.gateway.api.context import UserId

router = APIRouter(tags=["people"])

_HUES = 360


@router.get("/avatars/{user_id}.svg", response_class=Response)
async def get_avatar(user_id: UserId) -> Response:
    """A calm, symmetric pattern in two tones of one hue."""
    return Response(draw(user_id), media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


def draw(name: str) -> str:
    """The picture: five columns of squares mirrored at the middle one, on a rounded ground."""
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    hue = int.from_bytes(digest[:2], "big") % _HUES
    bits = int.from_bytes(digest[2:], "big")
    squares = "".join(
        f'<rect x="{12 + column * 8}" y="{12 + row * 8}" width="8" height="8"/>'
        for row in range(5)
        for column in range(5)
        if bits >> (row * 3 + min(column, 4 - column)) & 1
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img">'
        f'<rect width="64" height="64" rx="14" fill="hsl({hue} 45% 88%)"/>'
        f'<g fill="hsl({hue} 48% 42%)">{squares}</g></svg>'
    )
