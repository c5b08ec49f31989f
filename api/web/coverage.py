"""Täckning: which initiatives stand where delområden and grundförutsättningar meet, and what is missing."""

from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.response import Template

from api.dependencies import Person, Session
from api.web import forms
from api.web.follow import require_follower
from api.web.pages import page
from initiatives import coverage, overview
from initiatives.coverage import COVERING, Coverage
from initiatives.errors import NotFound
from initiatives.overview import Filters
from initiatives.taxonomy import Node, versions

ADDRESS = "/uppfoljning/tackning"
MOST = 100


@get(ADDRESS, include_in_schema=False)
async def coverage_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Show the matrix and what is missing; with a cell in the address also the initiatives in it."""
    require_follower(person)
    query = request.query_params
    wanted = forms.uuid(query.get("version"))
    known = await versions.list_taxonomies(session)
    try:
        found = await coverage.coverage(session, person, taxonomy_id=wanted)
    except NotFound:
        return page("coverage.html", found=None, versions=known, row=None, column=None, listed=(), total=0)
    row, column = _chosen(found, forms.uuid(query.get("rad"))), _chosen(found, forms.uuid(query.get("kolumn")))
    chosen = tuple(node.id for node in (row, column) if node)
    filters = Filters(node_ids=chosen, statuses=COVERING)
    listed, total = await overview.list_initiatives(session, person, filters, limit=MOST) if chosen else ((), 0)
    return page("coverage.html", found=found, versions=known, row=row, column=column, listed=listed, total=total)


def _chosen(found: Coverage, node_id: UUID | None) -> Node | None:
    return next((node for node in (*found.rows, *found.columns) if node.id == node_id), None)


ROUTES = (coverage_page,)
