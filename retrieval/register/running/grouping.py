"""Things counted or summed by who answers for them, by organisation or by status, most first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from initiatives.swedish import format_amount
from retrieval.register.asking import Query, Subject
from retrieval.register.running.found import Found, columns, count_fact
from retrieval.register.shown import Row

NOBODY = "ingen"
COUNTED = columns(("number", "Antal", "number"))
SUMMED = columns(("kronor", "Belopp", "kronor"))
KINDS = {Subject.PERSON: "person", Subject.ORGANISATION: "organisation", Subject.ORGAN: "organ"}


def by(query: Query, groups: Iterable[tuple[str, int]], things: str, *, summed: bool = False) -> Found | None:
    """Groups with their numbers, or sums in kronor, one pair for each thing; ``things`` is what is counted."""
    totals: Counter[str] = Counter()
    for group, number in groups:
        if group and (not query.municipal or group.endswith(" kommun")):
            totals[group] += number
    if not totals:
        return None
    ordered = sorted(totals.items(), key=lambda one: (one[1] if query.smallest else -one[1], one[0]))
    rows = tuple(
        Row(KINDS.get(query.per or Subject.STATUS, "group"), name, name, None, (number,)) for name, number in ordered
    )
    return Found(
        lead=_lead(query, ordered, things, summed=summed),
        columns=SUMMED if summed else COUNTED,
        rows=rows,
        total=len(rows),
        facts=(count_fact(len(rows)),),
    )


def _lead(query: Query, ordered: list[tuple[str, int]], things: str, *, summed: bool) -> str:
    if not query.ranked:
        return f"{things.capitalize()} {'i kronor ' if summed else ''}fördelade:"
    number = ordered[0][1]
    first = [name for name, held in ordered if held == number]
    said = format_amount(number) if summed else str(number)
    way = ("Minst" if summed else "Minst antal") if query.smallest else ("Mest" if summed else "Flest")
    return f"{way} {things} har {' och '.join(first)}: {said}."
