"""With whom an initiative is shared, how much and for how long; and what they see of it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, put
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath

from api.dependencies import Person, Session
from api.rest.examples import INITIATIVE, INITIATIVE_AS_PARTNER, SHARE, shows
from api.rest.initiatives import InitiativeOut, shown
from initiatives import shares
from initiatives.access import acting_as
from initiatives.sharing import DEFAULT_PROFILE, Profile

ProfileText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Profile)})]


class ShareOut(msgspec.Struct, frozen=True):
    """A share, with its first and last day; without a last day it is until further notice."""

    organisation_id: UUID
    organisation: str
    profile: Profile
    from_on: date
    to_on: date | None
    shared_at: datetime
    shared_by: str | None


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much is shared and for how long. Without `from_on`: from today, or from the day it had."""

    profile: ProfileText = DEFAULT_PROFILE.value
    from_on: date | None = None
    to_on: date | None = None


TERMS = {name: SHARE[name] for name in ("profile", "from_on", "to_on")}


class ShareController(Controller):
    """The shares of one initiative."""

    path = "/initiatives/{initiative_id:uuid}"
    tags = ("Delning",)

    @get(
        "/shares",
        summary="Lista vilka initiativet delas med",
        operation_id="listShares",
        responses=shows(list[ShareOut], [SHARE]),
    )
    async def list_shares(self, session: Session, person: Person, initiative_id: FromPath[UUID]) -> list[ShareOut]:
        """Return the shares, coming and ended ones too; a partner finds only their own, while it is in force."""
        rows = await shares.list_shares(session, person, initiative_id)
        return msgspec.convert(rows, list[ShareOut], from_attributes=True)

    @put(
        "/shares/{organisation_id:uuid}",
        summary="Dela med en organisation",
        operation_id="shareInitiative",
        responses=shows(InitiativeOut, INITIATIVE, description="Delat"),
    )
    async def share(
        self,
        *,
        session: Session,
        person: Person,
        initiative_id: FromPath[UUID],
        organisation_id: FromPath[UUID],
        data: Annotated[Terms | None, Body(examples=[Example(value=TERMS)])] = None,
    ) -> Response[InitiativeOut]:
        """Let an organisation's people see the fields of the profile between two days, both included.

        Replaces the terms of an earlier share. For the programme group.
        """
        terms = msgspec.structs.asdict(data or Terms())
        await shares.share(session, person, initiative_id, organisation_id, **terms)
        return await shown(session, person, initiative_id)

    @delete(
        "/shares/{organisation_id:uuid}",
        summary="Sluta dela med en organisation",
        operation_id="unshareInitiative",
        status_code=204,
    )
    async def unshare(
        self, session: Session, person: Person, initiative_id: FromPath[UUID], organisation_id: FromPath[UUID]
    ) -> None:
        """Stop sharing the initiative with an organisation, from the next request; for the programme group."""
        await shares.unshare(session, person, initiative_id, organisation_id)

    @get(
        "/as-seen-by/{organisation_id:uuid}",
        summary="Visa initiativet som organisationen ser det",
        operation_id="previewInitiative",
        responses=shows(InitiativeOut, INITIATIVE_AS_PARTNER),
    )
    async def preview(
        self, session: Session, person: Person, initiative_id: FromPath[UUID], organisation_id: FromPath[UUID]
    ) -> InitiativeOut:
        """Return just what the organisation's people get today; 404 when they see nothing. For those who see all."""
        partner = await shares.as_seen_by(session, person, organisation_id)
        async with acting_as(session, partner, then=person):
            return (await shown(session, partner, initiative_id)).content
