"""Initiatives: how they stand, who answers for them, when they begin and end, what they cost, and which they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import funds, overview
from initiatives.access import Viewer
from initiatives.overview import Filters, InitiativeRow, Sort
from initiatives.reports import Health
from initiatives.sharing import PROFILES, Field
from initiatives.swedish import format_amount, format_date
from initiatives.workflow import OVER, Status
from retrieval.register.asking import Lacks, Period, Query, Wanted
from retrieval.register.running.found import (
    MOST,
    SHOWN,
    Found,
    columns,
    count_fact,
    counted,
    enumerated,
    row,
    sum_fact,
)
from retrieval.register.shown import Column, Fact, Row

STANDS: dict[Status, str] = {
    Status.PROPOSED: "är ett förslag och inte beslutat",
    Status.DECIDED: "är beslutat",
    Status.ONGOING: "pågår",
    Status.PAUSED: "är pausat",
    Status.FINISHED: "är avslutat",
    Status.CANCELLED: "är avbrutet",
}
COLUMNS = columns(
    ("status", "Läge", "text"),
    ("responsible", "Ansvarig", "text"),
    ("lead_organisation", "Leds av", "text"),
    ("starts_on", "Start", "date"),
    ("ends_on", "Slut", "date"),
    ("health", "Senaste lägesrapport", "text"),
    ("reported_on", "Rapporterat", "date"),
    ("budget_kronor", "Pengar", "kronor"),
)
FUND_COLUMNS = columns(("fund", "Anslag", "text"), ("year", "År", "year"), ("amount_kronor", "Belopp", "kronor"))
PARTNER_COLUMNS = columns(("partner", "Medverkande", "text"))
NO_MONEY = "I registret syns inga pengar för {title}."


async def run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """Answer about initiatives that are named, or list those that the filters let through."""
    if query.objects:
        rows = [await overview.get(session, person, one.id) for one in query.objects]
        rows = [one for one in rows if _is_of(one, query)]
        if not rows or query.wanted is Wanted.COUNT:
            return None
        if len(rows) == 1:
            return await _one(session, person, query, rows[0], today)
        return _several(query, rows, len(rows))
    return await _list(session, person, query, today)


async def _one(session: AsyncSession, person: Viewer, query: Query, one: InitiativeRow, today: dt.date) -> Found:
    match query.wanted:
        case Wanted.AMOUNT | Wanted.LEFT | Wanted.TOP:
            return await _money(session, person, one)
        case Wanted.OWNER:
            lead = _owner(one)
        case Wanted.PARTNERS:
            return _partners(one)
        case Wanted.DUE:
            lead = _dates(one, today, starts=query.starts)
        case Wanted.REASON if one.reason:
            lead = f"{one.title} {STANDS[one.status]}: {one.reason}"
        case _:
            lead = _standing(one, today)
    return Found(lead=lead, columns=COLUMNS, rows=(_row(one),), total=1, listed=False)


def _is_of(one: InitiativeRow, query: Query) -> bool:
    """Whether the organisations that are named have to do with an initiative: lead it, or take part in it."""
    here = {one.lead_organisation.id, *(partner.id for partner in one.partners or ())}
    return all(organisation.id in here for organisation in query.organisations)


def _partners(one: InitiativeRow) -> Found:
    names = [partner.name for partner in one.partners or ()]
    told = enumerated(names) if names else "inga andra"
    rows = tuple(row("initiative", one.id, one.title, (name,)) for name in names)
    lead = f"I {one.title}, som leds av {one.lead_organisation.name}, medverkar {told}."
    return Found(lead=lead, columns=PARTNER_COLUMNS, rows=rows, total=len(rows), listed=False)


def _standing(one: InitiativeRow, today: dt.date) -> str:
    told = [f"{one.title} {STANDS[one.status]}."]
    if one.health is not None and one.reported_on is not None:
        told.append(f"Lägesrapporten den {format_date(one.reported_on)} säger {one.health}.")
    if one.reason:
        told.append(f"Skäl: {one.reason}")
    if one.status is Status.FINISHED and one.outcome:
        told.append(f"Utfall: {one.outcome}")
    if is_past_end(one, today) and one.ends_on:
        told.append(f"Slutdatumet {format_date(one.ends_on)} har passerat.")
    elif one.starts_on and one.starts_on > today:
        told.append(f"Det ska starta den {format_date(one.starts_on)}.")
    elif one.ends_on and one.status not in OVER:
        told.append(f"Det ska vara klart den {format_date(one.ends_on)}.")
    if one.responsible:
        told.append(f"Ansvarig är {one.responsible.name}.")
    return " ".join(told)


def _owner(one: InitiativeRow) -> str:
    lead = f"Initiativet leds av {one.lead_organisation.name}."
    if one.responsible is None:
        return f"Registret visar ingen ansvarig för {one.title}. {lead}"
    return f"Ansvarig för {one.title} är {one.responsible.name}. {lead}"


def _dates(one: InitiativeRow, today: dt.date, *, starts: bool) -> str:
    start = one.starts_on and (
        f"{'startade' if one.starts_on <= today and one.status is not Status.PROPOSED else 'ska starta'} "
        f"den {format_date(one.starts_on)}"
    )
    over = one.status in OVER
    end = one.ends_on and f"{'slutade' if over else 'ska vara klart'} den {format_date(one.ends_on)}"
    told = [words for words in ((start, end) if not starts or start is None else (start,)) if words]
    if not told:
        return f"{one.title} har varken start- eller slutdatum i registret."
    missing = "" if starts or end else " Slutdatum saknas."
    proposed = " Initiativet är ett förslag och inte beslutat." if one.status is Status.PROPOSED else ""
    return f"{one.title} {enumerated(told)}.{missing}{proposed}"


async def _money(session: AsyncSession, person: Viewer, one: InitiativeRow) -> Found:
    """What an initiative uses of funds; to one whose share shows no money the same as where there is none."""
    links = await funds.list_links(session, person, initiative_id=one.id)
    if not links:
        lead = NO_MONEY.format(title=one.title)
        return Found(lead=lead, columns=COLUMNS[:1], rows=(_row(one, COLUMNS[:1]),), total=1, listed=False)
    rows = tuple(row("initiative", one.id, one.title, (link.fund, link.year, link.amount_kronor)) for link in links)
    total = sum(link.amount_kronor for link in links)
    each = enumerated([f"{format_amount(link.amount_kronor)} ur {link.fund} {link.year}" for link in links])
    whence = f": {each}" if len(links) > 1 else f" ur {links[0].fund} {links[0].year}"
    lead = f"{one.title} har {format_amount(total)}{whence}."
    return Found(lead=lead, columns=FUND_COLUMNS, rows=rows, total=len(rows), facts=(sum_fact(total),), listed=False)


async def _list(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    healths = tuple(Health(one) for one in query.statuses if one in set(Health))
    here = (
        query.late
        or query.lacks
        or _by_day(query)
        or query.least is not None
        or query.most is not None
        or query.top
        or _sums(query)
    )
    filters = Filters(
        statuses=tuple(Status(one) for one in query.statuses if one in set(Status)),
        health=healths[0] if healths else None,
        node_ids=tuple(node.id for node in query.nodes),
        organisation_id=query.organisations[0].id if len(query.organisations) == 1 else None,
        responsible_id=query.people[0].id if query.people else None,
        year=query.period.year if query.period and not _by_day(query) else None,
    )
    rows, total = await overview.list_initiatives(
        session, person, filters, sort=Sort.TITLE, limit=MOST if here else SHOWN
    )
    if here:
        rows = [one for one in rows if _fits(one, query, today)]
        total = len(rows)
    if query.wanted is Wanted.TOP:
        rows = sorted((one for one in rows if one.budget_kronor), key=lambda one: one.budget_kronor or 0)
        rows = (rows if query.smallest else rows[::-1])[: query.top or 1]
        if not rows:
            return None
        return _top(query, rows)
    return _several(query, rows, total)


def _sums(query: Query) -> bool:
    return query.wanted in {Wanted.AMOUNT, Wanted.TOP}


def _by_day(query: Query) -> bool:
    """Whether it is asked which initiatives begin or end in a period."""
    return query.period is not None and (query.starts or query.ends or query.wanted is Wanted.DUE)


def _in_period(one: InitiativeRow, query: Query) -> bool:
    day = one.starts_on if query.starts else one.ends_on
    return query.period is None or (day is not None and query.period.first <= day <= query.period.last)


def _fits(one: InitiativeRow, query: Query, today: dt.date) -> bool:
    if _by_day(query) and not _in_period(one, query):
        return False
    if query.late and not (one.health is Health.LATE or is_past_end(one, today)):
        return False
    lacking = {
        Lacks.OWNER: one.responsible is None,
        Lacks.DATE: one.ends_on is None,
        Lacks.MONEY: not one.budget_kronor,
        Lacks.DECISION: one.status is Status.PROPOSED,
    }
    if query.lacks is not None and (not lacking.get(query.lacks) or one.status in OVER or _hides(one, query.lacks)):
        return False
    kronor = one.budget_kronor or 0
    return (query.least is None or kronor >= query.least) and (query.most is None or 0 < kronor <= query.most)


def _hides(one: InitiativeRow, lacks: Lacks) -> bool:
    """Whether the reader does not see what the initiative is said to lack, so that nothing can be said of it."""
    field = {Lacks.OWNER: Field.RESPONSIBLE, Lacks.MONEY: Field.BUDGET}.get(lacks)
    return field is not None and one.profile is not None and field not in PROFILES[one.profile]


def is_past_end(one: InitiativeRow, today: dt.date) -> bool:
    """Whether an initiative should have been over before a day and is not."""
    return one.ends_on is not None and one.ends_on < today and one.status not in OVER


def _several(query: Query, rows: Sequence[InitiativeRow], total: int) -> Found:
    which = _which(query)
    if not total:
        return Found(lead=f"Inga initiativ {which or 'syns i registret'}.", facts=(count_fact(0),))
    facts: tuple[Fact, ...] = (count_fact(total),)
    lead = f"{counted(total, 'initiativ', 'initiativ')} {which or 'finns i registret'}"
    if _sums(query):
        kronor = sum(one.budget_kronor or 0 for one in rows)
        facts = (*facts, sum_fact(kronor))
        lead = f"{lead}. Tillsammans har de {format_amount(kronor)}"
    several = rows[:SHOWN]
    shown = _telling(query)
    return Found(
        lead=f"{lead}:" if several else f"{lead}.",
        columns=COLUMNS,
        rows=tuple(_row(one) for one in several),
        total=total,
        facts=facts,
        quiet=frozenset(column.name for column in COLUMNS) - shown,
    )


def _top(query: Query, rows: Sequence[InitiativeRow]) -> Found:
    way = "minst" if query.smallest else "mest"
    first = rows[0]
    lead = f"{way.capitalize()} pengar av initiativen har {first.title}, {format_amount(first.budget_kronor or 0)}."
    if len(rows) > 1:
        lead = f"De {len(rows)} initiativ som har {way} pengar:"
    return Found(
        lead=lead,
        columns=COLUMNS,
        rows=tuple(_row(one) for one in rows),
        total=len(rows),
        facts=(count_fact(len(rows)),),
        listed=len(rows) > 1,
        quiet=frozenset(column.name for column in COLUMNS) - {"budget_kronor"},
    )


def _telling(query: Query) -> frozenset[str]:
    """Which columns the text tells of each initiative in a list: those that the question is about."""
    if query.late:
        return frozenset({"status", "health", "ends_on", "responsible"})
    if query.lacks is Lacks.DATE:
        return frozenset({"status", "responsible"})
    if _sums(query) or query.least is not None or query.most is not None:
        return frozenset({"budget_kronor"})
    if query.wanted is Wanted.DUE or _by_day(query):
        return frozenset({"starts_on", "ends_on"})
    if query.wanted is Wanted.OWNER or query.who:
        return frozenset({"responsible"})
    return frozenset({"status"})


def _which(query: Query) -> str:
    """What the initiatives in a list have in common, as the end of a sentence."""
    parts = []
    words = {Status.PROPOSED: "är förslag", Status.DECIDED: "är beslutade", Status.ONGOING: "pågår"}
    words |= {Status.PAUSED: "är pausade", Status.FINISHED: "är avslutade", Status.CANCELLED: "är avbrutna"}
    statuses = [words[Status(one)] for one in query.statuses if one in set(Status)]
    statuses += [f"har {one} i senaste lägesrapporten" for one in query.statuses if one in set(Health)]
    parts += [" eller ".join(statuses)] if statuses else []
    parts += ["är försenade: senaste lägesrapporten säger det, eller slutdatumet har passerat"] if query.late else []
    lacks = {Lacks.OWNER: "ansvarig", Lacks.DATE: "slutdatum", Lacks.MONEY: "pengar", Lacks.DECISION: "beslut"}
    parts += [f"saknar {lacks[query.lacks]}"] if query.lacks in lacks else []
    parts += [f"hör till {enumerated([node.name for node in query.nodes])}"] if query.nodes else []
    parts += [f"leds av {query.organisations[0].name}"] if len(query.organisations) == 1 else []
    parts += [f"har {query.people[0].name} som ansvarig"] if query.people else []
    if query.period and _by_day(query):
        parts.append(f"{'startar' if query.starts else 'slutar'} {_when(query.period)}")
    elif query.period and query.period.year:
        parts.append(f"pågår eller är planerade under {query.period.words}")
    parts += [f"har minst {format_amount(query.least)}"] if query.least is not None else []
    parts += [f"har högst {format_amount(query.most)}"] if query.most is not None else []
    return " och ".join(parts)


def _when(period: Period) -> str:
    return f"i {period.words}" if period.words[0].isalpha() and not period.words.startswith("till") else period.words


def _row(one: InitiativeRow, shown: Sequence[Column] = COLUMNS) -> Row:
    known = {
        "status": one.status.value,
        "responsible": one.responsible and one.responsible.name,
        "lead_organisation": one.lead_organisation.name,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "health": one.health and one.health.value,
        "reported_on": one.reported_on,
        "budget_kronor": one.budget_kronor,
    }
    return row("initiative", one.id, one.title, (known[column.name] for column in shown))
