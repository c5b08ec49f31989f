"""Rapport till styrelsen: work, money, decisions, indicators and open findings, for a period."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.openapi.spec import Example
from litestar.params import Parameter, QueryParameter

from api.dependencies import Person, Session
from api.rest.board_report_example import REPORT
from api.rest.examples import NODE, shows
from initiatives import board_report
from initiatives.decisions import Outcome
from initiatives.indicators.targets import Verdict
from initiatives.measures import MeasureStatus
from initiatives.reports import Health


class ReportDatedOut(msgspec.Struct, frozen=True):
    """Something done, late or coming: what it is, what it belongs to, the day, who does it, and what came of it."""

    what: str
    subject_type: str
    subject_id: UUID
    title: str
    on: date
    whose: str
    note: str


class ReportOngoingOut(msgspec.Struct, frozen=True):
    """An initiative that goes on, with what it uses of the funds."""

    id: UUID
    title: str
    organisation: str
    responsible: str
    starts_on: date | None
    ends_on: date | None
    health: Health | None
    reported_on: date | None
    linked_kronor: int


class ReportFundOut(msgspec.Struct, frozen=True):
    """A fund in kronor; `node_kronor` is what the initiatives of the chosen node use of it, null without a node."""

    id: UUID
    name: str
    organisation: str
    frame_kronor: int
    transferred_kronor: int
    allocated_kronor: int
    linked_kronor: int
    left_kronor: int
    node_kronor: int | None


class ReportFundYearOut(msgspec.Struct, frozen=True):
    """The funds of a year, and their sums."""

    year: int
    lines: tuple[ReportFundOut, ...]
    frame_kronor: int
    transferred_kronor: int
    allocated_kronor: int
    linked_kronor: int
    left_kronor: int
    node_kronor: int | None


class ReportGrantOut(msgspec.Struct, frozen=True):
    """A state grant in a year; null is what nobody has registered, the difference is expected less budget."""

    id: UUID
    name: str
    budget_kronor: int | None
    expected_kronor: int
    received_kronor: int | None
    difference_kronor: int | None


class ReportGrantYearOut(msgspec.Struct, frozen=True):
    """The state grants of a year, and all together, with what is registered for all of them at once."""

    year: int
    lines: tuple[ReportGrantOut, ...]
    budget_kronor: int | None
    expected_kronor: int
    received_kronor: int | None
    difference_kronor: int | None


class ReportMeasureOut(msgspec.Struct, frozen=True):
    """A restructuring measure: cost in all, expected result each year, years until it has paid."""

    id: UUID
    title: str
    organisation: str
    frame: str
    status: MeasureStatus
    cost_kronor: int
    yearly_kronor: int | None
    payback_years: Decimal | None


class ReportMeasuresOut(msgspec.Struct, frozen=True):
    """The measures and their sums, in which cancelled ones are not."""

    lines: tuple[ReportMeasureOut, ...]
    cost_kronor: int
    yearly_kronor: int


class ReportClauseOut(msgspec.Struct, frozen=True):
    """An att-sats, and in words how far it has come."""

    id: UUID
    number: int
    text: str
    to_whom: str
    due_on: date | None
    amount_kronor: int | None
    standing: str
    late: bool


class ReportDecisionOut(msgspec.Struct, frozen=True):
    """A decision of the period with its att-satser."""

    id: UUID
    matter_id: UUID
    matter: str
    diary_number: str
    outcome: Outcome
    organ: str
    decided_on: date
    paragraph: str
    in_force: bool
    set_aside_kronor: int
    clauses: tuple[ReportClauseOut, ...]


class ReportIndicatorOut(msgspec.Struct, frozen=True):
    """An indicator: its newest value, null when missing, its goal, and whether that is reached."""

    id: UUID
    name: str
    unit: str
    period: str
    value: Decimal | None
    goal: str
    verdict: Verdict


class ReportFindingOut(msgspec.Struct, frozen=True):
    """An open finding of high severity."""

    id: UUID
    title: str
    detail: str
    owner: str
    found_at: datetime


class ReportNodeOut(msgspec.Struct, frozen=True):
    """The node that a report is about."""

    id: UUID
    name: str


class BoardReportOut(msgspec.Struct, frozen=True):
    """How it stands. What is done and decided falls in the period; the rest is as it stands on the day `on`."""

    from_on: date
    to_on: date
    on: date
    coming_to: date
    node: ReportNodeOut | None
    done: tuple[ReportDatedOut, ...]
    ongoing: tuple[ReportOngoingOut, ...]
    late: tuple[ReportDatedOut, ...]
    coming: tuple[ReportDatedOut, ...]
    funds: tuple[ReportFundYearOut, ...]
    grants: tuple[ReportGrantYearOut, ...]
    measures: ReportMeasuresOut | None
    decisions: tuple[ReportDecisionOut, ...]
    indicators: tuple[ReportIndicatorOut, ...]
    findings: tuple[ReportFindingOut, ...]


_DAY = [Example(value="2026-01-01")]
From = Annotated[
    date | None,
    QueryParameter(name="from", description="Periodens första dag; utan är det årets första.", examples=_DAY),
]
To = Annotated[date | None, Parameter(description="Periodens sista dag; utan är det i dag.")]
WhichNode = Annotated[
    UUID | None,
    Parameter(description="Delområde, eller annan nod; utan är det hela.", examples=[Example(value=NODE["id"])]),
]


class BoardReportController(Controller):
    """The report to the board; for those who see the whole register."""

    path = "/board-report"
    tags = ("Uppföljning",)

    @get(
        summary="Visa rapporten till styrelsen", operation_id="getBoardReport", responses=shows(BoardReportOut, REPORT)
    )
    async def board_report(
        self, session: Session, person: Person, from_: From = None, to: To = None, node: WhichNode = None
    ) -> BoardReportOut:
        """Return how the work, the money, the decisions and the indicators stand, for a period and perhaps a node."""
        found = await board_report.report(session, person, from_on=from_, to_on=to, node_id=node)
        return msgspec.convert(found, BoardReportOut, from_attributes=True)
