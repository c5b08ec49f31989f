"""Reading suggestions: those who may write in the register see them, with the words that they rest on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, Select, String, Uuid, column, func, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer, may_write
from initiatives.base import Base
from initiatives.errors import NotFound
from initiatives.kinds import KINDS, address, target_of
from initiatives.people import Person
from initiatives.suggestions.drafts import DRAFTS, Confidence, Draft, Kind
from initiatives.suggestions.tables import State, Suggestion

MISSING = "Förslaget finns inte."
_DOCUMENT = table("document", column("id", Uuid), column("title", String), column("current_version_id", Uuid))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which suggestions; what is empty lets everything through."""

    document_id: UUID | None = None
    kinds: tuple[Kind, ...] = ()
    states: tuple[State, ...] = ()
    parent_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """A suggestion as it is shown; `document` is a title, `decided_by` a name, `waiting` how many open parts it has."""

    id: UUID
    document_id: UUID
    document: str
    version_id: UUID
    parent_id: UUID | None
    kind: Kind
    draft: Draft
    confidence: Confidence
    rule: str
    start: int
    end: int
    page: int | None
    quote: str
    state: State
    decided_by: str | None
    decided_at: datetime | None
    reason: str
    became_type: str | None
    became_id: UUID | None
    waiting: int


async def list_suggestions(
    session: AsyncSession, person: Viewer, filters: Filters = Filters(), *, limit: int = 20, offset: int = 0
) -> tuple[Sequence[SuggestionRow], int]:
    """Return suggestions, the newest document first and each in reading order, and how many there are in all.

    Those who may not write in the register see none.
    """
    if not may_write(person):
        return (), 0
    where = _conditions(filters)
    total = await session.scalar(select(func.count()).select_from(Suggestion).where(*where))
    order = (Suggestion.document_id.desc(), Suggestion.position, Suggestion.id)
    rows = await session.execute(_ROWS.where(*where).order_by(*order).limit(limit).offset(offset))
    return [_row(row) for row in rows], total or 0


async def get(session: AsyncSession, person: Viewer, suggestion_id: UUID) -> SuggestionRow:
    """Return one suggestion, or raise `NotFound` to one who may not write in the register, and where there is none."""
    query = _ROWS.where(Suggestion.id == suggestion_id)
    found = (await session.execute(query)).one_or_none() if may_write(person) else None
    if found is None:
        raise NotFound(MISSING)
    return _row(found)


async def count_open(session: AsyncSession, person: Viewer, document_id: UUID | None = None) -> int:
    """Return how many suggestions wait for somebody, in all or of one document; 0 for those who may not write."""
    if not may_write(person):
        return 0
    where = _conditions(Filters(document_id=document_id, states=(State.OPEN,)))
    return await session.scalar(select(func.count()).select_from(Suggestion).where(*where)) or 0


async def place(session: AsyncSession, became_type: str | None, became_id: UUID | None) -> str | None:
    """Return the address of the page where what a suggestion became stands; None if it is not, or no longer, there.

    What has no page of its own stands on that of its whole.
    """
    if became_type is None or became_id is None:
        return None
    rows = Base.metadata.tables[became_type]
    whole = became_type if KINDS[became_type].page else KINDS[became_type].part_of
    keys = (
        rows.c.id if whole == became_type else next(one for one in rows.c if target_of(became_type, one.name) == whole)
    )
    found = await session.scalar(select(keys).where(rows.c.id == became_id))
    return None if found is None else address(whole, found)


async def is_current(session: AsyncSession, suggestion: Suggestion) -> bool:
    """Tell whether the words of a suggestion stand in the version of the document that is current."""
    current = select(_DOCUMENT.c.id).where(_DOCUMENT.c.current_version_id == suggestion.version_id)
    return await session.scalar(current) is not None


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if filters.document_id is not None:
        where.append(Suggestion.document_id == filters.document_id)
    if filters.kinds:
        where.append(Suggestion.kind.in_(filters.kinds))
    if filters.states:
        where.append(Suggestion.state.in_(filters.states))
    if filters.parent_id is not None:
        where.append(Suggestion.parent_id == filters.parent_id)
    return where


def _row(row: Row[Any]) -> SuggestionRow:
    values = dict(row._mapping)  # noqa: SLF001 - the public name of SQLAlchemy's own begins so
    values["draft"] = msgspec.convert(values["draft"], DRAFTS[values["kind"]])
    return SuggestionRow(**values)


_PART = Suggestion.__table__.alias("part")
_WAITING = (
    select(func.count())
    .select_from(_PART)
    .where(_PART.c.parent_id == Suggestion.id, _PART.c.state == State.OPEN)
    .correlate(Suggestion)
    .scalar_subquery()
)
_ROWS: Select[*tuple[Any, ...]] = (
    select(
        Suggestion.id,
        Suggestion.document_id,
        _DOCUMENT.c.title.label("document"),
        Suggestion.version_id,
        Suggestion.parent_id,
        Suggestion.kind,
        Suggestion.draft,
        Suggestion.confidence,
        Suggestion.rule,
        Suggestion.start,
        Suggestion.end,
        Suggestion.page,
        Suggestion.quote,
        Suggestion.state,
        Person.name.label("decided_by"),
        Suggestion.decided_at,
        Suggestion.reason,
        Suggestion.became_type,
        Suggestion.became_id,
        _WAITING.label("waiting"),
    )
    .join(_DOCUMENT, _DOCUMENT.c.id == Suggestion.document_id)
    .outerjoin(Person, Person.id == Suggestion.decided_by)
)
