"""Markdown and plain text as the blocks that somebody would write in a word processor.

It knows nothing of how Närplan reads, so that a mistake there is not made here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

Kind = Literal["heading", "paragraph", "bullet", "number", "table"]
_FETCHED = re.compile(r"# source:")
"""The line above a text that tells where it was fetched, which nobody writes in a document."""
_HEADING = re.compile(r"(#{1,6})\s+(?=\S)")
_BULLET = re.compile(r"\s*[-*•–]\s+(?=\S)")
_NUMBER = re.compile(r"\s*(\d{1,3})\.\s+(?=\S)")
_ROW = re.compile(r"\s*\|.*\|\s*$")
_RULE = re.compile(r"\s*\|[\s:|-]+\|\s*$")
_FULL = 0.85
"""The share of a text's usual width that a line and the word after it pass when it was broken because it was full."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a document: a text, or the rows of a table; ``level`` is a heading's, from 1.

    ``number`` is what a numbered item carries, and ``rows`` are a table's cells, its head first.
    """

    kind: Kind
    text: str = ""
    level: int = 0
    number: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


def blocks(text: str) -> list[Block]:
    """The blocks of a text in order: lines that only were full are joined, and marks of Markdown are gone."""
    lines = [line.rstrip() for line in text.replace("\f", "\n\n").split("\n") if not _FETCHED.match(line)]
    width = _usual_width(lines)
    found: list[Block] = []
    for blank, group in groupby(lines, key=lambda line: not line):
        if not blank:
            found += _of_paragraph(list(group), width)
    return found


def plain(text: str) -> str:
    """A piece of text without the marks of Markdown for emphasis, links and escapes."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"\*\*|\\(?=[*_|#])", "", text).strip()


def _usual_width(lines: Sequence[str]) -> int:
    widths = sorted(len(line) for line in lines if line and not _ROW.match(line))
    return widths[int(0.85 * (len(widths) - 1))] if widths else 0


def _of_paragraph(lines: list[str], width: int) -> Iterator[Block]:
    """The blocks of lines that no blank line parts."""
    while lines:
        first = lines.pop(0)
        if match := _HEADING.match(first):
            yield Block("heading", plain(first[match.end() :]), level=len(match.group(1)))
        elif _ROW.match(first):
            rows = [first, *_while(lines, _ROW)]
            yield Block("table", rows=tuple(_cells(row) for row in rows if not _RULE.match(row)))
        elif match := _BULLET.match(first):
            yield from _paragraphs("bullet", [first[match.end() :], *_running(lines)], width)
        elif match := _NUMBER.match(first):
            number = int(match.group(1))
            yield from _paragraphs("number", [first[match.end() :], *_running(lines)], width, number)
        else:
            yield from _paragraphs("paragraph", [first, *_running(lines)], width)


def _while(lines: list[str], pattern: re.Pattern[str]) -> Iterator[str]:
    while lines and pattern.match(lines[0]):
        yield lines.pop(0)


def _running(lines: list[str]) -> Iterator[str]:
    """Take the lines that begin nothing of their own."""
    while lines and not any(pattern.match(lines[0]) for pattern in (_HEADING, _ROW, _BULLET, _NUMBER)):
        yield lines.pop(0)


def _paragraphs(kind: Kind, lines: Sequence[str], width: int, number: int = 0) -> Iterator[Block]:
    """The first of its kind, then plain paragraphs where the writer broke a line that had room for more."""
    found: list[str] = []
    room = 0.0
    for line in lines:
        said = line.strip()
        if found and (said[:1].islower() or len(said.split()[0]) >= room):
            found[-1] = f"{found[-1]} {said}"
        else:
            found.append(said)
        room = _FULL * width - len(line)
    yield Block(kind, plain(found[0]), number=number)
    yield from (Block("paragraph", plain(text)) for text in found[1:])


def _cells(row: str) -> tuple[str, ...]:
    return tuple(plain(cell) for cell in re.split(r"(?<!\\)\|", row.strip().strip("|")))
