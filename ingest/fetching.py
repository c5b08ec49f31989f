"""A document fetched from an address on the internet, only when it has changed since the last time."""

import asyncio
import mimetypes
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

import httpx2

from ingest import calling
from ingest.calling import Resolve
from ingest.intake import MAX_BYTES

SECONDS = 120.0
"""How long one fetch may take, all in all."""
MOST_MOVES = 3
"""How many times an address may lead on to another; each is judged as the first was."""
_SENT = {"User-Agent": "Narplan-Document/1", "Accept": "*/*"}


@dataclass(frozen=True, slots=True)
class Known:
    """What the server said of the document the last time, to ask whether it has changed."""

    etag: str | None = None
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of it: a file, or None when nothing has changed or there is a `problem`, told in Swedish."""

    name: str = ""
    data: bytes | None = None
    known: Known = Known()
    problem: str | None = None


async def fetch(
    url: str,
    known: Known = Known(),
    *,
    local: bool = False,
    look_up: Resolve = calling.resolve,
    trust: ssl.SSLContext | None = None,
    seconds: float = SECONDS,
    most: int = MAX_BYTES,
) -> Fetched:
    """Fetch what is at an address unless it is as it was; whatever goes wrong is an outcome too.

    `local` and `trust` are as in `ingest.calling`; a document of more than ``most`` bytes is a problem.
    """
    asked = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
    headers = {**_SENT, **{name: value for name, value in asked.items() if value}}
    try:
        async with asyncio.timeout(seconds):
            for _ in range(MOST_MOVES + 1):
                async with calling.call("GET", url, headers, local=local, look_up=look_up, trust=trust) as response:
                    if not response.has_redirect_location:
                        return await _read(response, url, known, most)
                    url = urljoin(url, response.headers["location"])
    except TimeoutError:
        return Fetched(problem=f"Dokumentet hann inte hämtas på {seconds:g} sekunder.")
    except Exception as error:  # noqa: BLE001 - a server may break in any way, and must break nothing here
        return Fetched(problem=calling.told(error, "Servern"))
    return Fetched(problem="Adressen leder vidare för många gånger. Ange den slutliga adressen.")


async def _read(response: httpx2.Response, url: str, known: Known, most: int) -> Fetched:
    if response.status_code == httpx2.codes.NOT_MODIFIED:
        return Fetched(known=known)
    if response.status_code != httpx2.codes.OK:
        return Fetched(problem=_refused(response.status_code))
    if response.headers.get("content-encoding", "identity") != "identity":
        return Fetched(problem="Servern skickade dokumentet packat fast det inte var begärt.")
    data = await calling.beginning(response, most + 1)
    if len(data) > most:
        return Fetched(problem=f"Dokumentet är större än gränsen {most / 1024 / 1024:.0f} MB.")
    said = {name: response.headers.get(name, "") for name in ("etag", "last-modified")}
    kept = [value if value.isascii() else "" for value in said.values()]  # Sent back to it, so it must be sendable.
    return Fetched(_name(response, url), data, Known(*(value or None for value in kept)))


def _refused(status: int) -> str:
    if status in {httpx2.codes.NOT_FOUND, httpx2.codes.GONE}:
        return f"Dokumentet finns inte längre på adressen (svar {status})."
    if status in {httpx2.codes.UNAUTHORIZED, httpx2.codes.FORBIDDEN}:
        return f"Adressen kräver inloggning (svar {status}). Hämta filen själv och lägg in den."
    return f"Servern svarade {status} och lämnade inget dokument."


def _name(response: httpx2.Response, url: str) -> str:
    """Return what the file is called: what the server says, or the last part of the address; with a file ending."""
    said = EmailMessage()
    said["Content-Disposition"] = " ".join(response.headers.get("content-disposition", "inline").split())
    parts = urlsplit(url)
    name = said.get_filename() or unquote(PurePosixPath(parts.path).name) or parts.hostname or "dokument"
    if PurePosixPath(name).suffix:
        return name
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return name + (mimetypes.guess_extension(kind) or "")
