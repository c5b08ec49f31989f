"""What becomes of a document's suggestions when a version of it is published: new, found again, or superseded."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.base import new_id, utcnow
from initiatives.sources import page_at
from initiatives.suggestions.drafts import Found, kind_of, marks
from initiatives.suggestions.tables import LONGEST_QUOTE, State, Suggestion


async def keep(
    session: AsyncSession,
    document_id: UUID,
    version_id: UUID,
    *,
    text: str,
    pages: Sequence[Mapping[str, Any]],
    found: Sequence[Found],
) -> None:
    """Write what rules have found in a version of a document; for the pipeline, in the transaction that publishes.

    What people have accepted or rejected stays so. What is found again is shown in its new place, and what is gone is
    superseded. Nothing enters the register here.
    """
    of_document = select(Suggestion).where(Suggestion.document_id == document_id).with_for_update()
    fresh = of_document.execution_options(populate_existing=True)
    known = {row.mark: row for row in await session.scalars(fresh)}
    identifiers: list[UUID] = []
    found_marks = marks(found)
    for position, (one, mark) in enumerate(zip(found, found_marks, strict=True)):
        row = known.get(mark)
        if row is None:
            row = Suggestion(id=new_id(), document_id=document_id, mark=mark, state=State.OPEN, reason="")
            row.kind = kind_of(one.draft)
            session.add(row)
        elif row.state is State.SUPERSEDED:
            row.state = State.OPEN
        if row.state is State.OPEN:
            row.draft = msgspec.to_builtins(one.draft)
            row.confidence, row.rule = one.confidence, one.rule
        row.version_id, row.position = version_id, position
        row.start, row.end = _span(text, one)
        row.quote = text[row.start : row.end]
        row.page = page_at(pages, row.start)
        row.parent_id = None if one.parent is None else identifiers[one.parent]
        row.updated_at = utcnow()
        identifiers.append(row.id)
    for mark, row in known.items():
        if mark not in found_marks and row.state is State.OPEN:
            row.state, row.updated_at = State.SUPERSEDED, utcnow()
    await session.flush()


def _span(text: str, one: Found) -> tuple[int, int]:
    """Return the place of a draft without white space around its words."""
    words = text[one.start : min(one.end, one.start + LONGEST_QUOTE)]
    start = one.start + len(words) - len(words.lstrip())
    return start, start + len(words.strip())
