"""Stylesheets, scripts and the icon: kept in memory, compressed once, and never fetched twice by a browser."""

import gzip
import mimetypes
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

STATIC = Path(__file__).parent / "static"
FOREVER = "public, max-age=31536000, immutable"
SHORTLY = "public, max-age=300"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent; `mark` changes when the content does."""

    media_type: str
    content: bytes
    compressed: bytes
    mark: str


@cache
def assets() -> dict[str, Asset]:
    """Return every file under `static` by its path there; what is not listed here is never served."""
    return {path.relative_to(STATIC).as_posix(): _read(path) for path in STATIC.rglob("*") if path.is_file()}


def address(name: str) -> str:
    """Return the address of a file, with its mark, so that browsers may keep it forever."""
    return f"/static/{name}?v={assets()[name].mark}"


@get("/static/{name:path}", include_in_schema=False, opt={"public": True}, sync_to_thread=False)
def static(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """Hand out a file, compressed if the browser takes it."""
    found = assets().get(name.lstrip("/"))
    if found is None:
        raise NotFoundException
    marked = request.query_params.get("v") == found.mark
    headers = {
        "Cache-Control": FOREVER if marked else SHORTLY,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(found.content, media_type=found.media_type, headers=headers)
    return Response(found.compressed, media_type=found.media_type, headers={**headers, "Content-Encoding": "gzip"})


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(media_type, content, gzip.compress(content, mtime=0), sha256(content).hexdigest()[:12])


ROUTES = (static,)
