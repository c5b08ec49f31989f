"""Answering a conversation, and reading the answers that one may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, values
from initiatives.access import Viewer, may_write
from initiatives.base import new_id, utcnow
from initiatives.dialogue import entries
from initiatives.dialogue.answers import DialogueAnswer, may_answer, seen_by
from initiatives.errors import InvalidValue, NotAllowed
from initiatives.organisations import Organisation


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer as it is shown."""

    id: UUID
    organisation_id: UUID
    organisation: str
    from_region: bool
    text: str
    created_at: datetime


async def answer(session: AsyncSession, person: Viewer, entry_id: UUID, *, text: str) -> DialogueAnswer:
    """Answer a conversation in the name of the person's organisation.

    Raises `NotFound` if it is not there for the person, `NotAllowed` for those who only read, `InvalidValue`.
    """
    await entries.get_entry(session, person, entry_id)
    if person.organisation_id is None or not may_answer(person):
        raise NotAllowed("Du kan läsa samtalet men inte svara. Be en kommunpartner i din organisation att svara.")
    text = values.paragraph(text, field="text", longest=5_000)
    if not text:
        raise InvalidValue("Skriv ett svar.", field="text")
    written = DialogueAnswer(
        id=new_id(),
        entry_id=entry_id,
        organisation_id=person.organisation_id,
        from_region=may_write(person),
        text=text,
        created_at=utcnow(),
    )
    session.add(written)
    await session.flush()
    after = {"answer": text, "organisation_id": person.organisation_id}
    activity.record(session, person, "svarade på", "dialogue_entry", entry_id, after=after)
    await session.flush()
    return written


async def list_answers(session: AsyncSession, person: Viewer, entry_id: UUID) -> Sequence[AnswerRow]:
    """Return the answers that the person sees, the oldest first; raise `NotFound` if the conversation is not there."""
    await entries.get_entry(session, person, entry_id)
    query = (
        select(
            DialogueAnswer.id,
            DialogueAnswer.organisation_id,
            Organisation.name,
            DialogueAnswer.from_region,
            DialogueAnswer.text,
            DialogueAnswer.created_at,
        )
        .join(Organisation, Organisation.id == DialogueAnswer.organisation_id)
        .where(DialogueAnswer.entry_id == entry_id, seen_by(person))
        .order_by(DialogueAnswer.id)
    )
    return [AnswerRow(*row) for row in await session.execute(query)]
