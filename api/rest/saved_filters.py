"""One's own saved filters for the list of initiatives."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, delete, get, post
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath

from api.dependencies import Person, Session
from api.rest.examples import shows
from api.rest.reports import HealthText
from initiatives import saved_filters
from initiatives.overview import Sort
from initiatives.saved_filters import VIEWS, Query
from initiatives.workflow import Status

ASKED = {
    "q": "äldre",
    "status": ["pågår", "pausat"],
    "node": [],
    "health": None,
    "organisation": None,
    "responsible": None,
    "year": 2026,
    "shared_with": None,
    "sort": "ends_on",
    "view": "lista",
}
FILTER = {
    "id": "01976a10-0000-7000-8000-000000000045",
    "name": "Äldres behov, det som går",
    "query": ASKED,
    "is_default": True,
}
NEW = {"name": FILTER["name"], "query": {"q": "äldre", "status": ["pågår"], "year": 2026}, "is_default": True}
StatusText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Status)})]
SortText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Sort)})]
ViewText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(VIEWS)})]


class FilterQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The parameters of GET /initiatives, and the view of the page."""

    q: str = ""
    status: tuple[StatusText, ...] = ()
    node: tuple[UUID, ...] = ()
    health: HealthText | None = None
    organisation: UUID | None = None
    responsible: UUID | None = None
    year: int | None = None
    shared_with: UUID | None = None
    sort: SortText = Sort.TITLE.value
    view: ViewText = VIEWS[0]


class FilterOut(msgspec.Struct, frozen=True):
    """A filter of yours; the list on the pages opens with the one that is the default."""

    id: UUID
    name: str
    query: FilterQuery
    is_default: bool


class NewFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A filter to save, in place of one of the same name."""

    name: str
    query: FilterQuery
    is_default: bool = False


class SavedFilterController(Controller):
    """Saved filters; everyone has their own."""

    path = "/saved-filters"
    tags = ("Initiativ",)

    @get(summary="Lista dina filter", operation_id="listSavedFilters", responses=shows(list[FilterOut], [FILTER]))
    async def list_filters(self, session: Session, person: Person) -> Sequence[FilterOut]:
        """Return your filters, by name."""
        rows = await saved_filters.list_filters(session, person)
        return msgspec.convert(rows, list[FilterOut], from_attributes=True)

    @post(
        summary="Spara ett filter",
        operation_id="saveFilter",
        responses=shows(FilterOut, FILTER, status=201, description="Sparat"),
    )
    async def save(
        self, session: Session, person: Person, data: Annotated[NewFilter, Body(examples=[Example(value=NEW)])]
    ) -> FilterOut:
        """Save a filter under a name; the same name again replaces it. For people, not keys."""
        query = Query(**msgspec.structs.asdict(data.query))
        row = await saved_filters.save(session, person, name=data.name, query=query, is_default=data.is_default)
        return msgspec.convert(row, FilterOut, from_attributes=True)

    @delete("/{filter_id:uuid}", summary="Ta bort ett filter", operation_id="deleteSavedFilter", status_code=204)
    async def remove(self, session: Session, person: Person, filter_id: FromPath[UUID]) -> None:
        """Take one of your filters away."""
        await saved_filters.remove(session, person, filter_id)
