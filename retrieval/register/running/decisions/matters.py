"""Matters: where each stands, who was against what was decided, and how the votes were cast."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import clause_overview, decision_overview, matter_overview, remark_overview
from initiatives.access import Viewer
from initiatives.clause_overview import ClauseFilters
from initiatives.decision_overview import DecisionRow
from initiatives.decisions import Outcome
from initiatives.matter_overview import MatterFilters, MatterRow
from initiatives.standing import Status
from initiatives.swedish import format_date
from retrieval.register.asking import Lacks, Query, Subject, Wanted
from retrieval.register.running.decisions.clauses import CLAUSES, clause_row
from retrieval.register.running.found import MOST, SHOWN, Found, columns, count_fact, counted, row, sentence, text_fact
from retrieval.register.running.mentions import mentioned
from retrieval.register.shown import Fact, Row

MATTERS = columns(
    ("status", "Läge", "text"),
    ("status_on", "Datum", "date"),
    ("organ", "Organ", "text"),
    ("diary_number", "Diarienummer", "text"),
    ("late", "Försenat i ärendet", "number"),
)

AUTHORITY = columns(("rule", "Regel", "text"), ("note", "Anteckning", "text"))
AGAINST = columns(("kind", "Vad", "text"), ("text", "Text", "text"))


async def run(session: AsyncSession, person: Viewer, query: Query, _today: dt.date) -> Found | None:
    """Answer about matters: where each stands, or who was against what was decided in them."""
    rows, total = await _asked(session, person, query)
    if not rows:
        which = _which(query)
        return Found(lead=f"Inga ärenden {which}.", facts=(count_fact(0),)) if which and not query.mentions else None
    if query.authority:
        return await _authority(session, person, rows)
    if query.reserved:
        return await _against(session, person, rows)
    if len(rows) == 1:
        return await _one(session, person, query, rows[0])
    return Found(
        lead=f"{counted(total, 'ärende', 'ärenden')} {_which(query)}".rstrip() + ":",
        columns=MATTERS,
        rows=tuple(_matter(one) for one in rows[:SHOWN]),
        total=total,
        facts=(count_fact(total),),
        quiet=frozenset({"diary_number", "late", "organ"}),
        on=query.on,
    )


async def _asked(session: AsyncSession, person: Viewer, query: Query) -> tuple[Sequence[MatterRow], int]:
    """The matters that are named, or those that the filters let through."""
    named = [one for one in query.objects if one.subject is Subject.MATTER]
    if named:
        found = [await matter_overview.get_matter(session, person, one.id, on=query.on) for one in named]
        return found, len(found)
    filters = MatterFilters(
        on=query.on,
        organ=query.organ,
        year=query.period.year if query.period else None,
        late=query.late,
        without_owner=query.lacks is Lacks.OWNER,
        without_due_date=query.lacks is Lacks.DATE,
    )
    rows, _ = await matter_overview.list_matters(session, person, filters, limit=MOST)
    rows = [one for one in rows if _fits(one, query)]
    return rows, len(rows)


def _fits(one: MatterRow, query: Query) -> bool:
    outcomes = wanted_outcomes(query)
    texts = (one.title, one.diary_number, one.proposed_by, one.preparation, one.organ, one.note, one.kind)
    return (not outcomes or one.status in outcomes) and mentioned(query, *texts)


def wanted_outcomes(query: Query) -> frozenset[Outcome]:
    """What an organ shall have done, by the words of the question; what is decided in part is decided too."""
    said = {Outcome(one) for one in query.outcomes}
    if Outcome.PARTLY in said:
        return frozenset({Outcome.PARTLY})
    return frozenset(said | ({Outcome.PARTLY} if Outcome.DECIDED in said else set()))


_MANY = {
    "beslutat": "beslutade",
    "avslaget": "avslagna",
    "bordlagt": "bordlagda",
    "förslag": "bara förslag",
    "återremitterat": "återremitterade",
}


def _which(query: Query) -> str:
    parts = [f"är {' eller '.join(_MANY.get(one, one) for one in query.outcomes)}"] if query.outcomes else []
    parts += ["har något försenat"] if query.late else []
    parts += [f"nämner ”{' '.join(query.mentions)}”"] if query.mentions else []
    parts += [f"hör till {query.period.words}"] if query.period and query.period.year else []
    return " och ".join(parts)


async def _one(session: AsyncSession, person: Viewer, query: Query, one: MatterRow) -> Found:
    """Where a matter stands, what was noted of it, and its att-satser."""
    clauses, _ = await clause_overview.list_clauses(
        session, person, ClauseFilters(on=query.on, matter_id=one.id), limit=SHOWN
    )
    kept = [clause for clause in clauses if clause.status is not Status.PROPOSED] or list(clauses)
    made = [] if query.on else list(await decision_overview.of_matter(session, person, one.id))
    notes = [sentence(_when(decision), decision.note) for decision in made if decision.note]
    proposer = f" Förslagsställare är {one.proposed_by}." if one.proposed_by and query.wanted in _WHO else ""
    authority = await remark_overview.list_authority_notes(session, person, [decision.id for decision in made])
    number = f" ({one.diary_number})" if one.diary_number else ""
    told = [f"Ärendet {one.title}{number}: {_matter_stands(one)}.{proposer}", *notes]
    told += [sentence(f"{note.organ} ska avgöra enligt anteckningen", note.note) for note in authority]
    return Found(
        lead=f"{' '.join(told)} Att-satserna:" if kept else " ".join(told),
        columns=CLAUSES,
        rows=tuple(clause_row(clause) for clause in kept),
        total=len(kept),
        facts=(*_matter_facts(one), *(text_fact(text) for text in (*told, *_dated(made)))),
        quiet=frozenset({"matter", "decided_on", "amount_kronor", "to_whom"}),
        on=query.on,
    )


_WHO = frozenset({Wanted.OWNER, Wanted.BASIS})


def _when(one: DecisionRow) -> str:
    day = f" {format_date(one.decided_on)}" if one.decided_on else ""
    paragraph = f", {one.paragraph}" if one.paragraph else ""
    return f"{one.outcome.value.capitalize()}{day}{paragraph}"


def _dated(made: Sequence[DecisionRow]) -> list[str]:
    return [
        text
        for one in made
        for text in (one.note, one.paragraph, one.decided_on and format_date(one.decided_on))
        if text
    ]


async def _authority(session: AsyncSession, person: Viewer, rows: Sequence[MatterRow]) -> Found | None:
    """Who may decide what the matters are about, by the notes on authority."""
    told = []
    for one in rows:
        made = await decision_overview.of_matter(session, person, one.id)
        ids = [decision.id for decision in made]
        told += [(one, it) for it in await remark_overview.list_authority_notes(session, person, ids)]
    if not told:
        return None
    return Found(
        lead=f"{counted(len(told), 'anteckning', 'anteckningar')} om vem som får besluta:",
        columns=AUTHORITY,
        rows=tuple(
            row("authority_note", it.id, f"{it.organ}, i {one.title}", (it.rule, it.note), page=("matter", one.id))
            for one, it in told
        ),
        total=len(told),
        facts=(count_fact(len(told)),),
    )


async def _against(session: AsyncSession, person: Viewer, rows: Sequence[MatterRow]) -> Found | None:
    """Who made a reservation, or a statement of their own, against what was decided in the matters."""
    told = []
    for one in rows:
        made = await decision_overview.of_matter(session, person, one.id)
        ids = [decision.id for decision in made]
        told += [(one, it) for it in await remark_overview.list_reservations(session, person, ids)]
    if not told:
        return Found(lead="Registret visar inga reservationer eller särskilda yttranden där.", facts=(count_fact(0),))
    return Found(
        lead=f"{counted(len(told), 'reservation eller yttrande', 'reservationer eller yttranden')}:",
        columns=AGAINST,
        rows=tuple(
            row("reservation", it.id, f"{it.party}, i {one.title}", (it.kind.value, it.text), page=("matter", one.id))
            for one, it in told
        ),
        total=len(told),
        facts=(count_fact(len(told)),),
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
