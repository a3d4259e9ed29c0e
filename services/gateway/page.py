"""Serves the built dashboard: files as they are, every other path the page itself, so that deep links work."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response

_COMPRESSIBLE = (".html", ".js", ".css", ".svg", ".json", ".map", ".txt", ".webmanifest")
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_NOT_PAGES = ("api/", "ws/", "registry/", "health/")
"""Paths under these are never the page: a wrong address there is an error."""

ABSENT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Luna</title>
<body style="font:16px/1.6 system-ui,sans-serif;max-width:38rem;margin:15vh auto;padding:0 1.5rem">
<h1>The city is running; its page has not been built</h1>
<p>Build it once, then reload:</p>
<pre style="padding:1rem;border:1px solid #ccc;border-radius:8px">cd services/gateway/dashboard
npm ci
npm run build</pre>
<p><code>make demo</code> does this by itself. Meanwhile the API answers:
<a href="/api/v1/admin/stats">statistics</a>, <a href="/api/v1/simulation/state">state</a>,
<a href="/openapi.json">OpenAPI</a>.</p></body></html>"""


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    packed: bytes | None
    kind: str
    tag: str


class Page:
    """Files of a build, read and packed when first asked for, read again when they have changed."""

    def __init__(self, directory: Path) -> None:
        self._root = directory.resolve()
        self._files: dict[tuple[Path, int], _File] = {}

    def find(self, path: str) -> Path | None:
        """The file of a path inside the build; None where there is none, or it is outside."""
        if "\0" in path:  # no file's name; the operating system would refuse it with an error
            return None
        candidate = (self._root / path).resolve()
        return candidate if candidate.is_relative_to(self._root) and candidate.is_file() else None

    def answer(self, path: str, request: Request) -> Response | None:
        """The file, or the page for any other address; None when nothing has been built."""
        found = self.find(path) if path else None
        found = found or self.find("index.html")
        if found is None:
            return None
        file = self._load(found)
        hashed = "assets" in found.relative_to(self._root).parts[:1]
        headers = {"ETag": file.tag, "Cache-Control": _FOREVER if hashed else _ASK_AGAIN, "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == file.tag:
            return Response(status_code=304, headers=headers)
        if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(file.packed, media_type=file.kind, headers={**headers, "Content-Encoding": "gzip"})
        return Response(file.body, media_type=file.kind, headers=headers)

    def _load(self, path: Path) -> _File:
        key = (path, path.stat().st_mtime_ns)
        if key not in self._files:
            body = path.read_bytes()
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            packed = gzip.compress(body, 6, mtime=0) if path.suffix in _COMPRESSIBLE else None
            self._files[key] = _File(body, packed, kind, f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"')
        return self._files[key]


def page_router(directory: Path) -> APIRouter:
    """Routes of the page; they must come last, since they match everything."""
    page = Page(directory)
    router = APIRouter(include_in_schema=False)

    @router.get("/{path:path}")
    async def get_page(path: str, request: Request) -> Response:
        if path.startswith(_NOT_PAGES):
            raise HTTPException(404, "there is nothing at this address")
        return page.answer(path, request) or Response(ABSENT, 503, media_type="text/html; charset=utf-8")

    return router
