"""Logg: for administrators, who has changed, opened and asked what; on a page and as a file for a spreadsheet."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from litestar import Request, Response, get
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.tables import csv_file
from api.web import forms
from api.web.pages import page, with_query
from initiatives import accesses, activity, people, swedish
from initiatives.access import Viewer, require_administrator
from initiatives.accesses import AskedRow, SeenRow
from initiatives.activity import ActivityRow, Filters

PAGE_LENGTH = 50
MOST_PEOPLE, MOST_ROWS = 1_000, 50_000
SUBJECTS = {
    "initiative": "initiativ",
    "document": "dokument",
    "person": "person",
    "membership": "medlemskap",
    "invitation": "inbjudan",
    "organisation": "organisation",
    "fund": "anslag",
    "budget_link": "budgetkoppling",
    "grant_agreement": "statsbidrag",
    "grant_component": "del av statsbidrag",
    "grant_obligation": "krav i statsbidrag",
    "grant_condition": "villkor i statsbidrag",
    "grant_amount": "belopp av statsbidrag",
    "taxonomy": "taxonomi",
    "taxonomy_node": "nod i taxonomin",
    "taxonomy_item": "rad i taxonomin",
    "indicator": "indikator",
    "indicator_value": "värde",
    "api_key": "API-nyckel",
    "webhook": "webhook",
    "retention": "gallring",
}
PAGES = {"initiative": "/initiativ", "document": "/dokument", "grant_agreement": "/pengar/statsbidrag"}

Row = ActivityRow | SeenRow | AskedRow


class Part(StrEnum):
    """What the log is asked for, as it stands in the address."""

    CHANGED = "andrat"
    SEEN = "sett"
    ASKED = "fragat"


PARTS = {Part.CHANGED: "Vem har ändrat", Part.SEEN: "Vem har sett", Part.ASKED: "Vem har frågat"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for: the part, its filters, and the query as it was written."""

    part: Part
    filters: Filters
    query: dict[str, str]


@get("/logg", include_in_schema=False)
async def log_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Show the log: what was changed, opened or asked, by whom and when."""
    require_administrator(person)
    wanted, number = _wanted(request), forms.page_number(request.query_params.get("sida"))
    rows, total = await _rows(session, person, wanted, limit=PAGE_LENGTH, offset=(number - 1) * PAGE_LENGTH)
    everyone, _ = await people.list_people(session, person, active_only=False, limit=MOST_PEOPLE)
    return page(
        "log.html",
        part=wanted.part,
        parts=PARTS,
        rows=rows,
        total=total,
        query=wanted.query,
        filtered=any(value for name, value in wanted.query.items() if name != "del"),
        people=everyone,
        subjects=SUBJECTS,
        subject_pages=PAGES,
        number=number,
        pages=-(-total // PAGE_LENGTH),
        address=lambda sida: with_query("/logg", wanted.query, sida=sida),
    )


@get("/logg.csv", include_in_schema=False)
async def log_file(request: Request[Any, Any, Any], session: Session, person: Person) -> Response[bytes]:
    """Return what the page shows, its newest `MOST_ROWS` lines, as a file for a spreadsheet."""
    require_administrator(person)
    wanted = _wanted(request)
    rows, _ = await _rows(session, person, wanted, limit=MOST_ROWS, offset=0)
    name = f"logg-{wanted.part}-{swedish.today()}.csv"
    return await asyncio.to_thread(lambda: csv_file(name, *_cells(rows, wanted.part)))


def _wanted(request: Request[Any, Any, Any]) -> Wanted:
    query = {name: request.query_params.get(name, "").strip() for name in ("del", "vem", "slag", "sak", "fran", "till")}
    part = Part(query["del"]) if query["del"] in set(Part) else Part.CHANGED
    first, last = _day(query["fran"]), _day(query["till"])
    filters = Filters(
        subject_type=query["slag"] if query["slag"] in SUBJECTS else None,
        subject_id=forms.uuid(query["sak"]),
        person_id=forms.uuid(query["vem"]),
        since=_midnight(first) if first else None,
        until=_midnight(last + timedelta(days=1)) if last and last < date.max else None,
    )
    return Wanted(part, filters, query)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), swedish.STOCKHOLM)


async def _rows(
    session: AsyncSession, person: Viewer, wanted: Wanted, *, limit: int, offset: int
) -> tuple[Sequence[Row], int]:
    match wanted.part:
        case Part.CHANGED:
            return await activity.list_activity(session, person, filters=wanted.filters, limit=limit, offset=offset)
        case Part.SEEN:
            return await accesses.list_seen(session, person, wanted.filters, limit=limit, offset=offset)
        case Part.ASKED:
            return await accesses.list_asked(session, person, wanted.filters, limit=limit, offset=offset)


def _cells(rows: Sequence[Row], part: Part) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
    match part:
        case Part.CHANGED:
            heads = ["Tid", "Vem", "Vad", "Slag av sak", "Sakens id", "Före", "Efter", "Nummer", "Kontrollsumma"]
        case Part.SEEN:
            heads = ["Tid", "Vem", "Organisation", "Slag av sak", "Sak", "Sakens id"]
        case Part.ASKED:
            heads = ["Tid", "Vem", "Organisation", "Fråga", "Samtalets id"]
    return heads, [_line(row) for row in rows]


def _line(row: Row) -> Sequence[object]:
    at = f"{row.at.astimezone(swedish.STOCKHOLM):%Y-%m-%d %H:%M:%S}"
    match row:
        case ActivityRow():
            values = [_written(row.before), "(raderat)" if row.erased else _written(row.after)]
            kind = SUBJECTS.get(row.subject_type, row.subject_type)
            return [at, row.person_name, row.action, kind, row.subject_id, *values, row.sequence, row.hash]
        case SeenRow():
            return [at, row.name, row.organisation, SUBJECTS[row.item_type], row.title, row.item_id]
        case AskedRow():
            return [at, row.name, row.organisation, row.question, row.conversation_id]


def _written(values: dict[str, Any] | None) -> str:
    return "" if values is None else json.dumps(values, ensure_ascii=False)


ROUTES = (log_page, log_file)
