"""What a report to the board consists of: one value for each line, each with what it is about; money in kronor."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from initiatives.decisions import Outcome
from initiatives.indicators.targets import Verdict
from initiatives.measures import MeasureStatus
from initiatives.overview import Named
from initiatives.reports import Health


@dataclass(frozen=True, slots=True)
class Dated:
    """Something done, late or coming. `what` it is in Swedish, `subject_type` and `subject_id` what has a page.

    `on` is the day it was done, or its last day; `whose` who does it, `note` what came of it. Empty where not said.
    """

    what: str
    subject_type: str
    subject_id: UUID
    title: str
    on: date
    whose: str
    note: str


@dataclass(frozen=True, slots=True)
class Ongoing:
    """An initiative that goes on; `linked_kronor` is what it uses of the funds."""

    id: UUID
    title: str
    organisation: str
    responsible: str
    starts_on: date | None
    ends_on: date | None
    health: Health | None
    reported_on: date | None
    linked_kronor: int


@dataclass(frozen=True, slots=True)
class FundLine:
    """A fund. `linked_kronor` is what initiatives use beside the allocations.

    `node_kronor` is what the initiatives of the chosen node use in all, allocations included; None without a node.
    """

    id: UUID
    name: str
    organisation: str
    frame_kronor: int
    transferred_kronor: int
    allocated_kronor: int
    linked_kronor: int
    left_kronor: int
    node_kronor: int | None


@dataclass(frozen=True, slots=True)
class FundYear:
    """The funds of a year, and their sums."""

    year: int
    lines: tuple[FundLine, ...]
    frame_kronor: int
    transferred_kronor: int
    allocated_kronor: int
    linked_kronor: int
    left_kronor: int
    node_kronor: int | None


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A state grant in a year. What nobody has registered is None; `difference_kronor` is expected less budget."""

    id: UUID
    name: str
    budget_kronor: int | None
    expected_kronor: int
    received_kronor: int | None
    difference_kronor: int | None


@dataclass(frozen=True, slots=True)
class GrantYear:
    """The state grants of a year, and all of them together, with what is registered for all at once."""

    year: int
    lines: tuple[GrantLine, ...]
    budget_kronor: int | None
    expected_kronor: int
    received_kronor: int | None
    difference_kronor: int | None


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """A restructuring measure: its cost in all, its expected result each year, and in how many years it has paid."""

    id: UUID
    title: str
    organisation: str
    frame: str
    status: MeasureStatus
    cost_kronor: int
    yearly_kronor: int | None
    payback_years: Decimal | None


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures and their sums; cancelled ones are among them but not in the sums."""

    lines: tuple[MeasureLine, ...]
    cost_kronor: int
    yearly_kronor: int


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """An att-sats of a decision; `standing` says in words how far it has come."""

    id: UUID
    number: int
    text: str
    to_whom: str
    due_on: date | None
    amount_kronor: int | None
    standing: str
    late: bool


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision of the period with its att-satser; `set_aside_kronor` is what they set aside."""

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
    clauses: tuple[ClauseLine, ...]


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """An indicator: its newest value, which may be missing, its goal in words, and whether it is reached."""

    id: UUID
    name: str
    unit: str
    period: str
    value: Decimal | None
    goal: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class FindingLine:
    """An open finding of high severity."""

    id: UUID
    title: str
    detail: str
    owner: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class BoardReport:
    """How it stands in a period, from and including `from_on` to `to_on`.

    `on` is the day by which it is judged, and `coming_to` how far ahead it looks.
    With a `node` only what stands under it is told; state grants and measures stand under none, and are left out.
    """

    from_on: date
    to_on: date
    on: date
    coming_to: date
    node: Named | None
    done: tuple[Dated, ...]
    ongoing: tuple[Ongoing, ...]
    late: tuple[Dated, ...]
    coming: tuple[Dated, ...]
    funds: tuple[FundYear, ...]
    grants: tuple[GrantYear, ...]
    measures: Measures | None
    decisions: tuple[DecisionLine, ...]
    indicators: tuple[IndicatorLine, ...]
    findings: tuple[FindingLine, ...]
