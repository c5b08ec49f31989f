"""A text as lines with offsets, each with the kind that its look gives away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

BULLET = re.compile(r"\s*(?:[-–—•*·▪◦‣]|\(?\d{1,2}\)|[a-zåäö]\)|\d{1,2}\.(?!\d))\s+(?=\S)")
LONE_BULLET = re.compile(r"\s*[-–—•*·▪◦‣]\s*$")
ATT = re.compile(r"\s*[-–•]?\s*(?:\*\*)?[Aa]tt(?:\*\*)?\s+(?=\S)")
MARKDOWN_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(?=\S)")
BOLD_LINE = re.compile(r"\s*\*\*[^*]{3,100}\*\*\s*$")
TABLE_LINE = re.compile(r"\s*\|.*\|\s*$")
TABLE_RULE = re.compile(r"\s*\|[\s:|-]+\|\s*$")
CONTENTS = re.compile(r".*(?:\.\s?){6}\s*\d{1,4}\s*$")
PAGE_NUMBER = re.compile(r"\s*(?:[Ss]id(?:an|a)?\.?\s*)?\d{1,4}\s*(?:\(\s*\d{1,4}\s*\)|/\s*\d{1,4}|av\s+\d{1,4})?\s*$")
DASH = re.compile(r"[-–—]\s[a-zåäö]")
DASH_OR_DOT = re.compile(r"[-–—•▪◦‣]\s")
FULL = 0.6
"""The share of the usual width from which a line is broken because it was full."""
FAR = 6
"""Lines after a dash within which another item makes it a bullet."""
SOURCE_LINE = re.compile(r"# source:|\s*\[\[[^\]]*\]\]\s*$")


class LineKind(StrEnum):
    """What a line looks like on its own, before its neighbours are considered."""

    BLANK = "blank"
    HEADING = "heading"
    TABLE = "table"
    TABLE_RULE = "table_rule"
    CONTENTS = "contents"
    FURNITURE = "furniture"
    ATT = "att"
    BULLET = "bullet"
    TEXT = "text"
    TERM = "term"
    """The first line of a term in a list of definitions."""
    PIECE = "piece"
    """Text cut out of a page that has lost its line ends; it stands by itself."""
    RUN_ON = "run_on"
    """A page that has lost its line ends, and was broken into lines anew."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``start`` and ``end`` count characters into the text and leave out surrounding white space."""

    start: int
    end: int
    text: str
    kind: LineKind


def _kind(raw: str, *, markdown: bool) -> LineKind:
    if not raw.strip():
        return LineKind.BLANK
    checks = (
        (TABLE_RULE, LineKind.TABLE_RULE),
        (TABLE_LINE, LineKind.TABLE),
        (CONTENTS, LineKind.CONTENTS),
        (PAGE_NUMBER, LineKind.FURNITURE),
        (SOURCE_LINE, LineKind.FURNITURE),
        (ATT, LineKind.ATT),
    )
    if markdown and not SOURCE_LINE.match(raw) and (MARKDOWN_HEADING.match(raw) or BOLD_LINE.match(raw)):
        return LineKind.HEADING
    for pattern, kind in checks:
        if pattern.match(raw):
            return kind
    return LineKind.BULLET if BULLET.match(raw) or LONE_BULLET.match(raw) else LineKind.TEXT


def is_markdown(text: str) -> bool:
    """Whether the text uses Markdown headings throughout, the line that names a source aside."""
    headings = [line for line in text.splitlines() if MARKDOWN_HEADING.match(line) and not SOURCE_LINE.match(line)]
    return len(headings) > 0


def read_lines(text: str) -> tuple[Line, ...]:
    """The lines of the text with offsets and kinds. Line ends are line feeds alone, as in every canonical text."""
    markdown = is_markdown(text)
    lines: list[Line] = []
    start = 0
    for raw in text.split("\n"):
        body = raw.strip()
        begin = start + len(raw) - len(raw.lstrip())
        kind = _kind(raw, markdown=markdown)
        if lines and lines[-1].kind is LineKind.TEXT and kind in {LineKind.ATT, LineKind.BULLET}:
            kind = _inside_paragraph(body, kind, lines[-1].text)
        lines.append(Line(begin, begin + len(body), body, kind))
        start += len(raw) + 1
    return _without_dashes(lines)


def _without_dashes(lines: list[Line]) -> tuple[Line, ...]:
    """A dash at the start of a line is no bullet where it goes on with a sentence and no item follows."""
    width = usual_width(lines)
    for index in range(len(lines) - 1, 0, -1):
        before, line = lines[index - 1], lines[index]
        if line.kind is not LineKind.BULLET or before.kind is not LineKind.TEXT or not DASH.match(line.text):
            continue
        after = next((later for later in lines[index + 1 : index + FAR] if later.kind is not LineKind.TEXT), None)
        unfinished = before.text[-1] not in ".:;!?" and len(before.text) >= FULL * width
        if unfinished and (after is None or after.kind is not LineKind.BULLET):
            lines[index] = replace(line, kind=LineKind.TEXT)
    return tuple(lines)


def _inside_paragraph(body: str, kind: LineKind, before: str) -> LineKind:
    """A line that follows running text without a gap: ``att …`` and ``3. …`` there are words of the paragraph."""
    starts_item = BULLET.match(body) and not body[0].isdigit()
    return kind if starts_item or before.endswith(":") else LineKind.TEXT


def usual_width(lines: Sequence[Line]) -> int:
    """The width in characters that the text's paragraphs are wrapped at: the 85th percentile of its text lines."""
    widths = sorted(len(line.text) for line in lines if line.kind in {LineKind.TEXT, LineKind.BULLET})
    return widths[int(0.85 * (len(widths) - 1))] if widths else 0
