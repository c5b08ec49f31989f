"""A question to a typed query: what the grammar reads and the names it means, in the light of what came before."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from retrieval.questions import points_back
from retrieval.register.asking import Lacks, Named, Query, Subject, Wanted
from retrieval.register.deciding import subject_of
from retrieval.register.linking import ENOUGH, FILTERS, Understood, link
from retrieval.register.names import Names
from retrieval.register.patterns import any_of
from retrieval.register.reading import Reading
from retrieval.register.times import Times

LONGEST_CHAIN = 3


def understand(text: str, names: Names, today: dt.date, history: Sequence[str] = ()) -> Query | None:
    """The query that a question is; None when it asks the register nothing.

    A question that goes on from the one before takes from it what it leaves unsaid.
    """
    new = link(text, names, today)
    query = _query(new)
    if history and _goes_on(text, new):
        before = understand(history[-1], names, today, history[:-1][-LONGEST_CHAIN:])
        if before is not None and before.explained >= ENOUGH:
            return _continued(before, new, query)
    return query


def _goes_on(text: str, new: Understood) -> bool:
    """Whether a question leans on the one before it: it says so, or names nothing of its own."""
    return points_back(text) or not (new.objects or new.reading.subjects)


def _query(found: Understood) -> Query | None:
    reading = found.reading
    subject = subject_of(found)
    if subject is None:
        return None
    wanted = _wanted(found, subject)
    by = _by(found)
    times = reading.times
    return Query(
        subject=subject,
        wanted=wanted,
        objects=tuple(one.named for one in found.objects),
        per=_per(found, subject),
        outcomes=reading.outcomes,
        begun=False if reading.unbegun else None,
        municipal=bool(re.search(MUNICIPAL, reading.text)),
        yes_no=bool(re.match(YES_NO, reading.text)),
        supposed=reading.statuses,
        address=reading.address,
        received=reading.received or bool(re.search(SHARED_OUT, reading.text)),
        trend=reading.trend,
        years=reading.years,
        money=Wanted.AMOUNT in reading.wanted,
        worded=bool(reading.wanted),
        loose=reading.loose,
        manner=reading.manner,
        saves=reading.saves,
        pays_back=reading.pays_back,
        given=reading.given,
        county=reading.county,
        overdrawn=reading.overdrawn,
        dimension=next((name for name in ("grundförutsättning", "strategi") if name in reading.text), ""),
        ranked=Wanted.TOP in reading.wanted,
        latest=bool(re.search(LATEST, reading.text)),
        moved=reading.moved,
        reserved=reading.reserved,
        casting=reading.casting,
        outside=reading.outside,
        authority=reading.authority,
        to_whom=reading.to_whom,
        counted=reading.counted,
        nodes=by[Subject.NODE],
        organisations=by[Subject.ORGANISATION],
        people=by[Subject.PERSON],
        organ=next((one.name for one in by[Subject.ORGAN]), ""),
        statuses=_statuses(found),
        ends=reading.ends,
        on_its_way=reading.on_its_way,
        some_left=bool(re.search(WHICH, reading.text)),
        kinds=reading.kinds if subject in {Subject.DEADLINE, Subject.GRANT} else (),
        period=times.period if not _looks_back(reading) else None,
        on=times.on or (times.period.last if times.period and _looks_back(reading) else None),
        since=times.since,
        asked=_asked(found),
        next_one=reading.next_one,
        unknown=found.unknown,
        prioritised=reading.prioritised,
        late=reading.late,
        lacks=reading.lacks,
        done=reading.done,
        recurring=reading.recurring,
        least=reading.least,
        most=reading.most,
        top=reading.top,
        smallest=reading.smallest,
        starts=reading.starts,
        against_budget=reading.against_budget,
        target=reading.target,
        who=reading.who,
        said=bool(reading.subjects),
        pointed=_pointed(reading),
        unexplained=found.unexplained,
        explained=found.explained,
    )


def _per(found: Understood, subject: Subject) -> Subject | None:
    """What things are counted by: it is said, or whoever has the most of them is asked for."""
    reading = found.reading
    if reading.per is not None:
        return reading.per
    ranked = {Wanted.TOP, Wanted.COUNT} & set(reading.wanted) or reading.smallest
    if reading.head is Subject.NODE and subject is Subject.INITIATIVE and ranked:
        return Subject.NODE
    by_head = reading.head in {Subject.PERSON, Subject.ORGANISATION, Subject.ORGAN}
    return reading.head if ranked and by_head and subject is not reading.head else None


def _by(found: Understood) -> dict[Subject, tuple[Named, ...]]:
    """The names to filter by, of each kind."""
    return {kind: tuple(one.named for one in found.filters if one.named.subject is kind) for kind in FILTERS}


def _asked(found: Understood) -> Subject | None:
    """The kind of thing that the question speaks of; of a fund the initiatives that use it, if it speaks of those."""
    said = [one for one in found.reading.subjects if one is not Subject.NODE]
    of_fund = bool(found.objects) and found.objects[0].named.subject is Subject.FUND
    return Subject.INITIATIVE if of_fund and Subject.INITIATIVE in said else next(iter(said), None)


def _statuses(found: Understood) -> tuple[str, ...]:
    if found.reading.undecided:
        return ("förslag",)
    return found.reading.statuses if not found.objects or found.reading.plural else ()


def _looks_back(reading: Reading) -> bool:
    """Whether one day in the past is named to ask how it was then: *var*, *såg*, *hade*."""
    period = reading.times.period
    single = period is not None and period.first == period.last
    return (
        single and bool(re.search(PAST, reading.text)) and not (reading.kinds or Subject.DECISION in reading.subjects)
    )


MUNICIPAL = any_of("vilken kommun, vilka kommuner, per kommun, varje kommun")
YES_NO = any_of("är, har, pågår, går, finns, får, kommer, ska, ligger, stämmer, blev, blir, håller, når, uppfyller")
WHICH = any_of("vilka, vilket, vilken, var finns, något, några")
SHARED_OUT = r"\bhur (?:är|har|ska|blev) .{3,80}\bfördela"
WHOM = any_of("vem, vems, vilken person, vilka personer, vilka som, vilken ansvarig")
LATEST = any_of("senaste, sista, nyaste, senast")
PAST = any_of("var, såg, hade, fanns, stod, låg, gällde")


def _pointed(reading: Reading) -> bool:
    """Whether the question asks for what the register holds and documents mostly do not: how things stand right now."""
    live = {Wanted.LEFT, Wanted.STATUS, Wanted.OWNER, Wanted.CHANGES}
    said = bool(live & set(reading.wanted[:2])) or reading.late or reading.lacks is not None or reading.done is False
    return said or (reading.against_budget and Subject.GRANT in reading.subjects)


def _wanted(found: Understood, subject: Subject) -> Wanted:
    """What is asked; of a thing that is named how it stands, else which there are, where nothing is said."""
    said = _said(found, subject)
    if subject is Subject.CHANGE:
        return Wanted.CHANGES
    if said[:1] == [Wanted.CONTENT] and Wanted.STATUS in said:
        said.remove(Wanted.CONTENT)
    if Wanted.DUE in said and Wanted.REPORT in said and "enligt" in found.reading.text:
        said.remove(Wanted.REPORT)
    if Wanted.CHANGES in said:
        said = [one for one in said if one is not Wanted.CHANGES] or [Wanted.STATUS]
    if subject is Subject.INDICATOR and found.objects:
        return _of_indicator(found.reading, said)
    if found.reading.lacks is not None and not found.objects:
        return Wanted.COUNT if Wanted.COUNT in said else Wanted.LIST
    if said[:2] == [Wanted.LEFT, Wanted.TOP]:
        return Wanted.LEFT
    whose = said[:1] == [Wanted.OWNER]
    if whose and (found.reading.lacks is Lacks.OWNER or (found.reading.plural and not found.objects)):
        return Wanted.LIST
    return said[0] if said else Wanted.STATUS if found.objects else Wanted.LIST


def _said(found: Understood, subject: Subject) -> list[Wanted]:
    """What the words ask for, but for those that say of which things: *leds av* somebody who is named."""
    said = list(found.reading.wanted)
    if found.reading.counted and subject is Subject.INITIATIVE and found.objects:
        return [Wanted.COUNT]
    if re.search(SHARED_OUT, found.reading.text):
        said = [one for one in said if one is not Wanted.LEFT]
    if found.reading.head is Subject.ORGANISATION and subject is Subject.INITIATIVE and found.objects:
        said = [one for one in said if one not in {Wanted.LIST, Wanted.STATUS}] or [Wanted.PARTNERS]
    led = {Subject.ORGANISATION, Subject.PERSON} & {one.named.subject for one in found.filters}
    if led and not re.search(WHOM, found.reading.text):
        said = [one for one in said if one is not Wanted.OWNER]
    return said


def _of_indicator(reading: Reading, said: Sequence[Wanted]) -> Wanted:
    """Of an indicator its value is asked for, unless the question is who answers for it or when it is measured."""
    if Wanted.CONTENT in said[:2] and not reading.target:
        return Wanted.CONTENT
    other = next((one for one in said if one in {Wanted.OWNER, Wanted.DUE}), Wanted.VALUE)
    return Wanted.VALUE if other is Wanted.DUE and reading.target else other


def _continued(before: Query, new: Understood, query: Query | None) -> Query | None:
    """The query before with what the new question says in its place; None where the new one says something else."""
    if new.explained < ENOUGH:
        return query
    reading = new.reading
    by = _by(new)
    if reading.subjects and query is not None and not _same_kind(before, query):
        return query
    objects = tuple(one.named for one in new.objects) or before.objects
    subject = new.objects[0].named.subject if new.objects else before.subject
    if before.subject in {Subject.DEADLINE, Subject.CHANGE} and not reading.wanted:
        subject = before.subject
    wanted = _wanted(new, subject) if reading.wanted else before.wanted
    times = reading.times if reading.times != Times() else Times(before.period, before.on, before.since)
    return replace(
        before,
        subject=subject,
        wanted=Wanted.VALUE if subject is Subject.INDICATOR and wanted in {Wanted.COUNT, Wanted.AMOUNT} else wanted,
        objects=objects,
        nodes=by[Subject.NODE] or before.nodes,
        organisations=by[Subject.ORGANISATION] or before.organisations,
        people=by[Subject.PERSON] or before.people,
        statuses=reading.statuses or before.statuses,
        kinds=reading.kinds or before.kinds,
        period=times.period,
        on=times.on,
        since=times.since,
        late=reading.late or before.late,
        lacks=reading.lacks or before.lacks,
        done=before.done if reading.done is None else reading.done,
        least=reading.least or before.least,
        most=reading.most or before.most,
        top=reading.top or before.top,
        smallest=reading.smallest or before.smallest,
        starts=reading.starts or before.starts,
        target=reading.target or before.target,
        who=reading.who or before.who,
        said=bool(reading.subjects),
        worded=bool(reading.wanted),
        manner=reading.manner,
        unexplained=new.unexplained,
        explained=new.explained,
    )


def _same_kind(before: Query, after: Query) -> bool:
    return before.subject is after.subject or not after.objects
