"""Milestones (milstolpar): what shall be done in an initiative by a day, and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, and_, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import initiatives, records, sources, values
from initiatives.access import Viewer, protect, sees_all
from initiatives.base import Base
from initiatives.due import rows as dated
from initiatives.errors import InvalidValue, NotFound
from initiatives.initiative_fields import require_known
from initiatives.initiatives import Initiative
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept
from initiatives.people import Person
from initiatives.sharing import Field, shown_with, shown_with_sql
from initiatives.swedish import today

MISSING = "Milstolpen finns inte."


class Milestone(records.Record, Base):
    """Something that shall be done by `due_on`, and was done on `done_on`."""

    __tablename__ = "milestone"
    __table_args__ = (Index(None, "initiative_id"), Index(None, "due_on"), Index(None, "responsible_id"))

    initiative_id: Mapped[UUID] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"))
    title: Mapped[str]
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    responsible_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))


POLICIES: tuple[str, ...] = protect("milestone", read=shown_with_sql(Field.MILESTONES))
TRIGGERS: tuple[str, ...] = (kept("milestone", part_of="initiative_id"),)
sources.SUBJECTS["milestone"] = MISSING

KINDS["milestone"] = Kind(
    word="milstolpe",
    plural="milstolpar",
    title=("title", "due_on"),
    labels={
        "initiative_id": "Initiativ",
        "title": "Milstolpe",
        "due_on": "Ska vara klar",
        "done_on": "Blev klar",
        "responsible_id": "Ansvarig",
    },
    part_of="initiative",
)


class Fields(TypedDict, total=False):
    """What can be written of a milestone."""

    title: str
    due_on: date
    done_on: date | None
    responsible_id: UUID | None


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A milestone as it is shown; who is responsible is not told to partners."""

    id: UUID
    initiative_id: UUID
    title: str
    due_on: date
    done_on: date | None
    responsible_id: UUID | None
    responsible: str | None
    revision: int

    @property
    def late(self) -> bool:
        """Whether the day has passed and it is not done."""
        return self.done_on is None and self.due_on < today()


async def add(
    session: AsyncSession,
    person: Viewer,
    initiative_id: UUID,
    *,
    title: str,
    due_on: date,
    done_on: date | None = None,
    responsible_id: UUID | None = None,
) -> Milestone:
    """Add a milestone to an initiative. Raises `NotFound`, `NotAllowed`, or `InvalidValue` with the field."""
    initiative = await initiatives.lock(session, person, initiative_id)
    given = Fields(title=title, due_on=due_on, done_on=done_on, responsible_id=responsible_id)
    row = Milestone(initiative_id=initiative_id, **await _checked(session, given))
    await records.add(session, person, row, action="lade till milstolpe")
    initiatives.touch(session, person, initiative, {Field.MILESTONES: None})
    await session.flush()
    return row


async def change(
    session: AsyncSession,
    person: Viewer,
    initiative_id: UUID,
    milestone_id: UUID,
    *,
    revision: int | None,
    **fields: Unpack[Fields],
) -> Milestone:
    """Change the named fields of a milestone; `revision` is the one that the person read. Raises what `add` does."""
    initiative = await initiatives.lock(session, person, initiative_id)
    row = await _lock(session, initiative_id, milestone_id)
    shown = (row.title, row.due_on, row.done_on)
    await records.change(
        session, person, row, await _checked(session, fields), read=revision, action="ändrade milstolpe"
    )
    if shown != (row.title, row.due_on, row.done_on):  # Partners, who do not see the rest, shall not notice the rest.
        initiatives.touch(session, person, initiative, {Field.MILESTONES: None})
        await session.flush()
    return row


async def remove(session: AsyncSession, person: Viewer, initiative_id: UUID, milestone_id: UUID) -> None:
    """Take a milestone away from an initiative; raise `NotFound` if it has no such milestone."""
    initiative = await initiatives.lock(session, person, initiative_id)
    row = await _lock(session, initiative_id, milestone_id)
    await sources.forget(session, "milestone", [milestone_id])
    await records.remove(session, person, row, action="tog bort milstolpe")
    initiatives.touch(session, person, initiative, {Field.MILESTONES: None})
    await session.flush()


async def list_milestones(session: AsyncSession, person: Viewer, *initiative_ids: UUID) -> Sequence[MilestoneRow]:
    """Return the milestones of these initiatives that the person sees, by day."""
    rows = await session.execute(_rows(person).where(Milestone.initiative_id.in_(initiative_ids)))
    return [_row(*row) for row in rows]


async def get_milestone(session: AsyncSession, person: Viewer, initiative_id: UUID, milestone_id: UUID) -> MilestoneRow:
    """Return one milestone of an initiative, or raise `NotFound`."""
    query = _rows(person).where(Milestone.initiative_id == initiative_id, Milestone.id == milestone_id)
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise NotFound(MISSING)
    return _row(*found)


def due(person: Viewer) -> Select[*tuple[Any, ...]]:
    """Return the days of the milestones that the person sees, for the calendar."""
    query = dated(
        "milstolpe",
        subject_type="initiative",
        subject_id=Milestone.initiative_id,
        item_id=Milestone.id,
        title=Milestone.title,
        on=Milestone.due_on,
        organisation_id=Initiative.lead_organisation_id,
        person_id=Milestone.responsible_id if sees_all(person) else None,
        done=Milestone.done_on.is_not(None),
    ).join(Initiative, Initiative.id == Milestone.initiative_id)
    return query.where(shown_with(person, Milestone.initiative_id, Field.MILESTONES))


def _rows(person: Viewer) -> Select[Milestone, UUID, str]:
    responsible = and_(Person.id == Milestone.responsible_id, literal(sees_all(person)))
    shown = shown_with(person, Milestone.initiative_id, Field.MILESTONES)
    query = select(Milestone, Person.id, Person.name).outerjoin(Person, responsible).where(shown)
    return query.order_by(Milestone.due_on, Milestone.id)


def _row(one: Milestone, responsible_id: UUID | None, responsible: str | None) -> MilestoneRow:
    days = one.due_on, one.done_on
    return MilestoneRow(one.id, one.initiative_id, one.title, *days, responsible_id, responsible, one.revision)


async def _lock(session: AsyncSession, initiative_id: UUID, milestone_id: UUID) -> Milestone:
    return await records.lock(
        session, Milestone, milestone_id, Milestone.initiative_id == initiative_id, missing=MISSING
    )


async def _checked(session: AsyncSession, fields: Fields) -> dict[str, Any]:
    checked: dict[str, Any] = dict(fields)
    if "title" in fields:
        checked["title"] = values.line(fields["title"], field="title")
    if "due_on" in fields:
        values.period(fields["due_on"], None, field="due_on")
    if done_on := fields.get("done_on"):
        values.period(done_on, None, field="done_on")
        if done_on > today():
            raise InvalidValue(
                "Milstolpen kan inte bli klar en dag som inte har varit. Ange dagen då den blev klar.", field="done_on"
            )
    if responsible := fields.get("responsible_id"):
        await require_known(session, Person, [responsible], field="responsible_id")
    return checked
