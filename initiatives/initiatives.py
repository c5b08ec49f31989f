"""Initiatives: what is proposed, decided and done for nära vård, by whom and when."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Unpack
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Computed, ForeignKey, Index, Select, Text, delete, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, grounds, revisions, values, workflow
from initiatives.access import SEES_ALL_SQL, Viewer, protect, require_writer, sees_all
from initiatives.base import Base, new_id, text_enum, utcnow
from initiatives.due import rows as dated
from initiatives.errors import NotFound
from initiatives.initiative_fields import Details, Fields, checked, require_known
from initiatives.kinds import KINDS, Kind
from initiatives.merging import FIELDS, merge
from initiatives.organisations import Organisation
from initiatives.past import COMPUTED, kept
from initiatives.sharing import SEEN_SQL, Field, new_share, seen, shown_with_sql
from initiatives.swedish import sort_key_words
from initiatives.workflow import OVER, Status


class Initiative(Base):
    """Something that is proposed, decided or done; `revision` grows by one at every change.

    `decision` says who decided, when and where it stands, `reason` why it is paused or cancelled, `outcome` what came
    of it. The database computes what long lists are sorted and searched by, once for each change.
    """

    __tablename__ = "initiative"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="period"),
        Index(None, "lead_organisation_id"),
        Index(None, "responsible_id"),
        Index(None, "status"),
        Index(None, "sort_key", "id"),
        Index(None, "updated_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    status: Mapped[Status] = mapped_column(text_enum(Status, name="status"))
    lead_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    responsible_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    decision: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    next_steps: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)
    revision: Mapped[int] = mapped_column(default=1)
    sort_key: Mapped[str] = mapped_column(Text(collation="C"), Computed(sort_key_words("title"), persisted=True))
    searched: Mapped[str] = mapped_column(Computed("lower(title || E'\\n' || summary)", persisted=True))


class InitiativeNode(Base):
    """An initiative stands under a delområde, a strategy or a grundförutsättning."""

    __tablename__ = "initiative_node"

    initiative_id: Mapped[UUID] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    node_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy_node.id"), primary_key=True, index=True)


class InitiativePartner(Base):
    """An organisation takes part in an initiative that another one leads."""

    __tablename__ = "initiative_partner"

    initiative_id: Mapped[UUID] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)


POLICIES: tuple[str, ...] = (
    *protect("initiative", read=f"{SEES_ALL_SQL} OR id IN ({SEEN_SQL})"),
    *protect("initiative_node", read=shown_with_sql(Field.NODES)),
    *protect("initiative_partner", read=shown_with_sql(Field.PARTNERS)),
)
"""Partners see an initiative through its share alone, and what stands around it where the profile shows it."""
TRIGGERS: tuple[str, ...] = (kept("initiative_partner", "initiative_id", "organisation_id", part_of="initiative_id"),)

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
        "decision": "Beslut",
        "outcome": "Utfall",
        "reason": "Skäl",
        "next_steps": "Nästa steg",
    },
    untold=COMPUTED,
    page="/initiativ",
)
KINDS["initiative_node"] = Kind(
    word="plats i taxonomin",
    plural="hör till",
    title=("node_id",),
    labels={"initiative_id": "Initiativ", "node_id": "Hör till"},
    part_of="initiative",
)
KINDS["initiative_partner"] = Kind(
    word="medverkande",
    plural="medverkande",
    title=("organisation_id",),
    labels={"initiative_id": "Initiativ", "organisation_id": "Medverkande"},
    part_of="initiative",
)


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
    shared_with: Sequence[UUID] = (),
    **details: Unpack[Details],
) -> Initiative:
    """Write a new initiative, what it stands under and with whom it is shared; return it with revision 1.

    It may begin in any status, `förslag` unless another is given, that it has what is needed for. `shared_with` are
    organisations. Raises `NotAllowed`, `MissingForStatus`, or `InvalidValue` with the field for an empty title, an
    unknown status, organisation, person or node, or an end before the start.
    """
    require_writer(person)
    given = Fields(title=title, lead_organisation_id=lead_organisation_id, **details)
    fields = {**_BLANK, **await checked(session, given)}
    fields["partner_ids"] = _without(lead_organisation_id, fields["partner_ids"])
    workflow.require_filled(fields["status"], fields)
    await require_known(session, Organisation, shared_with, field="shared_with")
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
    `ConflictingChange` tells of the fields that both changed (None overwrites them). `node_ids` and `partner_ids`
    replace all that there are. Changing nothing leaves the revision and the diary as they are. Raises what `create`
    does, `MoveNotPossible` for a step that the workflow does not have, and `NotFound` if the person does not see it.
    """
    initiative = await lock(session, person, initiative_id)
    wanted, stands = await checked(session, fields), await _values(session, initiative)
    if revision is not None:
        wanted = await merge(
            session, initiative_id, read=revision, now=initiative.revision, stands=stands, wanted=wanted
        )
    if "partner_ids" in wanted:
        lead = wanted.get("lead_organisation_id", stands["lead_organisation_id"])
        wanted["partner_ids"] = _without(lead, wanted["partner_ids"])
    after = {name: value for name, value in wanted.items() if value != stands[name]}
    grounded = bool(after) and await grounds.are_there(session, initiative_id)
    await _change(session, person, initiative, stands, workflow.followed(person, stands, after, grounded=grounded))
    return initiative


async def hand_over(session: AsyncSession, person: Viewer, person_id: UUID, to: UUID | None) -> int:
    """Let somebody else, or nobody, answer for what a person answers for, whatever its status; return how many."""
    theirs = await session.scalars(select(Initiative.id).where(Initiative.responsible_id == person_id))
    count = 0
    for initiative_id in theirs.all():
        initiative = await lock(session, person, initiative_id)
        after = await checked(session, Fields(responsible_id=to))
        await _change(session, person, initiative, await _values(session, initiative), after)
        count += 1
    return count


def due(person: Viewer) -> Select[*tuple[Any, ...]]:
    """Return the last days of the initiatives that the person sees, for the calendar; what is over is done."""
    return dated(
        "slutdatum",
        subject_type="initiative",
        subject_id=Initiative.id,
        item_id=Initiative.id,
        title=Initiative.title,
        on=Initiative.ends_on,
        organisation_id=Initiative.lead_organisation_id,
        person_id=Initiative.responsible_id if sees_all(person) else None,
        done=Initiative.status.in_(OVER),
    ).where(visible_to(person))


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
    activity.note_written(session, "initiative", initiative.id)
    step = revisions.step(initiative.id, initiative.revision, person.person_id, initiative.updated_at, before)
    session.add_all(step)


async def _change(
    session: AsyncSession, person: Viewer, initiative: Initiative, stands: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    if after:
        before = {name: stands[name] for name in after}
        await _write(session, initiative, after)
        touch(session, person, initiative, {FIELDS[name]: value for name, value in before.items()})
        activity.record(session, person, "ändrade", "initiative", initiative.id, before=before, after=after)
    await session.flush()


async def _write(session: AsyncSession, initiative: Initiative, fields: Mapping[str, Any]) -> None:
    values.period(*(fields.get(name, getattr(initiative, name)) for name in ("starts_on", "ends_on")))
    new = initiative not in session
    for name in fields.keys() & set(_COLUMNS):
        setattr(initiative, name, fields[name])
    session.add(initiative)
    await session.flush()
    for name in fields.keys() & set(_LISTS):
        kind, member = _LISTS[name]
        if not new:
            await session.execute(delete(kind).where(kind.initiative_id == initiative.id))
        session.add_all(kind(initiative_id=initiative.id, **{member: one}) for one in fields[name])
    await session.flush()


async def _values(session: AsyncSession, initiative: Initiative) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(initiative, name) for name in _COLUMNS}
    for name, (kind, member) in _LISTS.items():
        members = select(getattr(kind, member)).where(kind.initiative_id == initiative.id)
        found[name] = sorted(await session.scalars(members))
    return found


def _without(lead: UUID, partners: Sequence[UUID]) -> list[UUID]:
    """Return the partners but for the organisation that leads, which takes part anyhow."""
    return [one for one in partners if one != lead]


_LISTS: Mapping[str, tuple[type[InitiativeNode | InitiativePartner], str]] = {
    "node_ids": (InitiativeNode, "node_id"),
    "partner_ids": (InitiativePartner, "organisation_id"),
}
_COLUMNS = tuple(name for name in FIELDS if name not in _LISTS)
_BLANK: Mapping[str, Any] = {
    **dict.fromkeys(("summary", "decision", "outcome", "reason", "next_steps"), ""),
    **dict.fromkeys(("responsible_id", "starts_on", "ends_on")),
    **{name: [] for name in _LISTS},
    "status": Status.PROPOSED,
}
"""What a new initiative has of that which nothing is said of."""
