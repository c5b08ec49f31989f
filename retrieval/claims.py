"""A span in words: running text, a list, a clause or a row, with the short answer first where one is plain."""

from __future__ import annotations

import re

from retrieval.choosing import PROPOSED, flat, is_list
from retrieval.features import Span
from retrieval.kinds import UnitKind
from retrieval.lists import ITEM_BREAK
from retrieval.questions import Question
from retrieval.short_answers import short_answer
from retrieval.tables import UNIT_OF_HEAD, row_cells
from retrieval.views import UnitView

PROMISES = re.compile(r"\b(?:beslut\w*|avsätt\w*|avsatt\w*|fördela\w*|finansier\w*|ska|skall)\b", re.IGNORECASE)
"""Words that sound as if the matter were settled; in a proposal they are only proposed."""
MARKER = re.compile(r"^\s*(?:[-•*–·▪]|\(?\d{1,2}[).])\s*")


def claim(question: Question, span: Span, *, first: bool) -> str:
    """What is said of a span; the first one of an answer begins with the short answer, where there is one."""
    said = worded(span)
    short = short_answer(question, span) if first else None
    proposal = span.candidate.view.kind == "förslag" and not PROPOSED.search(said)
    if short:
        return f"{short}{' (föreslaget)' if proposal else ''}: {said}"
    return f"Enligt ett förslag: {said}" if proposal and PROMISES.search(said) else said


def evidence(span: Span) -> list[str]:
    """What a claim is held against: the quotation, its context, and a row's figures with the units of their columns."""
    unit = span.candidate.unit
    return [span.text, unit.context, *([_row(unit, span)] if unit.kind == UnitKind.ROW else [])]


def worded(span: Span) -> str:
    """A span as it is said: a row with its heads, a clause with who decides, else running text."""
    unit = span.candidate.unit
    return (
        _row(unit, span) if unit.kind == UnitKind.ROW else _clause(span) if unit.kind == UnitKind.ATT else _prose(span)
    )


def _prose(span: Span) -> str:
    """Running text on one line; a list with its lead-in, or with its heading, and an item on each line."""
    if not is_list(span):
        term = _term(span)
        return f"{term}: {flat(span.text)}" if term else flat(span.text)
    lead, *items = ITEM_BREAK.split(f"\n{span.text}")
    heading = span.candidate.view.sections[span.candidate.unit.section][1]
    lead = flat(lead) or (f"{heading[-1].rstrip(':')}:" if heading else "")
    return "\n".join([lead, *(f"– {flat(MARKER.sub('', item))}" for item in items if item.strip())]).strip()


def _term(span: Span) -> str | None:
    """The term that a span explains, where it begins a definition that stands under its term."""
    view, unit = span.candidate.view, span.candidate.unit
    last = unit.context.rsplit("\n", 1)[-1]
    trail = " › ".join(view.sections[unit.section][1][-2:])
    explains = unit.kind == UnitKind.PARAGRAPH and span.start == unit.start and last not in {"", trail, view.title}
    return flat(last).rstrip(":") if explains else None


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
    if len(cells) > 1 and (found := row_cells(span)) and all(one.column for one in found):
        return "; ".join([found[0].label, *(f"{one.column}: {one.text}" for one in found)])
    row = flat(span.text)
    return f"{row} (kolumner: {head})" if head and "\n" in unit.context and head != row else row


def _cell(name: str, cell: str) -> str:
    """A cell under its head, with the unit of the head beside its figure (``Belopp, mnkr`` and ``16``: 16 mnkr)."""
    unit = UNIT_OF_HEAD.search(name)
    if unit is None or not re.fullmatch(r"[-−]?\d[\d\s.,]*", cell):
        return f"{name}: {cell}"
    label = name[: unit.start()].rstrip(" .,(")
    return f"{label}: {cell} {unit.group('unit').lower()}" if label else f"{cell} {unit.group('unit').lower()}"
