"""What stands beside a decision: reservations of those who did not agree, and notes on who may decide.

A note on authority says which organ the matter belongs to, and by what rule. When another organ than that proposes or
decides, the decision is flagged; Närplan judges nothing, it only shows that the note and the organ differ.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import decisions, records, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect
from initiatives.base import Base, text_enum
from initiatives.clauses import Clause
from initiatives.decisions import Decision
from initiatives.errors import InvalidValue
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept

NO_RESERVATION, NO_NOTE = "Reservationen finns inte.", "Anteckningen finns inte."


class ReservationKind(StrEnum):
    """A reservation disagrees with the decision; a special statement adds to it without disagreeing."""

    RESERVATION = "reservation"
    STATEMENT = "särskilt yttrande"


class Reservation(records.Record, Base):
    """Who did not agree, with what, and why; `clause_id` when it is about one clause."""

    __tablename__ = "reservation"
    __table_args__ = (Index(None, "decision_id"), Index(None, "clause_id"))

    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"))
    clause_id: Mapped[UUID | None] = mapped_column(ForeignKey("clause.id", ondelete="SET NULL"))
    kind: Mapped[ReservationKind] = mapped_column(text_enum(ReservationKind, name="kind"))
    party: Mapped[str]
    text: Mapped[str]


class AuthorityNote(records.Record, Base):
    """Which organ may decide what the decision is about, by what rule; `clause_id` when it is about one clause."""

    __tablename__ = "authority_note"
    __table_args__ = (Index(None, "decision_id"), Index(None, "clause_id"))

    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"))
    clause_id: Mapped[UUID | None] = mapped_column(ForeignKey("clause.id", ondelete="SET NULL"))
    organ: Mapped[str]
    rule: Mapped[str]
    note: Mapped[str]


POLICIES: tuple[str, ...] = (
    *protect("reservation", read=SEES_ALL_SQL),
    *protect("authority_note", read=SEES_ALL_SQL),
)
TRIGGERS: tuple[str, ...] = (
    kept("reservation", part_of="decision_id"),
    kept("authority_note", part_of="decision_id"),
)
KINDS["reservation"] = Kind(
    word="reservation",
    plural="reservationer",
    title=("kind", "party"),
    labels={
        "decision_id": "Beslut",
        "clause_id": "Att-sats",
        "kind": "Slag",
        "party": "Vem",
        "text": "Vad",
    },
    part_of="decision",
)
KINDS["authority_note"] = Kind(
    word="anteckning om vem som får besluta",
    plural="vem som får besluta",
    title=("organ", "rule"),
    labels={
        "decision_id": "Beslut",
        "clause_id": "Att-sats",
        "organ": "Organ som får besluta",
        "rule": "Regel",
        "note": "Anteckning",
    },
    part_of="decision",
)


class ReservationFields(TypedDict, total=False):
    """What can be written of a reservation."""

    clause_id: UUID | None
    kind: ReservationKind | str
    party: str
    text: str


class AuthorityFields(TypedDict, total=False):
    """What can be written of a note on authority."""

    clause_id: UUID | None
    organ: str
    rule: str
    note: str


def outside_authority(decision: type[Decision] = Decision) -> ColumnElement[bool]:
    """Return the condition for decisions and proposals before another organ than one that a note says may decide."""
    differs = func.lower(AuthorityNote.organ) != func.lower(decision.organ)
    return exists(select(AuthorityNote.id).where(AuthorityNote.decision_id == decision.id, differs).correlate(decision))


async def add_reservation(
    session: AsyncSession, person: Viewer, decision_id: UUID, **fields: Unpack[ReservationFields]
) -> Reservation:
    """Write who did not agree. Raises `NotAllowed`, `NotFound`, or `InvalidValue` with the field."""
    await decisions.lock(session, person, decision_id)
    blank: ReservationFields = {"clause_id": None, "kind": ReservationKind.RESERVATION, "party": "", "text": ""}
    given = await _checked(session, decision_id, {**blank, **fields}, needed="party")
    reservation = Reservation(decision_id=decision_id, **given)
    await records.add(session, person, reservation)
    return reservation


async def revise_reservation(
    session: AsyncSession,
    person: Viewer,
    reservation_id: UUID,
    *,
    revision: int | None = None,
    **fields: Unpack[ReservationFields],
) -> Reservation:
    """Change the named fields; raises as when it is added, and `ConflictingChange`."""
    reservation = await _lock_reservation(session, person, reservation_id)
    given = await _checked(session, reservation.decision_id, fields, needed="party")
    await records.change(session, person, reservation, given, read=revision)
    return reservation


async def remove_reservation(session: AsyncSession, person: Viewer, reservation_id: UUID) -> None:
    """Take a reservation away."""
    await records.remove(session, person, await _lock_reservation(session, person, reservation_id))


async def add_authority_note(
    session: AsyncSession, person: Viewer, decision_id: UUID, **fields: Unpack[AuthorityFields]
) -> AuthorityNote:
    """Write which organ may decide. Raises `NotAllowed`, `NotFound`, or `InvalidValue` with the field."""
    await decisions.lock(session, person, decision_id)
    blank: AuthorityFields = {"clause_id": None, "organ": "", "rule": "", "note": ""}
    given = await _checked(session, decision_id, {**blank, **fields}, needed="organ")
    note = AuthorityNote(decision_id=decision_id, **given)
    await records.add(session, person, note)
    return note


async def revise_authority_note(
    session: AsyncSession,
    person: Viewer,
    note_id: UUID,
    *,
    revision: int | None = None,
    **fields: Unpack[AuthorityFields],
) -> AuthorityNote:
    """Change the named fields; raises as when it is added, and `ConflictingChange`."""
    note = await _lock_note(session, person, note_id)
    given = await _checked(session, note.decision_id, fields, needed="organ")
    await records.change(session, person, note, given, read=revision)
    return note


async def remove_authority_note(session: AsyncSession, person: Viewer, note_id: UUID) -> None:
    """Take a note away."""
    await records.remove(session, person, await _lock_note(session, person, note_id))


async def _lock_reservation(session: AsyncSession, person: Viewer, reservation_id: UUID) -> Reservation:
    return await records.lock_to_write(session, person, Reservation, reservation_id, missing=NO_RESERVATION)


async def _lock_note(session: AsyncSession, person: Viewer, note_id: UUID) -> AuthorityNote:
    return await records.lock_to_write(session, person, AuthorityNote, note_id, missing=NO_NOTE)


async def _checked(
    session: AsyncSession, decision_id: UUID, fields: Mapping[str, Any], *, needed: str
) -> dict[str, Any]:
    given = dict(fields)
    if needed in given:
        given[needed] = values.line(given[needed], field=needed)
    for name in {"text", "rule", "note"} & given.keys():
        given[name] = values.paragraph(given[name], field=name)
    if "kind" in given:
        given["kind"] = values.choice(ReservationKind, given["kind"], field="kind")
    if given.get("clause_id") is not None:
        query = select(Clause.id).where(Clause.id == given["clause_id"], Clause.decision_id == decision_id)
        if await session.scalar(query) is None:
            raise InvalidValue("Att-satsen hör inte till beslutet.", field="clause_id")
    return given
