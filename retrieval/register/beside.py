"""The register's answer and that of the documents, one after the other, and where the two disagree.

They disagree when both answer the same question of the same thing with one value of the same kind, and the values
differ. What cannot be compared so is left to the reader.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from initiatives.swedish import MONTHS, format_amount, format_date, format_number
from retrieval.figures import figures, month_number
from retrieval.register import filtering
from retrieval.register.asking import Query, Wanted
from retrieval.register.names import content
from retrieval.register.shown import Disagreement, RegisterAnswer, Row, Type, Value
from retrieval.register.telling import FROM_DOCUMENTS

if TYPE_CHECKING:
    from retrieval.answers import Citation
    from retrieval.register.source import Heard

SAME_SUBJECT = 0.6
"""How much of a thing's name a quotation must have, with its section and title, to be taken to be about it."""
_MARK = re.compile(r"\[(\d{1,3})\]")
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_MONTH = re.compile(rf"\b(?P<month>{'|'.join(MONTHS)}) (?P<year>20\d\d)")
STATUSES = frozenset(status for status, _ in filtering.INITIATIVE_STATUSES)
"""Words for how an initiative stands, which documents use too; those of other things mean other things there."""
_ASKED: Mapping[Wanted, tuple[str, ...]] = {
    Wanted.DUE: ("ends_on", "due_on", "last_day"),
    Wanted.AMOUNT: ("sum", "amount_kronor", "cost_kronor", "own_kronor", "frame_kronor"),
    Wanted.LEFT: ("left_kronor",),
    Wanted.VALUE: ("value",),
    Wanted.STATUS: ("status",),
}
"""The columns or facts that hold what is asked for, the first that there is."""


def together(heard: Heard, said: str, citations: Sequence[Citation]) -> tuple[str, RegisterAnswer]:
    """The words of both, the register's first when the question is above all one to it; and the register's answer."""
    if heard.answer is None:
        raise AssertionError("only an answer is put beside the documents")
    register = replace(heard.answer, disagreements=tuple(_disagreements(heard.answer, heard.query, said, citations)))
    parts = [register.text, f"{FROM_DOCUMENTS}: {said}"]
    ordered = parts if heard.first else parts[::-1]
    return "\n\n".join([*ordered, *(in_words(one) for one in register.disagreements)]), register


def in_words(one: Disagreement) -> str:
    """The sentence that says where register and document disagree."""
    return (
        f"Registret och dokumentet säger olika om {one.subject} ({one.what}): {one.in_register} i registret, "
        f"{one.in_documents} i dokumentet [{one.citation}]. Kontrollera vilket som gäller."
    )


def tells_the_same(heard: Heard, said: str, citations: Sequence[Citation]) -> bool:
    """Whether the documents tell a value of what the register tells, the same value or another."""
    return heard.answer is not None and _compared(heard.answer, heard.query, said, citations) is not None


@dataclass(frozen=True, slots=True)
class _Compared:
    """What register and documents both tell of one thing: ``what`` it is, of which kind, and the two values."""

    row: Row
    what: str
    of: str
    value: Value
    theirs: str
    citation: Citation


def _compared(register: RegisterAnswer, query: Query, said: str, citations: Sequence[Citation]) -> _Compared | None:
    things = {row.id for row in register.rows}
    mark = _MARK.search(said)
    cited = {one.number: one for one in citations}
    if len(things) != 1 or mark is None or int(mark[1]) not in cited:
        return None
    citation, row = cited[int(mark[1])], register.rows[0]
    asked = _asked_value(register, query)
    if asked is None or not _is_about(citation, row.title) or _is_of_another_year(citation, register):
        return None
    what, of, value = asked
    theirs = _their_value(said[: mark.start()], of)
    return _Compared(row, what, of, value, theirs, citation) if theirs else None


def _disagreements(
    register: RegisterAnswer, query: Query, said: str, citations: Sequence[Citation]
) -> Iterable[Disagreement]:
    both = _compared(register, query, said, citations)
    if both is None:
        return
    quoted = (both.theirs, *_values(both.citation.quote, both.of))
    if not any(_same(both.value, other, both.of) for other in quoted):
        ours = _worded(both.value, both.of)
        yield Disagreement(both.row.id, both.row.title, both.what, ours, both.theirs, both.citation.number)


def _asked_value(register: RegisterAnswer, query: Query) -> tuple[str, str, Value] | None:
    """What is asked for: its label, its kind ("status" for how things stand) and its value."""
    names = ("starts_on",) if query.wanted is Wanted.DUE and query.starts else _ASKED.get(query.wanted, ())
    facts = {fact.name: (fact.label, fact.type, fact.value) for fact in register.facts}
    row: Row = register.rows[0]
    held = {
        column.name: (column.label, column.type, value)
        for column, value in zip(register.columns, row.values, strict=True)
    }
    found = next(
        ((facts | held)[name] for name in names if (facts | held).get(name, ("", "", None))[2] is not None), None
    )
    of_status = row.kind == "initiative" and found is not None and found[2] in STATUSES
    if found is None or (found[1] == "text" and not of_status):
        return None
    percent = "unit" in held and held["unit"][2] == "procent"
    kind: str = "status" if found[1] == "text" else "percent" if percent else found[1]
    return found[0].lower(), kind, found[2]


def _is_about(citation: Citation, name: str) -> bool:
    wanted = [set(terms) for _, terms in content(_YEAR.sub("", name))]
    held = {term for _, terms in content(f"{citation.quote} {citation.section} {citation.title}") for term in terms}
    return bool(wanted) and sum(bool(terms & held) for terms in wanted) / len(wanted) >= SAME_SUBJECT


def _is_of_another_year(citation: Citation, register: RegisterAnswer) -> bool:
    """Whether the quotation, or else its section or title, names years and none of them is that of the row."""
    row = register.rows[0]
    held = [value for column, value in zip(register.columns, row.values, strict=True) if column.type == "year"]
    ours = {str(value) for value in held if value is not None} or set(_YEAR.findall(row.title))
    named = next(filter(None, map(_YEAR.findall, (citation.quote, citation.section, citation.title))), [])
    return bool(ours and named) and ours.isdisjoint(named)


def _their_value(text: str, of: str) -> str | None:
    """The one value of the kind in the short answer of the documents; None where there is none, or several."""
    found = _values(text, of)
    return found[0] if len(set(found)) == 1 else None


def _values(text: str, of: str) -> list[str]:
    if of == "status":
        low = text.casefold()
        return [status for status, pattern in filtering.INITIATIVE_STATUSES if re.search(pattern, low)]
    if of == "date":
        days = [str(one.value) for one in figures(text) if one.kind == "date" and "?" not in str(one.value)]
        months = [f"{one['year']}-{month_number(one['month']):02d}" for one in _MONTH.finditer(text.casefold())]
        return [_day_words(one) for one in days] or [_month_words(one) for one in months]
    wanted = {"kronor": ("kr", "antal"), "percent": ("pct",)}.get(of, ())
    return [_worded(str(one.value), _TYPES[of]) for one in figures(text) if one.kind in wanted]


_TYPES: Mapping[str, Type] = {"kronor": "kronor", "percent": "percent"}


def _same(value: Value, theirs: str, of: str) -> bool:
    if of == "date":
        day = dt.date.fromisoformat(str(value))
        return theirs in {format_date(day), _month_words(day.isoformat()[:7])}
    return theirs == _worded(value, of)


def _worded(value: Value, of: str) -> str:
    if of == "kronor":
        return format_amount(int(Decimal(str(value))))
    if of == "percent":
        return f"{format_number(Decimal(str(value)))} procent"
    return format_date(dt.date.fromisoformat(str(value))) if of == "date" else str(value)


def _day_words(day: str) -> str:
    return format_date(dt.date.fromisoformat(day))


def _month_words(month: str) -> str:
    return format_date(dt.date.fromisoformat(f"{month}-01")).removeprefix("1 ")
