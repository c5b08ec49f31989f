"""What is known of state grants, as frozen values: what pages show, and what sums and rules are worked out from.

Amounts are whole kronor. Where a source contradicts itself, the other statement stands beside the first in a field
called `…_elsewhere`, and `elsewhere` tells where it stands; nothing is chosen silently.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

KINDS = ("överenskommelse", "förordning", "särskild ansökan")
"""Kinds of agreement that are offered. Any other word can be written: the state finds new forms."""
CONDITION_KINDS = ("antal", "andel", "bemanning", "bokföring", "organisation", "redovisning")
"""Kinds of condition that are offered; any other word can be written."""


class Basis(StrEnum):
    """By what the money is shared among the regions."""

    POPULATION = "befolkning"
    PERFORMANCE = "prestation"
    APPLICATION = "ansökan"
    OTHER = "annan"


class Whose(StrEnum):
    """Whether an amount is the region's own, or for region and municipalities of the county together."""

    REGION = "region"
    COUNTY = "län"


class ObligationKind(StrEnum):
    """What a grant demands, or gives, on a day."""

    PLAN = "handlingsplan"
    REPORT = "redovisning"
    REQUISITION = "rekvirering"
    PAYMENT = "utbetalning"
    APPLICATION = "ansökan"
    OTHER = "annat"


class AmountKind(StrEnum):
    """What a year's amount is: budgeted, forecast, received, or a sum that the source itself states."""

    BUDGET = "budget"
    FORECAST = "prognos"
    OUTCOME = "utfall"
    STATED = "uppgiven"


@dataclass(frozen=True, slots=True)
class Component:
    """One part of an agreement in one year.

    `own_kronor` holds one amount, or one for each instalment; empty where the money depends on a price rule.
    What `passes_on_to` somebody is not income of one's own. `common_obligations` tells that what the agreement as a
    whole demands holds for the part too, `settled` that its figures are no longer open to more than one reading.
    """

    id: UUID
    grant_id: UUID
    position: int
    name: str
    year: int
    national_kronor: int | None
    national_kronor_elsewhere: int | None
    own_kronor: list[int]
    own_kronor_elsewhere: int | None
    price_rule: str
    price_kronor: int | None
    volume: int | None
    cap_kronor: int | None
    basis: Basis
    whose: Whose
    passes_on_to: str
    common_obligations: bool
    settled: bool
    elsewhere: str
    note: str
    revision: int


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something to do, or to be paid, on a day, or some time in a month if `whole_month`.

    `due_text` is how the source writes the day when that is not a whole date. `component_id` is None for what the whole
    agreement demands.
    """

    id: UUID
    grant_id: UUID
    component_id: UUID | None
    kind: ObligationKind
    due_on: date | None
    whole_month: bool
    due_text: str
    due_on_elsewhere: date | None
    is_done: bool
    done_on: date | None
    recipient: str
    recipient_elsewhere: str
    decided_by: str
    responsible_id: UUID | None
    responsible: str | None
    elsewhere: str
    note: str
    revision: int


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be fulfilled for the money to be kept; `is_met` is None as long as it is not known."""

    id: UUID
    grant_id: UUID
    component_id: UUID | None
    kind: str
    text: str
    threshold: Decimal | None
    unit: str
    is_met: bool | None
    note: str
    revision: int


@dataclass(frozen=True, slots=True)
class Amount:
    """A year's budget, forecast, receipt or stated sum: of a part, of an agreement, or of all grants together."""

    id: UUID
    organisation_id: UUID
    grant_id: UUID | None
    component_id: UUID | None
    year: int
    kind: AmountKind
    kronor: int
    received_on: date | None
    note: str
    revision: int


@dataclass(frozen=True, slots=True)
class Grant:
    """An agreement with all that belongs to it; `organisation` is who receives the money.

    `national_kronor` is what it gives the whole country in a year, `to_regions_kronor` how much of that goes to the
    regions and `to_skr_kronor` to their association; `parts_kronor` what the source says that the parts sum to.
    """

    id: UUID
    organisation_id: UUID
    organisation: str
    name: str
    kind: str
    from_year: int
    to_year: int
    to_year_elsewhere: int | None
    parties: list[str]
    national_kronor: int | None
    to_regions_kronor: int | None
    to_skr_kronor: int | None
    parts_kronor: int | None
    elsewhere: str
    note: str
    revision: int
    components: tuple[Component, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    conditions: tuple[Condition, ...] = ()
    amounts: tuple[Amount, ...] = ()
