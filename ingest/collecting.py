"""Documents that come by themselves: from addresses that are looked at now and then, and from a watched folder."""

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from stat import S_ISREG
from uuid import UUID

from ingest import fetching, intake, origins
from ingest.errors import RefusedFile
from ingest.fetching import Fetched, Known
from ingest.jobs import Priority
from ingest.origins import Origin
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.errors import NarplanError

ROUND_SECONDS = 15.0
"""How long a file or an address whose time has come may wait to be looked at."""
RESTED_SECONDS = 3.0
"""How long a file in the folder must have been left alone: what is still being written is not read."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Collecting:
    """What is collected: the folder to watch, if any, and how often addresses are looked at.

    `local` lets this computer's own addresses be called.
    """

    folder: Path | None = None
    every: timedelta = timedelta(hours=24)
    local: bool = False


async def run(sessions: ScopedSessions, chosen: Collecting) -> None:
    """Collect until cancelled; a round that fails is logged and the next one begins as usual."""
    while True:
        try:
            await collect(sessions, chosen)
        except Exception:
            log.exception("Documents were not collected; the next round comes in %.0f s", ROUND_SECONDS)
        await asyncio.sleep(ROUND_SECONDS)


async def collect(sessions: ScopedSessions, chosen: Collecting) -> int:
    """Look once at every address whose time has come, and at the folder; returns how many files came in."""
    came = 0
    while (origin := await _claimed(sessions)) is not None:
        known = Known(origin.etag, origin.modified)
        fetched = await fetching.fetch(origin.address, known, local=chosen.local)
        came += await _keep(sessions, origin.id, fetched, chosen)
    if chosen.folder is not None:
        came += await _look_through(sessions, chosen.folder)
    return came


async def _claimed(sessions: ScopedSessions) -> Origin | None:
    async with sessions(SYSTEM) as session:
        return await origins.claim(session)


async def _keep(sessions: ScopedSessions, origin_id: UUID, fetched: Fetched, chosen: Collecting) -> bool:
    problem = fetched.problem
    if fetched.data is not None:
        problem = await _receive(sessions, origin_id, fetched.name, fetched.data, fetched.known)
    async with sessions(SYSTEM) as session:
        origin = await session.get(Origin, origin_id, with_for_update=True)
        if origin is not None:
            origins.looked_at(origin, every=chosen.every, problem=problem)
    return fetched.data is not None and problem is None


async def _receive(sessions: ScopedSessions, origin_id: UUID, name: str, data: bytes, known: Known) -> str | None:
    """Take in a file, and return why it was refused, if it was."""
    try:
        async with sessions(SYSTEM) as session:
            origin = await session.get(Origin, origin_id, with_for_update=True)
            if origin is None:
                return None
            receipt = await intake.receive(
                session, SYSTEM, file_name=name, data=data, visibility=origin.visibility, priority=Priority.LOW
            )
            origin.etag, origin.modified = known.etag, known.modified
            origin.ingestion_id = receipt.ingestion_id
            if not receipt.unchanged:
                origins.changed(session, origin)
    except RefusedFile as error:
        return f"{error.reason} {error.remedy}"
    except NarplanError as error:
        return error.detail
    return None


async def _look_through(sessions: ScopedSessions, folder: Path) -> int:
    """Bring in the files of the folder that are not as they were; one that makes trouble stops none of the others."""
    async with sessions(SYSTEM) as session:
        known = await origins.stamps(session)
    came = 0
    for path, stamp in await asyncio.to_thread(_files, folder):
        address = path.relative_to(folder).as_posix().encode(errors="replace").decode()
        if known.get(address) != (stamp.etag, stamp.modified):
            try:
                came += await _bring_in(sessions, folder, path, address, stamp)
            except Exception:
                log.exception("A file of the watched folder was not brought in; the next round tries again")
    return came


def _files(folder: Path) -> list[tuple[Path, Known]]:
    """The files under the folder that are at rest, with what tells whether they change; no hidden ones and no links."""
    now = time.time()
    found = []
    for path in sorted(folder.rglob("*")):
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        with contextlib.suppress(OSError):  # Taken away since the folder was read.
            about = path.lstat()
            if S_ISREG(about.st_mode) and now - about.st_mtime > RESTED_SECONDS:
                found.append((path, Known(str(about.st_size), str(about.st_mtime_ns))))
    return found


async def _bring_in(sessions: ScopedSessions, folder: Path, path: Path, address: str, stamp: Known) -> bool:
    async with sessions(SYSTEM) as session:
        origin_id = (await origins.file(session, address)).id
    problem = await _brought(sessions, origin_id, path.relative_to(folder), path, stamp)
    async with sessions(SYSTEM) as session:
        origin = await session.get(Origin, origin_id, with_for_update=True)
        if origin is not None:
            origin.etag, origin.modified = stamp.etag, stamp.modified
            origins.looked_at(origin, every=None, problem=problem)
    return problem is None


async def _brought(sessions: ScopedSessions, origin_id: UUID, place: Path, path: Path, stamp: Known) -> str | None:
    """Take in a file under a name that tells the folders it lies in, and return why it was refused, if it was."""
    if int(stamp.etag or 0) > intake.MAX_BYTES:
        return intake.too_large(intake.MAX_BYTES).detail
    try:
        data = await asyncio.to_thread(path.read_bytes)
    except OSError:
        return "Filen går inte att läsa. Kontrollera att Närplan har läsbehörighet till den."
    folders = " ".join(place.parts[:-1])
    name = f"{place.stem} ({folders}){place.suffix}" if folders else place.name
    return await _receive(sessions, origin_id, name, data, stamp)
