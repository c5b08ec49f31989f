"""Agreements with municipalities: with whom, about what, from when until when, and the last day to give notice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, RowMapping, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from initiatives import due as dues
from initiatives import records, sources, values
from initiatives.access import Viewer, protect, require_writer
from initiatives.base import Base
from initiatives.dialogue import parties
from initiatives.dialogue.parties import PARTY_SQL, Named, WithParties, visible_to
from initiatives.errors import InvalidValue, NotFound
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept

MISSING = "Avtalet finns inte."
DAYS = ("starts_on", "ends_on", "notice_on", "notice_settled_on")


class MunicipalAgreement(WithParties, records.Record, Base):
    """An agreement; `notice_on` is the last day to give notice, settled on `notice_settled_on` when that is decided."""

    __tablename__ = "municipal_agreement"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="period"),
        Index(None, "party_ids", postgresql_using="gin"),
    )

    title: Mapped[str]
    subject: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    notice: Mapped[str]
    notice_on: Mapped[date | None]
    notice_settled_on: Mapped[date | None]


POLICIES: tuple[str, ...] = protect("municipal_agreement", read=PARTY_SQL)
TRIGGERS: tuple[str, ...] = (kept("municipal_agreement"),)
sources.SUBJECTS["municipal_agreement"] = MISSING
KINDS["municipal_agreement"] = Kind(
    word="avtal med kommun",
    plural="avtal med kommuner",
    title=("title", "starts_on"),
    labels={
        "title": "Titel",
        "subject": "Vad avtalet gäller",
        "starts_on": "Gäller från",
        "ends_on": "Gäller till",
        "notice": "Uppsägning",
        "notice_on": "Sägs upp senast",
        "notice_settled_on": "Uppsägningen avgjord",
        "party_ids": "Parter",
        "node_ids": "Delområden",
    },
    refers=parties.REFERS,
    page="/dialog/avtal",
)


class Fields(TypedDict, total=False):
    """What can be written of an agreement; a change names only what it changes."""

    title: str
    subject: str
    starts_on: date
    ends_on: date | None
    notice: str
    notice_on: date | None
    notice_settled_on: date | None
    party_ids: Sequence[UUID]
    node_ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """An agreement as it is shown; `notice` are the terms of notice in words."""

    id: UUID
    title: str
    subject: str
    starts_on: date
    ends_on: date | None
    notice: str
    notice_on: date | None
    notice_settled_on: date | None
    parties: tuple[Named, ...]
    nodes: tuple[Named, ...]
    created_at: datetime
    updated_at: datetime
    revision: int


async def create(
    session: AsyncSession,
    person: Viewer,
    *,
    title: str,
    starts_on: date,
    party_ids: Sequence[UUID],
    subject: str = "",
    ends_on: date | None = None,
    notice: str = "",
    notice_on: date | None = None,
    notice_settled_on: date | None = None,
    node_ids: Sequence[UUID] = (),
) -> MunicipalAgreement:
    """Write down an agreement with municipalities, which see it. Raises `NotAllowed` or `InvalidValue`."""
    require_writer(person)
    fields = Fields(
        title=title,
        subject=subject,
        starts_on=starts_on,
        ends_on=ends_on,
        notice=notice,
        notice_on=notice_on,
        notice_settled_on=notice_settled_on,
        party_ids=party_ids,
        node_ids=node_ids,
    )
    agreement = MunicipalAgreement(**await _checked(session, fields))
    _check_days(agreement.starts_on, agreement.ends_on, agreement.notice_on)
    await records.add(session, person, agreement)
    return agreement


async def revise(
    session: AsyncSession, person: Viewer, agreement_id: UUID, fields: Fields, *, read: int | None
) -> MunicipalAgreement:
    """Change what is given, by one who had read revision `read`; merges and refuses as `records.change` does."""
    agreement = await _for_writing(session, person, agreement_id)
    given = await _checked(session, fields)
    stands = {**records.fields(agreement), **given}
    _check_days(stands["starts_on"], stands["ends_on"], stands["notice_on"])
    await records.change(session, person, agreement, given, read=read)
    return agreement


async def remove(session: AsyncSession, person: Viewer, agreement_id: UUID) -> None:
    """Take an agreement away; what it was is kept in the past."""
    await records.remove(session, person, await _for_writing(session, person, agreement_id))


async def list_agreements(
    session: AsyncSession,
    person: Viewer,
    *,
    organisation_id: UUID | None = None,
    on: date | None = None,
    limit: int = 20,
    offset: int = 0,
) -> tuple[Sequence[AgreementRow], int]:
    """Return the agreements that the person sees, the newest first, and how many; `on` is a day on which they hold."""
    where = [visible_to(person, MunicipalAgreement)]
    if organisation_id is not None:
        where.append(MunicipalAgreement.party_ids.contains([organisation_id]))
    if on is not None:
        where.append(in_force(on))
    total = await session.scalar(select(func.count()).select_from(MunicipalAgreement).where(*where))
    order = (MunicipalAgreement.starts_on.desc(), MunicipalAgreement.id.desc())
    found = await session.execute(_ROWS.where(*where).order_by(*order).limit(limit).offset(offset))
    return await _shown(session, found.mappings().all()), total or 0


async def get_agreement(session: AsyncSession, person: Viewer, agreement_id: UUID) -> AgreementRow:
    """Return one agreement, or raise `NotFound` if it is not there for the person."""
    query = _ROWS.where(MunicipalAgreement.id == agreement_id, visible_to(person, MunicipalAgreement))
    if not (found := (await session.execute(query)).mappings().all()):
        raise NotFound(MISSING)
    [row] = await _shown(session, found)
    return row


def in_force(on: date) -> ColumnElement[bool]:
    """Return the condition for agreements that hold on a day."""
    until = or_(MunicipalAgreement.ends_on.is_(None), MunicipalAgreement.ends_on >= on)
    return (MunicipalAgreement.starts_on <= on) & until


def due(person: Viewer) -> Select[*tuple[Any, ...]]:
    """Return the last days to give notice, of the agreements that the person sees."""
    return dues.rows(
        "uppsägning",
        subject_type="municipal_agreement",
        subject_id=MunicipalAgreement.id,
        item_id=MunicipalAgreement.id,
        title=MunicipalAgreement.title,
        on=MunicipalAgreement.notice_on,
        done=MunicipalAgreement.notice_settled_on.is_not(None),
    ).where(visible_to(person, MunicipalAgreement))


async def _for_writing(session: AsyncSession, person: Viewer, agreement_id: UUID) -> MunicipalAgreement:
    await get_agreement(session, person, agreement_id)
    require_writer(person)
    return await records.lock(session, MunicipalAgreement, agreement_id, missing=MISSING)


async def _checked(session: AsyncSession, fields: Fields) -> dict[str, Any]:
    return await parties.checked(session, fields, days=DAYS, paragraphs=("subject", "notice"))


def _check_days(starts_on: date, ends_on: date | None, notice_on: date | None) -> None:
    values.period(starts_on, ends_on)
    if notice_on and ends_on and notice_on > ends_on:
        raise InvalidValue("Uppsägningsdagen ligger efter avtalets slut. Ändra en av dem.", field="notice_on")


_ROWS = select(*MunicipalAgreement.__table__.columns)


async def _shown(session: AsyncSession, rows: Sequence[RowMapping]) -> Sequence[AgreementRow]:
    known = await parties.names(session, rows)
    return [_row(row, known) for row in rows]


def _row(row: RowMapping, known: Mapping[UUID, Named]) -> AgreementRow:
    plain = {name: row[name] for name in AgreementRow.__dataclass_fields__ if name in row}
    return AgreementRow(
        **plain,
        parties=tuple(known[one] for one in row["party_ids"] if one in known),
        nodes=tuple(known[one] for one in row["node_ids"] if one in known),
    )
