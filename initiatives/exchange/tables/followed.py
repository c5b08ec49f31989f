"""Indicators and their values, and what is to be examined, as tables."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import findings
from initiatives.access import Viewer
from initiatives.checks import Severity
from initiatives.errors import InvalidValue
from initiatives.exchange import cells
from initiatives.exchange.columns import Column, Fields, Table
from initiatives.exchange.tables.shapes import listed, revised, whole
from initiatives.findings import OWN_RULE, Finding, State
from initiatives.indicators import measured, register
from initiatives.indicators.tables import (
    Indicator,
    IndicatorInitiative,
    IndicatorNode,
    IndicatorValue,
    Level,
    ValueStatus,
)
from initiatives.indicators.targets import Direction, Rule
from initiatives.periods import Period, PeriodKind
from initiatives.records import shown
from initiatives.swedish import sort_key_sql

ORGANISATION, PERSON = "organisationens namn", "personens e-postadress"


async def _indicators(session: AsyncSession, person: Viewer) -> Sequence[Fields]:
    nodes, helping = defaultdict[UUID, list[UUID]](list), defaultdict[UUID, list[UUID]](list)
    links = select(IndicatorNode.indicator_id, IndicatorNode.node_id).where(whole(person))
    for indicator_id, node_id in await session.execute(links):
        nodes[indicator_id].append(node_id)
    links = select(IndicatorInitiative.indicator_id, IndicatorInitiative.initiative_id).where(whole(person))
    for indicator_id, initiative_id in await session.execute(links):
        helping[indicator_id].append(initiative_id)
    query = select(Indicator).where(whole(person)).order_by(sort_key_sql(Indicator.name), Indicator.id)
    return [
        {**shown(row), "node_ids": nodes[row.id], "initiative_ids": helping[row.id]}
        for row in await session.scalars(query)
    ]


async def _add_indicator(session: AsyncSession, person: Viewer, given: dict[str, Any]) -> UUID:
    return (await register.add(session, person, given)).id


async def _revise_indicator(
    session: AsyncSession, person: Viewer, identifier: UUID, given: dict[str, Any], revision: int | None
) -> object:
    await register.revise(session, person, identifier, given, revision=revision)
    return identifier


async def _values(session: AsyncSession, person: Viewer) -> Sequence[Fields]:
    query = select(IndicatorValue, Indicator.period_kind).join(Indicator, Indicator.id == IndicatorValue.indicator_id)
    order = (sort_key_sql(Indicator.name), Indicator.id, IndicatorValue.starts_on, IndicatorValue.id)
    found = await session.execute(query.where(whole(person)).order_by(*order))
    return [{**shown(row), "starts_on": Period(row.starts_on, kind).code} for row, kind in found]


async def _add_value(session: AsyncSession, person: Viewer, given: dict[str, Any]) -> UUID:
    place = given.pop("indicator_id"), given.pop("organisation_id"), given.pop("starts_on")
    told = {"status": ValueStatus.FINAL, **given}
    made = await measured.add(session, person, place[0], organisation_id=place[1], period=place[2], **told)
    return made.id


async def _revise_value(
    session: AsyncSession, person: Viewer, identifier: UUID, given: dict[str, Any], revision: int | None
) -> object:
    await measured.revise(session, person, identifier, given, revision=revision)
    return identifier


async def _add_finding(session: AsyncSession, person: Viewer, given: dict[str, Any]) -> UUID:
    if given.pop("rule", OWN_RULE) != OWN_RULE:
        raise InvalidValue("Punkten kommer från en regel, som själv lägger till den. Ta bort raden.", field="rule")
    first = {name: given.pop(name) for name in ("title", "detail", "severity", "owner_id") if name in given}
    made = await findings.add(session, person, **first)
    if given:
        await findings.revise(session, person, made.id, **given)
    return made.id


INDICATORS = Table(
    name="indicators",
    title="Indikatorer",
    one="indikator",
    many="indikatorer",
    page="/uppfoljning",
    model=Indicator,
    key=("name", "organisation_id"),
    rows=_indicators,
    add=_add_indicator,
    revise=_revise_indicator,
    own=(
        Column(field="name", heading="Indikator", cell=cells.needed(cells.LINE), required=True),
        Column(
            field="organisation_id",
            heading="Organisation",
            cell=cells.one("organisation", ORGANISATION, optional=False),
            required=True,
        ),
        Column(field="definition", heading="Definition", cell=cells.TEXT),
        Column(field="unit", heading="Enhet", cell=cells.needed(cells.LINE), required=True),
        Column(field="direction", heading="Riktning", cell=cells.choice(Direction), required=True),
        Column(field="level", heading="Nivå", cell=cells.choice(Level), required=True),
        Column(field="period_kind", heading="Period", cell=cells.choice(PeriodKind), required=True),
        Column(
            field="baseline_on", heading="Utgångsläge från", cell=cells.DAY, note="Första dagen i periodens första."
        ),
        Column(field="baseline", heading="Utgångsvärde", cell=cells.NUMBER),
        Column(field="rule", heading="Målregel", cell=cells.choice(Rule, optional=True)),
        Column(field="target", heading="Målvärde", cell=cells.NUMBER),
        Column(field="target_year", heading="Målår", cell=cells.WHOLE),
        Column(field="due_days", heading="Dagar till värdet", cell=cells.WHOLE),
        Column(field="source_system", heading="Källsystem", cell=cells.LINE),
        Column(field="disaggregation", heading="Uppdelning", cell=cells.LINE),
        Column(field="responsible_id", heading="Ansvarig", cell=cells.one("person", PERSON)),
        Column(field="kolada_id", heading="Kolada-id", name="kolada_id", cell=cells.CODE),
        Column(field="node_ids", heading="Hör till", cell=cells.several("taxonomy_node", "delområdens namn")),
        Column(field="initiative_ids", heading="Initiativ", cell=cells.several("initiative", "initiativs titlar")),
    ),
)
VALUES = Table(
    name="indicator-values",
    title="Indikatorvärden",
    one="värde",
    many="värden",
    page="/uppfoljning",
    model=IndicatorValue,
    key=("indicator_id", "organisation_id", "starts_on", "part"),
    rows=_values,
    add=_add_value,
    revise=_revise_value,
    own=(
        Column(
            field="indicator_id",
            heading="Indikator",
            cell=cells.one("indicator", "indikatorns namn", optional=False),
            required=True,
            fixed=True,
        ),
        Column(
            field="organisation_id",
            heading="Organisation",
            cell=cells.one("organisation", ORGANISATION, optional=False),
            required=True,
            fixed=True,
        ),
        Column(
            field="starts_on",
            heading="Period",
            name="period",
            cell=cells.needed(cells.LINE),
            required=True,
            fixed=True,
            note="2026, 2026-H1, 2026-K3 eller 2026-03, som indikatorns period är.",
        ),
        Column(field="part", heading="Del", cell=cells.LINE, fixed=True),
        Column(field="value", heading="Värde", cell=cells.NUMBER, note="Tomt när värdet saknas."),
        Column(field="count", heading="Antal", cell=cells.WHOLE),
        Column(field="status", heading="Status", cell=cells.choice(ValueStatus)),
        Column(field="reason", heading="Orsak", cell=cells.TEXT, note="Varför värdet saknas."),
        Column(field="origin", heading="Källa", cell=cells.TEXT),
    ),
)
FINDINGS = Table(
    name="findings",
    title="Granskning",
    one="granskningspunkt",
    many="granskningspunkter",
    page="/uppfoljning/granskning",
    model=Finding,
    key=("title", "rule", "detail"),
    rows=listed(Finding, whole, Finding.found_at.desc(), Finding.id),
    add=_add_finding,
    revise=revised(findings.revise),
    left_out={
        "mark": "regelns eget märke, som bara regeln läser",
        "subject_type": "vad punkten gäller väljs på sidan",
        "subject_id": "vad punkten gäller väljs på sidan",
        "found_at": "sätts av registret när punkten läggs till",
    },
    own=(
        Column(field="title", heading="Punkt", cell=cells.needed(cells.LINE), required=True),
        Column(field="detail", heading="Vad det gäller", cell=cells.TEXT),
        Column(field="severity", heading="Allvar", cell=cells.choice(Severity)),
        Column(field="state", heading="Läge", cell=cells.choice(State)),
        Column(field="owner_id", heading="Ansvarig", cell=cells.one("person", PERSON)),
        Column(field="resolution", heading="Slutsats", cell=cells.TEXT),
        Column(
            field="rule",
            heading="Regel",
            cell=cells.needed(cells.LINE),
            fixed=True,
            note=f"”{OWN_RULE}” för det som någon har skrivit.",
        ),
    ),
)
