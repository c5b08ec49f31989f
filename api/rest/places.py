"""Where a quotation stands in the file that it comes from: the page, and boxes around its lines."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import FromPath, Parameter

from api.dependencies import Person
from api.rest.examples import shows
from ingest.quotations import Locator
from ingest.readers.words import Box

PLACE = {
    "document_id": "01976a10-0000-7000-8000-00000000000a",
    "version_id": "01976a10-0000-7000-8000-00000000000b",
    "start": 21,
    "end": 59,
    "quote": "att avsätta 2 mnkr för psykisk ohälsa.",
    "pages": [
        {
            "number": 1,
            "box": {"x0": 0.0, "y0": 0.0, "x1": 595.28, "y1": 841.89},
            "lines": [{"x0": 72.0, "y0": 744.1, "x1": 301.5, "y1": 757.9}],
        }
    ],
    "notice": None,
}
Start = Annotated[int, Parameter(description="Första tecknet, räknat från 0.", examples=[Example(value="0")])]
End = Annotated[int, Parameter(description="Tecknet efter det sista.", examples=[Example(value="4")])]


class BoxOut(msgspec.Struct, frozen=True):
    """A box in PDF points (1/72 inch) of the page's own coordinates: `x` to the right and `y` upwards.

    The origin is usually the lower left corner of the page; where it lies is told by the page's `box`.
    """

    x0: float
    y0: float
    x1: float
    y1: float


class PlacedPageOut(msgspec.Struct, frozen=True):
    """A page from 1, the part of its coordinates that is shown, and the lines of the quotation there.

    `box` is null for a file that is no PDF; `lines` are then empty.
    """

    number: int
    box: BoxOut | None
    lines: list[BoxOut]


class PlaceOut(msgspec.Struct, frozen=True):
    """A quotation, and where it stands; `notice` says why boxes are missing, if they are."""

    document_id: UUID
    version_id: UUID
    start: int
    end: int
    quote: str
    pages: list[PlacedPageOut]
    notice: str | None


class PlaceController(Controller):
    """Quotations on the pages of their file."""

    path = "/documents/{document_id:uuid}/place"
    tags = ("Dokument",)

    @get(summary="Visa var ett citat står i filen", operation_id="locateQuotation", responses=shows(PlaceOut, PLACE))
    async def locate(
        self,
        person: Person,
        locator: NamedDependency[Locator],
        document_id: FromPath[UUID],
        *,
        start: Start,
        end: End,
        version: Annotated[UUID | None, Parameter(description="En äldre version av dokumentet.")] = None,
    ) -> PlaceOut:
        """Return the pages that characters of the text stand on, and in a PDF boxes around the lines that they fill."""
        found = await locator.locate(person, document_id, start, end, version_id=version)
        pages = [PlacedPageOut(one.number, _box(one.box), [BoxOut(*box) for box in one.lines]) for one in found.pages]
        return PlaceOut(document_id, found.version_id, start, end, found.quote, pages, found.notice)


def _box(box: Box | None) -> BoxOut | None:
    return BoxOut(*box) if box else None
