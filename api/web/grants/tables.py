"""State grants as a table: out for a spreadsheet, and in again, tried first."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.response import Template
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from api import tables
from api.bodies import writers_only
from api.dependencies import Person, Session
from api.web import forms
from api.web.grants.editing import ADDRESS
from api.web.pages import page
from initiatives.access import require_writer, sees_all
from initiatives.errors import InvalidRows, NotFound
from initiatives.grants import bringing, table
from initiatives.grants.bringing import Imported
from initiatives.grants.columns import HEADS, MEANING

LARGEST_BODY = 6 * 1024 * 1024


@get(f"{ADDRESS}/tabell.csv", include_in_schema=False)
async def download(request: Request[Any, Any, Any], session: Session, person: Person) -> Response[bytes]:
    """Return the state grants, of one year or all, as a file for a spreadsheet."""
    if not sees_all(person):
        raise NotFound("Sidan finns inte.")
    year = forms.number(request.query_params.get("ar"), largest=2200)
    rows = await table.rows(session, person, year=year or None)
    return tables.csv_file(f"statsbidrag-{year}.csv" if year else "statsbidrag.csv", HEADS, rows)


@get(f"{ADDRESS}/tabell", include_in_schema=False)
async def table_page(person: Person) -> Template:
    """Show the form that takes a table, and what its columns mean."""
    require_writer(person)
    return _page("")


@post(f"{ADDRESS}/tabell", include_in_schema=False, request_max_body_size=LARGEST_BODY, guards=[writers_only])
async def bring_in(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Try a table, or write it; what is wrong is told by row and column, and the text stays to be mended."""
    sent = await request.form()
    content, dry_run = forms.text(sent, "tabell"), forms.text(sent, "gor") != "spara"
    upload = sent.get("fil")
    if isinstance(upload, UploadFile) and (data := await upload.read()):
        content = data.decode("utf-8-sig", errors="replace")
    try:
        done = await bringing.bring_in(session, person, content, dry_run=dry_run)
    except InvalidRows as problem:
        return _page(content, problem=problem)
    return _page(content if dry_run else "", done=done)


def _page(content: str, *, done: Imported | None = None, problem: InvalidRows | None = None) -> Template:
    status = HTTP_422_UNPROCESSABLE_ENTITY if problem else HTTP_200_OK
    return page("grants_table.html", status, content=content, done=done, problem=problem, meaning=MEANING)


ROUTES = (download, table_page, bring_in)
