"""Indicators: what is measured and how it stands. For those who see the whole register."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, HeaderParameter, Parameter
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.etags import etag, expected_revision
from api.paging import Page, Paging, paged
from api.rest.examples import INITIATIVE, NODE, PERSON, REGION, page_of, shows
from api.rest.indicator_values import VALUE, ValueOut
from api.rest.initiatives import Reference
from initiatives.access import Viewer
from initiatives.indicators import register, standing
from initiatives.indicators.standing import Filters, IndicatorRow
from initiatives.indicators.tables import Level
from initiatives.indicators.targets import Direction, Rule, Verdict, change_in_words
from initiatives.periods import PeriodKind

NEW = {
    "organisation_id": REGION["id"],
    "name": "Samordnade individuella planer",
    "definition": "Antal nya planer under året, från regionens och kommunernas system.",
    "unit": "antal",
    "direction": "upp",
    "level": "region",
    "period_kind": "år",
    "baseline_on": "2021-01-01",
    "rule": "ökar",
    "due_days": 45,
    "source_system": "Journalsystemet",
    "responsible_id": PERSON["id"],
    "kolada_id": None,
    "node_ids": [NODE["id"]],
    "initiative_ids": [INITIATIVE["id"]],
}
STANDING = {
    "verdict": "uppfyllt",
    "newest": VALUE,
    "baseline": "412",
    "difference": "43",
    "percent": "10.43689320388349514563106796",
    "change": "+10,4\N{NO-BREAK SPACE}%",
    "series": [VALUE],
    "notes": [
        {
            "organisation_id": "01976a10-0000-7000-8000-000000000061",
            "organisation": "Vårdcentralen Ekby",
            "verdict": "inte uppfyllt",
            "text": "Vårdcentralen Ekby minskade 18 → 15",
        }
    ],
    "met": 3,
    "judged": 4,
}
INDICATOR = {
    "id": VALUE["indicator_id"],
    "organisation": {"id": REGION["id"], "name": REGION["name"]},
    **{name: value for name, value in NEW.items() if not name.endswith(("_id", "_ids"))},
    "baseline": None,
    "target": None,
    "target_year": None,
    "goal": "ökar från utgångsläget",
    "due_on": "2024-02-14",
    "disaggregation": "",
    "responsible": {"id": PERSON["id"], "name": PERSON["name"]},
    "kolada_id": None,
    "revision": 1,
    "nodes": [{"id": NODE["id"], "name": NODE["name"]}],
    "initiatives": [{"id": INITIATIVE["id"], "name": INITIATIVE["title"]}],
    "standing": STANDING,
}
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="ETag från läsningen.")]


class UnitNoteOut(msgspec.Struct, frozen=True):
    """A unit or municipality for which the goal is not reached, in words."""

    organisation_id: UUID
    organisation: str
    verdict: Verdict
    text: str


class StandingOut(msgspec.Struct, frozen=True):
    """How it stands. `change` is the change from the baseline in words, `difference` and `percent` in numbers.

    `newest` may be a missing value: then the verdict is `saknas`, and nothing older is taken for it. Of the other
    organisations with values, `met` of `judged` reach the goal, or move the right way where the goal is for the whole.
    """

    verdict: Verdict
    newest: ValueOut | None
    baseline: Decimal | None
    difference: Decimal | None
    percent: Decimal | None
    change: str
    series: list[ValueOut]
    notes: list[UnitNoteOut]
    met: int
    judged: int


class IndicatorOut(msgspec.Struct, frozen=True):
    """An indicator; `goal` is its goal in words, `due_on` when the next value shall be in."""

    id: UUID
    organisation: Reference
    name: str
    definition: str
    unit: str
    direction: Direction
    level: Level
    period_kind: PeriodKind
    baseline_on: date | None
    baseline: Decimal | None
    rule: Rule | None
    target: Decimal | None
    target_year: int | None
    goal: str
    due_days: int | None
    due_on: date | None
    source_system: str
    disaggregation: str
    responsible: Reference | None
    kolada_id: str | None
    revision: int
    nodes: list[Reference]
    initiatives: list[Reference]
    standing: StandingOut


def _enum(kind: Any) -> Any:
    return msgspec.Meta(extra_json_schema={"enum": list(kind)})


class NewIndicator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An indicator to add.

    The rules `ökar` and `minskar` compare with the period that begins on `baseline_on`, by its value or `baseline`;
    `minst` and `högst` with `target`. `due_days` after each period's end its value shall be in.
    """

    organisation_id: UUID
    name: str
    unit: str
    direction: Annotated[str, _enum(Direction)]
    level: Annotated[str, _enum(Level)] = Level.REGION.value
    period_kind: Annotated[str, _enum(PeriodKind)] = PeriodKind.YEAR.value
    definition: str = ""
    baseline_on: date | None = None
    baseline: Decimal | None = None
    rule: Annotated[str, _enum(Rule)] | None = None
    target: Decimal | None = None
    target_year: int | None = None
    due_days: int | None = None
    source_system: str = ""
    disaggregation: str = ""
    responsible_id: UUID | None = None
    kolada_id: str | None = None
    node_ids: tuple[UUID, ...] = ()
    initiative_ids: tuple[UUID, ...] = ()


class IndicatorChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    name: str | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    direction: Annotated[str, _enum(Direction)] | UnsetType = UNSET
    level: Annotated[str, _enum(Level)] | UnsetType = UNSET
    period_kind: Annotated[str, _enum(PeriodKind)] | UnsetType = UNSET
    definition: str | UnsetType = UNSET
    baseline_on: date | UnsetType | None = UNSET
    baseline: Decimal | UnsetType | None = UNSET
    rule: Annotated[str, _enum(Rule)] | UnsetType | None = UNSET
    target: Decimal | UnsetType | None = UNSET
    target_year: int | UnsetType | None = UNSET
    due_days: int | UnsetType | None = UNSET
    source_system: str | UnsetType = UNSET
    disaggregation: str | UnsetType = UNSET
    responsible_id: UUID | UnsetType | None = UNSET
    kolada_id: str | UnsetType | None = UNSET
    node_ids: tuple[UUID, ...] | UnsetType = UNSET
    initiative_ids: tuple[UUID, ...] | UnsetType = UNSET


class IndicatorController(Controller):
    """Indicators."""

    path = "/indicators"
    tags = ("Indikatorer",)

    @get(
        summary="Lista indikatorer",
        operation_id="listIndicators",
        responses=shows(Page[IndicatorOut], page_of(INDICATOR)),
    )
    async def list_indicators(
        self,
        *,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        q: Annotated[str, Parameter(description="Ord som alla ska finnas i namn eller definition.")] = "",
        node: Annotated[UUID | None, Parameter(description="Hör till noden i taxonomin.")] = None,
        initiative: Annotated[UUID | None, Parameter(description="Ska påverkas av initiativet.")] = None,
        organisation: Annotated[UUID | None, Parameter(description="Mäts för organisationen.")] = None,
    ) -> Response[Page[IndicatorOut]]:
        """Return indicators by name, each with how it stands."""
        filters = Filters(q=q, node_id=node, initiative_id=initiative, organisation_id=organisation)
        rows, total = await standing.list_indicators(session, person, filters, limit=paging.limit, offset=paging.offset)
        return paged(request, paging, [_out(row) for row in rows], total)

    @get(
        "/{indicator_id:uuid}",
        summary="Visa en indikator",
        operation_id="getIndicator",
        responses=shows(IndicatorOut, INDICATOR, description="Indikatorn; versionen står i ETag"),
    )
    async def get_indicator(
        self, session: Session, person: Person, indicator_id: FromPath[UUID]
    ) -> Response[IndicatorOut]:
        """Return one indicator with how it stands."""
        return await _shown(session, person, indicator_id)

    @post(
        summary="Lägg till en indikator",
        operation_id="createIndicator",
        responses=shows(IndicatorOut, INDICATOR, status=201, description="Tillagd"),
    )
    async def create(
        self, session: Session, person: Person, data: Annotated[NewIndicator, Body(examples=[Example(value=NEW)])]
    ) -> Response[IndicatorOut]:
        """Add an indicator; for the programme group."""
        added = await register.add(session, person, msgspec.structs.asdict(data))
        response = await _shown(session, person, added.id)
        response.headers["Location"] = f"/api/v1/indicators/{added.id}"
        return response

    @patch(
        "/{indicator_id:uuid}",
        summary="Ändra en indikator",
        operation_id="reviseIndicator",
        responses=shows(IndicatorOut, INDICATOR, description="Ändrad; den nya versionen står i ETag"),
    )
    async def revise(
        self,
        *,
        session: Session,
        person: Person,
        indicator_id: FromPath[UUID],
        data: Annotated[IndicatorChanges, Body(examples=[Example(value={"due_days": 60})])],
        if_match: IfMatch = None,
    ) -> Response[IndicatorOut]:
        """Change what is sent; for the programme group. What others have changed meanwhile is kept."""
        changes = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
        await standing.get_indicator(session, person, indicator_id)
        await register.revise(session, person, indicator_id, changes, revision=expected_revision(if_match))
        return await _shown(session, person, indicator_id)

    @delete("/{indicator_id:uuid}", summary="Ta bort en indikator", operation_id="deleteIndicator", status_code=204)
    async def remove(self, session: Session, person: Person, indicator_id: FromPath[UUID]) -> None:
        """Take an indicator and its values away; for the programme group."""
        await register.remove(session, person, indicator_id)


async def _shown(session: AsyncSession, person: Viewer, indicator_id: UUID) -> Response[IndicatorOut]:
    row = await standing.get_indicator(session, person, indicator_id)
    return Response(_out(row), headers={"ETag": etag(row.revision)})


def _out(row: IndicatorRow) -> IndicatorOut:
    change = row.standing.change
    fields = {name: getattr(row, name) for name in IndicatorOut.__struct_fields__ if name not in {"goal", "standing"}}
    found = {name: getattr(row.standing, name, None) for name in StandingOut.__struct_fields__}
    found["difference"], found["percent"] = (change.difference, change.percent) if change else (None, None)
    found["change"] = change_in_words(change, row.unit)
    made = {**fields, "goal": row.goal_text, "standing": msgspec.convert(found, StandingOut, from_attributes=True)}
    return msgspec.convert(made, IndicatorOut, from_attributes=True)
