"""Which of several figures in a sentence is meant: the one that stands by the question's words, if one clearly does."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.analysis import tokens
from retrieval.figures import YEAR, Figure
from retrieval.questions import Question
from retrieval.wording import credit

REACH = 4.0
"""Words after which a figure's tie to a word is halved."""
LEAST = 0.8
CLEARLY = 1.3
"""How close the figure must stand to the question's words (one word right beside it is 1), and how many times closer
than the next."""
CLAUSE_END = re.compile(r"[.;:]|,(?!\d)|\b(?:och|samt|medan|men|varav|respektive)\b", re.IGNORECASE)
PER_CLAUSE = 3.0
"""Words that a clause boundary counts as."""


def meant(question: Question, text: str, found: Sequence[Figure]) -> Figure | None:
    """The figure among ``found`` (of ``text``) that the question's words stand by; None when no one clearly does."""
    if len({figure.value for figure in found}) <= 1:
        return next(iter(found), None)
    found = _of_the_year(question, text, found)
    scores: dict[object, float] = {}
    for figure in found:
        scores[figure.value] = max(scores.get(figure.value, 0.0), _tie(question, text, figure))
    order = sorted(scores.items(), key=lambda item: -item[1])
    if not order or order[0][1] < LEAST or (len(order) > 1 and order[0][1] < CLEARLY * order[1][1]):
        return None
    return next(figure for figure in found if figure.value == order[0][0])


def _of_the_year(question: Question, text: str, found: Sequence[Figure]) -> list[Figure]:
    """The figures whose nearest year is one that the question names; all of them where either names none."""
    named = [] if isinstance(found[0].value, str) else list(YEAR.finditer(text))
    if not named or not question.years:
        return list(found)

    def year(figure: Figure) -> int:
        return int(min(named, key=lambda match: _away(text, figure, match.start())).group())

    return [figure for figure in found if year(figure) in question.years]


def _tie(question: Question, text: str, figure: Figure) -> float:
    """How closely a figure stands to the question's words: each word by how near its nearest occurrence is."""
    places = [
        ({term for term, _ in terms}, 1 + _away(text, figure, start) / REACH)
        for start, _, _, terms in tokens(text)
        if terms and not figure.start <= start < figure.end
    ]
    return sum(max((credit(word, terms) / away for terms, away in places), default=0.0) for word in question.asked)


def _away(text: str, figure: Figure, start: int) -> float:
    """Words between a figure and a place, with something added for every clause boundary between them."""
    between = text[figure.end : start] if start > figure.start else text[start : figure.start]
    return len(between.split()) + PER_CLAUSE * len(CLAUSE_END.findall(between))
