"""The one cell of a table that a question asks for, by its words and years against the heads of the columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.analysis import index_terms, tokens
from retrieval.features import Span
from retrieval.figures import years
from retrieval.kinds import UnitKind
from retrieval.questions import Expected, Question
from retrieval.tables import AMOUNT_COLUMN, MONEY, PLAIN, SHARE, Cell, row_cells, year_rows
from retrieval.wording import credit

WHOLE_COUNTRY = re.compile(
    r"\b(?:hela landet|national\w*|nationell\w*|riket|sverige|staten|statlig\w*|regeringen)\b", re.IGNORECASE
)
TOTAL = re.compile(r"\btotal", re.IGNORECASE)
CLEARLY = 0.4
"""How many words more of the question a row or column must have than the next best."""
UNASKED = 0.25
NAMED = 2.0
"""What a name in a head tells beside another word or a year."""
HALF = 0.5
BODIES = frozenset({"region", "landsting", "kommun", "län"})
"""Names that many bodies share."""


def cell(question: Question, span: Span) -> Cell | None:
    """The cell that the question asks for in a row, or in a run-on table; None where that is not clear."""
    wanted = _of_kind(question, cells(question, span))
    if span.candidate.unit.kind != UnitKind.ROW:
        wanted = [one for one in wanted if int(one.column) in question.years]
        return wanted[0] if len(wanted) == 1 else None
    return _chosen(question, wanted, span)


def _of_kind(question: Question, found: Sequence[Cell]) -> list[Cell]:
    """The cells of the kind that is asked for; bare numbers pass for money under a head that speaks of amounts."""
    kinds = {one.kind for one in found}
    if question.expected is Expected.SHARE:
        wanted = SHARE
    elif question.money:
        wanted = MONEY
    else:
        wanted = PLAIN if question.expected is Expected.COUNT or MONEY not in kinds else MONEY
    if wanted == MONEY and MONEY not in kinds:
        return [
            one for one in found if one.kind == PLAIN and (AMOUNT_COLUMN.search(one.column) or _asked(question, one))
        ]
    return [one for one in found if one.kind == wanted]


def cells(question: Question, span: Span) -> list[Cell]:
    """Every cell with a figure in a row, in the order of the columns.

    In a run-on table, those of the row that the question names, one for each year.
    """
    return row_cells(span) if span.candidate.unit.kind == UnitKind.ROW else _of_row(question, span.text)


def _asked(question: Question, one: Cell) -> bool:
    """Whether the head of a cell's column is a word of the question."""
    held = frozenset(index_terms(one.column))
    return any(credit(word, held) == 1 and not word.base.isdigit() for word in question.asked)


def _of_row(question: Question, text: str) -> list[Cell]:
    """The cells of the row that the question names in a yearly table."""
    rows = year_rows(text)
    best = _clear_best([_named(question, label) for label, _ in rows])
    return [] if best is None else rows[best][1]


def _named(question: Question, label: str) -> float:
    """How many of the question's words a row's label has, less a part for each word that was not asked for."""
    own = [frozenset(term for term, _ in terms) for _, _, _, terms in tokens(label) if terms]
    asked = sum(credit(word, frozenset().union(*own)) for word in question.asked)
    return asked - UNASKED * sum(not any(credit(word, one) for word in question.asked) for one in own)


def _chosen(question: Question, found: Sequence[Cell], span: Span) -> Cell | None:
    """The cell whose column the question names; the only one there is, unless the question is about another place."""
    unit = span.candidate.unit
    row = frozenset(index_terms(span.text))
    around = row | index_terms(f"{span.candidate.view.title}\n{span.candidate.view.organ}\n{unit.context}").keys()
    names = [word for word in question.asked if word.is_name and word.base not in BODIES]
    if not any(credit(word, row) > HALF for word in (*question.asked, *question.subject)):
        return None
    if names and not any(credit(word, around) for word in names):
        return None
    if TOTAL.search(question.text) and not TOTAL.search(f"{unit.context}\n{span.text}"):
        return None
    if len(found) <= 1:
        return next(iter(found), None)
    named = [bool(re.search(r"(?<!^)\b[A-ZÅÄÖ]", one.column)) for one in found]
    scores = []
    words = [word for word in (*question.asked, *question.subject) if not word.base.isdigit()]
    for one in found:
        held = frozenset(index_terms(one.column))
        own = sum((NAMED if word.is_name else 1.0) * credit(word, held) for word in words)
        in_head = years(one.column)
        other = bool(in_head and question.years and not in_head & question.years)
        scores.append(-1.0 if other else own + bool(in_head & question.years))
    best = _clear_best(scores)
    general = best is not None and any(named) and not named[best]
    return None if best is None or (general and not WHOLE_COUNTRY.search(question.text)) else found[best]


def _clear_best(scores: Sequence[float]) -> int | None:
    """The index of the highest score, when it is above nothing and clearly above the next."""
    order = sorted(range(len(scores)), key=lambda index: -scores[index])
    if not order or scores[order[0]] < CLEARLY:
        return None
    return order[0] if len(order) == 1 or scores[order[0]] - scores[order[1]] >= CLEARLY else None
