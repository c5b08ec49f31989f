"""Measures as investments: what they cost, what they are expected to give, and the portfolio of them all."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, Parameter
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.etags import expected_revision
from api.paging import Page, Paging, paged
from api.rest.examples import REGION, page_of, shows
from api.rest.measure_frames import FRAME, FrameOut
from api.rest.patching import IfMatch, sent, tagged
from initiatives import measures, portfolio, values
from initiatives.access import Viewer
from initiatives.measures import MeasureSort, MeasureStatus

StatusText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(MeasureStatus)})]
STATUS = Parameter(description="Bara åtgärder i detta läge.", schema_extra={"enum": list(MeasureStatus)})
SORT = Parameter(description="Ordning; det som saknas kommer sist.", schema_extra={"enum": list(MeasureSort)})
OF_FRAME = Parameter(description="Bara åtgärder i denna ram.")

MEASURE = {
    "id": "01976a10-0000-7000-8000-000000000050",
    "title": "Läkarbil öster",
    "organisation_id": REGION["id"],
    "organisation": REGION["name"],
    "frame_id": FRAME["id"],
    "frame": FRAME["name"],
    "status": "förslag",
    "description": "En läkare åker hem till den som är för sjuk för att ta sig till vårdcentralen.",
    "costs": {"2018": 1_400_000, "2019": 1_800_000},
    "cost_kronor": 3_200_000,
    "starts_on": "2018-09-01",
    "duration_months": 18,
    "organisational_result": "Färre primärvårdsbesök på akutmottagningen",
    "organisational_number": "-5",
    "organisational_unit": "besök per dag",
    "yearly_kronor": -1_400_000,
    "effect_from_year": 2020,
    "payback_years": "2.3",
    "baseline": "38 besök per dag 2017",
    "in_action_plan": False,
    "decision": "",
    "charged_fund_id": "01976a10-0000-7000-8000-000000000054",
    "charged_fund": "Eget kapital 2018",
    "charged_to": "",
    "created_at": "2018-04-03T09:00:00Z",
    "updated_at": "2018-04-03T09:00:00Z",
    "revision": 1,
}
PORTFOLIO = {
    "frame": FRAME,
    "measures": 1,
    "by_year": {"2018": 1_400_000, "2019": 1_800_000},
    "cost_kronor": 3_200_000,
    "yearly_kronor": -1_400_000,
    "payback_years": "2.3",
    "left_kronor": None,
    "outside_kronor": 0,
    "verdict": "ram saknas",
}


class MeasureOut(msgspec.Struct, frozen=True):
    """A measure, in whole kronor.

    `costs` are by year; `yearly_kronor` is what the economy is expected to change by each year from `effect_from_year`
    (negative is a saving), and `payback_years` in how many years that pays the cost, null where nothing is saved.
    It is charged to a fund of equity (`charged_fund`, its name and year) or to what `charged_to` says.
    """

    id: UUID
    title: str
    organisation_id: UUID
    organisation: str
    frame_id: UUID | None
    frame: str | None
    status: MeasureStatus
    description: str
    costs: Mapping[int, int]
    cost_kronor: int
    starts_on: date | None
    duration_months: int | None
    organisational_result: str
    organisational_number: Decimal | None
    organisational_unit: str
    yearly_kronor: int | None
    effect_from_year: int | None
    payback_years: Decimal | None
    baseline: str
    in_action_plan: bool
    decision: str
    charged_fund_id: UUID | None
    charged_fund: str | None
    charged_to: str
    created_at: datetime
    updated_at: datetime
    revision: int


class NewMeasure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A measure to register; `in_action_plan` marks one that does not go beyond the action plan."""

    title: str
    organisation_id: UUID
    costs: dict[int, int] = {}
    status: StatusText = MeasureStatus.PROPOSED.value
    description: str = ""
    frame_id: UUID | None = None
    starts_on: date | None = None
    duration_months: int | None = None
    organisational_result: str = ""
    organisational_number: Decimal | None = None
    organisational_unit: str = ""
    yearly_kronor: int | None = None
    effect_from_year: int | None = None
    baseline: str = ""
    in_action_plan: bool = False
    decision: str = ""
    charged_fund_id: UUID | None = None
    charged_to: str = ""


class MeasureChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is. `costs` replaces all years."""

    title: str | UnsetType = UNSET
    organisation_id: UUID | UnsetType = UNSET
    costs: dict[int, int] | UnsetType = UNSET
    status: StatusText | UnsetType = UNSET
    description: str | UnsetType = UNSET
    frame_id: UUID | UnsetType | None = UNSET
    starts_on: date | UnsetType | None = UNSET
    duration_months: int | UnsetType | None = UNSET
    organisational_result: str | UnsetType = UNSET
    organisational_number: Decimal | UnsetType | None = UNSET
    organisational_unit: str | UnsetType = UNSET
    yearly_kronor: int | UnsetType | None = UNSET
    effect_from_year: int | UnsetType | None = UNSET
    baseline: str | UnsetType = UNSET
    in_action_plan: bool | UnsetType = UNSET
    decision: str | UnsetType = UNSET
    charged_fund_id: UUID | UnsetType | None = UNSET
    charged_to: str | UnsetType = UNSET


class PortfolioOut(msgspec.Struct, frozen=True):
    """How many measures there are and what they come to, in whole kronor; cancelled ones are not in the sums.

    `payback_years` is null where nothing is saved, and where the expected result of some measure is not told.
    `left_kronor` is null where no ceiling is decided, negative where it is exceeded; `outside_kronor` falls in years
    that the frame does not have.
    """

    frame: FrameOut | None
    measures: int
    by_year: Mapping[int, int]
    cost_kronor: int
    yearly_kronor: int
    payback_years: Decimal | None
    left_kronor: int | None
    outside_kronor: int
    verdict: str


NEW = {name: MEASURE[name] for name in NewMeasure.__struct_fields__}


class MeasureController(Controller):
    """Measures; a partner finds none."""

    path = "/measures"
    tags = ("Åtgärder",)

    @get(summary="Lista åtgärder", operation_id="listMeasures", responses=shows(Page[MeasureOut], page_of(MEASURE)))
    async def list_measures(
        self,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        *,
        frame_id: Annotated[UUID | None, OF_FRAME] = None,
        status: Annotated[str | None, STATUS] = None,
        sort: Annotated[str, SORT] = MeasureSort.TITLE.value,
    ) -> Response[Page[MeasureOut]]:
        """Return measures in the wanted order."""
        rows = await measures.list_measures(
            session,
            person,
            frame_id=frame_id,
            status=None if status is None else values.choice(MeasureStatus, status, field="status"),
            sort=values.choice(MeasureSort, sort, field="sort"),
        )
        shown = rows[paging.offset : paging.offset + paging.limit]
        return paged(request, paging, msgspec.convert(shown, list[MeasureOut], from_attributes=True), len(rows))

    @get(
        "/portfolio",
        summary="Visa åtgärderna som portfölj",
        operation_id="getPortfolio",
        responses=shows(PortfolioOut, PORTFOLIO),
    )
    async def portfolio(
        self, session: Session, person: Person, frame_id: Annotated[UUID | None, OF_FRAME] = None
    ) -> PortfolioOut:
        """Return what the measures come to, year by year, beside the frame."""
        found = await portfolio.portfolio(session, person, frame_id=frame_id)
        return PortfolioOut(
            frame=msgspec.convert(found.frame, FrameOut | None, from_attributes=True),
            measures=len(found.measures),
            by_year=found.by_year,
            cost_kronor=found.cost_kronor,
            yearly_kronor=found.yearly_kronor,
            payback_years=found.payback_years,
            left_kronor=found.left_kronor,
            outside_kronor=found.outside_kronor,
            verdict=found.verdict,
        )

    @get(
        "/{measure_id:uuid}", summary="Visa en åtgärd", operation_id="getMeasure", responses=shows(MeasureOut, MEASURE)
    )
    async def get_measure(self, session: Session, person: Person, measure_id: FromPath[UUID]) -> Response[MeasureOut]:
        """Return one measure."""
        return tagged(await _shown(session, person, measure_id))

    @post(
        summary="Lägg till en åtgärd",
        operation_id="createMeasure",
        responses=shows(MeasureOut, MEASURE, status=201, description="Tillagd"),
    )
    async def create(
        self, session: Session, person: Person, data: Annotated[NewMeasure, Body(examples=[Example(value=NEW)])]
    ) -> Response[MeasureOut]:
        """Register a measure; for the programme group."""
        added = await measures.create(session, person, **msgspec.structs.asdict(data))
        return tagged(await _shown(session, person, added.id), made=f"/api/v1/measures/{added.id}")

    @patch(
        "/{measure_id:uuid}",
        summary="Ändra en åtgärd",
        operation_id="reviseMeasure",
        responses=shows(MeasureOut, MEASURE),
    )
    async def revise(
        self,
        session: Session,
        person: Person,
        measure_id: FromPath[UUID],
        data: Annotated[MeasureChanges, Body(examples=[Example(value={"costs": MEASURE["costs"]})])],
        if_match: IfMatch = None,
    ) -> Response[MeasureOut]:
        """Change what is sent; for the programme group."""
        await measures.get_measure(session, person, measure_id)
        await measures.revise(session, person, measure_id, revision=expected_revision(if_match), **sent(data))
        return tagged(await _shown(session, person, measure_id))

    @delete("/{measure_id:uuid}", summary="Ta bort en åtgärd", operation_id="deleteMeasure", status_code=204)
    async def remove(self, session: Session, person: Person, measure_id: FromPath[UUID]) -> None:
        """Take away a measure, with its outcomes and claims; for the programme group."""
        await measures.remove(session, person, measure_id)


async def _shown(session: AsyncSession, person: Viewer, measure_id: UUID) -> MeasureOut:
    row = await measures.get_measure(session, person, measure_id)
    return msgspec.convert(row, MeasureOut, from_attributes=True)
