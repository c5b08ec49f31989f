"""The report put together: the work, the money, the decisions, the indicators, and what does not hold together."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import clause_overview, decision_overview, findings
from initiatives.access import Viewer, sees_all
from initiatives.board_report import money, work
from initiatives.board_report.lines import BoardReport, ClauseLine, DecisionLine, FindingLine, IndicatorLine
from initiatives.board_report.scope import ALL, Scope, scope
from initiatives.checks import Severity
from initiatives.clause_overview import ClauseRow
from initiatives.decision_overview import DecisionFilters
from initiatives.errors import InvalidValue, NotAllowed
from initiatives.indicators import standing
from initiatives.standing import Status
from initiatives.swedish import today

COMING_DAYS = 90
MOST_YEARS = 5


def period(from_on: date | None, to_on: date | None, on: date) -> tuple[date, date]:
    """Return the first and the last day of a report: its year so far, where they are not given.

    Raises `InvalidValue` if they come in the wrong order, or are too far apart.
    """
    last = to_on or max(on, from_on or on)
    first = from_on or last.replace(month=1, day=1)
    if last < first:
        raise InvalidValue("Den sista dagen ligger före den första. Byt plats på dem.", field="to")
    if last.year - first.year >= MOST_YEARS:
        raise InvalidValue(f"Perioden är för lång. Välj dagar inom högst {MOST_YEARS} år.", field="from")
    return first, last


async def report(
    session: AsyncSession,
    person: Viewer,
    *,
    from_on: date | None = None,
    to_on: date | None = None,
    node_id: UUID | None = None,
) -> BoardReport:
    """Return the report for a period, days inclusive, and for one node if it is given.

    What is done and decided falls in the period; what goes on, is late and comes is as it stands today. Raises
    `NotAllowed` to one who sees a part of the register, or `InvalidValue` with the field.
    """
    if not sees_all(person):
        raise NotAllowed("Rapporten till styrelsen visas för dem som ser hela registret.")
    on = today()
    about = await scope(session, person, period(from_on, to_on, on), on=on, node_id=node_id)
    coming_to = on + timedelta(days=COMING_DAYS)
    return BoardReport(
        from_on=about.from_on,
        to_on=about.to_on,
        on=on,
        coming_to=coming_to,
        node=about.node,
        done=await work.done(session, person, about),
        ongoing=await work.ongoing(session, person, about),
        late=await work.late(session, person, about),
        coming=await work.coming(session, person, about, coming_to),
        funds=await money.fund_years(session, person, about),
        grants=await money.grant_years(session, person, about),
        measures=await money.measures(session, person, about),
        decisions=await _decisions(session, person, about),
        indicators=await _indicators(session, person, about),
        findings=await _findings(session, person, about),
    )


async def _decisions(session: AsyncSession, person: Viewer, about: Scope) -> tuple[DecisionLine, ...]:
    filters = DecisionFilters(deciding=True, from_on=about.from_on, to_on=about.to_on)
    rows, _ = await decision_overview.list_decisions(session, person, filters, limit=ALL)
    wanted = [one for one in rows if about.node is None or one.id in about.decision_ids]
    clauses = await clause_overview.of_decisions(session, person, [one.id for one in wanted], on=about.on)
    return tuple(
        DecisionLine(
            id=one.id,
            matter_id=one.matter_id,
            matter=one.matter,
            diary_number=one.diary_number,
            outcome=one.outcome,
            organ=one.organ,
            decided_on=one.decided_on,
            paragraph=one.paragraph,
            in_force=one.in_force,
            set_aside_kronor=one.set_aside_kronor,
            clauses=tuple(_clause(each) for each in clauses if each.decision_id == one.id),
        )
        for one in wanted
        if one.decided_on is not None
    )


def _clause(one: ClauseRow) -> ClauseLine:
    return ClauseLine(
        id=one.id,
        number=one.number,
        text=one.text,
        to_whom=one.to_whom,
        due_on=one.due_on,
        amount_kronor=one.amount_kronor,
        standing=one.words,
        late=one.status is Status.LATE,
    )


async def _indicators(session: AsyncSession, person: Viewer, about: Scope) -> tuple[IndicatorLine, ...]:
    rows, _ = await standing.list_indicators(session, person, standing.Filters(node_id=about.node_id), limit=ALL)
    return tuple(
        IndicatorLine(
            id=one.id,
            name=one.name,
            unit=one.unit,
            period=one.standing.newest.period.label if one.standing.newest else "",
            value=one.standing.newest.value if one.standing.newest else None,
            goal=one.goal_text,
            verdict=one.standing.verdict,
        )
        for one in rows
    )


async def _findings(session: AsyncSession, person: Viewer, about: Scope) -> tuple[FindingLine, ...]:
    filters = findings.Filters(states=(findings.State.OPEN,), severities=(Severity.HIGH,))
    rows, _ = await findings.list_findings(session, person, filters, limit=ALL)
    return tuple(
        FindingLine(one.id, one.title, one.detail, one.owner or "", one.found_at)
        for one in rows
        if about.holds(one.subject_type, one.subject_id)
    )
