"""State grants: what is expected against the budget, what each gives, and what it demands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer
from initiatives.grants import reading, years
from initiatives.grants.facts import AmountKind, Component, Grant, ObligationKind, Whose
from initiatives.grants.reconciliation import Reconciliation, of_year, own
from initiatives.swedish import format_amount, format_date
from retrieval.register.asking import Query, Subject, Wanted
from retrieval.register.running.found import (
    SHOWN,
    Found,
    columns,
    count_fact,
    counted,
    enumerated,
    instead,
    row,
    sum_fact,
)
from retrieval.register.shown import Fact, Row

GRANTS = columns(
    ("part", "Del", "text"),
    ("year", "År", "year"),
    ("own_kronor", "Vår del", "kronor"),
    ("national_kronor", "I hela landet", "kronor"),
    ("whose", "Vems pengar", "text"),
)
CONDITIONS = columns(("threshold", "Gräns", "number"), ("unit", "Enhet", "text"), ("met", "Uppfyllt", "text"))
OF_ONE = frozenset({Wanted.DUE, Wanted.OWNER, Wanted.REASON, Wanted.CONTENT, Wanted.CONDITIONS, Wanted.BASIS})
"""What is asked of one grant, and has no answer for all."""
OBLIGATIONS = columns(
    ("kind", "Vad", "text"),
    ("due_on", "Datum", "date"),
    ("whole_month", "Någon gång i månaden", "text"),
    ("done", "Klart", "text"),
    ("responsible", "Ansvarig", "text"),
    ("recipient", "Mottagare", "text"),
)


async def run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """Answer about the state grants of a year, or about those that are named."""
    year = query.period.year if query.period else None
    found = await years.of(session, person, year or today.year)
    if not found.grants:
        every, _ = await reading.list_grants(session, person)
        there = sorted({part.year for one in every for part in one.components})
        words = enumerated([str(one) for one in there])
        return instead(f"I registret finns statsbidrag för {words}, inte för {year}.") if there and year else None
    named = _named(query, found.grants)
    if not named and (query.objects or query.wanted in OF_ONE):
        return None
    if not named:
        return _year(query, found.result, found.grants)
    if query.wanted is Wanted.CONDITIONS and not query.kinds:
        return _conditions(named)
    asked = query.wanted in {Wanted.OWNER, Wanted.DUE} or (query.wanted is Wanted.STATUS and query.worded)
    if asked or query.kinds:
        return _demands(named, query)
    return _parts([(grant, part) for grant, part in of_year(named, found.result.year) if _is_named(part, query)])


def _named(query: Query, grants: Sequence[Grant]) -> list[Grant]:
    wanted = {one.id for one in query.objects if one.subject is Subject.GRANT}
    wanted |= {one.parent for one in query.objects if one.subject is Subject.GRANT_PART and one.parent}
    return [grant for grant in grants if grant.id in wanted]


def _is_named(part: Component, query: Query) -> bool:
    parts = {one.id for one in query.objects if one.subject is Subject.GRANT_PART}
    return not parts or part.id in parts


def _year(query: Query, result: Reconciliation, grants: Sequence[Grant]) -> Found | None:
    parts = list(of_year(grants, result.year))
    if query.wanted is Wanted.TOP:
        return _largest(query, parts)
    if query.county:
        return _parts([(grant, part) for grant, part in parts if part.whose is Whose.COUNTY])
    if query.wanted in {Wanted.LIST, Wanted.COUNT} and not query.against_budget:
        rows = tuple(
            row("grant_agreement", one.id, one.name, (None, result.year, _own(parts, one), None, None))
            for one in grants
        )
        lead = f"{counted(len(grants), 'statsbidrag', 'statsbidrag')} {result.year}:"
        quiet = frozenset({"part", "year", "national_kronor", "whose"})
        return Found(lead=lead, columns=GRANTS, rows=rows, total=len(rows), facts=(count_fact(len(rows)),), quiet=quiet)
    facts = _facts(result)
    told = [f"Statsbidragen {result.year} väntas ge {format_amount(result.expected_kronor)}."]
    if result.budget_kronor is not None and result.difference_kronor is not None:
        way = "mer" if result.difference_kronor > 0 else "mindre"
        told.append(
            f"Budgeten är {format_amount(result.budget_kronor)}, så det är "
            f"{format_amount(abs(result.difference_kronor))} {way} än budgeterat."
        )
    if result.county_kronor:
        told.append(f"Av det väntade gäller {format_amount(result.county_kronor)} hela länet.")
    if result.forecast_kronor is not None:
        told.append(f"Prognosen är {format_amount(result.forecast_kronor)}.")
    if result.received_kronor is not None:
        told.append(f"Hittills har {format_amount(result.received_kronor)} kommit in.")
    rows = tuple(_row(grant, part) for grant, part in parts[:SHOWN])
    return Found(lead=" ".join(told), columns=GRANTS, rows=rows, total=len(parts), facts=facts, listed=False)


def _facts(result: Reconciliation) -> tuple[Fact, ...]:
    known = (
        ("expected", "Väntat", result.expected_kronor),
        ("budget", "Budget", result.budget_kronor),
        ("difference", "Skillnad", result.difference_kronor),
        ("county", "Därav för hela länet", result.county_kronor or None),
        ("forecast", "Prognos", result.forecast_kronor),
        ("received", "Mottaget", result.received_kronor),
    )
    year = Fact("year", "År", "year", result.year)
    return (year, *(Fact(name, label, "kronor", value) for name, label, value in known if value is not None))


def _largest(query: Query, parts: Sequence[tuple[Grant, Component]]) -> Found:
    grants = {grant.id: grant for grant, _ in parts}
    sums = sorted(
        ((_own(parts, grant), grant) for grant in grants.values()), key=lambda one: one[0], reverse=not query.smallest
    )[: query.top or 1]
    way = "minsta" if query.smallest else "största"
    kronor, first = sums[0]
    year = parts[0][1].year
    lead = f"Det {way} statsbidraget {year} är {first.name}, med {format_amount(kronor)} till oss."
    rows = tuple(
        row("grant_agreement", grant.id, grant.name, (None, year, kronor, None, None)) for kronor, grant in sums
    )
    return Found(
        lead=lead if len(sums) == 1 else f"De {len(sums)} {way} statsbidragen {year}:",
        columns=GRANTS,
        rows=rows,
        total=len(rows),
        facts=(count_fact(len(rows)),),
        listed=len(sums) > 1,
        quiet=frozenset({"part", "year", "national_kronor", "whose"}),
    )


def _own(parts: Sequence[tuple[Grant, Component]], of: Grant) -> int:
    return sum(own(part) for grant, part in parts if grant.id == of.id)


def _parts(parts: Sequence[tuple[Grant, Component]]) -> Found | None:
    if not parts:
        return None
    total = sum(own(part) for _, part in parts)
    county = any(part.whose is Whose.COUNTY for _, part in parts)
    grant, first = parts[0]
    scope = " för hela länet" if county else ""
    one = len(parts) == 1
    what = f"{grant.name}, {first.name}," if one else enumerated(list(dict.fromkeys(grant.name for grant, _ in parts)))
    lead = f"{what} väntas ge {format_amount(total)}{scope} {first.year}."
    if not own(first) and one and first.price_rule:
        lead = f"{what} betalas efter en prisregel: {first.price_rule}"
    elif one and first.national_kronor is not None:
        lead = f"{lead} I hela landet är det {format_amount(first.national_kronor)}."
    came = [amount for amount in grant.amounts if amount.kind is AmountKind.OUTCOME and amount.year == first.year]
    whole = len({of.id for of, _ in parts}) == 1 and len(parts) == sum(1 for _ in of_year([grant], first.year))
    received = sum(amount.kronor for amount in came) if whole else 0
    lead += f" Hittills har {format_amount(received)} kommit in." if received else ""
    return Found(
        lead=lead if one else f"{lead} Delarna:",
        columns=GRANTS,
        rows=tuple(_row(grant, part) for grant, part in parts),
        total=len(parts),
        facts=(sum_fact(total), *([sum_fact(received, "Mottaget")] if received else [])),
        listed=not one,
        quiet=frozenset({"part", "year", "national_kronor", "whose"}),
    )


def _row(grant: Grant, part: Component) -> Row:
    values = (part.name, part.year, own(part), part.national_kronor, part.whose.value)
    return row("grant_component", part.id, f"{grant.name}, {part.name}", values, page=("grant_agreement", grant.id))


def _conditions(grants: Sequence[Grant]) -> Found | None:
    """What must be fulfilled for the money to be kept, and whether it is."""
    found = [(grant, one) for grant in grants for one in grant.conditions]
    name = enumerated([grant.name for grant in grants])
    if not found:
        return Found(lead=f"Registret har inga villkor för {name}.", facts=(count_fact(0),))
    met = {True: "uppfyllt", False: "inte uppfyllt", None: "okänt"}
    return Found(
        lead=f"{name} har {counted(len(found), 'villkor', 'villkor')}:",
        columns=CONDITIONS,
        rows=tuple(
            row(
                "grant_condition",
                one.id,
                one.text,
                (one.threshold, one.unit or None, met[one.is_met]),
                page=("grant_agreement", grant.id),
            )
            for grant, one in found
        ),
        total=len(found),
        facts=(count_fact(len(found)),),
    )


def _demands(grants: Sequence[Grant], query: Query) -> Found | None:
    """What the named grants demand, when and of whom, except for payments unless those are asked for."""
    kinds = set(query.kinds) or {kind.value for kind in ObligationKind if kind is not ObligationKind.PAYMENT}
    found = [(grant, one) for grant in grants for one in grant.obligations if one.kind.value in kinds]
    if not found:
        return None
    rows = tuple(
        row(
            "grant_obligation",
            one.id,
            f"{grant.name}, {one.kind}",
            (
                one.kind.value,
                one.due_on,
                "ja" if one.whole_month else None,
                f"klart {format_date(one.done_on)}" if one.done_on else "klart" if one.is_done else "inte klart",
                one.responsible,
                one.recipient,
            ),
            page=("grant_agreement", grant.id),
        )
        for grant, one in found
    )
    name = enumerated([grant.name for grant in grants])
    if not any(one.due_on for _, one in found) and query.wanted is Wanted.DUE:
        kind = enumerated(list(dict.fromkeys(one.kind.value for _, one in found)))
        return Found(
            lead=f"{name} har kravet {kind}, men inget datum för det är inlagt i registret.",
            columns=OBLIGATIONS,
            rows=rows,
            total=len(rows),
            listed=False,
        )
    people = list(dict.fromkeys(one.responsible for _, one in found if one.responsible))
    lead = f"{name} har {counted(len(rows), 'krav', 'krav')}:"
    if query.wanted is Wanted.OWNER and people and not query.to_whom:
        lead = f"Ansvarig för kraven i {name} är {enumerated(people)}:"
    return Found(
        lead=lead,
        columns=OBLIGATIONS,
        rows=rows,
        total=len(rows),
        facts=(count_fact(len(rows)),),
        quiet=frozenset({"kind", "whole_month"} | (set() if query.to_whom else {"recipient"})),
    )
