"""Rules over proposals and decisions: what is missing in them, sums that do not meet, and organs without authority."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from initiatives.access import Viewer, sees_all
from initiatives.assignments import Assignment
from initiatives.checks import Check, Rule, Severity, Subject
from initiatives.clauses import Clause
from initiatives.decisions import DECIDING, Decision, Outcome
from initiatives.matters import Matter
from initiatives.remarks import outside_authority
from initiatives.standing import DueKind
from initiatives.swedish import format_amount

UNDATED = Rule("decision-undated", Severity.MEDIUM, "Datum saknas på handlingen")
NO_OWNER = Rule("clauses-without-addressee", Severity.MEDIUM, "Att-satser utan ansvarig")
NO_TIME = Rule("clauses-without-due-date", Severity.MEDIUM, "Att-satser utan tidsgräns")
NO_MONEY = Rule("decision-without-money", Severity.LOW, "Ingen att-sats anger pengar")
SUMS = Rule("clauses-do-not-add-up", Severity.HIGH, "Att-satsernas belopp går inte ihop")
EMBEDDED = Rule("assignment-outside-clauses", Severity.MEDIUM, "Uppdrag som inte står i någon att-sats")
AUTHORITY = Rule("organ-without-authority", Severity.HIGH, "Organet får inte besluta enligt anteckningen")

_LIVE = (Outcome.PROPOSED, *DECIDING)


@dataclass(frozen=True, slots=True)
class Paper:
    """A proposal or a decision that stands, as the rules look at it."""

    id: UUID
    title: str
    outcome: Outcome
    decided_on: date | None
    outside_authority: bool
    clauses: list[Row[Any]] = field(default_factory=list)
    embedded: list[str] = field(default_factory=list)


async def check(session: AsyncSession, person: Viewer) -> Sequence[Check]:
    """Return what the rules find in proposals and decisions that no other has replaced; nothing to one who sees a part.

    What a clause says of owner, time and money is what the paper says: the rules tell when it says nothing.
    """
    if not sees_all(person):
        return ()
    papers = {paper.id: paper for paper in await _papers(session)}
    clauses: Select[*tuple[Any, ...]] = select(*(getattr(Clause, name) for name in _READ)).order_by(Clause.number)
    for row in await session.execute(clauses.where(Clause.decision_id.in_(papers))):
        papers[row.decision_id].clauses.append(row)
    loose = select(Assignment.decision_id, Assignment.title).where(
        Assignment.clause_id.is_(None), Assignment.parent_id.is_(None), Assignment.decision_id.in_(papers)
    )
    for decision_id, title in await session.execute(loose.order_by(Assignment.id)):
        papers[decision_id].embedded.append(title)
    return [found for paper in papers.values() for found in examine(paper)]


def examine(paper: Paper) -> Iterator[Check]:
    """Return what the rules find in one paper."""
    subject = Subject("decision", paper.id)
    if paper.decided_on is None:
        yield UNDATED.broken(f"”{paper.title}” har inget datum. Ta reda på när det skrevs eller beslutades.", subject)
    if nobody := _numbers(one for one in paper.clauses if not one.addressee and not one.addressee_organisation_id):
        detail = f"Ingen är utpekad i {nobody} i ”{paper.title}”. Fråga organet vem som ska göra det."
        yield NO_OWNER.broken(detail, subject)
    if never := _numbers(one for one in paper.clauses if one.due_kind is not DueKind.DAY):
        yield NO_TIME.broken(f"Ingen dag är angiven i {never} i ”{paper.title}”. Be om en tidsgräns.", subject)
    if paper.clauses and all(one.amount_kronor is None for one in paper.clauses):
        yield NO_MONEY.broken(f"”{paper.title}” säger inte vad det får kosta eller hur det betalas.", subject)
    yield from _sums(paper, subject)
    if paper.embedded:
        titles = ", ".join(f"”{title}”" for title in paper.embedded)
        yield EMBEDDED.broken(f"{titles} står i texten till ”{paper.title}” men inte i någon att-sats.", subject)
    if paper.outside_authority:
        detail = f"Enligt anteckningen om beslutanderätt hör ”{paper.title}” till ett annat organ. Hör en jurist."
        yield AUTHORITY.broken(detail, subject)


def _sums(paper: Paper, subject: Subject) -> Iterator[Check]:
    amounts = [one.amount_kronor for one in paper.clauses if one.amount_kronor]
    aside, taken = sum(one for one in amounts if one > 0), -sum(one for one in amounts if one < 0)
    if aside and taken and aside != taken:
        detail = f"Att-satserna avsätter {format_amount(aside)} men tar {format_amount(taken)} ur sin källa."
        yield SUMS.broken(f"{detail} Skillnaden är {format_amount(abs(aside - taken))}.", subject)


async def _papers(session: AsyncSession) -> list[Paper]:
    newer = aliased(Decision)
    query = (
        select(Decision.id, Matter.title, Decision.outcome, Decision.decided_on, outside_authority())
        .join(Matter, Matter.id == Decision.matter_id)
        .outerjoin(newer, newer.replaces_id == Decision.id)
        .where(Decision.outcome.in_(_LIVE), newer.id.is_(None))
        .order_by(Decision.id)
    )
    return [Paper(*row) for row in await session.execute(query)]


def _numbers(clauses: Iterable[Row[Any]]) -> str:
    """Return which clauses they are: "att-sats 1, 3 och 4"; empty for none."""
    numbers = [str(one.number) for one in clauses]
    if not numbers:
        return ""
    return "att-sats " + (" och ".join([", ".join(numbers[:-1]), numbers[-1]]) if numbers[1:] else numbers[0])


_READ = ("decision_id", "number", "addressee", "addressee_organisation_id", "due_kind", "amount_kronor")
