"""Document versions in memory: text, sections, units and lexical segment, read once and never changed.

A version's text is immutable, so any process may keep it, until what was worked out of the text is made anew. What a
person may see is asked of the database at every question; only versions in that answer are ever looked into.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer
from retrieval.documents import Document, DocumentVersion, Passage, Section, visible
from retrieval.lexical import Segment, unpack
from retrieval.models import EmbeddingModel, Known, known
from retrieval.vocabulary import Vocabulary

WINDOW = 1_100
"""Characters that a passage may show: the unit with its neighbours."""
Key = tuple[uuid.UUID, dt.datetime | None, int | None]
"""A version, when what was worked out of its text was last made anew, and the model whose vectors answer."""


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit of a version: offsets, page, kind, section index, and the context that it is read with.

    ``parts`` are the meanings of its pieces as `retrieval.meanings.unpack` reads them; empty until they are made.
    """

    id: uuid.UUID
    kind: str
    start: int
    end: int
    page: int
    section: int
    context: str
    parts: bytes = b""


@dataclass(frozen=True, eq=False)
class View:
    """A document version as search and reading use it."""

    document_id: uuid.UUID
    version_id: uuid.UUID
    source: str
    title: str
    kind: str
    organ: str | None
    year: int | None
    text: str
    sections: tuple[tuple[int, tuple[str, ...]], ...]
    units: tuple[UnitView, ...]
    segment: Segment
    notes: dict[tuple[str, int], Any] = field(default_factory=dict, repr=False)
    """What reading has worked out of the units, kept for as long as the view itself."""

    def section_name(self, unit: UnitView) -> str:
        """The heading path of a unit, outermost first, joined for reading."""
        return " › ".join(self.sections[unit.section][1])

    def window(self, position: int, longest: int = WINDOW) -> tuple[int, int]:
        """Offsets of a unit with its neighbours: first those of its section and its heading, then the others.

        Never more than ``longest`` characters; a longer unit is cut at its end.
        """
        unit = self.units[position]
        first = last = position
        if unit.end - unit.start >= longest:
            return unit.start, unit.start + longest
        for whole_document in (False, True):
            while True:
                grown = self._grow(first, last, longest, unit.section, whole_document=whole_document)
                if grown == (first, last):
                    break
                first, last = grown
            if self.units[last].end - self._top(first) <= longest:
                first_start = self._top(first)
            else:
                first_start = self.units[first].start
        return first_start, self.units[last].end

    def _grow(self, first: int, last: int, longest: int, section: int, *, whole_document: bool) -> tuple[int, int]:
        def may_join(position: int) -> bool:
            inside = 0 <= position < len(self.units)
            return inside and (whole_document or self.units[position].section == section)

        if may_join(last + 1) and self.units[last + 1].end - self.units[first].start <= longest:
            last += 1
        if may_join(first - 1) and self.units[last].end - self.units[first - 1].start <= longest:
            first -= 1
        return first, last

    def _top(self, position: int) -> int:
        """The start of a unit, or of its section's heading when the unit is the first under it."""
        unit = self.units[position]
        opens = position == 0 or self.units[position - 1].section != unit.section
        return min(unit.start, self.sections[unit.section][0]) if opens else unit.start


@dataclass(frozen=True, eq=False)
class Library:
    """The versions that a person may see right now, and the model whose vectors they are searched by, if any."""

    views: tuple[View, ...]
    model: Known | None = None

    @cached_property
    def size(self) -> int:
        """How many units there are."""
        return sum(len(view.units) for view in self.views)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of all the views."""
        return Vocabulary(word for view in self.views for word in view.segment.words)


class Shelf:
    """A process's memory of versions and of the libraries made of them; the least used are dropped.

    ``characters`` bounds the text that is kept, each byte of its pieces counted as one, ``libraries`` the number of
    different sets of versions.
    """

    def __init__(self, characters: int = 400_000_000, libraries: int = 32) -> None:
        self._views: OrderedDict[Key, View] = OrderedDict()
        self._libraries: OrderedDict[tuple[Key, ...], Library] = OrderedDict()
        self._characters = characters
        self._most = libraries

    async def library(self, session: AsyncSession, person: Viewer) -> Library:
        """What the person may see, loaded as far as it is not in memory already."""
        rows = (
            await session.execute(
                select(
                    Document.id,
                    Document.title,
                    Document.kind,
                    Document.organ,
                    Document.year,
                    Document.current_version_id,
                    DocumentVersion.renewed_at,
                    EmbeddingModel,
                )
                .select_from(Document)
                .join(DocumentVersion, DocumentVersion.id == Document.current_version_id)
                .outerjoin(EmbeddingModel, EmbeddingModel.in_force.is_(True))
                .where(visible(person))
                .order_by(Document.current_version_id)
            )
        ).all()
        model = known(rows[0].EmbeddingModel) if rows and rows[0].EmbeddingModel else None
        number = model.id if model else None
        key = tuple((row.current_version_id, row.renewed_at, number) for row in rows)
        found = self._libraries.get(key)
        if found is not None:
            self._libraries.move_to_end(key)
            return found
        present = {one: self._views[one] for one in key if one in self._views}
        missing = {row.current_version_id: one for one, row in zip(key, rows, strict=True) if one not in present}
        for view in await _load(session, [row for row in rows if row.current_version_id in missing], number):
            one = missing[view.version_id]
            present[one] = self._views.setdefault(one, view)
        library = Library(tuple(present[one] for one in key if one in present), model)
        self._keep(key, library)
        return library

    def _keep(self, key: tuple[Key, ...], library: Library) -> None:
        """Remember the library; when too much is held, forget versions that it lacks and what was made of them."""
        self._libraries[key] = library
        while len(self._libraries) > self._most:
            self._libraries.popitem(last=False)
        held = sum(_size(view) for view in self._views.values())
        wanted = set(key)
        gone = set()
        for one in [one for one in self._views if one not in wanted]:
            if held <= self._characters:
                break
            held -= _size(self._views.pop(one))
            gone.add(one)
        for other in [other for other in self._libraries if gone.intersection(other)]:
            del self._libraries[other]


def _size(view: View) -> int:
    return len(view.text) + sum(len(unit.parts) for unit in view.units)


async def _load(session: AsyncSession, documents: Sequence[Any], model: int | None) -> list[View]:
    """Read the documents' current versions; of their passages only the parts that the model has made."""
    ids = [row.current_version_id for row in documents]
    if not ids:
        return []
    versions = {
        row.id: row
        for row in await session.execute(
            select(DocumentVersion.id, DocumentVersion.file_name, DocumentVersion.text, DocumentVersion.lexicon).where(
                DocumentVersion.id.in_(ids)
            )
        )
    }
    sections: dict[uuid.UUID, list[tuple[int, tuple[str, ...]]]] = {version_id: [] for version_id in ids}
    for version_id, start, path in await session.execute(
        select(Section.version_id, Section.start, Section.path)
        .where(Section.version_id.in_(ids))
        .order_by(Section.version_id, Section.position)
    ):
        sections[version_id].append((start, tuple(path)))
    units: dict[uuid.UUID, list[UnitView]] = {version_id: [] for version_id in ids}
    for row in await session.execute(
        select(
            Passage.version_id,
            Passage.id,
            Passage.kind,
            Passage.start,
            Passage.end,
            Passage.page,
            Passage.section,
            Passage.context,
            case((Passage.model_id == model, Passage.parts)).label("parts"),
        )
        .where(Passage.version_id.in_(ids))
        .order_by(Passage.version_id, Passage.position)
    ):
        place = row.kind, row.start, row.end, row.page, row.section, row.context
        units[row.version_id].append(UnitView(row.id, *place, row.parts or b""))
    return [
        View(
            document_id=row.id,
            version_id=row.current_version_id,
            source=versions[row.current_version_id].file_name,
            title=row.title,
            kind=row.kind,
            organ=row.organ,
            year=row.year,
            text=versions[row.current_version_id].text,
            sections=tuple(sections[row.current_version_id]),
            units=tuple(units[row.current_version_id]),
            segment=unpack(versions[row.current_version_id].lexicon),
        )
        for row in documents
    ]
