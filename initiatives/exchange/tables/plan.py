"""Initiatives and their milestones as tables."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import initiatives, milestones, overview
from initiatives.access import Viewer, sees_all
from initiatives.exchange import cells
from initiatives.exchange.columns import Column, Fields, Table
from initiatives.exchange.tables.shapes import added, revised
from initiatives.initiatives import Initiative
from initiatives.milestones import Milestone, MilestoneRow
from initiatives.overview import Filters, InitiativeRow, Sort
from initiatives.reports import Health
from initiatives.workflow import Status

MOST = 20_000
EVERYTHING = Filters()
ORGANISATION, PERSON = "organisationens namn", "personens e-postadress"
NODES = "delområdenas eller strategiernas namn"


async def initiative_rows(
    session: AsyncSession, person: Viewer, filters: Filters = EVERYTHING, *, sort: Sort = Sort.TITLE
) -> list[Fields]:
    """Return the initiatives that the person sees and the filters let through, with no more than their list shows."""
    found, _ = await overview.list_initiatives(session, person, filters, sort=sort, limit=MOST)
    return [_initiative(row, named=not sees_all(person)) for row in found]


def _initiative(row: InitiativeRow, *, named: bool) -> Fields:
    """Return the fields of a row; `named` gives the names of what a partner cannot look up."""
    responsible = row.responsible
    return {
        "id": row.id,
        "revision": row.revision,
        "title": row.title,
        "summary": row.summary,
        "status": row.status,
        "lead_organisation_id": row.lead_organisation.id,
        "responsible_id": None if responsible is None else responsible.name if named else responsible.id,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "decision": row.decision,
        "outcome": row.outcome,
        "reason": row.reason,
        "next_steps": row.next_steps,
        "node_ids": [node.id for node in row.nodes or ()],
        "partner_ids": [one.id for one in row.partners or ()],
        "health": row.health,
        "budget_kronor": row.budget_kronor,
    }


INITIATIVES = Table(
    name="initiatives",
    title="Initiativ",
    one="initiativ",
    many="initiativ",
    page="/initiativ",
    model=Initiative,
    key=("title",),
    rows=initiative_rows,
    add=added(initiatives.create),
    revise=revised(initiatives.revise),
    own=(
        Column(field="title", heading="Titel", cell=cells.needed(cells.LINE), required=True),
        Column(field="summary", heading="Beskrivning", cell=cells.TEXT),
        Column(
            field="status",
            heading="Läge",
            cell=cells.choice(Status),
            note="En ny rad utan läge är ett förslag. Ett läge kan kräva att annat är ifyllt.",
        ),
        Column(
            field="lead_organisation_id",
            heading="Leds av",
            cell=cells.one("organisation", ORGANISATION, optional=False),
            required=True,
        ),
        Column(field="partner_ids", heading="Medverkande", cell=cells.several("organisation", "organisationers namn")),
        Column(field="responsible_id", heading="Ansvarig", cell=cells.one("person", PERSON)),
        Column(field="starts_on", heading="Startdatum", cell=cells.DAY),
        Column(field="ends_on", heading="Slutdatum", cell=cells.DAY),
        Column(field="node_ids", heading="Hör till", cell=cells.several("taxonomy_node", NODES)),
        Column(field="decision", heading="Beslut", cell=cells.TEXT, note="Vem som beslutade, när och var det står."),
        Column(field="outcome", heading="Utfall", cell=cells.TEXT),
        Column(field="reason", heading="Skäl", cell=cells.TEXT),
        Column(field="next_steps", heading="Nästa steg", cell=cells.TEXT),
        Column(
            field="health",
            heading="Hur det går",
            cell=cells.choice(Health, optional=True),
            read_only=True,
            note="Kommer ur den senaste lägesrapporten.",
        ),
        Column(
            field="budget_kronor",
            heading="Pengar (kr)",
            cell=cells.KRONOR,
            read_only=True,
            note="Summan av det som initiativet har ur anslagen.",
        ),
    ),
)


async def milestone_rows(session: AsyncSession, person: Viewer) -> Sequence[Fields]:
    """Return the milestones that the person sees, initiative by initiative."""
    found, _ = await overview.list_initiatives(session, person, limit=MOST)
    rows = await milestones.list_milestones(session, person, *(one.id for one in found))
    place = {one.id: number for number, one in enumerate(found)}
    return [_milestone(one) for one in sorted(rows, key=lambda one: (place[one.initiative_id], one.due_on, one.id))]


def _milestone(row: MilestoneRow) -> Fields:
    fields = ("id", "initiative_id", "title", "due_on", "done_on", "responsible_id", "revision")
    return {name: getattr(row, name) for name in fields}


async def _change_milestone(
    session: AsyncSession, person: Viewer, identifier: UUID, given: dict[str, Any], revision: int | None
) -> object:
    row = await session.get_one(Milestone, identifier)
    return await milestones.change(session, person, row.initiative_id, identifier, revision=revision, **given)


MILESTONES = Table(
    name="milestones",
    title="Milstolpar",
    one="milstolpe",
    many="milstolpar",
    page="/initiativ?vy=tidslinje",
    model=Milestone,
    key=("title", "initiative_id"),
    rows=milestone_rows,
    add=added(milestones.add, "initiative_id"),
    revise=_change_milestone,
    own=(
        Column(
            field="initiative_id",
            heading="Initiativ",
            cell=cells.one("initiative", "initiativets titel", optional=False),
            required=True,
            fixed=True,
        ),
        Column(field="title", heading="Milstolpe", cell=cells.needed(cells.LINE), required=True),
        Column(field="due_on", heading="Senast", cell=cells.needed(cells.DAY), required=True),
        Column(field="done_on", heading="Klar", cell=cells.DAY),
        Column(field="responsible_id", heading="Ansvarig", cell=cells.one("person", PERSON)),
    ),
)
