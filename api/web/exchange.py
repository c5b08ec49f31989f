"""Tables of the register: out for a spreadsheet, and in again, looked at before anything is saved."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.params import FromPath
from litestar.response import Template
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api import sheets, tables
from api.bodies import writers_only
from api.dependencies import Person, Session
from api.web import forms, initiatives
from api.web.pages import page
from initiatives.access import Viewer, require_writer
from initiatives.errors import InvalidRows, InvalidValue, NotFound
from initiatives.exchange import bringing, export
from initiatives.exchange.columns import Fields, Table
from initiatives.exchange.files import Format
from initiatives.exchange.outcome import Outcome, Report
from initiatives.exchange.tables import TABLES
from initiatives.exchange.tables.plan import INITIATIVES, initiative_rows
from initiatives.rows import RowProblem

ADDRESS = "/tabeller"
LARGEST_BODY = sheets.LARGEST_BODY * 3
"""A form that holds a file twice: as it was sent, and in letters for the next step."""
MOST_SHOWN = 200
TRY, SAVE, ERRORS = "prova", "spara", "fel"
FORMAT_NAMES = {Format.XLSX: "Excel", Format.CSV_EXCEL: "CSV för Excel", Format.CSV: "CSV för program"}
BY_SLUG: Mapping[str, Table] = {one.slug: one for one in TABLES.values()}


@get(ADDRESS, include_in_schema=False, sync_to_thread=False)
def tables_page() -> Template:
    """Show the tables that come out and in."""
    return page("exchange.html", tables=TABLES.values(), formats=FORMAT_NAMES)


@get(f"{ADDRESS}/{{slug:str}}", include_in_schema=False)
async def download(
    request: Request[Any, Any, Any], session: Session, person: Person, slug: FromPath[str]
) -> Response[bytes]:
    """Return a table as a file; the initiatives with the filters that stand in the address."""
    table, form = _find(slug), _format(request)
    rows = await _rows(request, session, person, table)
    return sheets.file_of(table, form, await export.export(session, person, table, form, rows=rows))


@get(f"{ADDRESS}/{{slug:str}}/mall", include_in_schema=False, sync_to_thread=True)
def template(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[bytes]:
    """Return a file with the heads alone."""
    table, form = _find(slug), _format(request)
    return sheets.file_of(table, form, export.template(table, form), what="mall")


@get(f"{ADDRESS}/{{slug:str}}/las-in", include_in_schema=False, sync_to_thread=False)
def import_page(person: Person, slug: FromPath[str]) -> Template:
    """Show the form that takes a file, and what its columns mean."""
    table = _find(slug)
    require_writer(person)
    return _page(table)


@post(
    f"{ADDRESS}/{{slug:str}}/las-in",
    include_in_schema=False,
    request_max_body_size=LARGEST_BODY,
    guards=[writers_only],
)
async def bring_in(
    request: Request[Any, Any, Any], session: Session, person: Person, slug: FromPath[str]
) -> Template | Response[bytes]:
    """Show what a file would do, do it, or return its errors as a file, as the button says."""
    table = _find(slug)
    require_writer(person)
    form = await request.form()
    data, wanted = await _sent(form), forms.text(form, "gor")
    try:
        report = await bringing.bring_in(session, person, table, await sheets.read(data), dry_run=wanted != SAVE)
    except InvalidRows as refused:
        if wanted == ERRORS:
            return _errors(table, refused.problems)
        return _page(table, data=data, refused=refused)
    except InvalidValue as problem:
        return _page(table, problem=problem)
    if wanted == ERRORS:
        return _errors(table, [_told(one) for one in report.errors])
    return _page(table, data=data if report.dry_run else b"", report=report)


async def _rows(
    request: Request[Any, Any, Any], session: AsyncSession, person: Viewer, table: Table
) -> list[Fields] | None:
    if table is not INITIATIVES:
        return None
    filters, sort = initiatives.asked_for(request.query_params)
    return await initiative_rows(session, person, filters, sort=sort)


async def _sent(form: FormMultiDict) -> bytes:
    """Return the file of the form, or the one that it was sent with before."""
    upload = form.get("fil")
    if isinstance(upload, UploadFile) and (data := await upload.read()):
        return data
    try:
        return base64.b64decode(forms.text(form, "innehall"), validate=True)
    except binascii.Error:
        return b""


def _errors(table: Table, problems: Any) -> Response[bytes]:
    return tables.csv_file(f"{table.slug}-fel.csv", ("Var", "Vad som är fel"), problems)


def _told(one: RowProblem) -> tuple[str, str]:
    return one.where, one.detail


def _page(
    table: Table,
    *,
    data: bytes = b"",
    report: Report | None = None,
    refused: InvalidRows | None = None,
    problem: InvalidValue | None = None,
) -> Template:
    wrong = refused or problem or (report and report.errors)
    return page(
        "exchange_import.html",
        HTTP_422_UNPROCESSABLE_ENTITY if wrong else HTTP_200_OK,
        table=table,
        content=base64.b64encode(data).decode(),
        report=report,
        told=[one for one in report.rows if one.outcome in {Outcome.NEW, Outcome.CHANGED}] if report else [],
        most=MOST_SHOWN,
        problems=refused.problems if refused else [_told(one) for one in report.errors] if report else [],
        problem=problem,
        columns=[export.explanation(one) for one in table.columns],
        formats=FORMAT_NAMES,
    )


def _find(slug: str) -> Table:
    if (found := BY_SLUG.get(slug)) is None:
        raise NotFound("Tabellen finns inte.")
    return found


def _format(request: Request[Any, Any, Any]) -> Format:
    asked = request.query_params.get("format", "")
    return Format(asked) if asked in set(Format) else Format.XLSX


ROUTES = (tables_page, download, template, import_page, bring_in)
