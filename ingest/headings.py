"""Headings in plain text: short lines that stand apart and do not read as sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ingest.lines import BULLET, Line, LineKind
from ingest.tables import ExtractedTable

NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|§\s*\d+|\d+\s*(?:kap\.|§)|[a-z]\.)\s+[A-ZÅÄÖ]")
CHAPTER = re.compile(r"\d{1,2}\.(?:\d{1,2}\.?){0,3}\s+[A-ZÅÄÖ][^.]*$")
SHORT = 0.5
"""The share of the usual width under which a numbered line is a title although the line above is full."""
PARAGRAPH_SIGN = re.compile(r"§\s*\d+\s*$")
SECTION_SIGN = re.compile(r"\d{1,3}(?:\s[a-z])?\s§$")
"""The number of a section of a law, on a line of its own."""
CAPTION = re.compile(r"(?:figur|tabell|bild|diagram|karta)\s*\d", re.IGNORECASE)
UNFINISHED = re.compile(r"[.,;:!]$|\w-$")
LABELLED = re.compile(r":\s+[a-zåäö0-9]")
LINES_PER_HEADING = 60
LONGEST = 110
LONGEST_OF_TWO = 170
MOST_WORDS = 18


def with_headings(lines: tuple[Line, ...], tables: Mapping[int, ExtractedTable]) -> tuple[Line, ...]:
    """Mark the lines of plain text that are headings; a text with Markdown headings keeps to those."""
    if _mostly_markdown(lines):
        return lines
    width = _width(lines)
    inside = {index for table in tables.values() for index in range(table.first, table.last)}
    marked = list(lines)
    for index, line in enumerate(lines):
        if index in inside or marked[index].kind not in {LineKind.TEXT, LineKind.BULLET}:
            continue
        before = marked[index - 1] if index and index - 1 not in inside else None
        whole, following = _with_continuation(lines, index, inside)
        after = lines[following] if following < len(lines) else None
        if line.kind is LineKind.BULLET:
            heading = _is_numbered_title(lines, index, tables)
        else:
            section = SECTION_SIGN.match(line.text) and _is_section(before, after)
            titled = looks_like_heading(whole, before, after, width) and not _introduces_items(lines, following)
            heading = bool(section or titled)
        if heading:
            marked[index] = replace(whole, kind=LineKind.HEADING)
            for extra in range(index + 1, following):
                marked[extra] = replace(lines[extra], kind=LineKind.BLANK, text="")
    return tuple(marked)


def _mostly_markdown(lines: Sequence[Line]) -> bool:
    """Whether Markdown headings carry the structure; a few stray ones in text from a PDF do not."""
    marked = sum(line.kind is LineKind.HEADING for line in lines)
    written = sum(line.kind is not LineKind.BLANK for line in lines)
    return marked * LINES_PER_HEADING >= written


def _with_continuation(lines: Sequence[Line], index: int, inside: set[int]) -> tuple[Line, int]:
    """The line joined with the next one where that goes on in lower case and then stops; and the index after."""
    line = lines[index]
    following = index + 1
    if following >= len(lines) or following in inside or lines[following].kind is not LineKind.TEXT:
        return line, following
    second = lines[following]
    stops = following + 1 >= len(lines) or following + 1 in inside or lines[following + 1].kind is LineKind.BLANK
    if second.text[0].islower() and stops and len(line.text) + len(second.text) <= LONGEST_OF_TWO:
        return replace(line, text=f"{line.text} {second.text}", end=second.end), following + 1
    return line, following


def _width(lines: Sequence[Line]) -> int:
    widths = sorted(len(line.text) for line in lines if line.kind is LineKind.TEXT)
    return widths[int(0.85 * (len(widths) - 1))] if widths else 0


def looks_like_heading(line: Line, before: Line | None, after: Line | None, width: int) -> bool:
    """Whether a line of plain text is a heading: short, unfinished as a sentence, and set apart from its neighbours.

    ``before`` and ``after`` are the neighbouring lines (blank ones included), ``width`` the usual width. A last line
    after a blank one is the end of a signature, which stands among headings.
    """
    text = line.text
    starts = text[0].isupper() or bool(NUMBERED.match(text))
    if len(text) > LONGEST_OF_TWO or UNFINISHED.search(text) or not starts or len(text.split()) > MOST_WORDS:
        return False
    letters = sum(character.isalpha() for character in text)
    if letters * 2 < len(text) or CAPTION.match(text) or LABELLED.search(text):
        return False
    stands_alone = before is None or before.kind is not LineKind.TEXT or _ends(before, width)
    follows = after.text[:1] if after is not None else ""
    numbered = CHAPTER.match(text) and len(text) < SHORT * width and follows.isupper()
    if numbered and before is not None and before.text.endswith("."):
        return True
    if not stands_alone and not PARAGRAPH_SIGN.match(before.text if before else ""):
        return False
    if after is None:
        return before is not None and before.kind is LineKind.BLANK
    short = len(text) < 0.75 * width
    return (
        after.kind in {LineKind.BLANK, LineKind.HEADING}
        or bool(SECTION_SIGN.match(after.text))
        or (short and after.kind is LineKind.TEXT and not after.text[0].islower() and len(after.text) > len(text))
    )


def _is_section(before: Line | None, after: Line | None) -> bool:
    """Whether the number of a section stands by itself above running text."""
    apart = before is None or before.kind is not LineKind.TEXT or before.text.endswith((".", "§"))
    return apart and after is not None and (after.kind is LineKind.BLANK or after.text[:1].isupper())


def _introduces_items(lines: Sequence[Line], following: int) -> bool:
    """Whether the list that comes next goes on with the sentence: its items begin in lower case."""
    item = next((line for line in lines[following:] if line.kind is not LineKind.BLANK), None)
    if item is None or item.kind is not LineKind.BULLET:
        return False
    marker = BULLET.match(item.text)
    return marker is not None and item.text[marker.end() : marker.end() + 1].islower()


def _ends(line: Line, width: int) -> bool:
    return line.text.endswith((".", "!", "?")) and len(line.text) < 0.9 * width


def _is_numbered_title(lines: Sequence[Line], index: int, tables: Mapping[int, ExtractedTable]) -> bool:
    """A numbered line is a title when no other numbered line is its neighbour and running text or a table follows."""
    text = lines[index].text
    if not (NUMBERED.match(text) and text[0].isdigit()) or len(text) > LONGEST or UNFINISHED.search(text):
        return False
    after = index + 1
    if after < len(lines) and lines[after].kind is LineKind.TEXT and after not in tables:
        after += 1
    while after < len(lines) and lines[after].kind is LineKind.BLANK:
        after += 1
    before = index - 1
    while before >= 0 and lines[before].kind is LineKind.BLANK:
        before -= 1
    if after >= len(lines) or (lines[after].kind is LineKind.BULLET and _numbered_item(lines[after])):
        return False
    return not (before >= 0 and lines[before].kind is LineKind.BULLET and _numbered_item(lines[before]))


def _numbered_item(line: Line) -> bool:
    return bool(BULLET.match(line.text)) and line.text[0].isdigit()
