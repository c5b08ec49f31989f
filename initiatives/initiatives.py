"""Initiatives: what is proposed, decided and done for nära vård, by whom and when."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TypedDict, Unpack
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, delete, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, values
from initiatives.access import ORGANISATION_SQL, SEES_ALL_SQL, Viewer, protect, require_writer, sees_all
from initiatives.base import Base, new_id, text_enum, utcnow
from initiatives.errors import InvalidValue, NotFound, StaleVersion
from initiatives.people import Organisation, Person
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


class InitiativeShare(Base):
    """An initiative is shared with an organisation, whose partners then see it (without its money)."""

    __tablename__ = "initiative_share"

    initiative_id: Mapped[UUID] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)


_SHARED_WITH_MINE = " ".join(
    ("SELECT initiative_id FROM initiative_share WHERE", f"initiative_share.organisation_id = {ORGANISATION_SQL}")
)

POLICIES: tuple[str, ...] = (
    *protect("initiative_share", read=f"{SEES_ALL_SQL} OR organisation_id = {ORGANISATION_SQL}"),
    *protect("initiative", read=f"{SEES_ALL_SQL} OR id IN ({_SHARED_WITH_MINE})"),
    *protect("initiative_node", read=f"{SEES_ALL_SQL} OR initiative_id IN ({_SHARED_WITH_MINE})"),
)
"""Partners see an initiative, and what it stands under, through the share alone, and only their own share of it."""


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
    shared = select(InitiativeShare.initiative_id).where(InitiativeShare.organisation_id == person.organisation_id)
    return Initiative.id.in_(shared)


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
    initiative = Initiative(id=new_id(), created_at=utcnow(), updated_at=utcnow(), revision=1)
    fields = Fields(
        title=title,
        summary=summary,
        status=status,
        lead_organisation_id=lead_organisation_id,
        responsible_id=responsible_id,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    await _apply(session, initiative, fields)
    session.add(initiative)
    await session.flush()
    await _place(session, initiative.id, node_ids)
    await _known(session, Organisation, shared_with, what="ingen organisation", field="shared_with")
    session.add_all(InitiativeShare(initiative_id=initiative.id, organisation_id=one) for one in set(shared_with))
    await session.flush()
    after = {**_values(initiative), "node_ids": list(node_ids), "shared_with": list(shared_with)}
    activity.record(session, person, "skapade", "initiative", initiative.id, after=after)
    return initiative


async def revise(
    session: AsyncSession,
    person: Viewer,
    initiative_id: UUID,
    *,
    revision: int | None = None,
    **changes: Unpack[Fields],
) -> Initiative:
    """Change the named fields of an initiative and return it with a higher revision.

    `revision` is the one that the person read; `StaleVersion` if it has changed since (None skips the check).
    `node_ids` replaces all nodes. Changing nothing leaves the revision and the diary as they are. Raises what `create`
    does, and `NotFound` if the person does not see it.
    """
    initiative = await lock(session, person, initiative_id, revision=revision)
    before = _values(initiative)
    await _apply(session, initiative, changes)
    after = _values(initiative)
    if "node_ids" in changes:
        before["node_ids"] = sorted(await _nodes_of(session, initiative_id))
        after["node_ids"] = sorted(set(changes["node_ids"]))
        await _place(session, initiative_id, changes["node_ids"])
    if changed := [name for name in after if after[name] != before[name]]:
        touch(initiative)
        old, new = ({name: side[name] for name in changed} for side in (before, after))
        activity.record(session, person, "ändrade", "initiative", initiative_id, before=old, after=new)
    await session.flush()
    return initiative


async def share(
    session: AsyncSession, person: Viewer, initiative_id: UUID, organisation_id: UUID, *, revision: int | None = None
) -> Initiative:
    """Let an organisation's partners see the initiative (without its money); sharing twice changes nothing."""
    initiative = await lock(session, person, initiative_id, revision=revision)
    await _known(session, Organisation, [organisation_id], what="ingen organisation", field="organisation_id")
    if await session.get(InitiativeShare, (initiative_id, organisation_id)) is None:
        session.add(InitiativeShare(initiative_id=initiative_id, organisation_id=organisation_id))
        touch(initiative)
        after = {"organisation_id": organisation_id}
        activity.record(session, person, "delade", "initiative", initiative_id, after=after)
    await session.flush()
    return initiative


async def unshare(
    session: AsyncSession, person: Viewer, initiative_id: UUID, organisation_id: UUID, *, revision: int | None = None
) -> Initiative:
    """Stop sharing the initiative with an organisation; raise `NotFound` if it was not shared with it."""
    initiative = await lock(session, person, initiative_id, revision=revision)
    shared = await session.get(InitiativeShare, (initiative_id, organisation_id))
    if shared is None:
        raise NotFound("Initiativet är inte delat med den organisationen.")
    await session.delete(shared)
    touch(initiative)
    before = {"organisation_id": organisation_id}
    activity.record(session, person, "slutade dela", "initiative", initiative_id, before=before)
    await session.flush()
    return initiative


async def lock(
    session: AsyncSession, person: Viewer, initiative_id: UUID, *, revision: int | None = None
) -> Initiative:
    """Return an initiative for writing, locked until the transaction ends.

    Raises `NotFound` if the person does not see it, then `NotAllowed` if they may not write, then `StaleVersion` if
    its revision is not the one given.
    """
    seen = await session.scalar(select(Initiative.id).where(visible_to(person), Initiative.id == initiative_id))
    if seen is None:
        raise NotFound("Initiativet finns inte.")
    require_writer(person)
    query = select(Initiative).where(Initiative.id == initiative_id).with_for_update()
    initiative = (await session.scalars(query.execution_options(populate_existing=True))).one()
    if revision is not None and revision != initiative.revision:
        raise StaleVersion("Någon annan har ändrat initiativet sedan du läste det. Läs om det och gör ändringen igen.")
    return initiative


def touch(initiative: Initiative) -> None:
    """Note that something shown with a locked initiative has changed."""
    initiative.revision += 1
    initiative.updated_at = utcnow()


async def _apply(session: AsyncSession, initiative: Initiative, fields: Fields) -> None:
    if "title" in fields:
        initiative.title = values.line(fields["title"], field="title")
    if "summary" in fields:
        initiative.summary = values.paragraph(fields["summary"], field="summary")
    if "status" in fields:
        initiative.status = values.choice(Status, fields["status"], field="status")
    if "starts_on" in fields:
        initiative.starts_on = fields["starts_on"]
    if "ends_on" in fields:
        initiative.ends_on = fields["ends_on"]
    values.period(initiative.starts_on, initiative.ends_on)
    await _assign(session, initiative, fields)


async def _assign(session: AsyncSession, initiative: Initiative, fields: Fields) -> None:
    if "lead_organisation_id" in fields:
        lead = fields["lead_organisation_id"]
        await _known(session, Organisation, [lead], what="ingen organisation", field="lead_organisation_id")
        initiative.lead_organisation_id = lead
    if "responsible_id" in fields:
        responsible = fields["responsible_id"]
        await _known(session, Person, [responsible] if responsible else [], what="ingen person", field="responsible_id")
        initiative.responsible_id = responsible


async def _place(session: AsyncSession, initiative_id: UUID, node_ids: Sequence[UUID]) -> None:
    await _known(session, TaxonomyNode, node_ids, what="ingen nod i taxonomin", field="node_ids")
    await session.execute(delete(InitiativeNode).where(InitiativeNode.initiative_id == initiative_id))
    session.add_all(InitiativeNode(initiative_id=initiative_id, node_id=node_id) for node_id in set(node_ids))
    await session.flush()


async def _nodes_of(session: AsyncSession, initiative_id: UUID) -> Sequence[UUID]:
    query = select(InitiativeNode.node_id).where(InitiativeNode.initiative_id == initiative_id)
    return (await session.scalars(query)).all()


async def _known(
    session: AsyncSession,
    kind: type[Organisation | Person | TaxonomyNode],
    wanted: Sequence[UUID],
    *,
    what: str,
    field: str,
) -> None:
    if not wanted:
        return
    known = set(await session.scalars(select(kind.id).where(kind.id.in_(wanted))))
    if unknown := set(wanted) - known:
        raise InvalidValue(f"Det finns {what} med id {min(unknown)}.", field=field)


def _values(initiative: Initiative) -> dict[str, object]:
    names = ("title", "summary", "status", "lead_organisation_id", "responsible_id", "starts_on", "ends_on")
    return {name: getattr(initiative, name) for name in names}
