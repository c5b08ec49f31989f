"""Progress reports (lägesrapporter): how an initiative is doing, told at a day and never overwritten.

A report is put right by a new one, or within 24 hours by whoever wrote it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, Text, and_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import array, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import initiatives, records, values
from initiatives.access import Viewer, protect, sees_all
from initiatives.base import Base, text_enum, utcnow
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from initiatives.initiatives import Initiative
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept
from initiatives.people import Person
from initiatives.sharing import Field, shown_with, shown_with_sql
from initiatives.swedish import today

CORRECTED_WITHIN = timedelta(hours=24)
MISSING = "Lägesrapporten finns inte."


class Health(StrEnum):
    """How an initiative is doing against its plan."""

    ON_PLAN = "enligt plan"
    AT_RISK = "risk"
    LATE = "försenat"


class ProgressReport(records.Record, Base):
    """What was done until a day, what comes next, what stands in the way, and how it is going."""

    __tablename__ = "progress_report"
    __table_args__ = (Index(None, "initiative_id", "reported_on"),)

    initiative_id: Mapped[UUID] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"))
    reported_on: Mapped[date]
    health: Mapped[Health] = mapped_column(text_enum(Health, name="health"))
    done: Mapped[str]
    next: Mapped[str]
    obstacles: Mapped[str]
    written_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)


POLICIES: tuple[str, ...] = protect("progress_report", read=shown_with_sql(Field.REPORTS))
TRIGGERS: tuple[str, ...] = (kept("progress_report", part_of="initiative_id"),)

KINDS["progress_report"] = Kind(
    word="lägesrapport",
    plural="lägesrapporter",
    title=("reported_on", "health"),
    labels={
        "initiative_id": "Initiativ",
        "reported_on": "Dag",
        "health": "Hur det går",
        "done": "Gjort",
        "next": "Härnäst",
        "obstacles": "Hinder",
        "written_by": "Skriven av",
    },
    part_of="initiative",
)


class Fields(TypedDict, total=False):
    """What can be written of a report."""

    reported_on: date
    health: Health | str
    done: str
    next: str
    obstacles: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report as it is shown; `written_by` is None to a partner, and where no person wrote it.

    `correctable` tells whether the reader may still put it right.
    """

    id: UUID
    initiative_id: UUID
    reported_on: date
    health: Health
    done: str
    next: str
    obstacles: str
    written_by: str | None
    created_at: datetime
    revision: int
    correctable: bool


async def report(
    session: AsyncSession,
    person: Viewer,
    initiative_id: UUID,
    *,
    health: Health | str,
    done: str,
    next: str = "",  # noqa: A002 - the word that the API has
    obstacles: str = "",
    reported_on: date | None = None,
) -> ProgressReport:
    """Tell how an initiative is doing, today or on an earlier day; `done` must say something.

    Raises `NotFound`, `NotAllowed`, or `InvalidValue` with the field.
    """
    initiative = await initiatives.lock(session, person, initiative_id)
    given = Fields(reported_on=reported_on or today(), health=health, done=done, next=next, obstacles=obstacles)
    row = ProgressReport(initiative_id=initiative_id, written_by=person.person_id, **_checked(given))
    await records.add(session, person, row, action="rapporterade läget")
    initiatives.touch(session, person, initiative, {Field.REPORTS: None})
    await session.flush()
    return row


async def correct(
    session: AsyncSession,
    person: Viewer,
    initiative_id: UUID,
    report_id: UUID,
    *,
    revision: int | None,
    **fields: Unpack[Fields],
) -> ProgressReport:
    """Put a report right that the person wrote less than 24 hours ago; raise `NotAllowed` to others and later."""
    initiative = await initiatives.lock(session, person, initiative_id)
    row = await records.lock(
        session, ProgressReport, report_id, ProgressReport.initiative_id == initiative_id, missing=MISSING
    )
    if not _correctable(person, row.written_by, row.created_at):
        raise NotAllowed(
            "En lägesrapport rättas bara av den som skrev den, inom 24 timmar. Skriv en ny lägesrapport i stället."
        )
    if await records.change(session, person, row, _checked(fields), read=revision, action="rättade lägesrapport"):
        initiatives.touch(session, person, initiative, {Field.REPORTS: None})
        await session.flush()
    return row


async def list_reports(
    session: AsyncSession, person: Viewer, initiative_id: UUID, *, limit: int = 20, offset: int = 0
) -> tuple[Sequence[ReportRow], int]:
    """Return the reports on an initiative that the person sees, newest first, and how many there are in all."""
    query = _rows(person).where(ProgressReport.initiative_id == initiative_id)
    total = await session.scalar(query.with_only_columns(func.count()).order_by(None))
    rows = await session.execute(query.limit(limit).offset(offset))
    return [_row(person, *row) for row in rows], total or 0


async def list_newest(session: AsyncSession, person: Viewer) -> Sequence[ReportRow]:
    """Return the newest report on each initiative, of those that the person sees."""
    query = _rows(person).ext(distinct_on(ProgressReport.initiative_id)).order_by(None)
    query = query.order_by(ProgressReport.initiative_id, *_NEWEST)
    return [_row(person, *row) for row in await session.execute(query)]


async def get_report(session: AsyncSession, person: Viewer, initiative_id: UUID, report_id: UUID) -> ReportRow:
    """Return one report on an initiative, or raise `NotFound`."""
    query = _rows(person).where(ProgressReport.initiative_id == initiative_id, ProgressReport.id == report_id)
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise NotFound(MISSING)
    return _row(person, *found)


def latest() -> ColumnElement[Any]:
    """Return health and day of the newest report as texts, for queries over `Initiative`; NULL where there is none."""
    newest = select(array([ProgressReport.health, cast(ProgressReport.reported_on, Text)]))
    newest = newest.where(ProgressReport.initiative_id == Initiative.id).correlate(Initiative)
    return newest.order_by(*_NEWEST).limit(1).scalar_subquery()


def latest_health() -> ColumnElement[Any]:
    """Return the health that the newest report tells of, for queries over `Initiative`."""
    newest = select(ProgressReport.health).where(ProgressReport.initiative_id == Initiative.id).correlate(Initiative)
    return newest.order_by(*_NEWEST).limit(1).scalar_subquery()


_NEWEST = ProgressReport.reported_on.desc(), ProgressReport.id.desc()


def _rows(person: Viewer) -> Select[ProgressReport, str]:
    author = and_(Person.id == ProgressReport.written_by, literal(sees_all(person)))
    shown = shown_with(person, ProgressReport.initiative_id, Field.REPORTS)
    return select(ProgressReport, Person.name).outerjoin(Person, author).where(shown).order_by(*_NEWEST)


def _checked(fields: Fields) -> dict[str, Any]:
    kept_fields: dict[str, Any] = dict(fields)
    for name in ("done", "next", "obstacles"):
        if name in fields:
            kept_fields[name] = values.paragraph(kept_fields[name], field=name)
    if kept_fields.get("done") == "":
        raise InvalidValue("Skriv vad som har gjorts sedan sist, om så bara att inget har hänt.", field="done")
    if "health" in fields:
        kept_fields["health"] = values.choice(Health, fields["health"], field="health")
    if "reported_on" in fields:
        values.period(fields["reported_on"], None, field="reported_on")
        if fields["reported_on"] > today():
            raise InvalidValue("Rapporten kan inte gälla en dag som inte har varit. Ange i dag.", field="reported_on")
    return kept_fields


def _correctable(person: Viewer, written_by: UUID | None, at: datetime) -> bool:
    return written_by is not None and person.person_id == written_by and utcnow() - at < CORRECTED_WITHIN


def _row(person: Viewer, one: ProgressReport, name: str | None) -> ReportRow:
    fields: Mapping[str, Any] = {each: getattr(one, each) for each in _SHOWN}
    return ReportRow(
        **fields,
        written_by=name,
        correctable=_correctable(person, one.written_by, one.created_at),
    )


_SHOWN = ("id", "initiative_id", "reported_on", "health", "done", "next", "obstacles", "created_at", "revision")
