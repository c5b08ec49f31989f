"""The diary: who changed what, and when."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.params import Parameter

from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.accesses import PersonId, Since, Until
from api.rest.examples import ACTIVITY, page_of, shows
from initiatives import activity, values


class ActivityOut(msgspec.Struct, frozen=True):
    """One line of the diary, with the values before and after, unless they are `erased`.

    `sequence` is its place in the chain: from 1, without gaps, in the order in which changes were saved.
    """

    id: UUID
    at: datetime
    actor_kind: activity.ActorKind
    person_id: UUID | None
    key_id: UUID | None
    organisation_id: UUID | None
    person_name: str
    subject_type: str
    subject_id: UUID
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    erased: bool
    sequence: int | None
    hash: str | None


class ActivityController(Controller):
    """The diary; empty to a partner."""

    path = "/activity"
    tags = ("Dagbok",)

    @get(summary="Läs dagboken", operation_id="listActivity", responses=shows(Page[ActivityOut], page_of(ACTIVITY)))
    async def list_activity(
        self,
        *,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        subject_type: Annotated[str | None, Parameter(description="Slag av sak, till exempel initiative.")] = None,
        subject_id: Annotated[UUID | None, Parameter(description="En viss sak.")] = None,
        person_id: PersonId = None,
        since: Since = None,
        until: Until = None,
    ) -> Response[Page[ActivityOut]]:
        """Return lines of the diary, newest first."""
        kind = None if subject_type is None else values.line(subject_type, field="subject_type")
        chosen = activity.Filters(
            subject_type=kind, subject_id=subject_id, person_id=person_id, since=since, until=until
        )
        rows, total = await activity.list_activity(
            session, person, filters=chosen, limit=paging.limit, offset=paging.offset
        )
        return paged(request, paging, msgspec.convert(rows, list[ActivityOut], from_attributes=True), total)
