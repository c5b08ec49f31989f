"""Funds, allocations and measures as tables."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import false, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import funds, measures
from initiatives.access import Viewer, sees_all
from initiatives.exchange import cells
from initiatives.exchange.columns import Column, Fields, Table
from initiatives.funds import Allocation, Fund, FundKind
from initiatives.measures import Measure, MeasureStatus
from initiatives.records import shown
from initiatives.swedish import sort_key_sql

ORGANISATION = "organisationens namn"


def _seen(person: Viewer) -> Any:
    return true() if sees_all(person) else false()


async def _funds(session: AsyncSession, person: Viewer) -> Sequence[Fields]:
    order = (Fund.year.desc(), sort_key_sql(Fund.name), Fund.id)
    return [shown(row) for row in await session.scalars(select(Fund).where(_seen(person)).order_by(*order))]


async def _allocations(session: AsyncSession, person: Viewer) -> Sequence[Fields]:
    query = select(Allocation).join(Fund, Fund.id == Allocation.fund_id).where(_seen(person))
    order = (Fund.year.desc(), sort_key_sql(Fund.name), Allocation.id)
    return [shown(row) for row in await session.scalars(query.order_by(*order))]


async def _measures(session: AsyncSession, person: Viewer) -> Sequence[Fields]:
    order = (sort_key_sql(Measure.title), Measure.id)
    return [shown(row) for row in await session.scalars(select(Measure).where(_seen(person)).order_by(*order))]


async def _add_fund(session: AsyncSession, person: Viewer, given: dict[str, Any]) -> UUID:
    return (await funds.create_fund(session, person, **given)).id


async def _revise_fund(
    session: AsyncSession, person: Viewer, identifier: UUID, given: dict[str, Any], revision: int | None
) -> object:
    return await funds.revise_fund(session, person, identifier, revision=revision, **given)


async def _add_allocation(session: AsyncSession, person: Viewer, given: dict[str, Any]) -> UUID:
    return (await funds.allocate(session, person, given.pop("fund_id"), **given)).id


async def _revise_allocation(
    session: AsyncSession, person: Viewer, identifier: UUID, given: dict[str, Any], revision: int | None
) -> object:
    return await funds.reallocate(session, person, identifier, revision=revision, **given)


async def _add_measure(session: AsyncSession, person: Viewer, given: dict[str, Any]) -> UUID:
    return (await measures.create(session, person, **given)).id


async def _revise_measure(
    session: AsyncSession, person: Viewer, identifier: UUID, given: dict[str, Any], revision: int | None
) -> object:
    return await measures.revise(session, person, identifier, revision=revision, **given)


FUNDS = Table(
    name="funds",
    title="Anslag",
    one="anslag",
    many="anslag",
    page="/pengar",
    model=Fund,
    key=("name", "year", "organisation_id"),
    rows=_funds,
    add=_add_fund,
    revise=_revise_fund,
    own=(
        Column(field="name", heading="Anslag", cell=cells.needed(cells.LINE), required=True),
        Column(field="year", heading="År", cell=cells.needed(cells.WHOLE), required=True),
        Column(
            field="organisation_id",
            heading="Organisation",
            cell=cells.one("organisation", ORGANISATION, optional=False),
            required=True,
        ),
        Column(field="kind", heading="Slag", cell=cells.choice(FundKind)),
        Column(field="frame_kronor", heading="Ram (kr)", cell=cells.needed(cells.KRONOR), required=True),
        Column(field="decision", heading="Beslut", cell=cells.TEXT),
    ),
)
ALLOCATIONS = Table(
    name="allocations",
    title="Tilldelningar",
    one="tilldelning",
    many="tilldelningar",
    page="/pengar",
    model=Allocation,
    key=("purpose", "fund_id", "receiver_id", "receiver"),
    rows=_allocations,
    add=_add_allocation,
    revise=_revise_allocation,
    own=(
        Column(
            field="fund_id",
            heading="Anslag",
            cell=cells.one("fund", "anslagets namn och år", optional=False),
            required=True,
            fixed=True,
        ),
        Column(field="purpose", heading="Ändamål", cell=cells.needed(cells.LINE), required=True),
        Column(field="receiver_id", heading="Organisation", cell=cells.one("organisation", ORGANISATION)),
        Column(
            field="receiver",
            heading="Mottagare",
            name="receiver_text",
            cell=cells.LINE,
            note="Den som får pengarna, när det inte är en organisation i registret.",
        ),
        Column(field="amount_kronor", heading="Belopp (kr)", cell=cells.needed(cells.KRONOR), required=True),
        Column(field="recurring", heading="Varje år", cell=cells.TRUTH),
        Column(field="clause", heading="Enligt", name="clause_text", cell=cells.TEXT),
        Column(field="clause_id", heading="Att-sats", cell=cells.one("clause", "beslutet och att-satsens nummer")),
        Column(field="node_id", heading="Hör till", cell=cells.one("taxonomy_node", "delområdets namn")),
    ),
)
MEASURES = Table(
    name="measures",
    title="Åtgärder",
    one="åtgärd",
    many="åtgärder",
    page="/pengar/atgarder",
    model=Measure,
    key=("title", "organisation_id"),
    rows=_measures,
    add=_add_measure,
    revise=_revise_measure,
    own=(
        Column(field="title", heading="Åtgärd", cell=cells.needed(cells.LINE), required=True),
        Column(
            field="organisation_id",
            heading="Förvaltning",
            cell=cells.one("organisation", ORGANISATION, optional=False),
            required=True,
        ),
        Column(field="frame_id", heading="Ram", cell=cells.one("measure_frame", "ramens namn")),
        Column(field="status", heading="Läge", cell=cells.choice(MeasureStatus)),
        Column(field="description", heading="Beskrivning", cell=cells.TEXT),
        Column(field="costs", heading="Kostnad per år (kr)", cell=cells.YEARS),
        Column(field="starts_on", heading="Startdatum", cell=cells.DAY),
        Column(field="duration_months", heading="Månader", cell=cells.WHOLE),
        Column(field="organisational_result", heading="Verksamhetens resultat", cell=cells.TEXT),
        Column(field="organisational_number", heading="Resultatets tal", cell=cells.NUMBER),
        Column(field="organisational_unit", heading="Resultatets enhet", cell=cells.LINE),
        Column(
            field="yearly_kronor",
            heading="Effekt per år (kr)",
            cell=cells.KRONOR,
            note="En besparing skrivs med minus.",
        ),
        Column(field="effect_from_year", heading="Effekt från år", cell=cells.WHOLE),
        Column(field="baseline", heading="Jämförs med", cell=cells.TEXT),
        Column(field="in_action_plan", heading="I handlingsplanen", cell=cells.TRUTH),
        Column(field="decision", heading="Beslut", cell=cells.TEXT),
        Column(field="charged_fund_id", heading="Belastar anslag", cell=cells.one("fund", "anslagets namn och år")),
        Column(field="charged_to", heading="Belastar", name="charged_to", cell=cells.TEXT),
    ),
)
