"""The short answer that a span gives, where one is plain: the figure, date or cell that is meant, or yes or no."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.analysis import index_terms, tokens
from retrieval.cells import cell
from retrieval.choosing import PROPOSED, flat
from retrieval.features import Span
from retrieval.figures import YEAR, Figure, figures, years
from retrieval.kinds import UnitKind
from retrieval.questions import Expected, Question
from retrieval.sides import CHANGED, HOW_MUCH, readings
from retrieval.verification import NEGATION
from retrieval.wording import credit

IN_TABLES = frozenset({Expected.AMOUNT, Expected.SHARE, Expected.COUNT, Expected.SUM})
"""Kinds of answer that one cell of a table may give."""
TOTAL = re.compile(r"\b(?:sammanlag|total)", re.IGNORECASE)
REACH = 4.0
"""Words after which a figure's tie to a word is halved."""
LEAST = 0.8
CLEARLY = 1.3
"""How close the figure must stand to the question's words (one word right beside it is 1), and how many times closer
than the next."""
CLAUSE_END = re.compile(r"[.;:]|,(?!\d)|\b(?:och|samt|medan|men|varav|respektive)\b", re.IGNORECASE)
PER_CLAUSE = 3.0
"""Words that a clause boundary counts as."""
LITERALLY = 0.65
"""The share of the question's words, by how much they tell, that the sentence must have itself."""
INTERROGATIVE = re.compile(r"^\W*(?:och|men|var|när)\b|\b(?:hur|vad|vart|vem|vems|vilk\w+|varför)\b", re.IGNORECASE)
ASKED = re.compile(r"^\W*(?P<verb>\w+(?:r|s|te|de|ll))\b[^?]*\?\s*$", re.IGNORECASE)
CONDITION = re.compile(
    r"\b(?:om|ifall|såvida|förutsatt|förutsättning\w*|endast|bara|enbart|utom|undantag\w*|undantaget|ibland|vissa|delvis"
    r"|kan komma|helst|huvudsak\w*|mellan\s+\d|eller)\b",
    re.IGNORECASE,
)
MODALS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(rf"^\W*(?:{asked})\b", re.IGNORECASE), re.compile(rf"\b(?:{said})\b", re.IGNORECASE))
    for asked, said in (
        (r"måste|behöver|krävs", r"måste|ska|skall|obligatorisk\w*|krav\w*|kräv\w*|behöv\w*"),
        (r"får|kan", r"får|kan|möjlig\w*|rätt|tillåt\w*|ska|ges"),
        (r"ska|skall|kommer", r"ska|skall|kommer"),
        (r"har|hade|fick", r"har|hade|fick|\w+(?:de|te)"),
    )
)
"""What a question's verb asks of the sentence's: what one may do is not what one must."""


def short_answer(question: Question, span: Span) -> str | None:
    """The cell, figure or date that the question asks for, or *Ja* or *Nej*; None where none is plain."""
    return _asked_for(question, span) or _yes_or_no(question, span)


def _asked_for(question: Question, span: Span) -> str | None:
    """The cell, figure or date itself, when the question asks for one and it is plain which of the span's is meant.

    None where the question is about several things, or about a change and the span tells of none.
    """
    changed = HOW_MUCH.search(question.text) and CHANGED.search(question.text) and not CHANGED.search(span.text)
    found = cell(question, span) if question.expected in IN_TABLES else None
    several = next(readings(question), None) is not None and not (found and TOTAL.search(found.column))
    if changed or several:
        return None
    if found:
        column = re.sub(r"[.*\s]+$", "", found.column)
        return f"{flat(found.text)} ({column})" if column else flat(found.text)
    wanted = {
        Expected.AMOUNT: {"kr", "antal"},
        Expected.SHARE: {"pct", "pp"},
        Expected.DATE: {"date"},
    }.get(question.expected)
    if wanted is None or span.candidate.unit.kind == UnitKind.ROW:
        return None
    figure = meant(question, span.text, [figure for figure in figures(span.text) if figure.kind in wanted])
    return flat(figure.text) if figure else None


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


def _yes_or_no(question: Question, span: Span) -> str | None:
    """``Ja`` or ``Nej`` to a question that the span answers nearly literally; None where that is not so."""
    text = flat(span.text)
    asked = ASKED.match(question.text.strip())
    if asked is None or INTERROGATIVE.search(question.text) or span.own < LITERALLY or question.english:
        return None
    proposal = span.candidate.view.kind == "förslag" and not PROPOSED.search(question.text)
    if proposal or NEGATION.search(question.text) or CONDITION.search(text) or text.endswith("?"):
        return None
    denials = len(NEGATION.findall(text))
    if denials > 1 or not _speaks_of_the_same(question, span, text):
        return None
    return "Nej" if denials else "Ja"


def _speaks_of_the_same(question: Question, span: Span, text: str) -> bool:
    """Whether the sentence has the question's names and years, and says as much as its verb asks."""
    unit = span.candidate.unit
    held = frozenset(index_terms(f"{text}\n{unit.context}"))
    named = all(credit(word, held) == 1 for word in question.asked if word.is_name)
    when = years(text) or years(unit.context)
    verbs = [said for verb, said in MODALS if verb.match(question.text)]
    return named and not question.years - when and all(said.search(text) for said in verbs)
