"""How decisions, att-satser and assignments look: word, shape and colour, a proposal never like a decision."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from api.web.pages import Look, initial, page
from initiatives import decision_overview
from initiatives.access import Viewer
from initiatives.assignment_overview import AssignmentRow
from initiatives.clause_overview import ClauseRow
from initiatives.decision_overview import DecisionFilters
from initiatives.decisions import Outcome
from initiatives.organisations import OrganisationRow
from initiatives.people import PersonRow
from initiatives.standing import Status
from initiatives.swedish import format_date

OUTCOME_LOOKS = {
    Outcome.PROPOSED: Look("Förslag", "dotted", "warn"),
    Outcome.DECIDED: Look("Beslutat", "square", "accent"),
    Outcome.PARTLY: Look("Delvis bifall", "half", "accent"),
    Outcome.REJECTED: Look("Avslaget", "cross", "bad"),
    Outcome.REFERRED_BACK: Look("Återremitterat", "arrow", "calm"),
    Outcome.TABLED: Look("Bordlagt", "pause", "calm"),
}
NOTHING = Look("Inget registrerat", "ring", "plain")
STATUS_LOOKS = {
    Status.PROPOSED: ("dotted", "warn"),
    Status.LAPSED: ("cross", "plain"),
    Status.DECIDED: ("square", "accent"),
    Status.GIVEN: ("ring", "calm"),
    Status.ONGOING: ("half", "accent"),
    Status.LATE: ("warning", "bad"),
    Status.REPORTED: ("page", "good"),
    Status.CLOSED: ("check", "good"),
}
MOST_CLOSING = 100


def outcome_look(outcome: Outcome | None) -> Look:
    """Return how it looks what an organ did."""
    return NOTHING if outcome is None else OUTCOME_LOOKS[outcome]


def standing_look(one: ClauseRow | AssignmentRow) -> Look:
    """Return how it looks how far something has come; what is soon due is told by its shape and colour too."""
    shape, tone = ("diamond", "warn") if one.warning else STATUS_LOOKS[one.status]
    return Look(initial(one.words), shape, tone)


def titled(one: Any) -> str:
    """Return what a proposal or decision is called: "Beslutat, Regionstyrelsen 9 mars 2026, § 32"."""
    return f"{OUTCOME_LOOKS[one.outcome].word}, {placed(one)}"


def placed(one: Any) -> str:
    """Return where and when something was proposed or decided: "Regionstyrelsen 9 mars 2026, § 32"."""
    day = format_date(one.decided_on) if one.decided_on else "utan datum"
    return f"{one.organ} {day}{f', {one.paragraph}' if one.paragraph else ''}"


def grouped(rows: Sequence[Any], name: str) -> Mapping[UUID, Sequence[Any]]:
    """Return rows by what they belong to, in their order."""
    groups: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, name)].append(row)
    return dict(groups)


def show(name: str, status_code: int = 200, **context: Any) -> Template:
    """Return a page of decisions; its templates know the looks."""
    return page(
        name,
        status_code,
        outcome_look=outcome_look,
        standing_look=standing_look,
        decision_title=titled,
        decision_place=placed,
        statuses=tuple(Status),
        **context,
    )


async def closing_options(session: AsyncSession, person: Viewer, *, but: UUID) -> Sequence[tuple[str, str]]:
    """Return the decisions that may close something that `but` decided, the newest first."""
    filters = DecisionFilters(deciding=True)
    rows, _ = await decision_overview.list_decisions(session, person, filters, limit=MOST_CLOSING)
    return [(str(one.id), f"{titled(one)}: {one.matter}") for one in rows if one.id != but]


def choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """Return the members of an enumeration as options, each with its word."""
    return [(one.value, initial(one.value)) for one in kind]


def named(rows: Sequence[OrganisationRow] | Sequence[PersonRow]) -> list[tuple[str, str]]:
    """Return organisations or people as options."""
    return [(str(one.id), one.name) for one in rows]
