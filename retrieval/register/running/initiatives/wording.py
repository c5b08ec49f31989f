"""The words about several initiatives: what they have in common, and which columns are told of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from initiatives.overview import InitiativeRow
from initiatives.reports import Health
from initiatives.swedish import format_amount, format_date
from initiatives.workflow import Status
from retrieval.register.asking import Lacks, Period, Query, Wanted
from retrieval.register.running.found import enumerated

_STANDS = {
    Status.PROPOSED: ("är förslag", "är förslag"),
    Status.DECIDED: ("är beslutat", "är beslutade"),
    Status.ONGOING: ("pågår", "pågår"),
    Status.PAUSED: ("är pausat", "är pausade"),
    Status.FINISHED: ("är avslutat", "är avslutade"),
    Status.CANCELLED: ("är avbrutet", "är avbrutna"),
}
_LACKS = {
    Lacks.OWNER: "ansvarig",
    Lacks.DATE: "slutdatum",
    Lacks.MONEY: "pengar",
    Lacks.DECISION: "beslut",
    Lacks.REPORT: "lägesrapport",
}


def by_day(query: Query) -> bool:
    """Whether it is asked which initiatives begin or end in a period."""
    asked = query.starts or query.ends or query.wanted is Wanted.DUE
    return query.period is not None and asked and query.begun is None


def reported_in(query: Query) -> bool:
    """Whether it is asked which initiatives have been reported on in a period."""
    return query.period is not None and query.wanted is Wanted.REPORT and not by_day(query)


def telling(query: Query) -> frozenset[str]:
    """Which columns the text tells of each initiative in a list: those that the question is about."""
    if query.late:
        return frozenset({"status", "health", "ends_on", "responsible"})
    if query.lacks is Lacks.DATE:
        return frozenset({"status", "responsible"})
    if query.wanted in {Wanted.AMOUNT, Wanted.TOP} or query.least is not None or query.most is not None:
        return frozenset({"budget_kronor"})
    if query.wanted is Wanted.DUE or by_day(query):
        return frozenset({"starts_on", "ends_on"})
    if query.wanted is Wanted.OWNER or query.who:
        return frozenset({"responsible"})
    said_of_all = len(query.statuses) == 1 and query.statuses[0] in set(Status)
    how = frozenset[str]() if said_of_all else frozenset({"status"})
    return frozenset({"health", "reported_on"}) if query.wanted is Wanted.REPORT else how


def since_when(query: Query, one: InitiativeRow) -> dt.date | None:
    """The day of an initiative that must have come since when it is asked; None where no such day is asked for."""
    return one.reported_on if query.wanted is Wanted.REPORT else one.starts_on if query.starts else one.ends_on


def is_of_since(query: Query) -> bool:
    """Whether it is asked which initiatives have begun, ended or been reported on since a day."""
    return query.since is not None and (query.wanted is Wanted.REPORT or query.starts or query.ends)


def common(query: Query, rows: Sequence[InitiativeRow]) -> str:
    """What the initiatives in a list have in common, as the end of a sentence."""
    many = len(rows) != 1
    parts = [_statuses(query, many=many)]
    late = "försenade" if many else "försenat"
    parts += [f"är {late}: senaste lägesrapporten säger det, eller slutdatumet har passerat"] if query.late else []
    parts += ["är inte avslutade"] if query.done is False and not query.late else []
    parts += ["har inte börjat"] if query.begun is False else ["har börjat"] if query.begun else []
    parts += [f"saknar {_LACKS[query.lacks]}"] if query.lacks in _LACKS else []
    parts += [f"hör till {enumerated([node.name for node in query.nodes])}"] if query.nodes else []
    parts += [_by_organisation(query, rows)]
    parts += [f"har {query.people[0].name} som ansvarig"] if query.people else []
    if query.period and by_day(query):
        parts.append(f"{'startar' if query.starts else 'slutar'} {_when(query.period)}")
    elif query.period and reported_in(query):
        parts.append(f"har sin senaste lägesrapport {_when(query.period)}")
    elif query.period and query.period.year and query.wanted not in {Wanted.AMOUNT, Wanted.TOP}:
        parts.append(f"pågår eller är planerade under {query.period.words}")
    if query.since is not None and is_of_since(query):
        what = "har en lägesrapport från" if query.wanted is Wanted.REPORT else "började" if query.starts else "slutade"
        parts.append(f"{what} den {format_date(query.since)} eller senare")
    parts += [f"har minst {format_amount(query.least)}"] if query.least is not None else []
    parts += [f"har högst {format_amount(query.most)}"] if query.most is not None else []
    parts += [f"nämner ”{' '.join(query.mentions)}”"] if query.mentions else []
    return " och ".join(part for part in parts if part)


def _statuses(query: Query, *, many: bool) -> str:
    if query.done is False:
        return ""
    statuses = [_STANDS[Status(one)][many] for one in query.statuses if one in set(Status)]
    statuses += [f"har {one} i senaste lägesrapporten" for one in query.statuses if one in set(Health)]
    return " eller ".join(statuses)


def _by_organisation(query: Query, rows: Sequence[InitiativeRow]) -> str:
    if not query.organisations:
        return ""
    names = enumerated([one.name for one in query.organisations])
    if query.wanted is Wanted.SHARED:
        return f"är delade med {names}"
    ids = {one.id for one in query.organisations}
    leads = query.wanted is not Wanted.PARTNERS and (not rows or any(one.lead_organisation.id in ids for one in rows))
    return f"leds av {names}" if leads else f"har {names} med, eller är delade dit"


def _when(period: Period) -> str:
    return f"i {period.words}" if period.words[0].isalpha() and not period.words.startswith("till") else period.words
