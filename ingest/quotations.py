"""Quotations on the pages of the file that they come from: which page, and boxes around the lines.

Nothing is kept when a file comes in: the words of a page are read again from the original, in a child, when somebody
asks for them, and remembered for a while. docs/decisions/0036-quotations-on-the-page.md says why.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ingest import locating
from ingest.errors import UnreadableFile
from ingest.parsing import Source
from ingest.readers.reading import PDF, Page
from ingest.readers.words import Box, PageWords
from ingest.sandbox import Sandbox, SandboxConfig
from initiatives.access import ScopedSessions, Viewer
from initiatives.errors import InvalidValue, NotFound
from retrieval import documents
from retrieval.documents import DocumentVersion, StoredFile, readable

MOST_PAGES = 20
"""Pages that a quotation may reach over."""
REMEMBERED = 200
"""Pages whose words a process keeps."""
LIMITS = SandboxConfig(wall_seconds=60, processor_seconds=20, children=1)
NO_PDF = "Filen är ingen PDF. Därför finns bara sidan, inte var på den citatet står."
NO_WORDS = "Sidans text är inläst ur en bild, eller står inte så i filen. Därför finns inga rutor."

_COLUMNS = (
    DocumentVersion.id,
    DocumentVersion.file_name,
    DocumentVersion.text,
    DocumentVersion.pages,
    DocumentVersion.media_type,
    DocumentVersion.sha256,
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A page by its number from 1, what of its coordinates is shown, and boxes around the lines of a quotation there.

    Boxes are left, bottom, right and top in points of the page's own coordinates, upwards from below. ``box`` is None
    where the file has no such coordinates.
    """

    number: int
    box: Box | None
    lines: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Located:
    """A quotation and the pages that it stands on; ``notice`` says why boxes are missing, if they are."""

    version_id: UUID
    quote: str
    pages: tuple[Placed, ...]
    notice: str | None


class Locator:
    """Finds quotations on pages; made once for a process, which remembers the words of the latest pages."""

    def __init__(self, sessions: ScopedSessions) -> None:
        self._sessions = sessions
        self._known: OrderedDict[tuple[bytes, int], PageWords] = OrderedDict()
        self._turn = asyncio.Semaphore(LIMITS.children)

    async def locate(
        self, person: Viewer, document_id: UUID, start: int, end: int, *, version_id: UUID | None = None
    ) -> Located:
        """Return where the characters from ``start`` to ``end`` of a version's text stand in its file.

        The version is the current one unless one who sees all names another. Raises `NotFound` for what is not there
        for the person, and `InvalidValue` for offsets outside the text.
        """
        version = await self._version(person, document_id, version_id)
        _check(start, end, len(version.text))
        pages = [page for page in (Page(**entry) for entry in version.pages) if page.start < end and page.end > start]
        if len(pages) > MOST_PAGES:
            raise InvalidValue(f"Citatet går över fler än {MOST_PAGES} sidor. Välj ett kortare.", field="end")
        quote = version.text[start:end]
        if version.media_type != PDF:
            return Located(version.id, quote, tuple(Placed(page.number, None, ()) for page in pages), NO_PDF)
        try:
            words = await self._words(person, version, [page.number for page in pages])
        except UnreadableFile as error:
            return Located(version.id, quote, tuple(Placed(page.number, None, ()) for page in pages), error.detail)
        placed = await asyncio.to_thread(_placed, version.text, pages, words, start, end)
        return Located(version.id, quote, placed, None if all(one.lines for one in placed) else NO_WORDS)

    async def picture(
        self, person: Viewer, document_id: UUID, number: int, start: int, end: int, *, version_id: UUID | None = None
    ) -> bytes:
        """Return one of the pages that `locate` tells of, as PNG with the lines marked; raises as that does.

        Raises `NotFound` for another page, and for one that cannot be shown.
        """
        found = await self.locate(person, document_id, start, end, version_id=version_id)
        placed = next((one for one in found.pages if one.number == number and one.box), None)
        version = await self._version(person, document_id, version_id)
        if placed is None:
            raise NotFound("Den sidan finns inte i filen, eller går inte att visa.")
        async with self._turn:
            data = await self._data(person, version)
            sandbox = Sandbox(LIMITS)
            try:
                return await sandbox.picture(_source(version), data, number, placed.lines)
            except UnreadableFile as error:
                raise NotFound(error.detail) from error
            finally:
                await sandbox.close()

    async def _version(self, person: Viewer, document_id: UUID, version_id: UUID | None) -> Any:
        async with self._sessions(person) as session:
            summary = await documents.get_summary(session, person, document_id)
            named = DocumentVersion.id == (version_id or summary.version_id)
            query = select(*_COLUMNS).where(named, DocumentVersion.document_id == document_id, readable(person))
            version = (await session.execute(query)).one_or_none()
        if version is None:
            raise NotFound("Den versionen av dokumentet finns inte.")
        return version

    async def _words(self, person: Viewer, version: Any, numbers: Sequence[int]) -> dict[int, PageWords]:
        """Return the words of pages, read in a child as far as they are not remembered."""
        async with self._turn:
            missing = [number for number in numbers if (version.sha256, number) not in self._known]
            read = await self._read(person, version, missing) if missing else ()
            found = {number: self._known[version.sha256, number] for number in numbers if number not in missing}
            found |= {page.number: page for page in read}
            for number, page in found.items():
                self._known[version.sha256, number] = page
                self._known.move_to_end((version.sha256, number))
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
            return found

    async def _read(self, person: Viewer, version: Any, numbers: Sequence[int]) -> Sequence[PageWords]:
        data = await self._data(person, version)
        sandbox = Sandbox(LIMITS)
        try:
            return await sandbox.words(_source(version), data, numbers)
        finally:
            await sandbox.close()

    async def _data(self, person: Viewer, version: Any) -> bytes:
        async with self._sessions(person) as session:
            data = await session.scalar(select(StoredFile.data).where(StoredFile.sha256 == version.sha256))
        if data is None:
            raise NotFound("Filen finns inte, eller så har du inte tillgång till den.")
        return data


def _source(version: Any) -> Source:
    return Source(version.file_name, version.media_type)


def _check(start: int, end: int, length: int) -> None:
    if not 0 <= start < length:
        raise InvalidValue(f"Början ska vara från 0 till {length - 1}, ett tecken i texten.", field="start")
    if not start < end <= length:
        raise InvalidValue(f"Slutet ska vara från {start + 1} till {length}, efter början.", field="end")


def _placed(text: str, pages: Sequence[Page], words: dict[int, PageWords], start: int, end: int) -> tuple[Placed, ...]:
    made = []
    for page in pages:
        known = words.get(page.number)
        if known is None:
            made.append(Placed(page.number, None, ()))
            continue
        found = locating.places(text[page.start : page.end], known.words)
        first, last = max(start, page.start) - page.start, min(end, page.end) - page.start
        lines = tuple(locating.lines(found, first, last))
        if lines or text[page.start + first : page.start + last].strip():
            made.append(Placed(page.number, known.box, lines))
    return tuple(made)
