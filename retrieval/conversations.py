"""Conversations, their turns, and the questions that the material could not answer."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import Any

from sqlalchemy import ForeignKey, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from initiatives import accesses
from initiatives.access import IS_SYSTEM_SQL, MAY_WRITE_SQL, PERSON_SQL, ROLE_SQL, Viewer, may_write, protect, sees_all
from initiatives.base import Base, new_id, utcnow
from initiatives.errors import NotAllowed, NotFound
from initiatives.sharing import profiles
from retrieval.documents import Document, visible
from retrieval.register.shown import OPEN_TO_ALL

TITLE_LENGTH = 90


class Conversation(Base):
    """One person's thread of questions."""

    __tablename__ = "conversation"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[dt.datetime] = mapped_column(default=utcnow)


class Turn(Base):
    """A question and the answer it got; ``answer`` is the whole answer as JSON, citations included."""

    __tablename__ = "turn"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)


class KnowledgeGap(Base):
    """A question that the material did not answer, for the programme group to read."""

    __tablename__ = "knowledge_gap"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    question: Mapped[str] = mapped_column(Text)
    confidence: Mapped[float]
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)


_OWN = f"person_id = {PERSON_SQL} OR {IS_SYSTEM_SQL}"
_OF_OWN = "conversation_id IN (SELECT id FROM conversation)"
_OWN_TURN = f"{_OF_OWN} OR {IS_SYSTEM_SQL}"

POLICIES: tuple[str, ...] = (
    *protect("conversation", read=_OWN, write=_OWN),
    *protect("turn", read=_OWN_TURN, write=_OWN_TURN),
    *protect("knowledge_gap", read=MAY_WRITE_SQL, write=f"{ROLE_SQL} IS NOT NULL"),
)


async def list_conversations(
    session: AsyncSession, person: Viewer, *, limit: int = 20, offset: int = 0
) -> list[Conversation]:
    """The person's own conversations, the latest first."""
    rows = await session.scalars(
        select(Conversation)
        .where(Conversation.person_id == person.person_id)
        .order_by(Conversation.updated_at.desc())
        .limit(limit)
        .offset(offset)
    )
    return list(rows)


async def get_conversation(session: AsyncSession, person: Viewer, conversation_id: uuid.UUID) -> Conversation:
    """The conversation, if it is the person's own. Raises `NotFound`."""
    conversation = await session.scalar(
        select(Conversation).where(Conversation.id == conversation_id, Conversation.person_id == person.person_id)
    )
    if conversation is None:
        raise NotFound("Samtalet finns inte, eller så är det inte ditt.")
    return conversation


async def turns(session: AsyncSession, person: Viewer, conversation_id: uuid.UUID) -> list[Turn]:
    """The turns of one of the person's own conversations, oldest first. Raises `NotFound`.

    What was answered from a document, or from something in the register, that the person may not see any longer is left
    out of them: words, quotations and rows.
    """
    await get_conversation(session, person, conversation_id)
    rows = await session.scalars(
        select(Turn).where(Turn.conversation_id == conversation_id).order_by(Turn.created_at, Turn.id)
    )
    found = list(rows)
    if not sees_all(person):
        await _withhold(session, person, found)
    return found


async def _withhold(session: AsyncSession, person: Viewer, found: Sequence[Turn]) -> None:
    """Take from the turns, not from what is kept of them, every answer that rests on what may not be seen."""
    rests_on = {turn.id: _documents(turn.answer) for turn in found}
    wanted = {document for documents in rests_on.values() for document in documents}
    seen = set(await session.scalars(select(Document.id).where(Document.id.in_(wanted), visible(person))))
    shares = {str(key): profile.value for key, profile in (await profiles(session, person)).items()}
    for turn in found:
        if rests_on[turn.id] - seen or not _still_shown(turn.answer.get("register"), shares):
            session.expunge(turn)
            turn.answer = {**turn.answer, **_WITHHELD}


def _still_shown(register: dict[str, Any] | None, shares: Mapping[str, str]) -> bool:
    """Whether every row of a kept answer of the register is of an initiative that is shared as it was then."""
    if register is None:
        return True
    seen = register.get("seen")
    if seen is None:  # It was answered to somebody who saw the whole register.
        return False
    return all(shares.get(key) == profile for key, profile in seen.items()) and all(
        row["kind"] in OPEN_TO_ALL or any(key in (row["path"] or "") for key in seen) for row in register["rows"]
    )


def _documents(answer: dict[str, Any]) -> set[uuid.UUID]:
    places = (*answer.get("citations", ()), *answer.get("passages", ()))
    return {uuid.UUID(place["document_id"]) for place in places}


async def forget_document(session: AsyncSession, document_id: uuid.UUID) -> int:
    """Take every kept answer that rests on a document out of its turn, and return how many there were."""
    rests = func.jsonb_path_exists(
        Turn.answer, literal(_RESTS_ON).cast(JSONPATH), func.jsonb_build_object("document", str(document_id))
    )
    gone = update(Turn).where(rests).values(answer=Turn.answer.concat({**_WITHHELD, "answer": _REMOVED}))
    return len((await session.scalars(gone.returning(Turn.id))).all())


_RESTS_ON = "$.*[*] ? (@.document_id == $document)"
_REMOVED = "Svaret byggde på ett dokument som har tagits bort. Ställ frågan igen."
_WITHHELD: dict[str, Any] = {
    "answer": "Svaret byggde på något som du inte längre har tillgång till. Ställ frågan igen.",
    "abstained": True,
    "basis": None,
    "citations": [],
    "passages": [],
    "notice": None,
    "register": None,
}


async def keep_turn(
    session: AsyncSession, person: Viewer, conversation_id: uuid.UUID | None, question: str, answer: dict[str, Any]
) -> uuid.UUID:
    """Store a turn, note who asked, and return its conversation's id; a new conversation when none is given."""
    if conversation_id is None:
        conversation = Conversation(person_id=person.person_id, title=_title(question))
        session.add(conversation)
        await session.flush()
    else:
        conversation = await get_conversation(session, person, conversation_id)
        conversation.updated_at = utcnow()
    turn = Turn(id=new_id(), conversation_id=conversation.id, question=question, answer=answer)
    session.add(turn)
    accesses.asked(session, person, question, conversation_id=conversation.id, turn_id=turn.id)
    await session.flush()
    return conversation.id


def _title(question: str) -> str:
    """The beginning of the question, cut between words where there are any."""
    short = shorten(question, TITLE_LENGTH, placeholder=" …")
    return short if len(short) > len("…") else question[:TITLE_LENGTH]


async def note_gap(session: AsyncSession, person: Viewer, question: str, confidence: float) -> None:
    """Note a question that was refused, so that the programme group sees what the material lacks."""
    if person.person_id is not None:
        session.add(KnowledgeGap(question=question, confidence=confidence))
        await session.flush()


async def list_gaps(
    session: AsyncSession, person: Viewer, *, limit: int = 20, offset: int = 0
) -> tuple[Sequence[KnowledgeGap], int]:
    """The questions that the material did not answer, newest first, and how many they are. Raises `NotAllowed`."""
    if not may_write(person):
        raise NotAllowed("Bara programgruppen läser de obesvarade frågorna.")
    total = await session.scalar(select(func.count()).select_from(KnowledgeGap))
    newest = select(KnowledgeGap).order_by(KnowledgeGap.created_at.desc(), KnowledgeGap.id.desc())
    return list(await session.scalars(newest.limit(limit).offset(offset))), total or 0
