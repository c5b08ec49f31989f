"""Reservations and notes on authority as they are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer, sees_all
from initiatives.clauses import Clause
from initiatives.decisions import Decision
from initiatives.errors import NotFound
from initiatives.matters import visible_to
from initiatives.remarks import NO_NOTE, NO_RESERVATION, AuthorityNote, Reservation, ReservationKind


@dataclass(frozen=True, slots=True)
class ReservationRow:
    """A reservation as it is shown."""

    id: UUID
    decision_id: UUID
    clause_id: UUID | None
    clause_number: int | None
    kind: ReservationKind
    party: str
    text: str
    revision: int


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """A note on authority as it is shown; `differs` tells that another organ proposes or decides."""

    id: UUID
    decision_id: UUID
    clause_id: UUID | None
    clause_number: int | None
    organ: str
    rule: str
    note: str
    differs: bool
    revision: int


async def list_reservations(
    session: AsyncSession, person: Viewer, decision_ids: Sequence[UUID]
) -> Sequence[ReservationRow]:
    """Return the reservations against these decisions in the order in which they were written down."""
    return [ReservationRow(*row) for row in await _remarks(session, person, _RESERVATIONS, Reservation, decision_ids)]


async def get_reservation(session: AsyncSession, person: Viewer, reservation_id: UUID) -> ReservationRow:
    """Return one reservation; raise `NotFound`."""
    query = _RESERVATIONS.where(Reservation.id == reservation_id)
    return ReservationRow(*await _one(session, person, query, NO_RESERVATION))


async def list_authority_notes(
    session: AsyncSession, person: Viewer, decision_ids: Sequence[UUID]
) -> Sequence[AuthorityRow]:
    """Return the notes on who may decide what these decisions are about."""
    return [AuthorityRow(*row) for row in await _remarks(session, person, _NOTES, AuthorityNote, decision_ids)]


async def get_authority_note(session: AsyncSession, person: Viewer, note_id: UUID) -> AuthorityRow:
    """Return one note on authority; raise `NotFound`."""
    return AuthorityRow(*await _one(session, person, _NOTES.where(AuthorityNote.id == note_id), NO_NOTE))


async def _remarks(
    session: AsyncSession,
    person: Viewer,
    query: Select[*tuple[Any, ...]],
    kind: type[Reservation | AuthorityNote],
    decision_ids: Sequence[UUID],
) -> Sequence[Row[*tuple[Any, ...]]]:
    if not sees_all(person):
        return ()
    return (await session.execute(query.where(kind.decision_id.in_(decision_ids)).order_by(kind.id))).all()


async def _one(
    session: AsyncSession, person: Viewer, query: Select[*tuple[Any, ...]], missing: str
) -> Row[*tuple[Any, ...]]:
    row = (await session.execute(query.where(visible_to(person)))).one_or_none()
    if row is None:
        raise NotFound(missing)
    return row


_RESERVATIONS: Select[*tuple[Any, ...]] = select(
    Reservation.id,
    Reservation.decision_id,
    Reservation.clause_id,
    Clause.number,
    Reservation.kind,
    Reservation.party,
    Reservation.text,
    Reservation.revision,
).outerjoin(Clause, Clause.id == Reservation.clause_id)
_NOTES: Select[*tuple[Any, ...]] = (
    select(
        AuthorityNote.id,
        AuthorityNote.decision_id,
        AuthorityNote.clause_id,
        Clause.number,
        AuthorityNote.organ,
        AuthorityNote.rule,
        AuthorityNote.note,
        func.lower(AuthorityNote.organ) != func.lower(Decision.organ),
        AuthorityNote.revision,
    )
    .join(Decision, Decision.id == AuthorityNote.decision_id)
    .outerjoin(Clause, Clause.id == AuthorityNote.clause_id)
)
