"""One initiative that is named: what is asked of it, or how it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import funds, organisations, people
from initiatives.access import Viewer
from initiatives.errors import NotAllowed, NotFound
from initiatives.organisations import OrganisationKind
from initiatives.overview import InitiativeRow
from initiatives.swedish import format_amount, format_date
from initiatives.workflow import OVER, Status
from retrieval.register.asking import Query, Wanted
from retrieval.register.running.found import (
    Found,
    columns,
    enumerated,
    instead,
    row,
    sentence,
    sum_fact,
    text_fact,
)
from retrieval.register.running.initiatives import texts
from retrieval.register.running.initiatives.columns import COLUMNS, initiative_row, is_past_end

STANDS: dict[Status, str] = {
    Status.PROPOSED: "är ett förslag och inte beslutat",
    Status.DECIDED: "är beslutat",
    Status.ONGOING: "pågår",
    Status.PAUSED: "är pausat",
    Status.FINISHED: "är avslutat",
    Status.CANCELLED: "är avbrutet",
}
FUND_COLUMNS = columns(("fund", "Anslag", "text"), ("year", "År", "year"), ("amount_kronor", "Belopp", "kronor"))
PARTNER_COLUMNS = columns(("partner", "Medverkande", "text"))
OUTSIDE_COLUMNS = columns(("organisation", "Utanför", "text"))
NO_MONEY = "I registret syns inga pengar för {title}."


async def run(session: AsyncSession, person: Viewer, query: Query, one: InitiativeRow, today: dt.date) -> Found:
    """What is asked of an initiative; how it stands where nothing else is."""
    match query.wanted:
        case Wanted.AMOUNT | Wanted.LEFT | Wanted.TOP:
            return await _money(session, person, query, one)
        case Wanted.OWNER:
            lead = f"{_owner(one)}{await _address(session, person, query, one)}"
        case Wanted.PARTNERS | Wanted.SHARED:
            return await _outside(session, one) if query.outside else _partners(one, query)
        case Wanted.DUE:
            lead = _dates(one, today, starts=query.starts)
        case Wanted.BASIS:
            lead = _basis(one)
        case Wanted.BELONGS:
            lead = _belongs(one)
        case Wanted.WAITS:
            lead, *names = await texts.waits(session, person, one)
            return _found(one, lead, names)
        case Wanted.CONTENT:
            about, *said = await texts.content(session, person, one)
            return _found(one, f"{about} {_standing(one, today)}".strip(), said)
        case _:
            return await _told(session, person, query, one, today)
    return _found(one, lead)


async def _told(session: AsyncSession, person: Viewer, query: Query, one: InitiativeRow, today: dt.date) -> Found:
    """What the reports say, or how the initiative stands."""
    newest = await texts.newest(session, person, one)
    match query.wanted:
        case Wanted.NEXT_STEP:
            lead = texts.next_step(one, newest)
        case Wanted.OBSTACLES:
            lead = texts.obstacles(one, newest)
        case Wanted.REPORT:
            lead = texts.report(one, newest)
        case Wanted.REASON if one.reason:
            lead = sentence(f"{one.title} {STANDS[one.status]}", one.reason)
        case Wanted.REASON if newest is not None and newest.obstacles:
            lead = f"{_standing(one, today)} {texts.report(one, newest)}"
        case _:
            lead = _standing(one, today)
            lead += f" {sentence('Hinder', newest.obstacles)}" if newest is not None and newest.obstacles else ""
    said = [newest.done, newest.next, newest.obstacles] if newest is not None else []
    if newest is not None:
        said.append(format_date(newest.reported_on))
    return _found(one, f"{_answer(query, one, today)}{lead}", said)


def _found(one: InitiativeRow, lead: str, said: Sequence[str] = ()) -> Found:
    """What is told of an initiative; ``said`` are the texts of others than itself that it is told by."""
    own = [one.reason, one.outcome, one.next_steps, one.decision]
    facts = tuple(text_fact(text) for text in [*own, *said] if text)
    return Found(lead=lead, columns=COLUMNS, rows=(initiative_row(one),), total=1, facts=facts, listed=False)


def _answer(query: Query, one: InitiativeRow, today: dt.date) -> str:
    """*Ja* or *Nej* to whether it stands as the question says; empty where that is not asked."""
    late = is_past_end(one, today) or (one.health is not None and one.health.value == "försenat")
    if query.yes_no and query.late:
        return "Ja. " if late else "Nej. "
    asked = set(query.supposed)
    if not query.yes_no or not asked:
        return ""
    holds = {one.status.value, *([one.health.value] if one.health else [])}
    return "Ja. " if asked & holds else "Nej. "


def _standing(one: InitiativeRow, today: dt.date) -> str:
    told = [f"{one.title} {STANDS[one.status]}."]
    if one.health is not None and one.reported_on is not None:
        told.append(f"Lägesrapporten den {format_date(one.reported_on)} säger {one.health}.")
    told.append(sentence("Skäl", one.reason or ""))
    if one.status is Status.FINISHED:
        told.append(sentence("Utfall", one.outcome or ""))
    if is_past_end(one, today) and one.ends_on:
        told.append(f"Slutdatumet {format_date(one.ends_on)} har passerat.")
    elif one.starts_on and one.starts_on > today:
        told.append(f"Det ska starta den {format_date(one.starts_on)}.")
    elif one.ends_on and one.status not in OVER:
        told.append(f"Det ska vara klart den {format_date(one.ends_on)}.")
    if one.responsible:
        told.append(f"Ansvarig är {one.responsible.name}.")
    return " ".join(filter(None, told))


def _owner(one: InitiativeRow) -> str:
    lead = f"Initiativet leds av {one.lead_organisation.name}."
    if one.responsible is None:
        return f"Registret visar ingen ansvarig för {one.title}. {lead}"
    return f"Ansvarig för {one.title} är {one.responsible.name}. {lead}"


async def _address(session: AsyncSession, person: Viewer, query: Query, one: InitiativeRow) -> str:
    """The e-mail address of who answers for it, where that is asked for and the person may see it."""
    if not query.address or one.responsible is None:
        return ""
    try:
        found = await people.get_person(session, person, one.responsible.id)
    except (NotFound, NotAllowed):
        return ""
    return f" E-post: {found.email}."


def _basis(one: InitiativeRow) -> str:
    if one.status is Status.PROPOSED:
        return f"{one.title} är ett förslag. Det finns inget beslut i registret."
    return sentence(f"Beslutet om {one.title}", one.decision or "") or f"Registret anger inget beslut för {one.title}."


def _belongs(one: InitiativeRow) -> str:
    names = [node.name for node in one.nodes or () if node.dimension == "delområde"]
    names = names or [node.name for node in one.nodes or ()]
    return f"{one.title} hör till {enumerated(names)}." if names else f"{one.title} är inte placerat i något delområde."


def _partners(one: InitiativeRow, query: Query) -> Found:
    theirs = one.partners or ()
    shared = [other.name for other in one.shared_with]
    names = [partner.name for partner in theirs] if query.wanted is Wanted.PARTNERS else shared
    told = enumerated(names) if names else "inga andra"
    rows = tuple(row("initiative", one.id, one.title, (name,)) for name in dict.fromkeys([*names, *shared]))
    what = "medverkar" if query.wanted is Wanted.PARTNERS else "delas det med"
    lead = f"I {one.title}, som leds av {one.lead_organisation.name}, {what} {told}."
    if query.wanted is Wanted.SHARED:
        lead = f"{one.title} är delat med {told}." if names else f"{one.title} är inte delat med någon."
    elif shared and set(shared) - set(names):
        lead += f" Det är delat med {enumerated(shared)}."
    return Found(lead=lead, columns=PARTNER_COLUMNS, rows=rows, total=len(rows), listed=False)


async def _outside(session: AsyncSession, one: InitiativeRow) -> Found:
    """The municipalities that neither lead an initiative nor take part in it or see it."""
    every = await organisations.list_organisations(session, kind=OrganisationKind.MUNICIPALITY)
    here = {one.lead_organisation.id, *(other.id for other in one.partners or ())}
    here |= {other.id for other in one.shared_with}
    out = [other for other in every if other.id not in here]
    rows = tuple(row("initiative", one.id, one.title, (other.name,)) for other in out)
    names = enumerated([other.name for other in out])
    lead = f"Utanför {one.title} står {names}." if out else f"Alla kommuner är med i {one.title}."
    return Found(lead=lead, columns=OUTSIDE_COLUMNS, rows=rows, total=len(rows), listed=False)


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


async def _money(session: AsyncSession, person: Viewer, query: Query, one: InitiativeRow) -> Found:
    """What an initiative uses of funds, in a year or in all; to one who is not shown any nothing is answered."""
    links = await funds.list_links(session, person, initiative_id=one.id)
    year = query.period.year if query.period else None
    years = enumerated([str(link.year) for link in links])
    if year is not None and links and not any(link.year == year for link in links):
        return instead(f"I registret har {one.title} pengar för {years}, inte för {year}.")
    asked = {year, *query.years} if len(query.years) > 1 else {year}
    links = [link for link in links if year is None or link.year in asked]
    if not links:
        lead = NO_MONEY.format(title=one.title)
        if one.budget_kronor is None:
            return instead(lead)
        columns = COLUMNS[:1]
        return Found(lead=lead, columns=columns, rows=(initiative_row(one, shown=columns),), total=1, listed=False)
    rows = tuple(row("initiative", one.id, one.title, (link.fund, link.year, link.amount_kronor)) for link in links)
    total = sum(link.amount_kronor for link in links)
    each = enumerated([f"{format_amount(link.amount_kronor)} ur {link.fund} {link.year}" for link in links])
    whence = f": {each}" if len(links) > 1 else f" ur {links[0].fund} {links[0].year}"
    lead = f"{one.title} har {format_amount(total)}{whence}."
    if query.wanted is Wanted.LEFT:
        lead += " Hur mycket av det som är använt står inte i registret."
    return Found(lead=lead, columns=FUND_COLUMNS, rows=rows, total=len(rows), facts=(sum_fact(total),), listed=False)
