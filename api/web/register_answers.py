"""The register's part of an answer as a page shows it: the words, and the rows as a table with links."""

from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import urlencode

from markupsafe import Markup

from api.web import charts, findings
from api.web.charts import Mark, Point
from initiatives.swedish import format_number
from retrieval.answers import Answer
from retrieval.register.beside import in_words as in_a_sentence
from retrieval.register.running.found import in_words
from retrieval.register.shown import Chart, Column, Disagreement, RegisterAnswer, Row
from retrieval.register.telling import FROM_DOCUMENTS

THOUSAND, MILLION = 1_000, 1_000_000


def lead(register: RegisterAnswer) -> str:
    """Return the words that stand before the rows; all of them where there are no more than one."""
    return register.text if not has_table(register) else register.text.split("\n", 1)[0]


def has_table(register: RegisterAnswer) -> bool:
    """Tell whether the rows are shown as a table."""
    return bool(register.rows and register.columns)


def shown_columns(register: RegisterAnswer) -> Sequence[tuple[int, Column]]:
    """Return the columns that some row has a value for, with their places."""
    return [
        (place, column)
        for place, column in enumerate(register.columns)
        if any(row.values[place] not in (None, "") for row in register.rows)
    ]


def cell(row: Row, place: int, column: Column) -> str:
    """Return a value as people read it."""
    return in_words(row.values[place], column.type)


def chart(register: RegisterAnswer) -> Markup:
    """Return the picture of what the register answered; empty where there is none."""
    drawn = register.chart
    if drawn is None:
        return Markup()
    unit, scale = _unit(drawn)
    points = [Point(one.label, _scaled(one.value, scale), one.preliminary) for one in drawn.points]
    if drawn.kind == "line":
        goal = _scaled(drawn.goal, scale)
        return charts.line(drawn.title, points, unit=unit, mark=None if goal is None else Mark(drawn.goal_text, goal))
    return charts.lying(drawn.title, points, unit=unit)


def chart_rows(register: RegisterAnswer) -> Sequence[tuple[str, str]]:
    """Return what the picture shows as the rows of a table, where the rows of the answer do not hold it."""
    drawn = register.chart
    if drawn is None or (drawn.kind == "bars" and len(register.rows) > 1 and drawn.unit != "antal"):
        return ()
    unit, scale = _unit(drawn)
    told = [(one.label, _scaled(one.value, scale), " (preliminärt)" * one.preliminary) for one in drawn.points]
    return [
        (label, "saknas" if value is None else f"{format_number(value)} {unit}{note}") for label, value, note in told
    ]


def _unit(drawn: Chart) -> tuple[str, int]:
    """Return the unit that the values are shown in, and how many of their own go to one of it."""
    if drawn.unit != "kronor":
        return ("" if drawn.unit == "antal" else drawn.unit), 1
    largest = max((abs(Decimal(one.value)) for one in drawn.points if one.value), default=Decimal(0))
    return ("mnkr", MILLION) if largest >= MILLION else ("tkr", THOUSAND)


def _scaled(value: str | None, scale: int) -> Decimal | None:
    return None if value is None else Decimal(value) / scale


def is_number(column: Column) -> bool:
    """Tell whether a column is of figures, which stand to the right."""
    return column.type in {"kronor", "number", "percent", "year"}


def document_text(answer: Answer) -> str:
    """Return what of the answer comes from the documents; empty where nothing does."""
    if answer.register is None:
        return answer.answer
    rest = answer.answer.replace(answer.register.text, "")
    for one in answer.register.disagreements:  # They have a box of their own.
        rest = rest.replace(in_a_sentence(one), "")
    return rest.strip().removeprefix(f"{FROM_DOCUMENTS}: ")


def says_from_documents(answer: Answer) -> bool:
    """Tell whether the rest is what the documents say; a model that has searched words both in one."""
    return f"{FROM_DOCUMENTS}: " in answer.answer


def register_first(answer: Answer) -> bool:
    """Tell whether the register's words stand first."""
    return answer.register is not None and answer.answer.startswith(answer.register.text)


def new_finding(one: Disagreement) -> str:
    """Return the address of the form for a finding, filled in with where register and document disagree."""
    title = f"Registret och ett dokument säger olika om {one.subject}"
    detail = f"{one.what.capitalize()}: registret säger {one.in_register}, dokumentet säger {one.in_documents}."
    return f"{findings.ADDRESS}?{urlencode({'titel': title[:200], 'beskrivning': detail})}#ny"
