"""Historik: how things were on a day or at an instant, and what differs between two."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import FromPath, Parameter, QueryParameter

from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.examples import INITIATIVE, REGION, page_of, shows
from initiatives import comparison, history
from initiatives.base import utcnow
from initiatives.comparison import Difference
from initiatives.swedish import parse_instant

LINE = {
    "id": INITIATIVE["id"],
    "title": INITIATIVE["title"],
    "status": "beslutat",
    "organisation": REGION["name"],
    "since": "2026-02-10T08:00:00Z",
    "removed": False,
}
FIELD = {"name": "status", "label": "Läge", "value": "beslutat", "words": "beslutat"}
PART = {"kind": "budget_link", "label": "Pengar", "titles": ["Förfogandeanslaget, 2026, 2 500 000 kr"]}
MOMENT = {
    "kind": "initiative",
    "id": INITIATIVE["id"],
    "title": INITIATIVE["title"],
    "since": LINE["since"],
    "until": "2026-04-02T09:30:00Z",
    "removed_at": None,
    "fields": [FIELD],
    "parts": [PART],
}
CHANGED = {
    "name": "status",
    "label": "Läge",
    "before": "beslutat",
    "after": "pågår",
    "before_words": "beslutat",
    "after_words": "pågår",
}
CHANGE = {"id": INITIATIVE["id"], "title": INITIATIVE["title"], "difference": "ändrat", "fields": [CHANGED]}


class MomentFieldOut(msgspec.Struct, frozen=True):
    """A field: its value as it was kept, and in words, with names of today in place of identifiers."""

    name: str
    label: str
    value: Any
    words: str


class MomentPartOut(msgspec.Struct, frozen=True):
    """What the thing consisted of besides its fields: what kind, and what each part is called."""

    kind: str
    label: str
    titles: tuple[str, ...]


class MomentOut(msgspec.Struct, frozen=True):
    """What a thing was. It was just so from `since` until `until`; null is until now."""

    kind: str
    id: UUID
    title: str
    since: datetime
    until: datetime | None
    removed_at: datetime | None
    fields: tuple[MomentFieldOut, ...]
    parts: tuple[MomentPartOut, ...]


class MomentLineOut(msgspec.Struct, frozen=True):
    """A thing that was there; `removed` tells that it has been removed since."""

    id: str
    title: str
    status: str | None
    organisation: str
    since: datetime
    removed: bool


class FieldDifferenceOut(msgspec.Struct, frozen=True):
    """A field before and after."""

    name: str
    label: str
    before: Any
    after: Any
    before_words: str
    after_words: str


class DifferenceOut(msgspec.Struct, frozen=True):
    """A thing that differs; no `fields` when it was added or removed, or changed and changed back."""

    id: str
    title: str
    difference: Difference
    fields: tuple[FieldDifferenceOut, ...]


_DAY = [Example(value="2026-03-31"), Example(value="2026-03-31T12:00:00Z")]
On = Annotated[
    str | None,
    Parameter(description="En dag (så som det var när den tog slut) eller en tidpunkt; utan är det nu.", examples=_DAY),
]
From = Annotated[str, QueryParameter(name="from", description="Den tidigare dagen eller tidpunkten.", examples=_DAY)]
To = Annotated[str, Parameter(description="Den senare.", examples=[Example(value="2026-11-30")])]
_INITIATIVE = [Example(value="initiative")]
Kind = Annotated[str, Parameter(description="Slag av sak, till exempel initiative eller fund.", examples=_INITIATIVE)]


class HistoryController(Controller):
    """What was; for those who see the whole register."""

    path = "/history"
    tags = ("Historik",)

    @get(
        "/comparison",
        summary="Jämför två dagar",
        operation_id="compareHistory",
        responses=shows(Page[DifferenceOut], page_of(CHANGE)),
    )
    async def compare(
        self,
        *,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        kind: Kind,
        from_: From,
        to: To,
    ) -> Response[Page[DifferenceOut]]:
        """Return what was added, removed and changed between two days, by title."""
        first, last = parse_instant(from_, field="from"), parse_instant(to, field="to")
        rows, total = await comparison.compare(
            session, person, kind, first, last, limit=paging.limit, offset=paging.offset
        )
        return paged(request, paging, msgspec.convert(rows, list[DifferenceOut], from_attributes=True), total)

    @get(
        "/{kind:str}",
        summary="Lista så som det var",
        operation_id="listHistory",
        responses=shows(Page[MomentLineOut], page_of(LINE)),
    )
    async def list_at(
        self,
        *,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        kind: Kind,
        on: On = None,
        status: Annotated[str | None, Parameter(description="Läget då.")] = None,
        organisation: Annotated[UUID | None, Parameter(description="Organisationen som ledde eller ägde.")] = None,
        q: Annotated[str, Parameter(description="Ord som alla stod i rubriken eller namnet.")] = "",
    ) -> Response[Page[MomentLineOut]]:
        """Return the things of a kind that were there, also those that have been removed since."""
        filters = history.Filters(status=status, organisation_id=organisation, q=q)
        at = _instant(on)
        rows, total = await history.list_at(
            session, person, kind, at, filters, limit=paging.limit, offset=paging.offset
        )
        return paged(request, paging, msgspec.convert(rows, list[MomentLineOut], from_attributes=True), total)

    @get(
        "/{kind:str}/{subject_id:uuid}",
        summary="Visa så som det var",
        operation_id="getHistory",
        responses=shows(MomentOut, MOMENT),
    )
    async def get_moment(
        self, session: Session, person: Person, kind: Kind, subject_id: FromPath[UUID], on: On = None
    ) -> MomentOut:
        """Return what a thing was, with what it consisted of."""
        found = await history.get(session, person, kind, subject_id, _instant(on))
        return msgspec.convert(found, MomentOut, from_attributes=True, strict=False)


def _instant(on: str | None) -> datetime:
    return utcnow() if on is None else parse_instant(on, field="on")
