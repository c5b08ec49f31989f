"""The chain of the diary: its head, to be noted outside, and whether it is whole."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.params import Parameter

from api.dependencies import Person, Session
from api.rest.examples import AUDIT_HEAD, AUDIT_VERDICT, shows
from initiatives import audit
from initiatives.audit import Head
from initiatives.errors import NotFound

EMPTY = "Dagboken är tom."


class HeadOut(msgspec.Struct, frozen=True):
    """The end of the chain; noted outside Närplan, it betrays later that something was taken away."""

    sequence: int
    hash: str


class FaultOut(msgspec.Struct, frozen=True):
    """The first line that is not as it was written; `id` is null when the line is gone."""

    sequence: int | None
    id: UUID | None
    reason: str


class VerdictOut(msgspec.Struct, frozen=True):
    """Whether the chain holds: how many lines did, how many have their values erased, its head and the first fault."""

    intact: bool
    rows: int
    erased: int
    head: HeadOut | None
    fault: FaultOut | None


class AuditController(Controller):
    """Whether the diary is as it was written; only for administrators."""

    path = "/audit"
    tags = ("Dagbok",)

    @get("/head", summary="Läs kedjans huvud", operation_id="getAuditHead", responses=shows(HeadOut, AUDIT_HEAD))
    async def read_head(self, session: Session, person: Person) -> HeadOut:
        """Return the end of the chain."""
        found = await audit.head(session, person)
        if found is None:
            raise NotFound(EMPTY)
        return _head(found)

    @get(
        "/verification",
        summary="Kontrollera kedjan",
        operation_id="verifyAudit",
        responses=shows(VerdictOut, AUDIT_VERDICT),
    )
    async def verify(
        self,
        session: Session,
        person: Person,
        head: Annotated[
            str | None, Parameter(description="Ett huvud som antecknats förut: nummer:kontrollsumma.")
        ] = None,
    ) -> VerdictOut:
        """Read the whole diary and tell whether it is as it was written; takes seconds when it is long."""
        noted = None if head is None else audit.parse_head(head)
        verdict = await audit.verify(session, person, noted)
        return VerdictOut(
            intact=verdict.fault is None,
            rows=verdict.rows,
            erased=verdict.erased,
            head=_head(verdict.head) if verdict.head else None,
            fault=msgspec.convert(verdict.fault, FaultOut, from_attributes=True) if verdict.fault else None,
        )


def _head(found: Head) -> HeadOut:
    return HeadOut(found.sequence, found.hash.hex())
