"""Conversations and their turns: one's own, and those that somebody lets others read."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from enum import StrEnum
from textwrap import shorten
from typing import Any

from sqlalchemy import ForeignKey, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from initiatives import accesses, overview, values
from initiatives.access import IS_SYSTEM_SQL, PERSON_SQL, ROLE_SQL, Viewer, protect, sees_all
from initiatives.base import Base, new_id, text_enum, utcnow
from initiatives.errors import NotFound
from retrieval import gaps
from retrieval.documents import Document, visible
from retrieval.register.shown import OPEN_TO_ALL

TITLE_LENGTH = 90
LONGEST_REASON = 1_000


class Conversation(Base):
    """One person's thread of questions; since ``shared_at``, if ever, whoever is signed in may read it too."""

    __tablename__ = "conversation"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    shared_at: Mapped[dt.datetime | None]


class Rating(StrEnum):
    """What somebody thinks of an answer that they got."""

    GOOD = "bra"
    BAD = "dåligt"


class Turn(Base):
    """A question and the answer it got; ``answer`` is the whole answer as JSON, citations included."""

    __tablename__ = "turn"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    rating: Mapped[Rating | None] = mapped_column(text_enum(Rating, name="rating"))
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)


_OWN = f"person_id = {PERSON_SQL} OR {IS_SYSTEM_SQL}"
_READABLE = f"{_OWN} OR (shared_at IS NOT NULL AND {ROLE_SQL} IS NOT NULL)"
_AMONG = "conversation_id IN (SELECT id FROM conversation"
_OF_READABLE = f"{_AMONG}) OR {IS_SYSTEM_SQL}"
_OF_OWN = f"{_AMONG} WHERE {_OWN}) OR {IS_SYSTEM_SQL}"

POLICIES: tuple[str, ...] = (
    *protect("conversation", read=_READABLE, write=_OWN),
    *protect("turn", read=_OF_READABLE, write=_OF_OWN),
)


async def list_conversations(
    session: AsyncSession, person: Viewer, *, q: str = "", limit: int = 20, offset: int = 0
) -> list[Conversation]:
    """The person's own conversations, the latest first; with `q` those with the words in title, question or answer."""
    query = select(Conversation).where(Conversation.person_id == person.person_id)
    if q:
        said = (words.icontains(q, autoescape=True) for words in (Turn.question, Turn.answer["answer"].astext))
        among = select(Turn.id).where(or_(*said), Turn.conversation_id == Conversation.id)
        query = query.where(or_(Conversation.title.icontains(q, autoescape=True), among.exists()))
    newest = query.order_by(Conversation.updated_at.desc(), Conversation.id.desc())
    return list(await session.scalars(newest.limit(limit).offset(offset)))


async def get_conversation(session: AsyncSession, person: Viewer, conversation_id: uuid.UUID) -> Conversation:
    """The conversation, if it is the person's own. Raises `NotFound`."""
    conversation = await session.scalar(
        select(Conversation).where(Conversation.id == conversation_id, Conversation.person_id == person.person_id)
    )
    if conversation is None:
        raise NotFound("Samtalet finns inte, eller så är det inte ditt.")
    return conversation


async def revise(
    session: AsyncSession,
    person: Viewer,
    conversation_id: uuid.UUID,
    *,
    title: str | None = None,
    shared: bool | None = None,
) -> Conversation:
    """Give one's own conversation another title, or let others read it or no longer. Raises as `get_conversation`.

    Raises `InvalidValue` for an empty or too long title.
    """
    conversation = await get_conversation(session, person, conversation_id)
    if title is not None:
        conversation.title = values.line(title, field="title", longest=TITLE_LENGTH)
    if shared is not None:
        conversation.shared_at = (conversation.shared_at or utcnow()) if shared else None
    await session.flush()
    return conversation


async def remove(session: AsyncSession, person: Viewer, conversation_id: uuid.UUID) -> None:
    """Take one's own conversation away, with its questions and answers, for good. Raises `NotFound`."""
    await session.delete(await get_conversation(session, person, conversation_id))
    await session.flush()


async def rate(
    session: AsyncSession,
    person: Viewer,
    conversation_id: uuid.UUID,
    answer_id: uuid.UUID,
    *,
    rating: Rating | str | None,
    reason: str = "",
) -> None:
    """Say what an answer of one's own conversation was worth, or nothing any more.

    What was bad is noted for the programme group: question and reason, without a name. Raises `NotFound`, and
    `InvalidValue` for another rating or a reason of more than 1,000 characters.
    """
    await get_conversation(session, person, conversation_id)
    query = select(Turn).where(Turn.conversation_id == conversation_id, Turn.answer["id"].astext == str(answer_id))
    turn = await session.scalar(query)
    if turn is None:
        raise NotFound("Svaret finns inte i samtalet.")
    turn.rating = None if rating is None else values.choice(Rating, rating, field="rating")
    why = values.paragraph(reason, field="reason", longest=LONGEST_REASON)
    await gaps.judged(session, person, turn.id, turn.question, bad=turn.rating is Rating.BAD, reason=why)


async def turns(session: AsyncSession, person: Viewer, conversation_id: uuid.UUID) -> list[Turn]:
    """The turns of one of the person's own conversations, oldest first. Raises `NotFound`.

    What was answered from a document that the person may not see any longer is left out of them, words and quotations,
    and so is what was answered from the register where that has changed since for one who sees a part of it.
    """
    await get_conversation(session, person, conversation_id)
    return await _turns(session, person, conversation_id)


async def get_turn(session: AsyncSession, person: Viewer, answer_id: uuid.UUID) -> Turn:
    """The turn with an answer in one of the person's own conversations, as `turns` has it. Raises `NotFound`."""
    own = select(Conversation.id).where(Conversation.person_id == person.person_id)
    query = select(Turn).where(Turn.conversation_id.in_(own), Turn.answer["id"].astext == str(answer_id))
    turn = await session.scalar(query)
    if turn is None:
        raise NotFound("Svaret finns inte, eller så är det inte ditt. Ställ frågan igen.")
    if not sees_all(person):
        await _withhold(session, person, [turn])
    return turn


async def shared(session: AsyncSession, person: Viewer, conversation_id: uuid.UUID) -> tuple[Conversation, list[Turn]]:
    """A conversation that somebody lets others read, and its turns, oldest first. Raises `NotFound`.

    What was answered from a document that the reader may not see is left out of them, words and quotations.
    """
    query = select(Conversation).where(Conversation.id == conversation_id, Conversation.shared_at.is_not(None))
    conversation = await session.scalar(query)
    if conversation is None:
        raise NotFound("Samtalet finns inte, eller så är det inte delat.")
    return conversation, await _turns(session, person, conversation_id)


async def _turns(session: AsyncSession, person: Viewer, conversation_id: uuid.UUID) -> list[Turn]:
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
    stands = {str(key): stood for key, stood in (await overview.stands(session, person)).items()}
    for turn in found:
        if rests_on[turn.id] - seen or not _still_shown(turn.answer.get("register"), stands):
            session.expunge(turn)
            turn.answer = {**turn.answer, **_WITHHELD}


def _still_shown(register: dict[str, Any] | None, stands: Mapping[str, str]) -> bool:
    """Whether every row of a kept answer of the register is of an initiative that the person sees as it was then."""
    if register is None:
        return True
    seen = register.get("seen")
    if seen is None:  # It was answered to somebody who saw the whole register.
        return False
    return all(stands.get(key) == stood for key, stood in seen.items()) and all(
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


async def forget_name(session: AsyncSession, name: str) -> int:
    """Take every kept answer of the register that names somebody out of its turn, and return how many there were."""
    names = Turn.answer["register"].astext.contains(name, autoescape=True)
    gone = update(Turn).where(names).values(answer=Turn.answer.concat({**_WITHHELD, "answer": _ERASED}))
    return len((await session.scalars(gone.returning(Turn.id))).all())


_ERASED = "Svaret nämnde en person vars uppgifter har raderats. Ställ frågan igen."
_RESTS_ON = "$.*[*] ? (@.document_id == $document)"
_REMOVED = "Svaret byggde på ett dokument som har tagits bort. Ställ frågan igen."
_WITHHELD: dict[str, Any] = {
    "answer": "Svaret byggde på något som har ändrats, eller som du inte längre har tillgång till. Ställ frågan igen.",
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
