"""Uppföljning: all indicators with how they stand, and one with its chart, its table and what it belongs to."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Template
from litestar.status_codes import HTTP_200_OK
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import follow, forms
from api.web.follow import INDICATORS, require_follower
from api.web.pages import page, with_query
from initiatives import organisations, sources, swedish, taxonomy
from initiatives.access import Viewer, may_write
from initiatives.errors import NarplanError
from initiatives.indicators import measured, standing
from initiatives.indicators.measured import ValueRow
from initiatives.indicators.standing import Filters
from initiatives.indicators.targets import Verdict, amount, change_in_words

PAGE_LENGTH = 50
MOST_VALUES = 2_000
ADDRESS = "/uppfoljning"


@get(ADDRESS, include_in_schema=False)
async def indicators_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """List the indicators with newest value, goal, how they stand and a small line."""
    require_follower(person)
    query = request.query_params
    wanted = {name: query.get(name, "").strip() for name in ("q", "delomrade")}
    number = forms.page_number(query.get("sida"))
    filters = Filters(q=wanted["q"][:200].replace("\0", ""), node_id=forms.uuid(wanted["delomrade"]))
    found, total = await standing.list_indicators(
        session, person, filters, limit=PAGE_LENGTH, offset=(number - 1) * PAGE_LENGTH
    )
    return page(
        "indicators.html",
        indicators=found,
        counts={one: sum(row.standing.verdict is one for row in found) for one in Verdict},
        total=total,
        filters=wanted,
        filtered=any(wanted.values()),
        number=number,
        pages=-(-total // PAGE_LENGTH),
        address=lambda sida: with_query(ADDRESS, wanted, sida=sida),
        nodes=await taxonomy.list_nodes(session),
        verdicts=follow.VERDICTS,
        spark=follow.spark,
        amount=amount,
        change=change_in_words,
        today=swedish.today(),
    )


@get(f"{INDICATORS}/{{indicator_id:uuid}}", include_in_schema=False)
async def indicator_page(session: Session, person: Person, indicator_id: FromPath[UUID]) -> Template:
    """Show an indicator: its goal, how it stands, its values as chart and table."""
    return await show(session, person, indicator_id)


async def show(
    session: AsyncSession,
    person: Viewer,
    indicator_id: UUID,
    *,
    written: Mapping[str, str] | None = None,
    problem: NarplanError | None = None,
    status_code: int = HTTP_200_OK,
) -> Template:
    """Return the page of an indicator; `written` is what stands in the form for a value, `problem` what is wrong."""
    row = await standing.get_indicator(session, person, indicator_id)
    values, _ = await measured.list_values(session, person, indicator_id, limit=MOST_VALUES)
    series = [one for one in reversed(values) if one.organisation_id == row.organisation.id and not one.part]
    return page(
        "indicator.html",
        status_code,
        indicator=row,
        values=values,
        others=sorted({one.organisation for one in values if one.organisation_id != row.organisation.id}),
        chart=follow.chart(row, series),
        unit_chart=follow.unit_chart(row, _newest(values, row.organisation.id)),
        sources=await sources.list_sources(session, person, "indicator", [indicator_id]),
        verdicts=follow.VERDICTS,
        directions=follow.DIRECTIONS,
        levels=follow.LEVELS,
        periods=follow.PERIODS,
        statuses=follow.STATUSES,
        amount=amount,
        change=change_in_words,
        written=written or {},
        problem=problem,
        organisations=await organisations.list_organisations(session) if may_write(person) else [],
        today=swedish.today(),
    )


def _newest(values: Sequence[ValueRow], own: UUID) -> list[ValueRow]:
    """Return the newest value of every other organisation, by name; `values` come newest first."""
    found: dict[UUID, ValueRow] = {}
    for one in values:
        if one.organisation_id != own and not one.part:
            found.setdefault(one.organisation_id, one)
    return sorted(found.values(), key=lambda one: swedish.sort_key(one.organisation))


ROUTES = (indicators_page, indicator_page)
