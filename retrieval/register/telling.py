"""What was found, in words: the lead and the rows, each figure of which is checked against the typed rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from initiatives.swedish import format_date
from retrieval.register import charting
from retrieval.register.asking import Query
from retrieval.register.running.found import Found, in_words
from retrieval.register.shown import Fact, RegisterAnswer
from retrieval.verification import Problem, problems

LISTED = 15
"""How many rows the text names; the table has more of them."""
FROM_REGISTER = "Ur registret"
FROM_DOCUMENTS = "Ur dokumenten"


def tell(found: Found, query: Query, question: str, today: dt.date) -> RegisterAnswer:
    """The register's answer to a question as it stands on a day."""
    on = found.on or today
    text = f"{FROM_REGISTER}, {format_date(on)}: {found.lead}"
    if found.listed and found.rows:
        text = "\n".join([text, *_lines(found)])
    answer = RegisterAnswer(
        text=text,
        asked=question,
        on=on,
        now=found.on is None or found.on == today,
        columns=found.columns,
        rows=found.rows,
        total=found.total or len(found.rows),
        facts=(*found.facts, *_asked(found, query)),
        chart=charting.chart(found, query),
    )
    return answer if not unconfirmed(answer) else _without_words(answer, found)


def _asked(found: Found, query: Query) -> list[Fact]:
    """What was asked for, as facts: the things by name, and the period in words."""
    told = {fact.value for fact in found.facts} | {row.title for row in found.rows}
    names = [one.name for one in (*query.objects, *query.nodes, *query.organisations, *query.people)]
    facts = [Fact("about", "Gäller", "text", name) for name in dict.fromkeys(names) if name not in told]
    if query.period is not None and query.period.words not in told:
        facts.append(Fact("period", "Period", "text", query.period.words))
    return facts


def unconfirmed(answer: RegisterAnswer) -> list[Problem]:
    """The figures, dates and numbers of the words that stand neither in the rows nor among the facts."""
    held = [format_date(answer.on), *evidence(answer)]
    return [problem for problem in problems(answer.text, held) if problem.kind != "negation"]


def evidence(answer: RegisterAnswer) -> Iterable[str]:
    """Everything that the rows and facts say, in words."""
    for row in answer.rows:
        yield row.title
        told = [in_words(value, column.type) for value, column in zip(row.values, answer.columns, strict=True)]
        yield from told
        yield " ".join(told)  # A value beside its unit.
    yield from (in_words(fact.value, fact.type) for fact in answer.facts)
    yield str(len(answer.rows))
    yield str(max(0, answer.total - min(answer.total, LISTED)))


def _lines(found: Found) -> list[str]:
    lines = []
    for row in found.rows[:LISTED]:
        told = [
            words
            for value, column in zip(row.values, found.columns, strict=True)
            if column.name not in found.quiet and (words := in_words(value, column.type))
        ]
        lines.append(f"– {row.title}: {'; '.join(told)}" if told else f"– {row.title}")
    if found.total > LISTED:
        lines.append(f"– och {found.total - LISTED} till")
    return lines


def _without_words(answer: RegisterAnswer, found: Found) -> RegisterAnswer:
    """The same with words that say only what is in the rows: for figures that could not be confirmed."""
    return replace(answer, text="\n".join([f"{FROM_REGISTER}, {format_date(answer.on)}:", *_lines(found)]))
