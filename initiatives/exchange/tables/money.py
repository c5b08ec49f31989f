"""Funds, allocations and measures as tables."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import funds, measures
from initiatives.access import Viewer
from initiatives.exchange import cells
from initiatives.exchange.columns import Column, Fields, Table
from initiatives.exchange.tables.shapes import added, listed, revised, whole
from initiatives.funds import Allocation, Fund, FundKind
from initiatives.measures import Measure, MeasureStatus
from initiatives.records import shown
from initiatives.swedish import sort_key_sql

ORGANISATION = "organisationens namn"


async def _allocations(session: AsyncSession, person: Viewer) -> Sequence[Fields]:
    query = select(Allocation).join(Fund, Fund.id == Allocation.fund_id).where(whole(person))
    order = (Fund.year.desc(), sort_key_sql(Fund.name), Allocation.id)
    return [shown(row) for row in await session.scalars(query.order_by(*order))]


FUNDS = Table(
    name="funds",
    title="Anslag",
    one="anslag",
    many="anslag",
    page="/pengar",
    model=Fund,
    key=("name", "year", "organisation_id"),
    rows=listed(Fund, whole, Fund.year.desc(), sort_key_sql(Fund.name), Fund.id),
    add=added(funds.create_fund),
    revise=revised(funds.revise_fund),
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
    add=added(funds.allocate, "fund_id"),
    revise=revised(funds.reallocate),
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
    rows=listed(Measure, whole, sort_key_sql(Measure.title), Measure.id),
    add=added(measures.create),
    revise=revised(measures.revise),
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
