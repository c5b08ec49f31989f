"""Coverage: how many initiatives each node has, and what is missing."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import coverage
from initiatives.access import Viewer
from retrieval.register.asking import Lacks, Query, Wanted
from retrieval.register.running.found import Found, columns, count_fact, counted, row

COVERAGE = columns(("initiatives", "Initiativ", "number"), ("missing", "Saknas", "text"))


_RULES = {Lacks.OWNER: coverage.Rule.RESPONSIBLE, Lacks.DATE: coverage.Rule.DATE}


async def run(session: AsyncSession, person: Viewer, query: Query, _today: dt.date) -> Found | None:
    """Answer about what the initiatives cover: how many each node has, and what is missing."""
    found = await coverage.coverage(session, person, rows=query.dimension or None)
    rows = [node for node in found.rows if not query.nodes or node.id in {one.id for one in query.nodes}]
    missing = {node.id: [gap.rule.value for gap in found.gaps if gap.node_id == node.id] for node in rows}
    number = {node.id: found.totals.get(node.id, 0) for node in rows}
    dimension = found.row_dimension
    lead = f"{counted(len(rows), dimension.name, dimension.plural)} med antal initiativ och det som saknas:"
    if query.lacks is Lacks.INITIATIVE:
        rows = [node for node in rows if not number[node.id]]
        lead = f"{counted(len(rows), dimension.name, dimension.plural)} saknar initiativ:"
        if not rows:
            return Found(lead=f"Alla {dimension.plural} har initiativ.", facts=(count_fact(0),))
    elif query.lacks in _RULES:
        rule = _RULES[query.lacks]
        rows = [node for node in rows if rule.value in missing[node.id]]
        lead = f"{counted(len(rows), dimension.name, dimension.plural)} är {rule.value}:"
        if not rows:
            return Found(lead=f"Inget {dimension.name} är {rule.value}.", facts=(count_fact(0),))
    elif query.wanted is Wanted.TOP:
        rows = sorted(rows, key=lambda node: number[node.id], reverse=not query.smallest)[: query.top or 1]
        lead = f"{'Minst' if query.smallest else 'Flest'} initiativ har {rows[0].name}: {number[rows[0].id]}."
    elif query.prioritised:
        rows = [node for node in rows if node.prioritised]
        lead = f"{counted(len(rows), 'prioriterat ' + dimension.name, 'prioriterade ' + dimension.plural)}:"
    elif query.starts:
        rows = [node for node in rows if coverage.Rule.START.value in missing[node.id]]
        lead = f"{counted(len(rows), dimension.name, dimension.plural)} saknar besked om när arbetet ska börja:"
    return Found(
        lead=lead,
        columns=COVERAGE,
        rows=tuple(
            row("taxonomy_node", node.id, node.name, (number[node.id], ", ".join(missing[node.id]) or None))
            for node in rows
        ),
        total=len(rows),
        facts=(count_fact(len(rows)),),
        listed=len(rows) > 1 or query.wanted is not Wanted.TOP,
    )
