"""Initiatives: what is proposed, decided and done for nära vård, by whom and when."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, delete, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, revisions, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect, require_writer, sees_all
from initiatives.base import Base, new_id, text_enum, utcnow
from initiatives.errors import InvalidValue, NotFound
from initiatives.kinds import KINDS, Kind
from initiatives.merging import FIELDS, merge
from initiatives.organisations import Organisation
from initiatives.people import Person
from initiatives.sharing import SEEN_SQL, Field, new_share, seen, seen_sql
from initiatives.taxonomy import TaxonomyNode


class Status(StrEnum):
    """How far an initiative has come; a proposal is never called a decision."""

    PROPOSED = "förslag"
    DECIDED = "beslutat"
    ONGOING = "pågår"
    PAUSED = "pausat"
    FINISHED = "avslutat"
    CANCELLED = "avbrutet"


class Initiative(Base):
    """Something that is proposed, decided or done; `revision` grows by one at every change."""

    __tablename__ = "initiative"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="period"),
        Index(None, "lead_organisation_id"),
        Index(None, "responsible_id"),
        Index(None, "status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    status: Mapped[Status] = mapped_column(text_enum(Status, name="status"))
    lead_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    responsible_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)
    revision: Mapped[int] = mapped_column(default=1)


class InitiativeNode(Base):
    """An initiative stands under a delområde, a strategy or a grundförutsättning."""

    __tablename__ = "initiative_node"

    initiative_id: Mapped[UUID] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    node_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy_node.id"), primary_key=True, index=True)


POLICIES: tuple[str, ...] = (
    *protect("initiative", read=f"{SEES_ALL_SQL} OR id IN ({SEEN_SQL})"),
    *protect("initiative_node", read=f"{SEES_ALL_SQL} OR initiative_id IN ({seen_sql(Field.NODES)})"),
)
"""Partners see an initiative through its share alone, and what it stands under where the profile shows it."""

KINDS["initiative"] = Kind(
    word="initiativ",
    plural="initiativ",
    title=("title",),
    labels={
        "title": "Titel",
        "summary": "Beskrivning",
        "status": "Läge",
        "lead_organisation_id": "Leds av",
        "responsible_id": "Ansvarig",
        "starts_on": "Startdatum",
        "ends_on": "Slutdatum",
    },
    page="/initiativ",
)
KINDS["initiative_node"] = Kind(
    word="plats i taxonomin",
    plural="hör till",
    title=("node_id",),
    labels={"initiative_id": "Initiativ", "node_id": "Hör till"},
    part_of="initiative",
)


class Fields(TypedDict, total=False):
    """What can be written of an initiative; a change names only what it changes."""

    title: str
    summary: str
    status: Status | str
    lead_organisation_id: UUID
    responsible_id: UUID | None
    starts_on: date | None
    ends_on: date | None
    node_ids: Sequence[UUID]


def visible_to(person: Viewer) -> ColumnElement[bool]:
    """Return the condition on `Initiative` for what the person sees: all of them, or those shared with their own."""
    if sees_all(person):
        return true()
    return Initiative.id.in_(seen(person))


async def create(
    session: AsyncSession,
    person: Viewer,
    *,
    title: str,
    lead_organisation_id: UUID,
    status: Status | str = Status.PROPOSED,
    summary: str = "",
    responsible_id: UUID | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    node_ids: Sequence[UUID] = (),
    shared_with: Sequence[UUID] = (),
) -> Initiative:
    """Write a new initiative, what it stands under and with whom it is shared; return it with revision 1.

    `node_ids` are taxonomy nodes of any dimension, `shared_with` organisations. Raises `NotAllowed`, or `InvalidValue`
    with the field for an empty title, an unknown status, organisation, person or node, or an end before the start.
    """
    require_writer(person)
    fields = await _checked(
        session,
        Fields(
            title=title,
            summary=summary,
            status=status,
            lead_organisation_id=lead_organisation_id,
            responsible_id=responsible_id,
            starts_on=starts_on,
            ends_on=ends_on,
            node_ids=node_ids,
        ),
    )
    await _known(session, Organisation, shared_with, field="shared_with")
    initiative = Initiative(id=new_id(), created_at=utcnow(), updated_at=utcnow(), revision=1)
    await _write(session, initiative, fields)
    session.add_all(new_share(person, initiative.id, organisation) for organisation in set(shared_with))
    await session.flush()
    after = {**fields, "shared_with": list(shared_with)}
    activity.record(session, person, "skapade", "initiative", initiative.id, after=after)
    return initiative


async def revise(
    session: AsyncSession,
    person: Viewer,
    initiative_id: UUID,
    *,
    revision: int | None = None,
    **fields: Unpack[Fields],
) -> Initiative:
    """Change the named fields of an initiative and return it with a higher revision.

    `revision` is the one that the person read: what others have changed since then is merged with this, and
    `ConflictingChange` tells of the fields that both changed (None overwrites them). `node_ids` replaces all nodes.
    Changing nothing leaves the revision and the diary as they are. Raises what `create` does, and `NotFound` if the
    person does not see it.
    """
    initiative = await lock(session, person, initiative_id)
    wanted, stands = await _checked(session, fields), await _values(session, initiative)
    if revision is not None:
        wanted = await merge(
            session, initiative_id, read=revision, now=initiative.revision, stands=stands, wanted=wanted
        )
    after = {name: value for name, value in wanted.items() if value != stands[name]}
    if after:
        before = {name: stands[name] for name in after}
        await _write(session, initiative, after)
        touch(session, person, initiative, {FIELDS[name]: value for name, value in before.items()})
        activity.record(session, person, "ändrade", "initiative", initiative_id, before=before, after=after)
    await session.flush()
    return initiative


async def lock(session: AsyncSession, person: Viewer, initiative_id: UUID) -> Initiative:
    """Return an initiative for writing, locked until the transaction ends.

    Raises `NotFound` if the person does not see it, then `NotAllowed` if they may not write.
    """
    if not await session.scalar(select(Initiative.id).where(visible_to(person), Initiative.id == initiative_id)):
        raise NotFound("Initiativet finns inte.")
    require_writer(person)
    query = select(Initiative).where(Initiative.id == initiative_id).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


def touch(session: AsyncSession, person: Viewer, initiative: Initiative, before: Mapping[Field, object]) -> None:
    """Note that fields shown with a locked initiative have changed from what they were `before`."""
    initiative.revision += 1
    initiative.updated_at = utcnow()
    step = revisions.step(initiative.id, initiative.revision, person.person_id, initiative.updated_at, before)
    session.add_all(step)


async def _checked(session: AsyncSession, fields: Fields) -> dict[str, Any]:
    checked: dict[str, Any] = dict(fields)
    if "title" in fields:
        checked["title"] = values.line(fields["title"], field="title")
    if "summary" in fields:
        checked["summary"] = values.paragraph(fields["summary"], field="summary")
    if "status" in fields:
        checked["status"] = values.choice(Status, fields["status"], field="status")
    if "lead_organisation_id" in fields:
        await _known(session, Organisation, [fields["lead_organisation_id"]], field="lead_organisation_id")
    if responsible := fields.get("responsible_id"):
        await _known(session, Person, [responsible], field="responsible_id")
    if "node_ids" in fields:
        await _known(session, TaxonomyNode, fields["node_ids"], field="node_ids")
        checked["node_ids"] = sorted(set(fields["node_ids"]))
    return checked


async def _write(session: AsyncSession, initiative: Initiative, fields: Mapping[str, Any]) -> None:
    values.period(*(fields.get(name, getattr(initiative, name)) for name in ("starts_on", "ends_on")))
    for name in fields.keys() & set(_COLUMNS):
        setattr(initiative, name, fields[name])
    session.add(initiative)
    await session.flush()
    if "node_ids" in fields:
        await session.execute(delete(InitiativeNode).where(InitiativeNode.initiative_id == initiative.id))
        session.add_all(InitiativeNode(initiative_id=initiative.id, node_id=node) for node in fields["node_ids"])
        await session.flush()


async def _known(
    session: AsyncSession, kind: type[Organisation | Person | TaxonomyNode], wanted: Sequence[UUID], *, field: str
) -> None:
    if not wanted:
        return
    known = set(await session.scalars(select(kind.id).where(kind.id.in_(wanted))))
    if unknown := set(wanted) - known:
        raise InvalidValue(f"Det finns {_NONE_SUCH[kind]} med id {min(unknown)}.", field=field)


async def _values(session: AsyncSession, initiative: Initiative) -> dict[str, object]:
    nodes = select(InitiativeNode.node_id).where(InitiativeNode.initiative_id == initiative.id)
    columns = {name: getattr(initiative, name) for name in _COLUMNS}
    return {**columns, "node_ids": sorted(await session.scalars(nodes))}


_COLUMNS = tuple(name for name in FIELDS if name != "node_ids")
_NONE_SUCH = {Organisation: "ingen organisation", Person: "ingen person", TaxonomyNode: "ingen nod i taxonomin"}
