"""How the state grants of a year add up: expected against budget, by every reading, shares, and what does not fit."""

from dataclasses import fields
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.openapi.spec import Example
from litestar.params import Parameter

from api.dependencies import Person, Session
from api.rest.examples import shows
from api.rest.grants.components import COMPONENT, GRANT_ID
from initiatives.checks import Severity
from initiatives.grants import years

CHOICE = {
    "grant": "Cancervård",
    "component_id": COMPONENT["id"],
    "component": COMPONENT["name"],
    "words": "2 utbetalningar",
    "kronor": 6_200_000,
}
SHARE = {
    "grant_id": GRANT_ID,
    "grant": "Cancervård",
    "component_id": COMPONENT["id"],
    "component": COMPONENT["name"],
    "national_kronor": 407_000_000,
    "own_kronor": 6_200_000,
    "percent": 1.523,
    "median_percent": 1.533,
    "off_percent": -0.7,
    "at_median_kronor": 6_240_667,
    "outlier": False,
}
CHECK = {
    "rule": "grant-ambiguous-instalments",
    "severity": "låg",
    "title": "Samma belopp står flera gånger",
    "detail": "Cancervård, Standardiserade vårdförlopp. 3,1 mnkr står 2 gånger och läses som 2 utbetalningar.",
    "subject": {"kind": "grant_component", "id": COMPONENT["id"]},
}
RECONCILIATION = {
    "year": 2026,
    "expected_kronor": 51_000_000,
    "county_kronor": 11_200_000,
    "performance_kronor": 0,
    "budget_kronor": 43_800_000,
    "difference_kronor": 7_200_000,
    "difference_percent": 16.4,
    "forecast_kronor": None,
    "received_kronor": None,
    "stated_kronor": 51_000_000,
    "readings": [{"kronor": 51_000_000, "choices": [CHOICE], "usual": True, "agrees": True}],
    "shares": [SHARE],
    "checks": [CHECK],
}


class ChoiceOut(msgspec.Struct, frozen=True):
    """One way to read a part that can be read in several."""

    grant: str
    component_id: UUID
    component: str
    words: str
    kronor: int


class ReadingOut(msgspec.Struct, frozen=True):
    """The expected income by one reading; `agrees` if it is the sum that the source itself states."""

    kronor: int
    choices: list[ChoiceOut]
    usual: bool
    agrees: bool


class ShareOut(msgspec.Struct, frozen=True):
    """A part's own amount in percent of the national one, and how far from the median that is, in percent of it."""

    grant_id: UUID
    grant: str
    component_id: UUID
    component: str
    national_kronor: int
    own_kronor: int
    percent: float
    median_percent: float | None
    off_percent: float | None
    at_median_kronor: int | None
    outlier: bool


class SubjectOut(msgspec.Struct, frozen=True):
    """What a finding is about."""

    kind: str
    id: UUID


class CheckOut(msgspec.Struct, frozen=True):
    """Something that does not add up, or that is not said; `rule` is stable and meant for programs."""

    rule: str
    severity: Severity
    title: str
    detail: str
    subject: SubjectOut | None


class ReconciliationOut(msgspec.Struct, frozen=True):
    """The grants of a year, in whole kronor; null is what nobody has registered.

    `county_kronor` is how much of the expected is for region and municipalities together, `performance_kronor` what
    price rules would give beside it.
    """

    year: int
    expected_kronor: int
    county_kronor: int
    performance_kronor: int
    budget_kronor: int | None
    difference_kronor: int | None
    difference_percent: float | None
    forecast_kronor: int | None
    received_kronor: int | None
    stated_kronor: int | None
    readings: list[ReadingOut]
    shares: list[ShareOut]
    checks: list[CheckOut]


YEAR = Parameter(description="Året som ska stämmas av.", examples=[Example(value=2026)])
ORGANISATION = Parameter(description="Bara statsbidragen till organisationen.")


class ReconciliationController(Controller):
    """Reconciliation; for those who see the whole register."""

    tags = ("Statsbidrag",)

    @get(
        "/grants/reconciliation",
        summary="Stäm av ett års statsbidrag",
        operation_id="reconcileGrants",
        responses=shows(ReconciliationOut, RECONCILIATION),
    )
    async def reconcile(
        self,
        session: Session,
        person: Person,
        year: Annotated[int, YEAR],
        organisation_id: Annotated[UUID | None, ORGANISATION] = None,
    ) -> ReconciliationOut:
        """Return what is expected against budget by every reading, the implied shares, and what does not add up."""
        found = await years.of(session, person, year, organisation_id=organisation_id)
        worked_out = {one.name: getattr(found.result, one.name) for one in fields(found.result)}
        both = {**worked_out, "shares": found.shares, "checks": found.checks}
        return msgspec.convert(both, ReconciliationOut, from_attributes=True)
