"""Reservations against decisions, and notes on who may decide."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, HeaderParameter
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.etags import etag, expected_revision
from api.rest.clauses import CLAUSE
from api.rest.decisions import DECISION
from api.rest.examples import shows
from initiatives import decision_overview, remark_overview, remarks
from initiatives.access import Viewer
from initiatives.remarks import ReservationKind

RESERVATION = {
    "id": "01976a10-0000-7000-8000-000000000044",
    "decision_id": DECISION["id"],
    "clause_id": CLAUSE["id"],
    "clause_number": CLAUSE["number"],
    "kind": "reservation",
    "party": "Oppositionen",
    "text": "Listan borde ha omfattat alla förvaltningar.",
    "revision": 1,
}
AUTHORITY_NOTE = {
    "id": "01976a10-0000-7000-8000-000000000045",
    "decision_id": DECISION["id"],
    "clause_id": CLAUSE["id"],
    "clause_number": CLAUSE["number"],
    "organ": "Regionfullmäktige",
    "rule": "Kommunallagens regler om ekonomi i balans",
    "note": "Budgeten kan bli underbalanserad när eget kapital används.",
    "differs": True,
    "revision": 1,
}
NEW_RESERVATION = {name: RESERVATION[name] for name in ("party", "text", "clause_id")}
NEW_NOTE = {name: AUTHORITY_NOTE[name] for name in ("organ", "rule", "note", "clause_id")}
KindText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(ReservationKind)})]


class ReservationOut(msgspec.Struct, frozen=True):
    """Who did not agree with a decision, or added to it, and why; `clause_id` when it is about one att-sats."""

    id: UUID
    decision_id: UUID
    clause_id: UUID | None
    clause_number: int | None
    kind: ReservationKind
    party: str
    text: str
    revision: int


class NewReservation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reservation to add."""

    party: str
    text: str = ""
    kind: KindText = ReservationKind.RESERVATION.value
    clause_id: UUID | None = None


class ReservationChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    party: str | UnsetType = UNSET
    text: str | UnsetType = UNSET
    kind: KindText | UnsetType = UNSET
    clause_id: UUID | UnsetType | None = UNSET


class AuthorityNoteOut(msgspec.Struct, frozen=True):
    """Which organ may decide, and by what rule; `differs` tells that another one proposes or decides."""

    id: UUID
    decision_id: UUID
    clause_id: UUID | None
    clause_number: int | None
    organ: str
    rule: str
    note: str
    differs: bool
    revision: int


class NewAuthorityNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A note on authority to add."""

    organ: str
    rule: str = ""
    note: str = ""
    clause_id: UUID | None = None


class AuthorityNoteChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    organ: str | UnsetType = UNSET
    rule: str | UnsetType = UNSET
    note: str | UnsetType = UNSET
    clause_id: UUID | UnsetType | None = UNSET


class DecisionRemarkController(Controller):
    """What stands beside one decision."""

    path = "/decisions/{decision_id:uuid}"
    tags = ("Beslut",)

    @get(
        "/reservations",
        summary="Lista reservationer mot ett beslut",
        operation_id="listReservations",
        responses=shows(list[ReservationOut], [RESERVATION]),
    )
    async def list_reservations(
        self, session: Session, person: Person, decision_id: FromPath[UUID]
    ) -> Sequence[ReservationOut]:
        """Return who did not agree."""
        await decision_overview.get_decision(session, person, decision_id)
        rows = await remark_overview.list_reservations(session, person, [decision_id])
        return msgspec.convert(rows, list[ReservationOut], from_attributes=True)

    @post(
        "/reservations",
        summary="Lägg till en reservation",
        operation_id="createReservation",
        responses=shows(ReservationOut, RESERVATION, status=201, description="Tillagd"),
    )
    async def create_reservation(
        self,
        session: Session,
        person: Person,
        decision_id: FromPath[UUID],
        data: Annotated[NewReservation, Body(examples=[Example(value=NEW_RESERVATION)])],
    ) -> Response[ReservationOut]:
        """Write down who did not agree; for the programme group."""
        added = await remarks.add_reservation(session, person, decision_id, **msgspec.structs.asdict(data))
        response = await _reservation(session, person, added.id)
        response.headers["Location"] = f"/api/v1/reservations/{added.id}"
        return response

    @get(
        "/authority-notes",
        summary="Lista anteckningar om vem som får besluta",
        operation_id="listAuthorityNotes",
        responses=shows(list[AuthorityNoteOut], [AUTHORITY_NOTE]),
    )
    async def list_notes(
        self, session: Session, person: Person, decision_id: FromPath[UUID]
    ) -> Sequence[AuthorityNoteOut]:
        """Return which organs may decide what the decision is about."""
        await decision_overview.get_decision(session, person, decision_id)
        rows = await remark_overview.list_authority_notes(session, person, [decision_id])
        return msgspec.convert(rows, list[AuthorityNoteOut], from_attributes=True)

    @post(
        "/authority-notes",
        summary="Lägg till en anteckning om vem som får besluta",
        operation_id="createAuthorityNote",
        responses=shows(AuthorityNoteOut, AUTHORITY_NOTE, status=201, description="Tillagd"),
    )
    async def create_note(
        self,
        session: Session,
        person: Person,
        decision_id: FromPath[UUID],
        data: Annotated[NewAuthorityNote, Body(examples=[Example(value=NEW_NOTE)])],
    ) -> Response[AuthorityNoteOut]:
        """Write down which organ may decide; for the programme group."""
        added = await remarks.add_authority_note(session, person, decision_id, **msgspec.structs.asdict(data))
        response = await _note(session, person, added.id)
        response.headers["Location"] = f"/api/v1/authority-notes/{added.id}"
        return response


class ReservationController(Controller):
    """One reservation."""

    path = "/reservations/{reservation_id:uuid}"
    tags = ("Beslut",)

    @get(summary="Visa en reservation", operation_id="getReservation", responses=shows(ReservationOut, RESERVATION))
    async def get_reservation(
        self, session: Session, person: Person, reservation_id: FromPath[UUID]
    ) -> Response[ReservationOut]:
        """Return one reservation."""
        return await _reservation(session, person, reservation_id)

    @patch(
        summary="Ändra en reservation", operation_id="reviseReservation", responses=shows(ReservationOut, RESERVATION)
    )
    async def revise_reservation(
        self,
        *,
        session: Session,
        person: Person,
        reservation_id: FromPath[UUID],
        data: Annotated[ReservationChanges, Body(examples=[Example(value={"text": "Ärendet borde ha väntat."})])],
        if_match: Annotated[str | None, HeaderParameter(name="If-Match", description="ETag från läsningen.")] = None,
    ) -> Response[ReservationOut]:
        """Change what is sent; for the programme group."""
        await remark_overview.get_reservation(session, person, reservation_id)
        revision = expected_revision(if_match)
        changes = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
        await remarks.revise_reservation(session, person, reservation_id, revision=revision, **changes)
        return await _reservation(session, person, reservation_id)

    @delete(summary="Ta bort en reservation", operation_id="deleteReservation", status_code=204)
    async def delete_reservation(self, session: Session, person: Person, reservation_id: FromPath[UUID]) -> None:
        """Take it away; for the programme group."""
        await remarks.remove_reservation(session, person, reservation_id)


class AuthorityNoteController(Controller):
    """One note on authority."""

    path = "/authority-notes/{note_id:uuid}"
    tags = ("Beslut",)

    @get(
        summary="Visa en anteckning om vem som får besluta",
        operation_id="getAuthorityNote",
        responses=shows(AuthorityNoteOut, AUTHORITY_NOTE),
    )
    async def get_note(self, session: Session, person: Person, note_id: FromPath[UUID]) -> Response[AuthorityNoteOut]:
        """Return one note."""
        return await _note(session, person, note_id)

    @patch(
        summary="Ändra en anteckning om vem som får besluta",
        operation_id="reviseAuthorityNote",
        responses=shows(AuthorityNoteOut, AUTHORITY_NOTE),
    )
    async def revise_note(
        self,
        *,
        session: Session,
        person: Person,
        note_id: FromPath[UUID],
        data: Annotated[AuthorityNoteChanges, Body(examples=[Example(value={"organ": "Regionfullmäktige"})])],
        if_match: Annotated[str | None, HeaderParameter(name="If-Match", description="ETag från läsningen.")] = None,
    ) -> Response[AuthorityNoteOut]:
        """Change what is sent; for the programme group."""
        await remark_overview.get_authority_note(session, person, note_id)
        revision = expected_revision(if_match)
        changes = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
        await remarks.revise_authority_note(session, person, note_id, revision=revision, **changes)
        return await _note(session, person, note_id)

    @delete(summary="Ta bort en anteckning", operation_id="deleteAuthorityNote", status_code=204)
    async def delete_note(self, session: Session, person: Person, note_id: FromPath[UUID]) -> None:
        """Take it away; for the programme group."""
        await remarks.remove_authority_note(session, person, note_id)


async def _reservation(session: AsyncSession, person: Viewer, reservation_id: UUID) -> Response[ReservationOut]:
    row = await remark_overview.get_reservation(session, person, reservation_id)
    return Response(msgspec.convert(row, ReservationOut, from_attributes=True), headers={"ETag": etag(row.revision)})


async def _note(session: AsyncSession, person: Viewer, note_id: UUID) -> Response[AuthorityNoteOut]:
    row = await remark_overview.get_authority_note(session, person, note_id)
    return Response(msgspec.convert(row, AuthorityNoteOut, from_attributes=True), headers={"ETag": etag(row.revision)})
