"""Matters, decisions, att-satser and assignments: what was decided, who shall do it, whether it is reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import assignment_overview, clause_overview, decision_overview, matter_overview
from initiatives.access import Viewer
from initiatives.assignment_overview import AssignmentFilters, AssignmentRow
from initiatives.clause_overview import ClauseFilters, ClauseRow
from initiatives.decision_overview import DecisionFilters, DecisionRow
from initiatives.decisions import Outcome
from initiatives.matter_overview import MatterFilters, MatterRow
from initiatives.standing import Status
from initiatives.swedish import format_date
from retrieval.register.asking import Lacks, Query, Subject, Wanted
from retrieval.register.running.found import MOST, SHOWN, Found, columns, count_fact, counted, row
from retrieval.register.shown import Fact, Row

OPEN = frozenset({Status.DECIDED, Status.GIVEN, Status.ONGOING, Status.LATE})
REPORTED = frozenset({Status.REPORTED, Status.CLOSED})
CLAUSES = columns(
    ("status", "Läge", "text"),
    ("matter", "Ärende", "text"),
    ("decided_on", "Beslutat", "date"),
    ("to_whom", "Till", "text"),
    ("due_on", "Senast", "date"),
    ("amount_kronor", "Belopp", "kronor"),
)
ASSIGNMENTS = columns(
    ("status", "Läge", "text"),
    ("to_whom", "Till", "text"),
    ("person", "Person", "text"),
    ("due_on", "Senast", "date"),
    ("reported_on", "Rapporterat", "date"),
    ("matter", "Ärende", "text"),
)
MATTERS = columns(
    ("status", "Läge", "text"),
    ("status_on", "Datum", "date"),
    ("organ", "Organ", "text"),
    ("diary_number", "Diarienummer", "text"),
    ("late", "Försenat i ärendet", "number"),
)
DECISIONS = columns(
    ("outcome", "Utfall", "text"),
    ("decided_on", "Datum", "date"),
    ("organ", "Organ", "text"),
    ("paragraph", "Paragraf", "text"),
    ("set_aside_kronor", "Avsätter", "kronor"),
)


async def matters_run(session: AsyncSession, person: Viewer, query: Query, _today: dt.date) -> Found | None:
    """Answer about matters: where each stands."""
    on = query.on
    named = [one for one in query.objects if one.subject is Subject.MATTER]
    if named:
        rows: Sequence[MatterRow] = [await matter_overview.get_matter(session, person, one.id, on=on) for one in named]
        total = len(rows)
    else:
        filters = MatterFilters(
            on=on,
            organ=query.organ,
            year=query.period.year if query.period else None,
            late=query.late,
            without_owner=query.lacks is Lacks.OWNER,
            without_due_date=query.lacks is Lacks.DATE,
        )
        rows, total = await matter_overview.list_matters(session, person, filters, limit=SHOWN)
    if not rows:
        return None
    if len(rows) == 1:
        one = rows[0]
        clauses, _ = await clause_overview.list_clauses(
            session, person, ClauseFilters(on=on, matter_id=one.id), limit=SHOWN
        )
        lead = f"Ärendet {one.title}: {_matter_stands(one)}."
        kept = [clause for clause in clauses if clause.status is not Status.PROPOSED] or list(clauses)
        return Found(
            lead=f"{lead} Att-satserna:" if kept else lead,
            columns=CLAUSES,
            rows=tuple(_clause(clause) for clause in kept),
            total=len(kept),
            facts=_matter_facts(one),
            quiet=frozenset({"matter", "decided_on", "amount_kronor", "to_whom"}),
            on=on,
        )
    return Found(
        lead=f"{counted(total, 'ärende', 'ärenden')}:",
        columns=MATTERS,
        rows=tuple(_matter(one) for one in rows),
        total=total,
        facts=(count_fact(total),),
        quiet=frozenset({"diary_number", "late", "organ"}),
        on=on,
    )


def _matter_stands(one: MatterRow) -> str:
    if one.status is None:
        return "inget är registrerat om hur det har gått"
    when = f" {format_date(one.status_on)}" if one.status_on else ""
    if one.status is Outcome.PROPOSED:
        return f"det finns ett förslag{when}, inget är beslutat"
    return f"{one.status.value} av {one.organ}{when}"


def _matter_facts(one: MatterRow) -> tuple[Fact, ...]:
    facts = [Fact("title", "Ärende", "text", one.title)]
    facts += [Fact("status", "Läge", "text", one.status.value)] if one.status else []
    facts += [Fact("status_on", "Datum", "date", one.status_on.isoformat())] if one.status_on else []
    return tuple(facts)


def _matter(one: MatterRow) -> Row:
    status = one.status.value if one.status else None
    return row("matter", one.id, one.title, (status, one.status_on, one.organ, one.diary_number, one.late))


async def decisions_run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """Answer about decisions: what has been decided, when and by whom; a matter that is named tells where it stands."""
    if any(one.subject is Subject.CLAUSE for one in query.objects) or _about_clauses(query):
        return await clauses_run(session, person, query, today)
    if any(one.subject is Subject.MATTER for one in query.objects):
        return await matters_run(session, person, query, today)
    period = query.period
    proposed = "förslag" in query.statuses
    filters = DecisionFilters(
        organ=query.organ,
        deciding=not proposed,
        outcome=Outcome.PROPOSED if proposed else None,
        from_on=period.first if period else None,
        to_on=period.last if period else query.on,
    )
    rows, total = await decision_overview.list_decisions(session, person, filters, limit=SHOWN)
    word = ("förslag", "förslag") if proposed else ("beslut", "beslut")
    when = f" under {period.words}" if period else ""
    if not rows:
        return Found(lead=f"Inga {word[1]}{when} finns i registret.", facts=(count_fact(0),))
    return Found(
        lead=f"{counted(total, *word)}{when}:",
        columns=DECISIONS,
        rows=tuple(_decision(one) for one in rows),
        total=total,
        facts=(count_fact(total),),
        quiet=frozenset({"set_aside_kronor", "organ"}),
    )


def _about_clauses(query: Query) -> bool:
    return query.done is not None or query.late or query.lacks is not None or bool(query.organisations)


def _decision(one: DecisionRow) -> Row:
    values = (one.outcome.value, one.decided_on, one.organ, one.paragraph, one.set_aside_kronor or None)
    return row("decision", one.id, one.matter, values, page=("matter", one.matter_id))


async def clauses_run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """Answer about att-satser: those that are named, or those that are late, unreported, or lack something."""
    on = query.on or today
    named = [one.id for one in query.objects if one.subject is Subject.CLAUSE]
    matters = [one.id for one in query.objects if one.subject is Subject.MATTER]
    if named:
        rows: Sequence[ClauseRow] = [await clause_overview.get_clause(session, person, one, on=on) for one in named]
        rows = _decided_first(rows)
        total = len(rows)
    else:
        filters = ClauseFilters(
            on=on,
            late=query.late,
            without_owner=query.lacks is Lacks.OWNER,
            without_due_date=query.lacks is Lacks.DATE,
            organ=query.organ,
            year=query.period.year if query.period else None,
            outcome=Outcome.PROPOSED if "förslag" in query.statuses else None,
            matter_id=matters[0] if len(matters) == 1 else None,
            organisation_id=query.organisations[0].id if query.organisations else None,
        )
        rows, _ = await clause_overview.list_clauses(session, person, filters, limit=MOST)
        rows = [one for one in rows if _clause_fits(one, query)]
        total = len(rows)
    if not rows:
        which = _which(query)
        return Found(lead=f"Inga att-satser {which}.", facts=(count_fact(0),), on=query.on) if which else None
    if len(rows) == 1:
        return Found(
            lead=_clause_told(rows[0]), columns=CLAUSES, rows=(_clause(rows[0]),), total=1, listed=False, on=query.on
        )
    return Found(
        lead=f"{counted(total, 'att-sats', 'att-satser')} {_which(query)}".rstrip() + ":",
        columns=CLAUSES,
        rows=tuple(_clause(one) for one in rows[:SHOWN]),
        total=total,
        facts=(count_fact(total),),
        quiet=frozenset({"matter", "decided_on", "amount_kronor"}),
        on=query.on,
    )


def _decided_first(rows: Sequence[ClauseRow]) -> list[ClauseRow]:
    return sorted(rows, key=lambda one: (one.status is Status.PROPOSED, one.status is Status.LAPSED))


def _clause_fits(one: ClauseRow, query: Query) -> bool:
    wanted = {"pågår": Status.ONGOING, "beslutat": Status.DECIDED, "avslutat": Status.CLOSED}
    statuses = {wanted[status] for status in query.statuses if status in wanted}
    if query.done is not None:
        return one.status in (REPORTED if query.done else OPEN)
    if query.lacks is not None and one.status in {Status.PROPOSED, Status.LAPSED}:
        return "förslag" in query.statuses and one.status is Status.PROPOSED
    return not statuses or one.status in statuses


def _clause_told(one: ClauseRow) -> str:
    whom = f" Den riktas till {one.to_whom}." if one.to_whom else ""
    due = f" Senast {format_date(one.due_on)}." if one.due_on else ""
    return f"Att-satsen ”{one.text}” är {_words(one)}.{_decided(one)}{whom}{due}"


def _words(one: ClauseRow | AssignmentRow) -> str:
    return "bara föreslagen, inte beslutad" if one.status is Status.PROPOSED else one.words


def _decided(one: ClauseRow) -> str:
    if one.status is Status.PROPOSED or one.decided_on is None:
        return ""
    return f" {one.organ} beslutade {format_date(one.decided_on)}."


def _clause(one: ClauseRow) -> Row:
    decided = None if one.status is Status.PROPOSED else one.decided_on
    values = (_words(one), one.matter, decided, one.to_whom, one.due_on, one.amount_kronor)
    return row("clause", one.id, one.text, values, page=("matter", one.matter_id))


async def assignments_run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """Answer about assignments: those that are named, or those that are late, unreported, or somebody's."""
    on = query.on or today
    named = [one.id for one in query.objects if one.subject is Subject.ASSIGNMENT]
    if not named and any(one.subject is Subject.CLAUSE for one in query.objects):
        return await clauses_run(session, person, query, today)
    if named:
        known = [await assignment_overview.get_assignment(session, person, one, on=on) for one in named]
        by = {organisation.id for organisation in query.organisations}
        rows: Sequence[AssignmentRow] = [one for one in known if not by or one.receiver_organisation_id in by]
        if not rows:
            return None
    else:
        matters = [one.id for one in query.objects if one.subject is Subject.MATTER]
        filters = AssignmentFilters(
            on=on,
            late=query.late,
            without_owner=query.lacks is Lacks.OWNER,
            without_due_date=query.lacks is Lacks.DATE,
            organ=query.organ,
            matter_id=matters[0] if len(matters) == 1 else None,
            organisation_id=query.organisations[0].id if query.organisations else None,
            person_id=query.people[0].id if query.people else None,
        )
        found, _ = await assignment_overview.list_assignments(session, person, filters, limit=MOST)
        rows = [one for one in found if _assignment_fits(one, query)]
    if not rows:
        which = _which(query)
        return Found(lead=f"Inga uppdrag {which}.", facts=(count_fact(0),), on=query.on) if which else None
    if len(rows) == 1:
        lead = _assignment_told(rows[0], query)
        return Found(lead=lead, columns=ASSIGNMENTS, rows=(_assignment(rows[0]),), total=1, listed=False, on=query.on)
    return Found(
        lead=f"{counted(len(rows), 'uppdrag', 'uppdrag')} {_which(query)}".rstrip() + ":",
        columns=ASSIGNMENTS,
        rows=tuple(_assignment(one) for one in rows[:SHOWN]),
        total=len(rows),
        facts=(count_fact(len(rows)),),
        quiet=frozenset({"matter", "person", "reported_on"}),
        on=query.on,
    )


def _assignment_fits(one: AssignmentRow, query: Query) -> bool:
    wanted = {"pågår": {Status.ONGOING}, "avslutat": {Status.CLOSED}, "förslag": {Status.PROPOSED}}
    statuses = set().union(*(wanted[status] for status in query.statuses if status in wanted))
    if query.period is not None and not (one.due_on and query.period.first <= one.due_on <= query.period.last):
        return False
    if query.done is not None:
        return one.status in (REPORTED if query.done else OPEN)
    if query.lacks is not None and one.status in {Status.PROPOSED, Status.LAPSED}:
        return False
    return not statuses or one.status in statuses


def _assignment_told(one: AssignmentRow, query: Query) -> str:
    whom = " och ".join(dict.fromkeys(name for name in (one.to_whom, one.receiver_person) if name))
    if query.wanted is Wanted.OWNER:
        lead = (
            f"Uppdraget ”{one.title}” är givet till {whom}."
            if whom
            else f"Uppdraget ”{one.title}” har ingen mottagare."
        )
    else:
        lead = f"Uppdraget ”{one.title}” är {_words(one)}."
        lead += f" Det är givet till {whom}." if whom and one.status is not Status.PROPOSED else ""
    due = f" Det ska vara klart {format_date(one.due_on)}." if one.due_on and one.status in OPEN else ""
    reported = (
        f" Det rapporterades {format_date(one.reported_on)}: {one.report}"
        if one.reported_on and one.status in REPORTED
        else ""
    )
    return f"{lead}{due}{reported}"


def _assignment(one: AssignmentRow) -> Row:
    reported = one.reported_on if one.status in REPORTED else None
    values = (_words(one), one.to_whom, one.receiver_person, one.due_on, reported, one.matter)
    return row("assignment", one.id, one.title, values, page=("matter", one.matter_id))


def _which(query: Query) -> str:
    lacks = {Lacks.OWNER: "saknar mottagare", Lacks.DATE: "saknar tid"}
    parts = ["är försenade"] if query.late else []
    parts += ["är inte rapporterade"] if query.done is False else ["är rapporterade"] if query.done else []
    parts += [lacks[query.lacks]] if query.lacks in lacks else []
    parts += [f"riktas till {query.organisations[0].name}"] if query.organisations else []
    parts += [f"är givna till {query.people[0].name}"] if query.people else []
    parts += ["är bara föreslagna"] if "förslag" in query.statuses else []
    parts += (
        [f"ska vara klara under {query.period.words}"] if query.period and query.subject is Subject.ASSIGNMENT else []
    )
    return " och ".join(parts)
