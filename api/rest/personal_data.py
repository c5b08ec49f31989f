"""Everything that is stored about one person, and taking it away."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath

from api.dependencies import Person, Sessions
from api.rest.examples import PERSON, shows
from initiatives import personal_data
from initiatives.access import SYSTEM
from retrieval import erasing

EXPORT = {
    "person_id": PERSON["id"],
    "sections": [{"name": "person", "title": "Kontot", "rows": [{"name": PERSON["name"], "email": PERSON["email"]}]}],
}
ERASURE = {"person_id": PERSON["id"], "removed": {"conversation": 3}, "handed_over": 1, "details": 4}
CONFIRM = {"confirm": PERSON["email"], "responsible_id": None}


class StoredOut(msgspec.Struct, frozen=True):
    """Rows of one kind, as they are stored, without secrets."""

    name: str
    title: str
    rows: list[dict[str, Any]]


class ExportOut(msgspec.Struct, frozen=True):
    """Everything that is stored about a person."""

    person_id: UUID
    sections: list[StoredOut]


class ErasureIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`confirm` is the person's e-mail address; initiatives go to `responsible_id`, or to nobody."""

    confirm: str
    responsible_id: UUID | None = None


class ErasureOut(msgspec.Struct, frozen=True):
    """How many rows of each kind were removed, initiatives handed over and details of the diary erased."""

    person_id: UUID
    removed: dict[str, int]
    handed_over: int
    details: int


class PersonalDataController(Controller):
    """What is stored about one person."""

    path = "/people/{person_id:uuid}"
    tags = ("Organisationer och personer",)

    @get("/export", summary="Hämta registerutdrag", operation_id="exportPerson", responses=shows(ExportOut, EXPORT))
    async def export(self, sessions: Sessions, person: Person, person_id: FromPath[UUID]) -> ExportOut:
        """Return everything that is stored about the person; for themself and for administrators."""
        async with sessions(SYSTEM) as session:
            found = await personal_data.export(session, person, person_id)
        return ExportOut(person_id, msgspec.convert(found, list[StoredOut], from_attributes=True))

    @post(
        "/erasure",
        summary="Radera personuppgifter",
        operation_id="erasePerson",
        status_code=200,
        responses=shows(ErasureOut, ERASURE),
    )
    async def erase(
        self,
        sessions: Sessions,
        person: Person,
        person_id: FromPath[UUID],
        data: Annotated[ErasureIn, Body(examples=[Example(value=CONFIRM)])],
    ) -> ErasureOut:
        """Take away who the person is, for good; for administrators. The identifier and the diary's chain stay."""
        async with sessions(SYSTEM) as session:
            done = await erasing.erase(
                session, person, person_id, confirm=data.confirm, hand_over_to=data.responsible_id
            )
        return ErasureOut(done.person_id, dict(done.removed), done.handed_over, done.details)
