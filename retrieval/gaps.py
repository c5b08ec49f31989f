"""What the programme group learns from what is asked: questions without an answer, and answers that were no good.

Never who asked: a gap holds the question, and what was said of the answer.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ForeignKey, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from initiatives import findings
from initiatives.access import MAY_WRITE_SQL, ROLE_SQL, SYSTEM, Viewer, acting_as, may_write, protect
from initiatives.base import Base, new_id, text_enum, utcnow
from initiatives.errors import NotAllowed, NotFound
from retrieval.analysis import index_terms

GROUPED = 500
"""How many of the newest gaps are grouped by what they are about."""
ALIKE = 0.4
"""How much of their words, by weight, two questions share that are about the same."""


class Cause(StrEnum):
    """Why a question is a gap."""

    UNANSWERED = "obesvarad"
    BAD_ANSWER = "underkänt svar"


class KnowledgeGap(Base):
    """A question that the material did not answer, or not well; what was done about it is a finding."""

    __tablename__ = "knowledge_gap"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    question: Mapped[str] = mapped_column(Text)
    confidence: Mapped[float]
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    cause: Mapped[Cause] = mapped_column(text_enum(Cause, name="cause"), default=Cause.UNANSWERED)
    reason: Mapped[str] = mapped_column(default="")
    turn_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("turn.id", ondelete="SET NULL"), unique=True)
    finding_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("finding.id", ondelete="SET NULL"), index=True)


POLICIES: tuple[str, ...] = protect("knowledge_gap", read=MAY_WRITE_SQL, write=f"{ROLE_SQL} IS NOT NULL")


@dataclass(frozen=True, slots=True)
class Topic:
    """Gaps that are about the same, the newest first."""

    gaps: tuple[KnowledgeGap, ...]


async def note(session: AsyncSession, person: Viewer, question: str, confidence: float) -> None:
    """Note a question that was refused, so that the programme group sees what the material lacks."""
    if person.person_id is not None:
        session.add(KnowledgeGap(question=question, confidence=confidence))
        await session.flush()


async def judged(
    session: AsyncSession, person: Viewer, turn_id: uuid.UUID, question: str, *, bad: bool, reason: str
) -> None:
    """Note that an answer was no good and why, in place of what was said of it before; not bad takes that away."""
    async with acting_as(session, SYSTEM, then=person):  # Whoever asks does not see the gaps, not even their own.
        await session.execute(delete(KnowledgeGap).where(KnowledgeGap.turn_id == turn_id))
        if bad:
            gap = KnowledgeGap(question=question, confidence=0, cause=Cause.BAD_ANSWER, reason=reason, turn_id=turn_id)
            session.add(gap)
            await session.flush()


async def list_gaps(
    session: AsyncSession, person: Viewer, *, limit: int = 20, offset: int = 0
) -> tuple[Sequence[KnowledgeGap], int]:
    """The questions that the material did not answer well, newest first, and how many. Raises `NotAllowed`."""
    _require_reader(person)
    total = await session.scalar(select(func.count()).select_from(KnowledgeGap))
    newest = select(KnowledgeGap).order_by(KnowledgeGap.created_at.desc(), KnowledgeGap.id.desc())
    return list(await session.scalars(newest.limit(limit).offset(offset))), total or 0


async def topics(session: AsyncSession, person: Viewer) -> list[Topic]:
    """The newest gaps grouped by what they are about, most asked about first. Raises `NotAllowed`.

    A question joins the first group whose newest question shares `ALIKE` of its words (weighted Jaccard index).
    """
    found, _ = await list_gaps(session, person, limit=GROUPED)
    groups = await asyncio.to_thread(_grouped, [gap.question for gap in found])
    return [Topic(tuple(found[place] for place in group)) for group in groups]


async def open_finding(session: AsyncSession, person: Viewer, gap_id: uuid.UUID) -> uuid.UUID:
    """Make a gap something to do in the register of findings, once, and return the finding.

    Raises `NotAllowed` and `NotFound`.
    """
    _require_reader(person)
    gap = await session.get(KnowledgeGap, gap_id, with_for_update=True)
    if gap is None:
        raise NotFound("Frågan finns inte längre bland luckorna.")
    if gap.finding_id is None:
        detail = "\n\n".join(part for part in (gap.question, gap.reason) if part)
        finding = await findings.add(session, person, title=_TITLES[gap.cause], detail=detail)
        gap.finding_id = finding.id
        await session.flush()
    return gap.finding_id


_TITLES = {
    Cause.UNANSWERED: "En fråga som materialet inte besvarar",
    Cause.BAD_ANSWER: "Ett svar som inte var bra",
}


def _grouped(questions: Sequence[str]) -> list[list[int]]:
    """The places of the questions in groups, the largest first; only groups that share a word are compared."""
    groups: list[tuple[dict[str, float], list[int]]] = []
    holding: defaultdict[str, list[int]] = defaultdict(list)
    for place, question in enumerate(questions):
        words = index_terms(question)
        near = sorted({number for term in words for number in holding[term]})
        same = next((number for number in near if _alike(groups[number][0], words) >= ALIKE), None)
        if same is not None:
            groups[same][1].append(place)
            continue
        for term in words:
            holding[term].append(len(groups))
        groups.append((words, [place]))
    return sorted((places for _, places in groups), key=len, reverse=True)


def _alike(one: dict[str, float], other: dict[str, float]) -> float:
    terms = one.keys() | other.keys()
    shared = sum(min(one.get(term, 0), other.get(term, 0)) for term in terms)
    return shared / (sum(max(one.get(term, 0), other.get(term, 0)) for term in terms) or 1)


def _require_reader(person: Viewer) -> None:
    if not may_write(person):
        raise NotAllowed("Bara programgruppen läser de obesvarade frågorna.")
