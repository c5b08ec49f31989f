"""With whom a document is shared, and for how long. Whoever it is shared with reads all of its current version."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, delete, get, put
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath

from api.dependencies import Person, Session
from api.rest.examples import SHARE, shows
from ingest import intake
from retrieval import document_shares

DOCUMENT_SHARE = {name: value for name, value in SHARE.items() if name != "profile"}
DAYS = {name: SHARE[name] for name in ("from_on", "to_on")}


class DocumentShareOut(msgspec.Struct, frozen=True):
    """A share, with its first and last day; without a last day it is until further notice."""

    organisation_id: UUID
    organisation: str
    from_on: date
    to_on: date | None
    shared_at: datetime
    shared_by: str | None


class Days(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long something is shared. Without `from_on`: from today, or from the day it had."""

    from_on: date | None = None
    to_on: date | None = None


class DocumentShareController(Controller):
    """The shares of one document."""

    path = "/documents/{document_id:uuid}/shares"
    tags = ("Delning",)

    @get(
        summary="Lista vilka dokumentet delas med",
        operation_id="listDocumentShares",
        responses=shows(list[DocumentShareOut], [DOCUMENT_SHARE]),
    )
    async def list_shares(
        self, session: Session, person: Person, document_id: FromPath[UUID]
    ) -> list[DocumentShareOut]:
        """Return the shares, coming and ended ones too; a partner finds only their own, while it is in force."""
        return await _shares(session, person, document_id)

    @put(
        "/{organisation_id:uuid}",
        summary="Dela dokumentet med en organisation",
        operation_id="shareDocument",
        responses=shows(list[DocumentShareOut], [DOCUMENT_SHARE], description="Delat; alla delningar"),
    )
    async def share(
        self,
        *,
        session: Session,
        person: Person,
        document_id: FromPath[UUID],
        organisation_id: FromPath[UUID],
        data: Annotated[Days | None, Body(examples=[Example(value=DAYS)])] = None,
    ) -> list[DocumentShareOut]:
        """Let an organisation's people read the document's current version between two days, both included.

        Replaces the days of an earlier share. For the programme group.
        """
        days = msgspec.structs.asdict(data or Days())
        await document_shares.share(session, person, document_id, organisation_id, **days)
        return await _shares(session, person, document_id)

    @delete(
        "/{organisation_id:uuid}",
        summary="Sluta dela dokumentet med en organisation",
        operation_id="unshareDocument",
        status_code=204,
    )
    async def unshare(
        self, session: Session, person: Person, document_id: FromPath[UUID], organisation_id: FromPath[UUID]
    ) -> None:
        """Stop sharing the document with an organisation, from the next request; for the programme group."""
        await intake.stop_sharing(session, person, document_id, organisation_id)


async def _shares(session: Session, person: Person, document_id: UUID) -> list[DocumentShareOut]:
    rows = await document_shares.list_shares(session, person, document_id)
    return msgspec.convert(rows, list[DocumentShareOut], from_attributes=True)
