"""Distributions: money shared by weights, tried out first and then carried out for good."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, Parameter

from api import tables
from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.examples import FUND, PERSON, page_of, shows
from initiatives import values
from initiatives.distribution import protocol, quotas, runs
from initiatives.distribution.plan import Fulfilment, Plan
from initiatives.distribution.runs import Run

UNITS = [
    {"name": "Vårdcentralen Ek", "weights": {"listade 75+": "1250"}, "organisation_id": None},
    {"name": "Vårdcentralen Gran", "weights": {"listade 75+": "640"}, "organisation_id": None},
]
STAGE: dict[str, Any] = {
    "name": "Steg 2",
    "basis": "listade 75+",
    "stated_kronor": 4_865_000,
    "share": "1/3",
    "month": "2026-12",
    "condition": "Har lämnat redovisning",
    "known_from": "2026-12",
    "standings": [{"unit": "Vårdcentralen Gran", "fulfilment": "nej", "reason": "Ingen redovisning"}],
    "unknown_takes_part": True,
    "redistribute": True,
    "least_kronor": 0,
    "most_kronor": None,
    "ladder": [],
    "ladder_basis": "",
    "reduce": False,
}
PLAN: dict[str, Any] = {"total_kronor": 14_595_000, "units": UNITS, "stages": [STAGE]}
ROW = {
    "unit": "Vårdcentralen Ek",
    "number": "1250",
    "counted": "1250",
    "fulfilment": "okänt",
    "reason": "",
    "takes_part": True,
    "step": None,
    "quota": "4865000",
    "rounded_up": False,
    "kronor": 4_865_000,
}
OUTCOME: dict[str, Any] = {
    "total_kronor": 14_595_000,
    "shared_kronor": 4_865_000,
    "left_kronor": 9_730_000,
    "stages": [
        {
            "name": "Steg 2",
            "stated_kronor": 4_865_000,
            "computed_kronor": 4_865_000,
            "kronor": 4_865_000,
            "shared_kronor": 4_865_000,
            "left_kronor": 0,
            "rows": [ROW],
        }
    ],
    "units": [{"unit": "Vårdcentralen Ek", "kronor": 4_865_000}],
}
CHECK = {
    "rule": "distribution-without-step",
    "severity": "medel",
    "title": "Stegen är mindre än summan",
    "detail": "9 730 000 kr av 14 595 000 kr hör inte till något steg.",
}
SIMULATION = {"rounding": quotas.RULE, "outcome": OUTCOME, "checks": [CHECK]}
HEAD: dict[str, Any] = {
    "id": "01976a10-0000-7000-8000-000000000040",
    "title": "Läkarstöd i äldreomsorgen 2026, steg 2",
    "decision_reference": "RS 2026/0112 § 41",
    "fund_id": FUND["id"],
    "fund": FUND["name"],
    "annuls_id": None,
    "annuls_reason": "",
    "annulled_by_id": None,
    "total_kronor": 14_595_000,
    "shared_kronor": 4_865_000,
    "run_at": "2026-11-30T09:00:00Z",
    "run_by": PERSON["name"],
    "engine": 1,
    "sha256": "5f8c7c1b0f4b8f5f0f9e2a54a8d6e86c1c1a7d8e9b0c3d2f4a5b6c7d8e9f0a1b",
}
RUN = {**HEAD, "plan": PLAN, **SIMULATION}
NEW = {"title": HEAD["title"], "decision_reference": HEAD["decision_reference"], "plan": PLAN}
VERIFICATION = {
    "id": HEAD["id"],
    "intact": True,
    "unchanged": True,
    "recomputed": True,
    "in_diary": True,
    "sha256": HEAD["sha256"],
    "engine": 1,
    "engine_now": 1,
}


FulfilmentText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Fulfilment)})]


class In(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is sent; a field that is not known is an error."""


class UnitIn(In, frozen=True):
    """One who may get money, and its numbers by what they are called."""

    name: str
    weights: Mapping[str, Decimal]
    organisation_id: UUID | None = None


class StandingIn(In, frozen=True):
    """Whether a unit meets the stage's condition: `ja`, `nej` or `okänt`."""

    unit: str
    fulfilment: FulfilmentText
    reason: str = ""


class StepIn(In, frozen=True):
    """A step of a ladder: who has at least this much gets a sum, or is counted with a share of its weight."""

    at_least: Decimal
    kronor: int | None = None
    share: str | None = None


class StageIn(In, frozen=True):
    """A part of the money: `stated_kronor`, or `share` of the total; shared by the units' number called `basis`.

    `month` is when it is paid, `known_from` the first month in which the condition can be tried (`2026-05`). Without
    `redistribute` nobody gets what those who do not meet the condition would have had. `ladder` gives sums, or shares
    of the weight, by the number called `ladder_basis`; with `reduce` all get less when it gives more than there is.
    """

    name: str
    basis: str = ""
    stated_kronor: int | None = None
    share: str | None = None
    month: str | None = None
    condition: str = ""
    known_from: str | None = None
    standings: tuple[StandingIn, ...] = ()
    unknown_takes_part: bool = True
    redistribute: bool = True
    least_kronor: int = 0
    most_kronor: int | None = None
    ladder: tuple[StepIn, ...] = ()
    ladder_basis: str = ""
    reduce: bool = False


class PlanIn(In, frozen=True):
    """What shall be shared, among whom and in which stages."""

    total_kronor: int
    units: tuple[UnitIn, ...]
    stages: tuple[StageIn, ...]


class NewDistribution(In, frozen=True):
    """A distribution that has been decided; `annuls_id` is the one that it replaces, for `annuls_reason`."""

    title: str
    decision_reference: str
    plan: PlanIn
    fund_id: UUID | None = None
    annuls_id: UUID | None = None
    annuls_reason: str = ""


class RowOut(msgspec.Struct, frozen=True):
    """What a unit gets in a stage.

    `quota` is the exact share, cut after six decimals; `rounded_up` says that it got one of the kronor left over.
    """

    unit: str
    number: Decimal
    counted: Decimal
    fulfilment: str
    reason: str
    takes_part: bool
    step: Decimal | None
    quota: Decimal
    rounded_up: bool
    kronor: int


class StageOut(msgspec.Struct, frozen=True):
    """A stage: what was stated, what its share of the total is, what was shared, and what nobody got."""

    name: str
    stated_kronor: int | None
    computed_kronor: int | None
    kronor: int
    shared_kronor: int
    left_kronor: int
    rows: tuple[RowOut, ...]


class UnitTotalOut(msgspec.Struct, frozen=True):
    """What a unit gets in all."""

    unit: str
    kronor: int


class OutcomeOut(msgspec.Struct, frozen=True):
    """Who gets what; what is shared and what is left are together the total."""

    total_kronor: int
    shared_kronor: int
    left_kronor: int
    stages: tuple[StageOut, ...]
    units: tuple[UnitTotalOut, ...]


class CheckOut(msgspec.Struct, frozen=True):
    """Something in the plan that should be looked at."""

    rule: str
    severity: str
    title: str
    detail: str


class SimulationOut(msgspec.Struct, frozen=True):
    """What a plan would give; nothing is saved. `rounding` is how the kronor are rounded."""

    rounding: str
    outcome: OutcomeOut
    checks: tuple[CheckOut, ...]


class DistributionRow(msgspec.Struct, frozen=True):
    """A distribution in a list; `annulled_by_id` is the one that has replaced it."""

    id: UUID
    title: str
    decision_reference: str
    fund_id: UUID | None
    fund: str | None
    annuls_id: UUID | None
    annuls_reason: str
    annulled_by_id: UUID | None
    total_kronor: int
    shared_kronor: int
    run_at: datetime
    run_by: str | None
    engine: int
    sha256: str


class DistributionOut(DistributionRow, frozen=True):
    """A distribution with all that was put in and came out."""

    plan: PlanIn
    rounding: str
    outcome: OutcomeOut
    checks: tuple[CheckOut, ...]


class VerificationOut(msgspec.Struct, frozen=True):
    """Whether a distribution still is what was carried out.

    `unchanged`: what is stored gives the hash. `recomputed`: the plan still gives the same. `in_diary`: the diary has
    the same hash, null when it no longer says. `intact` is all of them.
    """

    id: UUID
    intact: bool
    unchanged: bool
    recomputed: bool
    in_diary: bool | None
    sha256: str
    engine: int
    engine_now: int


class DistributionController(Controller):
    """Distributions; for those who see the whole register."""

    path = "/distributions"
    tags = ("Fördelning",)

    @get(
        summary="Lista fördelningar",
        operation_id="listDistributions",
        responses=shows(Page[DistributionRow], page_of(HEAD)),
    )
    async def list_distributions(
        self,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        fund_id: Annotated[UUID | None, Parameter(description="Bara fördelningar ur detta anslag.")] = None,
    ) -> Response[Page[DistributionRow]]:
        """Return distributions that have been carried out, the newest first."""
        rows, total = await runs.list_runs(session, person, fund_id=fund_id, limit=paging.limit, offset=paging.offset)
        return paged(request, paging, msgspec.convert(rows, list[DistributionRow], from_attributes=True), total)

    @post(
        summary="Genomför en fördelning",
        operation_id="createDistribution",
        responses=shows(DistributionOut, RUN, status=201, description="Genomförd"),
    )
    async def create_distribution(
        self,
        session: Session,
        person: Person,
        data: Annotated[NewDistribution, Body(examples=[Example(value=NEW)])],
    ) -> Response[DistributionOut]:
        """Carry out a distribution that has been decided; it cannot be changed afterwards. For the programme group."""
        wanted = {name: getattr(data, name) for name in data.__struct_fields__ if name != "plan"}
        added = await runs.carry_out(session, person, plan=_plan(data.plan), **wanted)
        out = _shown(await runs.get_run(session, person, added.id))
        return Response(out, headers={"Location": f"/api/v1/distributions/{added.id}"})

    @post(
        "/simulation",
        summary="Prova en fördelning",
        operation_id="simulateDistribution",
        status_code=200,
        responses=shows(SimulationOut, SIMULATION),
    )
    async def simulate(
        self, person: Person, data: Annotated[PlanIn, Body(examples=[Example(value=PLAN)])]
    ) -> SimulationOut:
        """Return what a plan would give, and what in it should be looked at. Nothing is saved."""
        outcome, checks = runs.simulate(person, _plan(data))
        return SimulationOut(
            quotas.RULE,
            msgspec.convert(outcome, OutcomeOut, from_attributes=True),
            msgspec.convert(checks, tuple[CheckOut, ...], from_attributes=True),
        )

    @get(
        "/{distribution_id:uuid}",
        summary="Visa en fördelning",
        operation_id="getDistribution",
        responses=shows(DistributionOut, RUN),
    )
    async def get_distribution(
        self, session: Session, person: Person, distribution_id: FromPath[UUID]
    ) -> DistributionOut:
        """Return a distribution with its plan and its outcome."""
        return _shown(await runs.get_run(session, person, distribution_id))

    @get(
        "/{distribution_id:uuid}/verification",
        summary="Räkna om en fördelning",
        operation_id="verifyDistribution",
        responses=shows(VerificationOut, VERIFICATION),
    )
    async def verify(self, session: Session, person: Person, distribution_id: FromPath[UUID]) -> VerificationOut:
        """Count the distribution over, and hold it to what is stored and to the diary."""
        found = await runs.verify(session, person, distribution_id)
        return msgspec.convert(found, VerificationOut, from_attributes=True)

    @get(
        "/{distribution_id:uuid}/rows.csv",
        summary="Hämta raderna som CSV",
        operation_id="exportDistribution",
        media_type="text/csv",
        responses=shows(str, "Steg;Enhet;Tal;…\r\n", media_type="text/csv"),
    )
    async def export(self, session: Session, person: Person, distribution_id: FromPath[UUID]) -> Response[bytes]:
        """Return the rows of all stages, as Swedish spreadsheets open them."""
        run = await runs.get_run(session, person, distribution_id)
        return tables.csv_file(f"fordelning-{run.row.id}.csv", protocol.COLUMNS, protocol.rows(run))


def _plan(data: PlanIn) -> Plan:
    for place, stage in enumerate(data.stages):
        for one in stage.standings:
            values.choice(Fulfilment, one.fulfilment, field=f"stages[{place}].standings")
    return msgspec.convert(data, Plan, from_attributes=True)


def _shown(run: Run) -> DistributionOut:
    head = {name: getattr(run.row, name) for name in DistributionRow.__struct_fields__}
    return msgspec.convert(
        {**head, "plan": run.plan, "rounding": quotas.RULE, "outcome": run.outcome, "checks": run.checks},
        DistributionOut,
        from_attributes=True,
    )
