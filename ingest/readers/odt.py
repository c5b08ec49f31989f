"""OpenDocument text: headings, lists, tables and notes, with the page breaks that the file knows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.errors import UnreadableFile
from ingest.readers.draft import Draft, one_line
from ingest.readers.package import Package, open_package
from ingest.readers.reading import ODT, Reading

_NS = "urn:oasis:names:tc:opendocument:xmlns"
TEXT, TABLE, OFFICE, STYLE = (f"{{{_NS}:{name}:1.0}}" for name in ("text", "table", "office", "style"))
_FO = f"{{{_NS}:xsl-fo-compatible:1.0}}"
_LEFT_OUT = {f"{OFFICE}annotation", f"{OFFICE}annotation-end", f"{TEXT}tracked-changes", f"{TEXT}note"}
_LEFT_OUT |= {f"{TEXT}soft-page-break", f"{TEXT}sequence-decls", f"{TEXT}hidden-text", f"{OFFICE}forms"}
_FULL_OF_BLOCKS = {f"{TEXT}section", f"{TEXT}index-body", f"{TEXT}index-title", f"{OFFICE}text"}
_MOST_REPEATED = 300
_DEEPEST = 12


@dataclass(slots=True)
class _Writing:
    breaking: dict[str, str]
    titles: set[str]
    numbered: set[str]
    draft: Draft = field(default_factory=Draft)
    written: bool = False
    """Whether the last page break was one that the author wrote; the program may have drawn it once more."""


def read(data: bytes) -> Reading:
    """Read an OpenDocument text (.odt). Raises `UnreadableFile` when it is damaged, locked or without text."""
    package = open_package(data)
    manifest = package.optional_xml("META-INF/manifest.xml")
    if manifest is not None and any("encryption-data" in str(one.tag) for one in manifest.iter()):
        raise UnreadableFile("Filen är skyddad med lösenord.", "Spara den utan lösenord och lägg in den igen.")
    root = package.xml("content.xml")
    body = root.find(f"{OFFICE}body/{OFFICE}text")
    if body is None:
        raise UnreadableFile("Filen saknar text.", "Kontrollera att rätt fil valdes.")
    writing = _styles(package, root)
    _blocks(writing, body)
    raw = "".join("".join(_raw(one)) for one in body)
    return writing.draft.reading(ODT, None, raw, package.unopened())


def _styles(package: Package, root: Any) -> _Writing:
    breaking: dict[str, str] = {}
    titles, numbered = {"Title"}, set[str]()
    common = package.optional_xml("styles.xml")
    for tree in (common, root) if common is not None else (root,):
        for style in tree.iter(f"{STYLE}style"):
            name, above = style.get(f"{STYLE}name", ""), style.get(f"{STYLE}parent-style-name", "")
            if above in titles:
                titles.add(name)
            properties = style.find(f"{STYLE}paragraph-properties")
            for side in ("before", "after") if properties is not None else ():
                if properties.get(f"{_FO}break-{side}") == "page":
                    breaking[name] = side
            if style.get(f"{STYLE}master-page-name") and style.get(f"{STYLE}family") == "paragraph":
                breaking[name] = "before"
        for style in tree.iter(f"{TEXT}list-style"):
            first = next(iter(style), None)
            if first is not None and first.tag == f"{TEXT}list-level-style-number":
                numbered.add(style.get(f"{STYLE}name", ""))
    return _Writing(breaking, titles, numbered)


def _blocks(writing: _Writing, parent: Any, depth: int = 0) -> None:
    if depth > _DEEPEST:
        raise UnreadableFile("Filen är nästlad i fler led än vad som rimligen behövs.", "Spara den som pdf.")
    for element in parent:
        tag = element.tag
        if tag in {f"{TEXT}p", f"{TEXT}h"}:
            _paragraph(writing, element)
        elif tag == f"{TEXT}list":
            _list(writing, element)
        elif tag == f"{TABLE}table":
            _table(writing, element)
        elif tag == f"{TEXT}soft-page-break":
            _soft_break(writing)
        elif tag in _FULL_OF_BLOCKS or str(tag).endswith(("-index", "table-of-content", "bibliography")):
            _blocks(writing, element, depth + 1)


def _soft_break(writing: _Writing) -> None:
    if not writing.written:
        writing.draft.page_break()
    writing.written = False


def _paragraph(writing: _Writing, element: Any, mark: str = "", depth: int = 0) -> None:
    style = element.get(f"{TEXT}style-name", "")
    side = writing.breaking.get(style)
    if side == "before" and writing.draft.written:
        writing.draft.page_break()
        writing.written = True
    text = "".join(_text(element, breaks=True))
    if text.startswith("\f"):
        _soft_break(writing)
        text = text[1:]
    if text.strip():
        writing.written = False
    level = element.get(f"{TEXT}outline-level", "1")
    if element.tag == f"{TEXT}h" or style in writing.titles:
        writing.draft.heading(text, int(level) if level.isdigit() else 1)
    elif mark:
        writing.draft.item(text, mark, depth)
    else:
        writing.draft.paragraph(text)
    for note in element.iter(f"{TEXT}note"):
        said = " ".join("".join(_text(one)) for one in note.iterfind(f"{TEXT}note-body/{TEXT}p"))
        writing.draft.paragraph(f"Fotnot {note.findtext(f'{TEXT}note-citation') or ''}: {said}")
    if side == "after":
        writing.draft.page_break()
        writing.written = True


def _list(writing: _Writing, element: Any, depth: int = 0, *, numbered: bool = False) -> None:
    style = element.get(f"{TEXT}style-name")
    counts = style in writing.numbered if style else numbered
    if depth > _DEEPEST:
        raise UnreadableFile("Listor ligger i listor i mer än tolv led.", "Förenkla listan.")
    number = 0
    for item in element:
        if item.tag not in {f"{TEXT}list-item", f"{TEXT}list-header"}:
            continue
        number += item.tag == f"{TEXT}list-item"
        mark = f"{number}." if counts else "-"
        for child in item:
            if child.tag == f"{TEXT}list":
                _list(writing, child, depth + 1, numbered=counts)
            elif child.tag in {f"{TEXT}p", f"{TEXT}h"}:
                _paragraph(writing, child, mark, depth)
            elif child.tag == f"{TEXT}soft-page-break":
                _soft_break(writing)


def _table(writing: _Writing, element: Any) -> None:
    rows: list[list[str]] = []
    pages: set[int] = set()
    heads = 0
    below: dict[int, tuple[int, str]] = {}
    for row in element.iter(f"{TABLE}table-row", f"{TEXT}soft-page-break"):
        if row.tag == f"{TEXT}soft-page-break":
            if row.getparent().tag in {f"{TABLE}table", f"{TABLE}table-rows"} and rows:
                pages.add(len(rows))
            continue
        if row.getparent().tag == f"{TABLE}table-header-rows":
            heads += 1
        rows.append(list(_cells(row, below)))
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        return
    if len(rows) == 1:
        for text in rows[0]:
            writing.draft.paragraph(text)
        return
    heads = max(1, min(heads, len(rows) - 1))
    width = max(map(len, rows))
    columns = [[row[place] for row in rows[:heads] if place < len(row) and row[place]] for place in range(width)]
    merged = [" ".join(dict.fromkeys(column)) for column in columns]
    begin = {number - heads + 1 for number in pages if heads <= number < len(rows)}
    writing.draft.table([merged, *rows[heads:]], begin)


def _cells(row: Any, below: dict[int, tuple[int, str]]) -> Iterator[str]:
    place, last = 0, ""
    for cell in row:
        if cell.tag not in {f"{TABLE}table-cell", f"{TABLE}covered-table-cell"}:
            continue
        for _ in range(_count(cell, "number-columns-repeated")):
            if cell.tag == f"{TABLE}covered-table-cell":
                left, said = below.pop(place, (0, last))
                if left > 1:
                    below[place] = (left - 1, said)
            else:
                said = one_line(" ".join("".join(_text(one)) for one in cell.iter(f"{TEXT}p", f"{TEXT}h")))
                down = _count(cell, "number-rows-spanned") - 1
                for column in range(place, place + _count(cell, "number-columns-spanned")):
                    if down:
                        below[column] = (down, said)
                last = said
            yield said
            place += 1


def _count(element: Any, name: str) -> int:
    said = element.get(f"{TABLE}{name}", "1")
    return min(max(int(said), 1), _MOST_REPEATED) if said.isdecimal() and len(said) < 8 else 1  # noqa: PLR2004


def _text(element: Any, *, breaks: bool = False) -> Iterator[str]:
    yield re.sub(r"\s+", " ", element.text or "")
    for child in element:
        if child.tag == f"{TEXT}s":
            said = child.get(f"{TEXT}c", "1")
            yield " " * (min(int(said), 100) if said.isdecimal() and len(said) < 6 else 1)  # noqa: PLR2004
        elif child.tag == f"{TEXT}tab":
            yield "\t"
        elif child.tag == f"{TEXT}line-break":
            yield "\n"
        elif child.tag == f"{TEXT}soft-page-break" and breaks:
            yield "\f"
        elif isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
            yield from _text(child, breaks=breaks)
        yield re.sub(r"\s+", " ", child.tail or "")


def _raw(element: Any) -> Iterator[str]:
    """Yield all text that counts, found the plain way."""
    if element.tag in _LEFT_OUT - {f"{TEXT}note"} or not isinstance(element.tag, str):
        return
    yield element.text or ""
    for child in element:
        yield from _raw(child)
        yield child.tail or ""
