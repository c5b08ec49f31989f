"""Spans to words: the short answer first, then what the documents say, each claim with the quotation it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retrieval.answers import Citation, Hit
from retrieval.calculation import calculation_problems
from retrieval.cells import cell
from retrieval.choosing import choose, enumerated, flat
from retrieval.claims import claim, evidence, worded
from retrieval.computed_answers import Reckoned, reckon
from retrieval.features import Span
from retrieval.headings import listed_headings
from retrieval.matching import compared
from retrieval.quantities import Quantity
from retrieval.questions import Expected, Question
from retrieval.search import Shown
from retrieval.verification import problems, quotation_stands
from retrieval.views import View

NOT_IN_MATERIAL = "Det framgår inte av materialet."
"""What every refusal begins with; tests, pages and other programs may rely on it."""
FIRST_LISTS = 3
"""How many of the best spans may hold the list that is asked for, so that headings are not looked for."""


@dataclass(frozen=True, slots=True)
class Composed:
    """An answer in words, its citations with the context that each is read in, and the kind of document behind it.

    ``computed`` tells that figures were added up or compared: such an answer is said as it is.
    """

    answer: str
    citations: tuple[Citation, ...]
    contexts: dict[int, str]
    basis: str | None
    computed: bool = False


def hit(shown: Shown) -> Hit:
    """A shown window as a hit."""
    view, unit = shown.candidate.view, shown.candidate.unit
    return Hit(
        unit.id,
        view.document_id,
        view.version_id,
        view.source,
        view.title,
        unit.page,
        view.section_name(unit),
        shown.text,
        round(shown.candidate.score, 4),
        shown.start,
        shown.end,
    )


def cite(number: int, span: Span) -> Citation:
    """The citation of a span."""
    view, unit = span.candidate.view, span.candidate.unit
    return Citation(
        number,
        view.document_id,
        view.version_id,
        view.source,
        view.title,
        view.kind,
        unit.page,
        view.section_name(unit),
        span.text,
        span.start,
        span.end,
    )


def basis(view: View) -> str:
    """What a document is, for the reader to weigh: kind, organ and year as far as they are known."""
    parts = (view.kind.capitalize(), view.organ, str(view.year) if view.year else None)
    return " · ".join(part for part in parts if part)


def compose(question: Question, spans: Sequence[Span]) -> Composed | None:
    """Word an answer from the best spans; None when not even the first can be confirmed."""
    whole = _reckoned(question, spans) or _headings(question, spans)
    if whole is not None:
        return whole
    claims: list[str] = []
    citations: list[Citation] = []
    contexts: dict[int, str] = {}
    said = choose(question, spans)
    for span in said:
        citation = cite(len(citations) + 1, span)
        if not quotation_stands(span.candidate.view.text, citation.quote, citation.start, citation.end):
            continue
        held = evidence(span)
        if not claims and (found := cell(question, span)):
            held.append(found.said)
        words = claim(question, span, first=not claims)
        if problems(words, held):
            words = flat(span.text)
        citations.append(citation)
        contexts[citation.number] = "\n".join(held[1:])
        claims.append(f"{words} [{citation.number}]")
    if not claims:
        return None
    return Composed(_join(claims), tuple(citations), contexts, basis(said[0].candidate.view))


def _reckoned(question: Question, spans: Sequence[Span]) -> Composed | None:
    """The answer to a question that compares or adds up; None when a figure is not found or not confirmed."""
    found = compared(question, spans)
    if found is None:
        return None
    numbers = {place: number for number, place in enumerate(dict.fromkeys(map(_place, found.found)), 1)}
    marks = [numbers[_place(one)] for one in found.found]
    said = {mark: one.span for mark, one in sorted(zip(marks, found.found, strict=True), key=lambda pair: pair[0])}
    citations = tuple(cite(number, span) for number, span in said.items())
    cited = {number: [*evidence(span), span.candidate.view.title] for number, span in said.items()}
    for one, mark in zip(found.found, marks, strict=True):
        cited[mark] += [one.cell.said] if one.cell else []
    proposed = any(span.candidate.view.kind == "förslag" for span in said.values())
    reckoned = reckon(question, found, marks, " (föreslaget)" if proposed else "")
    if reckoned is None or not _stands(reckoned, citations, said, cited):
        return None
    lines = [f"– {worded(span)} [{number}]" for number, span in said.items()]
    bases = " / ".join(dict.fromkeys(basis(span.candidate.view) for span in said.values()))
    contexts = {number: "\n".join(texts[1:]) for number, texts in cited.items()}
    return Composed("\n".join([reckoned.words, *lines]), citations, contexts, bases, computed=True)


def _place(one: Quantity) -> tuple[int, int]:
    return id(one.span.candidate.view), one.span.start


def _stands(
    reckoned: Reckoned,
    citations: Sequence[Citation],
    said: Mapping[int, Span],
    cited: Mapping[int, Sequence[str]],
) -> bool:
    """Whether every quotation stands, and every figure is confirmed or rightly computed from some that are."""
    for one in citations:
        if not quotation_stands(said[one.number].candidate.view.text, one.quote, one.start, one.end):
            return False
    if reckoned.calculation is not None:
        return not calculation_problems(reckoned.words, reckoned.calculation, cited)
    return not problems(reckoned.words, [text for texts in cited.values() for text in texts])


def _headings(question: Question, spans: Sequence[Span]) -> Composed | None:
    """The answer to a question for so and so many things that are the headings of a part of a document."""
    found = listed_headings(question, spans) if question.expected is Expected.LIST else None
    if found is None or any(enumerated(span) == len(found[1]) for span in spans[:FIRST_LISTS]):
        return None
    heading, items = found
    citations = tuple(cite(number, span) for number, span in enumerate(items, 1))
    lines = [f"{heading.rstrip(':')}:", *(f"– {flat(one.quote)} [{one.number}]" for one in citations)]
    contexts = {one.number: heading for one in citations}
    return Composed("\n".join(lines), citations, contexts, basis(items[0].candidate.view))


def _join(claims: Sequence[str]) -> str:
    return " ".join(claims) if all("\n" not in claim for claim in claims) else "\n".join(claims)
