"""A document's text as it reads: headings, lists and tables, page marks, and the quotation highlighted in its place."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from markupsafe import Markup, escape

from ingest.readers import Page
from ingest.structure import Block, Outline, outline
from retrieval.kinds import UnitKind

_MARKS = re.compile(r"(\*\*|\\(?=\*))")
_HEADING_MARKS = re.compile(r"\s*(?:#{1,6}\s+|\*\*)?")
_BULLET = re.compile(r"\s*[-–—•*·▪◦‣]\s+")
_COLUMN = re.compile(r"\t|\n| {2,}")
_RULE = re.compile(r"\s*\|[\s:|-]+\|\s*$", re.MULTILINE)
_FIGURE = re.compile(r"[\s*]*(?!(?:19|20)\d\d[\s*]*$)[-−+]?\d[\d\s.,]*\s?(?:%|procent|kr|tkr|mnkr)?[\s*]*")
_NUMBER = Markup(' class="number"')
_LISTED = {UnitKind.ITEM, UnitKind.ATT}
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the text that is shown as one element: a heading, a block, or what stands between blocks."""

    kind: str
    start: int
    end: int
    level: int = 0


@dataclass(slots=True)
class Marker:
    """Writes runs of the text, with the characters of the quotation inside `<mark>`; the first mark is the anchor."""

    text: str
    quotation: range
    found: bool = field(default=False)

    def run(self, start: int, end: int) -> Markup:
        """Return the characters from `start` to `end` as HTML; Markdown's bold becomes `<strong>`."""
        parts: list[Markup] = []
        strong = False
        position = start
        for word in _MARKS.split(self.text[start:end]):
            if _MARKS.fullmatch(word):
                strong = strong != (word == "**")
            elif word:
                run = self._highlighted(position, position + len(word))
                parts.append(Markup("<strong>{}</strong>").format(run) if strong else run)
            position += len(word)
        return Markup().join(parts)

    def _highlighted(self, start: int, end: int) -> Markup:
        first, last = max(start, self.quotation.start), min(end, self.quotation.stop)
        if first >= last or not self.text[first:last].strip():
            return escape(self.text[start:end])
        anchor = Markup("") if self.found else Markup(' id="citat" tabindex="-1"')
        self.found = True
        return Markup("{}<mark{}>{}</mark>{}").format(
            self.text[start:first], anchor, self.text[first:last], self.text[last:end]
        )


def as_read(text: str, pages: Sequence[Page], quotation: range) -> Markup:
    """Return the whole text as HTML. `quotation` counts characters into `text`; an empty range highlights nothing."""
    found = outline(text, pages)
    marker = Marker(text, quotation)
    marks = _page_marks(pages)
    parts: list[Markup] = []
    for kind, pieces in _grouped(_pieces(found)):
        parts += _due(marks, pieces[0].start)
        parts.append(_group(marker, kind, pieces))
    return Markup("\n").join(parts)


def _page_marks(pages: Sequence[Page]) -> list[Page]:
    return list(pages) if len(pages) > 1 else []


def _due(marks: list[Page], position: int) -> Iterator[Markup]:
    """Take the marks of the pages that begin at or before the position."""
    while marks and marks[0].start <= position:
        page = marks.pop(0)
        note = {"needs_ocr": " (bild utan text)", "empty": " (tom)"}.get(page.state, "")
        yield Markup('<span class="page-mark" id="sida-{0}">s.\N{NO-BREAK SPACE}{0}{1}</span>').format(
            page.number, note
        )


def _pieces(found: Outline) -> Iterator[Piece]:
    """Yield everything of the text that is not white space, in reading order."""
    known = sorted([*_headings(found), *map(_block, found.blocks)], key=lambda piece: piece.start)
    position = 0
    for piece in known:
        if piece.start < position:
            continue
        yield from _between(found.text, position, piece.start)
        yield piece
        position = piece.end
    yield from _between(found.text, position, len(found.text))


def _headings(found: Outline) -> Iterator[Piece]:
    """Yield the headings with their depth from 1: no depth is skipped, whatever levels the document uses."""
    above: list[int] = []
    for section in found.sections:
        if section.path:
            above = [*(level for level in above if level < section.level), section.level]
            end = found.text.find("\n", section.start)
            yield Piece("heading", section.start, len(found.text) if end < 0 else end, len(above))


def _block(block: Block) -> Piece:
    kind = "list" if block.kind in _LISTED else block.kind.value
    return Piece(kind, block.start, block.end)


def _between(text: str, start: int, end: int) -> Iterator[Piece]:
    """Yield what the outline leaves out (page numbers, the line that names a source), except the rules of tables."""
    if start < end and _RULE.sub("", text[start:end]).strip():
        yield Piece("aside", start, end)


def _grouped(pieces: Iterator[Piece]) -> Iterator[tuple[str, list[Piece]]]:
    for kind, group in groupby(pieces, key=lambda piece: piece.kind):
        if kind in {"list", UnitKind.ROW.value}:
            yield kind, list(group)
        else:
            yield from ((kind, [piece]) for piece in group)


def _group(marker: Marker, kind: str, pieces: list[Piece]) -> Markup:
    first = pieces[0]
    match kind:
        case "heading":
            return _heading(marker, first)
        case "list":
            items = (Markup("<li>{}</li>").format(_item(marker, piece)) for piece in pieces)
            return Markup('<ul class="list">{}</ul>').format(Markup().join(items))
        case "row":
            return _table(marker, pieces)
        case "paragraph":
            return Markup("<p>{}</p>").format(marker.run(first.start, first.end))
        case _:
            return Markup('<p class="muted small">{}</p>').format(marker.run(first.start, first.end))


def _heading(marker: Marker, piece: Piece) -> Markup:
    match = _HEADING_MARKS.match(marker.text, piece.start)
    start = match.end() if match else piece.start
    end = piece.end - 2 if marker.text[start : piece.end].endswith("**") else piece.end
    level = min(_DEEPEST, piece.level + 1)
    return Markup('<h{0} id="avsnitt-{2}">{1}</h{0}>').format(level, marker.run(start, end), piece.start)


def _item(marker: Marker, piece: Piece) -> Markup:
    match = _BULLET.match(marker.text, piece.start, piece.end)
    return marker.run(match.end() if match else piece.start, piece.end)


def _table(marker: Marker, pieces: list[Piece]) -> Markup:
    rows = [_cells(marker.text, piece) for piece in pieces]
    width = max(map(len, rows))
    if any(len(row) not in {width, 1} for row in rows):
        rows, width = [[(piece.start, piece.end)] for piece in pieces], 1
    figures = _columns_of_figures(marker.text, rows[1:], width)
    lines = [_row(marker, row, figures, "td" if number else "th") for number, row in enumerate(rows)]
    return Markup(
        '<div class="rows" role="region" aria-label="Tabell" tabindex="0"><table>'
        "<thead>{}</thead><tbody>{}</tbody></table></div>"
    ).format(lines[0], Markup().join(lines[1:]))


def _columns_of_figures(text: str, rows: list[list[tuple[int, int]]], width: int) -> list[bool]:
    """Tell of each column whether most of what stands under its head is figures (years are words here)."""
    columns = [[text[slice(*row[index])] for row in rows if len(row) == width] for index in range(width)]
    filled = [[cell for cell in cells if cell.strip()] for cells in columns]
    return [2 * sum(bool(_FIGURE.fullmatch(cell)) for cell in cells) > len(cells) for cells in filled]


def _row(marker: Marker, cells: list[tuple[int, int]], figures: list[bool], tag: str) -> Markup:
    if len(cells) < len(figures):
        run = marker.run(*cells[0])
        return Markup('<tr><{0} colspan="{1}">{2}</{0}></tr>').format(tag, len(figures), run)
    shown = (
        Markup("<{0}{1}>{2}</{0}>").format(tag, _NUMBER if figure else "", marker.run(*cell))
        for cell, figure in zip(cells, figures, strict=True)
    )
    return Markup("<tr>{}</tr>").format(Markup().join(shown))


def _cells(text: str, piece: Piece) -> list[tuple[int, int]]:
    """Return where each cell of a row starts and ends: between the bars of Markdown, or between wide gaps."""
    line = text[piece.start : piece.end]
    if line.startswith("|"):
        bars = [piece.start + index for index, sign in enumerate(line) if sign == "|"]
        return [(first + 1, last) for first, last in pairwise(bars)]
    cells, start = [], piece.start
    for gap in _COLUMN.finditer(text, piece.start, piece.end):
        cells.append((start, gap.start()))
        start = gap.end()
    return [*cells, (start, piece.end)]
