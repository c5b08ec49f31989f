"""Tables as they come out of PDF text: no rules, cells broken over lines, rows found by their amounts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.lines import Line, LineKind

HEAD_WORD = re.compile(
    r"\b(?:period|belopp|år|antal|andel|totalt|övrigt|nationellt|region\w*|summa|procent|utfall|mål|budget|datum|"
    r"kronor|tkr|mnkr|indikator|enhet|kommun|ansvarig|status|prognos|kostnad|insats|aktivitet|tidplan|grund|"
    r"(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
AMOUNT = re.compile(r"\d[\d\s.,]{0,20}\s?(?:mnkr|mkr|tkr|mdkr|kr\b|kronor|miljon|miljard|%|procent)", re.IGNORECASE)
STARTS_WITH_AMOUNT = re.compile(r"\s*\d[\d\s.,]*\s?(?:mnkr|mkr|tkr|mdkr|kr\b|kronor|%|procent)", re.IGNORECASE)
LABEL_WITH_FIGURES = re.compile(r"[A-ZÅÄÖ][^.;:]{1,80}?\s(?:[-−]?\d[\d\s.,]*\s?(?:mnkr|mkr|tkr|kr|%)?\s*){1,}")
DATE = re.compile(
    r"\b\d{1,2}\s+(?:jan|feb|mars|apr|maj|jun|jul|aug|sep|okt|nov|dec)\w*(?:\s+\d{4})?|\d{4}-\d\d-\d\d", re.IGNORECASE
)
MIN_HEAD_WORDS = 3
PROSE = 0.72
"""The share of the usual width from which a line is taken for running text."""
WRAPPED = 120
"""Characters of a full line at most; where lines are longer, each is a whole paragraph."""
HEAD_WIDTH = 130
ALIGNED = re.compile(r"\S.{0,120}?\s{2,120}[-−]?\d[\d\s.,]{0,20}(?:mnkr|tkr|kr|%)?$")
FEWEST_ALIGNED = 2


@dataclass(frozen=True, slots=True)
class ExtractedTable:
    """Lines ``first`` to ``last`` (exclusive) are a table; ``rows`` are (first, last) line ranges under the head."""

    first: int
    last: int
    head: tuple[int, int]
    rows: tuple[tuple[int, int], ...]


def is_table_head(line: Line) -> bool:
    """Whether the line names columns: several words that head columns, no sentence."""
    text = line.text
    if line.kind is not LineKind.TEXT or len(text) > HEAD_WIDTH or text.endswith((".", ":", ",")):
        return False
    if not text[0].isupper() or AMOUNT.search(text):
        return False
    words = len(text.split())
    return len(HEAD_WORD.findall(text)) >= MIN_HEAD_WORDS and words <= 4 * len(HEAD_WORD.findall(text))


def _is_prose(lines: Sequence[Line], index: int, width: int) -> bool:
    line = lines[index]
    if line.kind in {LineKind.HEADING, LineKind.TABLE, LineKind.ATT}:
        return True
    if line.kind is not LineKind.TEXT or AMOUNT.search(line.text) or LABEL_WITH_FIGURES.match(line.text):
        return False
    return len(line.text) >= PROSE * width and line.text[0].isupper()


def find_aligned(lines: Sequence[Line], first: int) -> ExtractedTable | None:
    """A table without a head whose figures are set in a column by spaces; None when it has fewer than two lines."""
    last = first
    while last < len(lines) and lines[last].kind is LineKind.TEXT and ALIGNED.match(lines[last].text):
        last += 1
    if last - first < FEWEST_ALIGNED:
        return None
    return ExtractedTable(first, last, (first, first), tuple((index, index + 1) for index in range(first, last)))


def find_table(lines: Sequence[Line], first: int, width: int) -> ExtractedTable | None:
    """The table whose head stands on line ``first``, or None when no row with an amount follows it."""
    inside = first > 0 and lines[first - 1].kind is LineKind.TEXT and len(lines[first - 1].text) >= PROSE * width
    if inside or not is_table_head(lines[first]):
        return None
    last = first + 1
    while last < len(lines) and not _is_prose(lines, last, width) and not _is_numbered_title(lines, last):
        if last > first + 1 and is_table_head(lines[last]):
            break
        last += 1
    while last > first + 1 and lines[last - 1].kind is LineKind.BLANK:
        last -= 1
    starts = _row_starts(lines, first + 1, last)
    if not starts:
        return None
    head = (first, starts[0])
    bounds = [*starts, last]
    return ExtractedTable(first, last, head, tuple(pairwise(bounds)))


def find_tables(lines: Sequence[Line], width: int) -> dict[int, ExtractedTable]:
    """The extracted tables of a text by the index of their first line; they never overlap."""
    width = min(width, WRAPPED)
    tables: dict[int, ExtractedTable] = {}
    index = 0
    while index < len(lines):
        table = find_table(lines, index, width) or find_aligned(lines, index)
        if table is not None:
            tables[index] = table
        index = table.last if table is not None else index + 1
    return tables


def _is_numbered_title(lines: Sequence[Line], index: int) -> bool:
    line = lines[index]
    return bool(re.match(r"\d{1,2}\.\s+[A-ZÅÄÖ][a-zåäö]", line.text)) and not AMOUNT.search(line.text)


def _row_starts(lines: Sequence[Line], first: int, last: int) -> list[int]:
    starts: list[int] = []
    for index in range(first, last):
        text = lines[index].text
        if LABEL_WITH_FIGURES.match(text) and (AMOUNT.search(text) or _mostly_figures(text)):
            starts.append(index)
        elif STARTS_WITH_AMOUNT.match(text):
            label = _label_before(lines, starts[-1] + 1 if starts else first, index)
            if label is not None:
                starts.append(label)
            elif not starts:
                starts.append(index)
    return starts


def _mostly_figures(text: str) -> bool:
    words = DATE.sub(" ", text).split()
    return sum(any(c.isdigit() for c in word) for word in words) * 3 >= len(words)


def _label_before(lines: Sequence[Line], first: int, amount: int) -> int | None:
    """The first line of the label that the amount line belongs to: the run of plain lines just above it."""
    index = amount - 1
    while index >= first and lines[index].kind is LineKind.BLANK:
        index -= 1
    top = None
    while index >= first and lines[index].kind is not LineKind.BLANK:
        if any(character.isdigit() for character in lines[index].text):
            break
        top = index
        index -= 1
    while top is not None and top < amount and not lines[top].text[:1].isupper():
        top = top + 1 if lines[top + 1].kind is not LineKind.BLANK and top + 1 < amount else None
    return top
