"""Spans to words: the short answer first, then what the documents say, each claim with the quotation it rests on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.answers import Citation, Hit
from retrieval.choosing import PROPOSED, choose, flat, is_list
from retrieval.figures import figures
from retrieval.lists import ITEM_BREAK
from retrieval.questions import Expected, Question
from retrieval.reading import Span
from retrieval.search import Shown
from retrieval.verification import problems, quotation_stands
from retrieval.views import UnitView, View

NOT_IN_MATERIAL = "Det framgår inte av materialet."
"""What every refusal begins with; tests, pages and other programs may rely on it."""
PROMISES = re.compile(r"\b(?:beslut\w*|avsätt\w*|avsatt\w*|fördela\w*|finansier\w*|ska|skall)\b", re.IGNORECASE)
"""Words that sound as if the matter were settled; in a proposal they are only proposed."""
UNIT_OF_HEAD = re.compile(
    r"[\s.,(]*(?P<unit>miljoner kronor|miljarder kronor|tusen kronor|mnkr|mkr|tkr|mdkr|kronor|procent)\)?\s*$",
    re.IGNORECASE,
)
MARKER = re.compile(r"^\s*(?:[-•*–·▪]|\(?\d{1,2}[).])\s*")


@dataclass(frozen=True, slots=True)
class Composed:
    """An answer in words, its citations with the context that each is read in, and the kind of document behind it."""

    answer: str
    citations: tuple[Citation, ...]
    contexts: dict[int, str]
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
    contexts: dict[int, str] = {}
    said = choose(question, spans)
    for span in said:
        citation = cite(len(citations) + 1, span)
        if not quotation_stands(span.candidate.view.text, citation.quote, citation.start, citation.end):
            continue
        claim = _claim(question, span, first=not claims)
        if problems(claim, _evidence(span)):
            claim = flat(span.text)
        citations.append(citation)
        contexts[citation.number] = "\n".join(_evidence(span)[1:])
        claims.append(f"{claim} [{citation.number}]")
    if not claims:
        return None
    return Composed(_join(claims), tuple(citations), contexts, basis(said[0].candidate.view))


def _evidence(span: Span) -> list[str]:
    """What a claim is held against: the quotation, its context, and a row's figures with the units of their columns."""
    unit = span.candidate.unit
    return [span.text, unit.context, *([_row(unit, span)] if unit.kind == "row" else [])]


def _claim(question: Question, span: Span, *, first: bool) -> str:
    unit = span.candidate.unit
    words = _row(unit, span) if unit.kind == "row" else _clause(span) if unit.kind == "att-sats" else _prose(span)
    short = short_answer(question, span) if first else None
    proposal = span.candidate.view.kind == "förslag" and not PROPOSED.search(words)
    if short:
        return f"{short}{' (föreslaget)' if proposal else ''}: {words}"
    return f"Enligt ett förslag: {words}" if proposal and PROMISES.search(words) else words


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
    return flat(found[0].text) if len(distinct) == 1 else None


def _prose(span: Span) -> str:
    """Running text on one line; a list with its lead-in, or with its heading, and an item on each line."""
    if not is_list(span):
        return flat(span.text)
    lead, *items = ITEM_BREAK.split(f"\n{span.text}")
    heading = span.candidate.view.sections[span.candidate.unit.section][1]
    lead = flat(lead) or (f"{heading[-1].rstrip(':')}:" if heading else "")
    return "\n".join([lead, *(f"– {flat(MARKER.sub('', item))}" for item in items if item.strip())]).strip()


def _clause(span: Span) -> str:
    """An att-sats behind the words that say who decides or is asked to."""
    heading = span.candidate.view.sections[span.candidate.unit.section][1]
    above = span.candidate.unit.context.rsplit("\n", 1)[-1]
    said = ([] if above.endswith((span.candidate.view.title, *heading[-1:])) else [above]) + list(heading[-1:])
    lead = next((text for text in said if re.search(r"beslut|föreslå|yrka", text, re.IGNORECASE)), "")
    clause = re.sub(r"[\s,;]+(?:samt|och)?$", "", flat(span.text)).rstrip(".,; ")
    return f"{lead} {clause}.".strip()


def _row(unit: UnitView, span: Span) -> str:
    """A table row with its column heads: cell by cell where the table has drawn cells, else the row and its head."""
    head = unit.context.rsplit("\n", 1)[-1]
    cells = [cell.strip(" *") for cell in span.text.strip().strip("|").split("|")]
    names = [name.strip(" *") for name in head.split("|")]
    if len(cells) > 1 and len(cells) == len(names):
        return "; ".join(_cell(name, cell) for name, cell in zip(names, cells, strict=True) if cell)
    row = flat(span.text)
    return f"{row} (kolumner: {head})" if head and "\n" in unit.context and head != row else row


def _cell(name: str, cell: str) -> str:
    """A cell under its head, with the unit of the head beside its figure (``Belopp, mnkr`` and ``16``: 16 mnkr)."""
    unit = UNIT_OF_HEAD.search(name)
    if unit is None or not re.fullmatch(r"[-−]?\d[\d\s.,]*", cell):
        return f"{name}: {cell}"
    label = name[: unit.start()].rstrip(" .,(")
    return f"{label}: {cell} {unit.group('unit').lower()}" if label else f"{cell} {unit.group('unit').lower()}"


def _join(claims: Sequence[str]) -> str:
    return " ".join(claims) if all("\n" not in claim for claim in claims) else "\n".join(claims)
