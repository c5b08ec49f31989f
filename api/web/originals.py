"""A quotation where it stands in the file that came in: the pages as pictures, with its lines marked."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Template

from api.dependencies import Person, Sessions
from api.web.pages import page, with_query
from ingest.quotations import Locator
from retrieval import documents

From = Annotated[int, QueryParameter(name="fran", ge=0, le=10**9)]
To = Annotated[int, QueryParameter(name="till", ge=0, le=10**9)]


def address(document_id: UUID, version_id: UUID, quotation: range) -> str:
    """Return the path of the page that shows a quotation in the file."""
    wanted = {"version": str(version_id), "fran": str(quotation.start), "till": str(quotation.stop)}
    return with_query(f"/dokument/{document_id}/sida", wanted)


@get("/dokument/{document_id:uuid}/sida", include_in_schema=False)
async def in_file(
    sessions: Sessions,
    person: Person,
    locator: NamedDependency[Locator],
    document_id: FromPath[UUID],
    *,
    version: FromQuery[UUID],
    start: From,
    end: To,
) -> Template:
    """Show the pages of the file that a quotation stands on."""
    async with sessions(person) as session:
        document = await documents.get_summary(session, person, document_id)
    found = await locator.locate(person, document_id, start, end, version_id=version)
    asked = address(document_id, version, range(start, end)).partition("?")[2]
    return page("document_page.html", document=document, found=found, asked=asked)


@get("/dokument/{document_id:uuid}/sida/{number:int}", include_in_schema=False)
async def picture(
    person: Person,
    locator: NamedDependency[Locator],
    document_id: FromPath[UUID],
    number: FromPath[int],
    *,
    version: FromQuery[UUID],
    start: From,
    end: To,
) -> Response[bytes]:
    """Return one of those pages as a picture."""
    drawn = await locator.picture(person, document_id, number, start, end, version_id=version)
    return Response(drawn, media_type="image/png")


ROUTES = (in_file, picture)
