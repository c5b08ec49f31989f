"""Comments on one initiative, between the programme group and an organisation that it is shared with."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath

from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.examples import INITIATIVE, MUNICIPALITY, PERSON, REGION, page_of, shows
from initiatives import comments, overview

COMMENT = {
    "id": "01976a10-0000-7000-8000-000000000044",
    "initiative_id": INITIATIVE["id"],
    "organisation_id": MUNICIPALITY["id"],
    "organisation": MUNICIPALITY["name"],
    "from_organisation": REGION["name"],
    "written_by": PERSON["name"],
    "body": "Kan ni ta emot läkarbilen redan i januari?",
    "created_at": "2026-11-20T14:05:00Z",
    "removable": True,
}
NEW = {"body": COMMENT["body"]}


class CommentOut(msgspec.Struct, frozen=True):
    """A comment. `organisation` is whom it is between, with the region; null is among those who see everything.

    `written_by` is null to one who does not see that person, and `removable` tells whether you may take it away.
    """

    id: UUID
    initiative_id: UUID
    organisation_id: UUID | None
    organisation: str | None
    from_organisation: str | None
    written_by: str | None
    body: str
    created_at: datetime
    removable: bool


class NewComment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something to say; the programme group says to whom, a partner always says it to the region."""

    body: str
    organisation_id: UUID | None = None


class CommentController(Controller):
    """The comments on one initiative."""

    path = "/initiatives/{initiative_id:uuid}/comments"
    tags = ("Initiativ",)

    @get(
        summary="Lista kommentarer",
        operation_id="listComments",
        responses=shows(Page[CommentOut], page_of(COMMENT)),
    )
    async def list_comments(
        self,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        initiative_id: FromPath[UUID],
    ) -> Response[Page[CommentOut]]:
        """Return the comments, newest first; a partner finds those of their own organisation."""
        await overview.get(session, person, initiative_id)
        rows, total = await comments.list_comments(
            session, person, initiative_id, limit=paging.limit, offset=paging.offset
        )
        return paged(request, paging, msgspec.convert(rows, list[CommentOut], from_attributes=True), total)

    @post(
        summary="Kommentera",
        operation_id="createComment",
        responses=shows(CommentOut, COMMENT, status=201, description="Skriven"),
    )
    async def comment(
        self,
        session: Session,
        person: Person,
        initiative_id: FromPath[UUID],
        data: Annotated[NewComment, Body(examples=[Example(value=NEW)])],
    ) -> CommentOut:
        """Say something of the initiative; for the programme group, and for partners whose profile shows comments."""
        made = await comments.comment(session, person, initiative_id, **msgspec.structs.asdict(data))
        rows, _ = await comments.list_comments(session, person, initiative_id)
        row = next(one for one in rows if one.id == made.id)
        return msgspec.convert(row, CommentOut, from_attributes=True)

    @delete("/{comment_id:uuid}", summary="Ta bort en kommentar", operation_id="deleteComment", status_code=204)
    async def remove(
        self, session: Session, person: Person, initiative_id: FromPath[UUID], comment_id: FromPath[UUID]
    ) -> None:
        """Take a comment away: your own, or any for the programme group."""
        await comments.remove(session, person, initiative_id, comment_id)
