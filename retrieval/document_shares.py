"""Sharing a document with an organisation: who reads it, from when and until when."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, values
from initiatives.access import Viewer, require_writer, sees_all
from initiatives.base import utcnow
from initiatives.errors import InvalidValue, NotFound
from initiatives.organisations import Organisation
from initiatives.people import Person
from initiatives.sharing import in_force
from initiatives.swedish import sort_key_sql, today
from retrieval.documents import Document, DocumentShare, visible


@dataclass(frozen=True, slots=True)
class DocumentShareRow:
    """A share as it is shown; ``shared_by`` is None to a partner, and where no person shared."""

    organisation_id: uuid.UUID
    organisation: str
    from_on: dt.date
    to_on: dt.date | None
    shared_at: dt.datetime
    shared_by: str | None

    @property
    def coming(self) -> bool:
        """Whether the share has not begun."""
        return self.from_on > today()

    @property
    def ended(self) -> bool:
        """Whether the share has ended."""
        return self.to_on is not None and self.to_on < today()


async def share(
    session: AsyncSession,
    person: Viewer,
    document_id: uuid.UUID,
    organisation_id: uuid.UUID,
    *,
    from_on: dt.date | None = None,
    to_on: dt.date | None = None,
) -> None:
    """Let an organisation's people read the document's current version between two days, both included.

    Without a first day: from today, or from the day it had; without a last day: until further notice. Replaces the days
    of an earlier share; the same days change nothing. Raises `NotFound`, `NotAllowed` or `InvalidValue`.
    """
    await _require(session, person, document_id)
    if await session.get(Organisation, organisation_id) is None:
        raise InvalidValue(f"Det finns ingen organisation med id {organisation_id}.", field="organisation_id")
    old = await session.get(DocumentShare, (document_id, organisation_id), with_for_update=True)
    first = from_on or (old.from_on if old else today())
    values.period(first, to_on, field="to_on")
    if old and (old.from_on, old.to_on) == (first, to_on):
        return
    before = _terms(old) if old else None
    new = DocumentShare(
        document_id=document_id,
        organisation_id=organisation_id,
        from_on=first,
        to_on=to_on,
        shared_at=utcnow(),
        shared_by=person.person_id,
    )
    await session.merge(new)
    activity.record(session, person, "delade", "document", document_id, before=before, after=_terms(new))
    await session.flush()


async def unshare(session: AsyncSession, person: Viewer, document_id: uuid.UUID, organisation_id: uuid.UUID) -> None:
    """Stop sharing the document with an organisation; raise `NotFound` if it was not shared with it."""
    await _require(session, person, document_id)
    shared = await session.get(DocumentShare, (document_id, organisation_id))
    if shared is None:
        raise NotFound("Dokumentet är inte delat med den organisationen.")
    await session.delete(shared)
    activity.record(session, person, "slutade dela", "document", document_id, before=_terms(shared))
    await session.flush()


async def share_until_further_notice(
    session: AsyncSession, document_id: uuid.UUID | None, organisations: Sequence[uuid.UUID], *, by: uuid.UUID | None
) -> None:
    """Share from today with the organisations that came with a file; a share in force is left as it is."""
    if document_id is None or not organisations:
        return
    terms = {"from_on": today(), "to_on": None, "shared_at": utcnow(), "shared_by": by}
    rows = [{"document_id": document_id, "organisation_id": one, **terms} for one in dict.fromkeys(organisations)]
    new = insert(DocumentShare).values(rows)
    key = [DocumentShare.document_id, DocumentShare.organisation_id]
    await session.execute(new.on_conflict_do_update(index_elements=key, set_=terms, where=~in_force(DocumentShare)))


async def list_shares(session: AsyncSession, person: Viewer, document_id: uuid.UUID) -> Sequence[DocumentShareRow]:
    """With whom a document is shared, coming and ended shares too; a partner finds only their own.

    Raises `NotFound` if the document is not there for the person.
    """
    if not await session.scalar(_seen(person, document_id)):
        raise NotFound("Dokumentet finns inte, eller så har du inte tillgång till det.")
    query = (
        select(
            DocumentShare.organisation_id,
            Organisation.name,
            DocumentShare.from_on,
            DocumentShare.to_on,
            DocumentShare.shared_at,
            Person.name,
        )
        .join(Organisation, Organisation.id == DocumentShare.organisation_id)
        .outerjoin(Person, (Person.id == DocumentShare.shared_by) & literal(sees_all(person)))
        .where(DocumentShare.document_id == document_id)
        .order_by(sort_key_sql(Organisation.name), Organisation.id)
    )
    if not sees_all(person):
        query = query.where(DocumentShare.organisation_id == person.organisation_id, in_force(DocumentShare))
    return [DocumentShareRow(*row) for row in await session.execute(query)]


async def _require(session: AsyncSession, person: Viewer, document_id: uuid.UUID) -> None:
    if not await session.scalar(_seen(person, document_id)):
        raise NotFound("Dokumentet finns inte, eller så har du inte tillgång till det.")
    require_writer(person)


def _seen(person: Viewer, document_id: uuid.UUID) -> Select[uuid.UUID]:
    return select(Document.id).where(Document.id == document_id, visible(person))


def _terms(share: DocumentShare) -> dict[str, object]:
    return {"organisation_id": share.organisation_id, "from_on": share.from_on, "to_on": share.to_on}
