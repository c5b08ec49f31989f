"""Spans to words: the short answer first, then what the documents say, each claim with the quotation it rests on."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.figures import figures
from retrieval.lists import ITEM_BREAK
from retrieval.questions import Expected, Question
from retrieval.reading import Span
from retrieval.search import Shown
from retrieval.verification import problems, quotation_stands
from retrieval.views import UnitView, View

NOT_IN_MATERIAL = "Det framgår inte av materialet."
"""What every refusal begins with; tests, pages and other programs may rely on it."""
LONGEST_ANSWER = 600
LONGEST_LIST = 1_400
"""Characters of an answer, and of one whose core is a list."""
MOST_CLAIMS = 3


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quotation: ``quote`` equals the version's text from ``start`` to ``end`` (characters)."""

    number: int
    document_id: uuid.UUID
    version_id: uuid.UUID
    source: str
    title: str
    kind: str
    page: int | None
    section: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage as shown: the unit with its neighbours, at most 1,100 characters; ``score`` is 0 to about 1."""

    passage_id: uuid.UUID
    document_id: uuid.UUID
    version_id: uuid.UUID
    source: str
    title: str
    page: int | None
    section: str
    text: str
    score: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Composed:
    """An answer in words with its citations, and what kind of document it rests on."""

    answer: str
    citations: tuple[Citation, ...]
    basis: str | None


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
    claims: list[str] = []
    citations: list[Citation] = []
    said = choose(question, spans)
    for span in said:
        citation = cite(len(citations) + 1, span)
        if not quotation_stands(span.candidate.view.text, citation.quote, citation.start, citation.end):
            continue
        claim = _claim(question, span, first=not claims)
        if problems(claim, _evidence(span)):
            claim = _flat(span.text)
        citations.append(citation)
        claims.append(f"{claim} [{citation.number}]")
    if not claims:
        return None
    return Composed(_join(claims), tuple(citations), basis(said[0].candidate.view))


def _evidence(span: Span) -> list[str]:
    """What a claim is held against: the quotation, its context, and a row's figures with the units of their columns."""
    unit = span.candidate.unit
    return [span.text, unit.context, *([_row(unit, span)] if unit.kind == "row" else [])]


def choose(question: Question, spans: Sequence[Span]) -> list[Span]:
    """The spans to say: the best, and those after it that add to it and still fit."""
    first = _decided(question, spans)
    listed = question.expected is Expected.LIST or _is_list(first)
    longest = LONGEST_LIST if listed else LONGEST_ANSWER
    chosen = [first]
    total = len(_flat(first.text))
    for span in spans:
        length = len(_flat(span.text))
        if len(chosen) == MOST_CLAIMS or span.score < spans[0].score - FARTHEST_BESIDE:
            break
        beside = span.candidate.view is first.candidate.view and 0 <= span.start - first.end <= GAP
        if span.score < spans[0].score - FARTHEST and not beside:
            continue
        if length < SHORTEST_EXTRA or total + length > longest or not _adds(span, chosen):
            continue
        chosen.append(span)
        total += length
    return chosen


def _adds(span: Span, chosen: Sequence[Span]) -> bool:
    """Whether a further span speaks to the question by itself, or goes on where the first one stands."""
    if any(_overlap(span, earlier) for earlier in chosen):
        return False
    first = chosen[0]
    near = span.candidate.view is first.candidate.view and abs(span.start - first.end) < NEARBY
    return span.own >= LEAST_OWN or near


def _decided(question: Question, spans: Sequence[Span]) -> Span:
    """The best span, or what was decided on the same matter when the best is only a proposal that nobody asked for."""
    best = spans[0]
    if best.candidate.view.kind != "förslag" or PROPOSED.search(question.text):
        return best
    return next(
        (
            span
            for span in spans
            if span.candidate.view.kind in DECISIONS
            and span.fits >= best.fits
            and span.own >= SAME_MATTER * best.own
            and span.score >= best.score - FARTHEST
        ),
        best,
    )


DECISIONS = frozenset({"beslut", "protokoll"})
SAME_MATTER = 0.8
"""How much of the best span's coverage a decision must reach to be on the same matter."""
LEAST_OWN = 0.2
"""The share of the question that a further span must speak to by itself, unless it stands beside the first."""
NEARBY = 600
"""Characters within which a span stands beside another."""
UNIT_OF_HEAD = re.compile(
    r"[\s.,(]*(?P<unit>miljoner kronor|miljarder kronor|tusen kronor|mnkr|mkr|tkr|mdkr|kronor|procent)\)?\s*$",
    re.IGNORECASE,
)
MARKER = re.compile(r"^\s*(?:[-•*–·▪]|\(?\d{1,2}[).])\s*")
PROPOSED = re.compile(r"\bföresl|\bförslag|\bpropos", re.IGNORECASE)
SHORTEST_EXTRA = 30
"""Characters below which a further span says nothing by itself."""
GAP = 3
FARTHEST_BESIDE = 4.0
"""The same for the sentence that goes on right after the best one."""
FARTHEST = 2.5
"""How far below the best span's score (log odds) a further one may lie and still be said."""


def _overlap(one: Span, other: Span) -> bool:
    return one.candidate.view is other.candidate.view and one.start < other.end and other.start < one.end


def _is_list(span: Span) -> bool:
    return len(ITEM_BREAK.findall(f"\n{span.text}")) > 1


def _claim(question: Question, span: Span, *, first: bool) -> str:
    unit = span.candidate.unit
    words = _row(unit, span) if unit.kind == "row" else _clause(span) if unit.kind == "att-sats" else _prose(span)
    short = short_answer(question, span) if first else None
    proposed = " (föreslaget)" if span.candidate.view.kind == "förslag" and unit.kind != "att-sats" else ""
    return f"{short}{proposed}: {words}" if short else words


def short_answer(question: Question, span: Span) -> str | None:
    """The figure or date itself, when the question asks for one and the span holds just one of the kind."""
    wanted = {
        Expected.AMOUNT: {"kr", "antal"},
        Expected.SHARE: {"pct", "pp"},
        Expected.DATE: {"date"},
    }.get(question.expected)
    if wanted is None or span.candidate.unit.kind == "row":
        return None
    found = [figure for figure in figures(span.text) if figure.kind in wanted]
    distinct = {figure.value for figure in found}
    return _flat(found[0].text) if len(distinct) == 1 else None


def _prose(span: Span) -> str:
    """Running text on one line; a list with its lead-in, or with its heading, and an item on each line."""
    if not _is_list(span):
        return _flat(span.text)
    lead, *items = ITEM_BREAK.split(f"\n{span.text}")
    heading = span.candidate.view.sections[span.candidate.unit.section][1]
    lead = _flat(lead) or (f"{heading[-1].rstrip(':')}:" if heading else "")
    return "\n".join([lead, *(f"– {_flat(MARKER.sub('', item))}" for item in items if item.strip())]).strip()


def _clause(span: Span) -> str:
    """An att-sats behind the words that say who decides or is asked to."""
    heading = span.candidate.view.sections[span.candidate.unit.section][1]
    above = span.candidate.unit.context.rsplit("\n", 1)[-1]
    said = ([] if above.endswith((span.candidate.view.title, *heading[-1:])) else [above]) + list(heading[-1:])
    lead = next((text for text in said if re.search(r"beslut|föreslå|yrka", text, re.IGNORECASE)), "")
    clause = re.sub(r"[\s,;]+(?:samt|och)?$", "", _flat(span.text)).rstrip(".,; ")
    return f"{lead} {clause}.".strip()


def _row(unit: UnitView, span: Span) -> str:
    """A table row with its column heads: cell by cell where the table has drawn cells, else the row and its head."""
    head = unit.context.rsplit("\n", 1)[-1]
    cells = [cell.strip(" *") for cell in span.text.strip().strip("|").split("|")]
    names = [name.strip(" *") for name in head.split("|")]
    if len(cells) > 1 and len(cells) == len(names):
        return "; ".join(_cell(name, cell) for name, cell in zip(names, cells, strict=True) if cell)
    row = _flat(span.text)
    return f"{row} (kolumner: {head})" if head and "\n" in unit.context and head != row else row


def _cell(name: str, cell: str) -> str:
    """A cell under its head, with the unit of the head beside its figure (``Belopp, mnkr`` and ``16``: 16 mnkr)."""
    unit = UNIT_OF_HEAD.search(name)
    if unit is None or not re.fullmatch(r"[-−]?\d[\d\s.,]*", cell):
        return f"{name}: {cell}"
    label = name[: unit.start()].rstrip(" .,(")
    return f"{label}: {cell} {unit.group('unit').lower()}" if label else f"{cell} {unit.group('unit').lower()}"


def _flat(text: str) -> str:
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"(?m)^\s*#{1,6}\s+|\*\*|\\(?=[*_])", "", text)
    return re.sub(r"\s+", " ", text).strip()


def _join(claims: Sequence[str]) -> str:
    return " ".join(claims) if all("\n" not in claim for claim in claims) else "\n".join(claims)
