"""Rapport till styrelsen: one page to read and print, and a workbook with the same figures."""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any

from litestar import Request, Response, get
from litestar.response import Template
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import forms
from api.web.board_sheets import sheets
from api.web.decision_looks import OUTCOME_LOOKS
from api.web.follow import VERDICTS, require_follower
from api.web.measures import STATUSES
from api.web.pages import page, with_query
from api.workbooks import workbook
from initiatives import board_report, kinds, swedish, taxonomy
from initiatives.access import Viewer
from initiatives.board_report import BoardReport
from initiatives.errors import InvalidValue

ADDRESS = "/rapport"
FIELDS = {"from": "fran", "to": "till", "node": "delomrade"}
"""What the fields of a report are called in the address."""


@get(ADDRESS, include_in_schema=False)
async def report_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Show the report: this year so far, unless other days are asked for."""
    require_follower(person)
    wanted = _wanted(request.query_params)
    shown: dict[str, Any] = {"wanted": wanted, "nodes": await taxonomy.choices(session)}
    try:
        report = await _report(session, person, wanted)
    except InvalidValue as problem:
        field = FIELDS.get(problem.field or "", problem.field)
        return page(
            "board_report.html", HTTP_422_UNPROCESSABLE_ENTITY, report=None, problem=problem, field=field, **shown
        )
    clauses = [one for decision in report.decisions for one in decision.clauses]
    wanted |= {"fran": report.from_on.isoformat(), "till": report.to_on.isoformat()}
    return page(
        "board_report.html",
        report=report,
        problem=None,
        field=None,
        file=with_query(f"{ADDRESS}.xlsx", wanted),
        place=kinds.address,
        all_clauses=len(clauses),
        late_clauses=sum(one.late for one in clauses),
        verdicts=VERDICTS,
        statuses=STATUSES,
        outcomes=OUTCOME_LOOKS,
        **shown,
    )


@get(f"{ADDRESS}.xlsx", include_in_schema=False)
async def report_file(request: Request[Any, Any, Any], session: Session, person: Person) -> Response[bytes]:
    """Return the report as a workbook."""
    require_follower(person)
    report = await _report(session, person, _wanted(request.query_params))
    base = str(request.base_url).rstrip("/")
    name = f"rapport-{report.from_on}-{report.to_on}.xlsx"
    return await asyncio.to_thread(lambda: workbook(name, sheets(report, base)))


def _wanted(query: Mapping[str, str]) -> dict[str, str]:
    return {name: query.get(name, "").strip() for name in ("fran", "till", "delomrade")}


async def _report(session: AsyncSession, person: Viewer, wanted: Mapping[str, str]) -> BoardReport:
    return await board_report.report(
        session,
        person,
        from_on=_day(wanted, "fran"),
        to_on=_day(wanted, "till"),
        node_id=forms.uuid(wanted["delomrade"]),
    )


def _day(wanted: Mapping[str, str], name: str) -> date | None:
    return swedish.parse_date(wanted[name], field=name) if wanted[name] else None


ROUTES = (report_page, report_file)
