"""Several initiatives: those that the filters let through, listed, counted, summed, ranked or compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import dependencies, funds, overview
from initiatives.access import Viewer
from initiatives.overview import Filters, InitiativeRow, Sort
from initiatives.reports import Health
from initiatives.sharing import PROFILES, Field
from initiatives.swedish import format_amount
from initiatives.workflow import OVER, Status
from retrieval.register.asking import Lacks, Period, Query, Subject, Wanted
from retrieval.register.running import grouping
from retrieval.register.running.found import MOST, SHOWN, Found, columns, count_fact, counted, day_fact, row, sum_fact
from retrieval.register.running.initiatives import one as single
from retrieval.register.running.initiatives.columns import COLUMNS, initiative_row, is_past_end, quiet
from retrieval.register.running.initiatives.wording import (
    by_day,
    common,
    is_of_since,
    reported_in,
    since_when,
    telling,
)
from retrieval.register.running.mentions import mentioned
from retrieval.register.shown import Fact

WAITING = columns(("waits_for", "Väntar på", "text"))
Sums = Mapping[UUID, int]
OF_ONE = frozenset({Wanted.OBSTACLES, Wanted.NEXT_STEP, Wanted.REPORT, Wanted.WAITS, Wanted.CONTENT, Wanted.REASON})
"""What is asked of one initiative, also where it is known only by its texts."""


async def run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """List, count, sum or rank the initiatives that the filters let through."""
    rows, total = await overview.list_initiatives(
        session, person, _filters(query), sort=Sort.TITLE, limit=MOST if _is_worked_out(query) else SHOWN
    )
    sums = await _sums(session, person, query, rows)
    if _is_worked_out(query):
        rows = _involving([one for one in rows if _fits(one, query, sums[one.id], today)], query)
        total = len(rows)
    if query.mentions and len(rows) == 1 and query.wanted in OF_ONE:
        return await single.run(session, person, query, rows[0], today)
    if query.wanted is Wanted.WAITS and not query.mentions:
        return await _waiting(session, person, rows)
    if query.per is not None:
        return _grouped(query, rows, sums)
    if query.wanted is Wanted.TOP:
        return _ranked(query, rows, sums)
    if query.mentions and not rows:
        return None
    return _listed(query, rows, sums, total)


async def _waiting(session: AsyncSession, person: Viewer, rows: Sequence[InitiativeRow]) -> Found:
    """The initiatives that wait for others, each with what it waits for."""
    found = await dependencies.list_dependencies(session, person, *(one.id for one in rows))
    if not found:
        return Found(lead="Inga initiativ väntar på något annat i registret.", facts=(count_fact(0),))
    return Found(
        lead=f"{counted(len(found), 'initiativ väntar på ett annat', 'initiativ väntar på andra')}:",
        columns=WAITING,
        rows=tuple(row("initiative", one.initiative_id, one.initiative, (one.depends_on,)) for one in found),
        total=len(found),
        facts=(count_fact(len(found)),),
    )


async def named(session: AsyncSession, person: Viewer, query: Query, rows: Sequence[InitiativeRow]) -> Found:
    """Compare the initiatives that are named."""
    return _listed(query, rows, await _sums(session, person, query, rows), len(rows))


def _filters(query: Query) -> Filters:
    statuses = {Status(one) for one in query.statuses if one in set(Status)}
    healths = [Health(one) for one in query.statuses if one in set(Health)]
    if query.done is False or len(healths) > 1:
        statuses -= OVER
    return Filters(
        statuses=tuple(sorted(statuses)),
        health=healths[0] if len(healths) == 1 and not statuses else None,
        node_ids=tuple(node.id for node in query.nodes),
        responsible_id=query.people[0].id if query.people else None,
        year=query.period.year if query.period and not (_is_of_days(query) or _of_money(query)) else None,
    )


def _is_worked_out(query: Query) -> bool:
    """Whether some filter or order is worked out here, and not in the database."""
    bounded = query.least is not None or query.most is not None or query.top or is_of_since(query)
    told = query.late or query.lacks or query.mentions or query.organisations or query.begun is not None
    return bool(
        bounded or told or _is_of_days(query) or _of_money(query) or query.per or query.done is False or query.statuses
    )


def _is_of_days(query: Query) -> bool:
    """Whether it is asked for what begins, ends or is reported on in a period."""
    return by_day(query) or reported_in(query)


def _of_money(query: Query) -> bool:
    """Whether it is money that a year is asked of."""
    bounded = query.least is not None or query.most is not None
    return bounded or query.wanted in {Wanted.AMOUNT, Wanted.TOP} or query.lacks is Lacks.MONEY


async def _sums(session: AsyncSession, person: Viewer, query: Query, rows: Sequence[InitiativeRow]) -> Sums:
    """What each initiative has in the year that is asked for, in all where none is; 0 where the person sees none."""
    year = query.period.year if query.period else None
    if year is None or not _of_money(query):
        return {one.id: one.budget_kronor or 0 for one in rows}
    sums = dict.fromkeys((one.id for one in rows), 0)
    for link in await funds.list_links(session, person):
        if link.year == year and link.initiative_id in sums:
            sums[link.initiative_id] += link.amount_kronor
    return sums


def _involving(rows: Sequence[InitiativeRow], query: Query) -> list[InitiativeRow]:
    """The initiatives that the organisations lead, or else take part in or see; only so where that is what is asked."""
    wanted = {one.id for one in query.organisations}
    if not wanted:
        return list(rows)
    leads = [one for one in rows if one.lead_organisation.id in wanted]
    takes_part = [one for one in rows if wanted & {partner.id for partner in one.partners or ()}]
    sees = [one for one in rows if wanted & {shared.id for shared in one.shared_with}]
    match query.wanted:
        case Wanted.SHARED:
            return sees
        case Wanted.PARTNERS:
            return [one for one in rows if one in leads or one in takes_part] or sees
        case _:
            return leads or [one for one in rows if one in takes_part or one in sees]


def _fits(one: InitiativeRow, query: Query, kronor: int, today: dt.date) -> bool:
    day = one.starts_on if query.starts else one.ends_on
    period = query.period
    late = one.health is Health.LATE or is_past_end(one, today)
    healths = [status for status in query.statuses if status in set(Health)]
    statuses = [status for status in query.statuses if status in set(Status)]
    of_health = one.health is not None and one.health.value in healths
    return (
        (not by_day(query) or period is None or (day is not None and period.first <= day <= period.last))
        and (not reported_in(query) or _is_in(one.reported_on, period))
        and (not query.late or late)
        and (query.done is not False or one.status not in OVER)
        and (not healths or of_health or bool(statuses))
        and (query.begun is None or query.begun is _has_begun(one, today))
        and (not is_of_since(query) or _has_come_since(one, query, today))
        and (query.lacks is None or _lacks(one, query.lacks, kronor))
        and (query.least is None or kronor >= query.least)
        and (query.most is None or 0 < kronor <= query.most)
        and mentioned(query, one.title, one.summary, one.reason, one.outcome, one.next_steps, one.decision)
    )


def _is_in(day: dt.date | None, period: Period | None) -> bool:
    return day is not None and period is not None and period.first <= day <= period.last


def _has_come_since(one: InitiativeRow, query: Query, today: dt.date) -> bool:
    day = since_when(query, one)
    return day is not None and query.since is not None and query.since <= day <= today


def _has_begun(one: InitiativeRow, today: dt.date) -> bool:
    proposed = one.status in {Status.PROPOSED, Status.DECIDED}
    return not proposed and (one.starts_on is None or one.starts_on <= today)


def _lacks(one: InitiativeRow, lacks: Lacks, kronor: int) -> bool:
    lacking = {
        Lacks.OWNER: one.responsible is None,
        Lacks.DATE: one.ends_on is None,
        Lacks.MONEY: not kronor,
        Lacks.DECISION: one.status is Status.PROPOSED,
        Lacks.REPORT: one.reported_on is None,
    }
    return lacking.get(lacks, False) and one.status not in OVER and not _hides(one, lacks)


def _hides(one: InitiativeRow, lacks: Lacks) -> bool:
    """Whether the reader does not see what the initiative is said to lack, so that nothing can be said of it."""
    fields = {Lacks.OWNER: Field.RESPONSIBLE, Lacks.MONEY: Field.BUDGET, Lacks.REPORT: Field.REPORTS}
    field = fields.get(lacks)
    return field is not None and one.profile is not None and field not in PROFILES[one.profile]


def _grouped(query: Query, rows: Sequence[InitiativeRow], sums: Sums) -> Found | None:
    summed = query.money
    pairs: list[tuple[str, int]] = []
    for one in rows:
        number = sums[one.id] if summed else 1
        match query.per:
            case Subject.PERSON:
                groups = [one.responsible.name] if one.responsible else []
            case Subject.STATUS:
                groups = [one.status.value]
            case Subject.NODE:
                groups = [node.name for node in one.nodes or () if node.dimension == "delområde"]
            case _ if query.municipal:
                shared = {other.name for other in one.shared_with}
                groups = sorted({one.lead_organisation.name, *(other.name for other in one.partners or ()), *shared})
            case _:
                groups = [one.lead_organisation.name]
        pairs += [(group, number) for group in groups]
    return grouping.by(query, pairs, "pengar" if summed else "initiativ", summed=summed)


def _ranked(query: Query, rows: Sequence[InitiativeRow], sums: Sums) -> Found | None:
    ordered = sorted((one for one in rows if sums[one.id]), key=lambda one: sums[one.id], reverse=not query.smallest)
    chosen = ordered[: query.top or 1]
    if not chosen:
        return None
    way = "minst" if query.smallest else "mest"
    year = f" {query.period.year}" if query.period and query.period.year else ""
    lead = f"{way.capitalize()} pengar{year} av initiativen har {chosen[0].title}, {format_amount(sums[chosen[0].id])}."
    if len(chosen) > 1:
        lead = f"De {len(chosen)} initiativ som har {way} pengar{year}:"
    return Found(
        lead=lead,
        columns=COLUMNS,
        rows=tuple(initiative_row(one, sums[one.id]) for one in chosen),
        total=len(chosen),
        facts=(count_fact(len(chosen)),),
        listed=len(chosen) > 1,
        quiet=quiet(frozenset({"budget_kronor"})),
    )


def _listed(query: Query, rows: Sequence[InitiativeRow], sums: Sums, total: int) -> Found:
    which = common(query, rows)
    facts: tuple[Fact, ...] = (count_fact(total), *_bounds(query))
    if not total:
        return Found(lead=f"Inga initiativ {which or 'syns i registret'}.", facts=facts)
    lead = f"{counted(total, 'initiativ', 'initiativ')} {which or 'finns i registret'}"
    if query.wanted in {Wanted.AMOUNT, Wanted.TOP}:
        kronor = sum(sums[one.id] for one in rows)
        year = f" {query.period.year}" if query.period and query.period.year else ""
        facts = (*facts, sum_fact(kronor))
        lead = f"{lead}. Tillsammans har de {format_amount(kronor)}{year}"
    return Found(
        lead=f"{lead}:",
        columns=COLUMNS,
        rows=tuple(initiative_row(one, sums[one.id]) for one in rows[:SHOWN]),
        total=total,
        facts=facts,
        quiet=quiet(telling(query)),
    )


def _bounds(query: Query) -> tuple[Fact, ...]:
    since = [day_fact("since", "Från", query.since)] if query.since is not None and is_of_since(query) else []
    bounds = (("least", "Minst", query.least), ("most", "Högst", query.most))
    return (*since, *(Fact(name, label, "kronor", kronor) for name, label, kronor in bounds if kronor is not None))
