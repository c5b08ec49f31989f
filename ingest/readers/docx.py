"""Word documents: headings by style, lists, tables and footnotes as they stand after all changes are accepted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.errors import UnreadableFile
from ingest.readers.docx_styles import (
    Numbering,
    Style,
    W,
    numbering_of,
    read_numbering,
    read_styles,
    switched_on,
    value,
)
from ingest.readers.draft import Draft, one_line
from ingest.readers.package import Package, open_package, parse_xml
from ingest.readers.reading import DOCX, Reading

_CHOICES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_LEFT_OUT = {f"{W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "txbxContent")}
_LEFT_OUT.add(f"{_CHOICES}Fallback")
_SAID = {f"{W}tab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}softHyphen": "\u00ad", _MATH: None}
_RENDERED, _WRITTEN = "\f", "\v"
"""Page breaks in the text of a paragraph: where the program drew one, and where the author wrote one."""
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_LONGEST_BOLD = 100
_DEEPEST_TABLE = 8


@dataclass(slots=True)
class _Word:
    styles: dict[str, Style]
    numbering: Numbering
    notes: dict[str, str]
    draft: Draft = field(default_factory=Draft)
    heading: int = 0
    last_break: str = ""
    pending: bool = False


def read(data: bytes) -> Reading:
    """Read a Word document (.docx). Raises `UnreadableFile` when it is damaged, locked or without text."""
    package = open_package(data)
    part = next(package.related("", "officeDocument"), "word/document.xml")
    root = parse_xml(_as_usual(package.bytes_of(part)), part)
    body = root.find(f"{W}body")
    if body is None:
        raise UnreadableFile("Word-filen saknar text.", "Kontrollera att rätt fil valdes.")
    word = _Word(
        read_styles(_related(package, part, "styles")),
        read_numbering(_related(package, part, "numbering")),
        _notes(_related(package, part, "footnotes"), "footnote")
        | _notes(_related(package, part, "endnotes"), "endnote"),
    )
    _blocks(word, body)
    raw = "".join(_raw(body)) + "".join(word.notes.values())
    return word.draft.reading(DOCX, _title(package, raw), raw, package.unopened())


def _related(package: Package, part: str, kind: str) -> Any | None:
    name = next(package.related(part, kind), None)
    return parse_xml(_as_usual(package.bytes_of(name)), name) if name else None


def _as_usual(data: bytes) -> bytes:
    """Return a part with the usual names of its elements, also when the file keeps to the standard's strict form."""
    return data.replace(_STRICT, W[1:-1].encode())


def _notes(root: Any | None, name: str) -> dict[str, str]:
    if root is None:
        return {}
    found = {f"{name}{one.get(f'{W}id')}": one_line(_flat(one)) for one in root.iter(f"{W}{name}")}
    return {key: said for key, said in found.items() if said}


def _blocks(word: _Word, parent: Any) -> None:
    for element in parent:
        if element.tag == f"{W}p":
            _paragraph(word, element)
        elif element.tag == f"{W}tbl":
            _table(word, element)
        elif element.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo"}:
            _blocks(word, element)


def _paragraph(word: _Word, element: Any) -> None:
    properties = element.find(f"{W}pPr")
    style = word.styles.get(value(properties, "pStyle") or "", Style()) if properties is not None else Style()
    if properties is not None and switched_on(properties, "pageBreakBefore"):
        _break(word, _WRITTEN)
    text = "".join(_text(element))
    for mark in _leading_breaks(text):
        _break(word, mark)
    body = text.strip(f" \n{_RENDERED}{_WRITTEN}")
    if body:
        word.last_break = ""
        inner = re.sub(f"[{_RENDERED}{_WRITTEN}][\\s{_RENDERED}{_WRITTEN}]*", _RENDERED, body)
        _write(word, inner, properties, style, bold=_all_bold(element))
        _follow(word, element)
        for mark in _trailing_breaks(text):
            _break(word, mark)
    for box in _boxes(element):
        _blocks(word, box)
    if properties is not None and (section := properties.find(f"{W}sectPr")) is not None and _new_page(section):
        _break(word, _WRITTEN)


def _write(word: _Word, text: str, properties: Any | None, style: Style, *, bold: bool) -> None:
    numbering = numbering_of(properties) or style.numbering
    mark = word.numbering.mark(*numbering) if numbering else None
    outline = value(properties, "outlineLvl") if properties is not None else None
    level = int(outline) + 1 if outline and outline.isdigit() and int(outline) < 9 else style.level  # noqa: PLR2004
    if style.contents:
        word.draft.paragraph(re.sub(r"\t+(?=[\divx]+$)", " ...... ", text))
    elif level:
        word.heading = level
        word.draft.heading(f"{mark} {text}" if mark and mark != "-" else text, level)
    elif mark:
        word.draft.item(text, mark, numbering[1] if numbering else 0)
    elif bold and len(text) <= _LONGEST_BOLD and text[-1] not in ".,;:" and "\t" not in text:
        word.draft.heading(text, word.heading + 1)
    else:
        word.draft.paragraph(text)


def _follow(word: _Word, element: Any) -> None:
    """Write the notes that a paragraph points to just after it."""
    for reference in element.iter(f"{W}footnoteReference", f"{W}endnoteReference"):
        key = f"{reference.tag.removeprefix(W).removesuffix('Reference')}{reference.get(f'{W}id')}"
        if note := word.notes.get(key):
            word.draft.paragraph(f"Fotnot {reference.get(f'{W}id')}: {note}")


def _break(word: _Word, mark: str) -> None:
    """Begin a page, unless the program only drew the break that the author had written just before."""
    if mark == _RENDERED and word.last_break == _WRITTEN:
        word.last_break = ""
        return
    word.draft.page_break()
    word.last_break = mark


def _leading_breaks(text: str) -> str:
    return re.sub(r"[^\f\v]", "", text[: len(text) - len(text.lstrip())])


def _trailing_breaks(text: str) -> str:
    return re.sub(r"[^\f\v]", "", text[len(text.rstrip()) :])


def _new_page(section: Any) -> bool:
    """Whether the section that follows begins a page; each section says of itself how it begins."""
    following = section.getparent().getparent()
    for later in following.itersiblings():
        found = later if later.tag == f"{W}sectPr" else later.find(f"{W}pPr/{W}sectPr")
        if found is not None:
            return value(found, "type") not in {"continuous", "nextColumn"}
    return False


def _text(element: Any) -> Iterator[str]:
    for child in element:
        tag = child.tag
        if tag in _LEFT_OUT or not isinstance(tag, str) or (tag == f"{W}r" and _hidden(child)):
            continue
        if tag in {f"{W}t", _MATH}:
            yield re.sub(r"[\f\v]", " ", child.text or "")
        elif tag == f"{W}lastRenderedPageBreak":
            yield _RENDERED
        elif tag == f"{W}br":
            yield _WRITTEN if child.get(f"{W}type") == "page" else "\n"
        elif said := _SAID.get(tag):
            yield said
        else:
            yield from _text(child)


def _flat(element: Any) -> str:
    """Return all paragraphs under an element on one line."""
    return " ".join("".join(_text(one)) for one in element.iter(f"{W}p"))


def _raw(element: Any) -> Iterator[str]:
    """Yield the text of all runs that count, found the plain way."""
    out = ("ancestor::*[local-name()='del' or local-name()='moveFrom' or local-name()='Fallback']",)
    for one in element.iter(f"{W}t"):
        if not one.xpath(out[0]) and not _hidden(one.getparent()):
            yield one.text or ""


def _hidden(run: Any) -> bool:
    properties = run.find(f"{W}rPr")
    return properties is not None and switched_on(properties, "vanish")


def _all_bold(element: Any) -> bool:
    runs = [run for run in element.iter(f"{W}r") if "".join(_text(run)).strip()]
    marked = [run.find(f"{W}rPr") for run in runs]
    return bool(runs) and all(one is not None and switched_on(one, "b") for one in marked)


def _boxes(element: Any) -> Iterator[Any]:
    for box in element.iter(f"{W}txbxContent"):
        if not any(above.tag == f"{_CHOICES}Fallback" for above in box.iterancestors()):
            yield box


def _table(word: _Word, element: Any, depth: int = 0) -> None:
    if depth > _DEEPEST_TABLE:
        raise UnreadableFile("Tabeller ligger i tabeller i mer än åtta led.", "Förenkla tabellen.")
    rows, heads, pages = _rows(element)
    filled = [[text for text in row if text] for row in rows]
    if len(rows) == 1 or all(len(row) <= 1 for row in filled):
        _as_layout(word, element, depth)
        return
    merged = _merged_heads(rows[:heads])
    before = {number for number in pages if number < heads}
    word.draft.table([merged, *rows[heads:]], {max(0, number - heads + 1) for number in pages - before} | before & {0})
    if pages:
        word.last_break = ""
    for note in element.iter(f"{W}p"):
        _follow(word, note)


def _as_layout(word: _Word, element: Any, depth: int) -> None:
    """Write what stands in a table that only places text on the page."""
    for one in _inside(element, f"{W}tr"):
        for column in _inside(one, f"{W}tc"):
            for child in column:
                if child.tag == f"{W}p":
                    _paragraph(word, child)
                elif child.tag == f"{W}tbl":
                    _table(word, child, depth + 1)


def _rows(element: Any) -> tuple[list[list[str]], int, set[int]]:
    """Return the rows of a table, how many of them are its head, and the numbers of those that begin a page."""
    rows: list[list[str]] = []
    pages: set[int] = set()
    heads, above = 0, list[str]()
    kept = (row for row in _inside(element, f"{W}tr") if row.find(f"{W}trPr/{W}del") is None)
    for number, row in enumerate(kept):
        texts = [(one, _cell_text(one)) for one in _inside(row, f"{W}tc")]
        broken = [place for place, (_, text) in enumerate(texts) if re.search(r"[\f\v]", text)]
        if broken:
            pages.add(number if not texts[broken[0]][1].strip() or texts[broken[0]][1][0] in "\f\v" else number + 1)
        cells: list[str] = []
        for one, text in texts:
            merge = one.find(f"{W}tcPr/{W}vMerge")
            goes_on = merge is not None and merge.get(f"{W}val") != "restart"
            said = above[len(cells)] if goes_on and len(cells) < len(above) else one_line(text)
            span = value(one, "tcPr/gridSpan") or "1"
            width = min(int(span), 64) if span.isdigit() else 1
            cells += [said] * width if not heads or heads == number else [said, *[""] * (width - 1)]
        properties = row.find(f"{W}trPr")
        if number == heads and properties is not None and switched_on(properties, "tblHeader"):
            heads += 1
        rows.append(cells)
        above = cells
    return rows, max(1, min(heads, len(rows) - 1)), {number for number in pages if number < len(rows)}


def _inside(element: Any, tag: str) -> Iterator[Any]:
    """Yield the rows of a table, or the cells of a row, those in content controls too."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}customXml"}:
            yield from _inside(child, tag)


def _cell_text(column: Any) -> str:
    outside = (one for one in column.iter(f"{W}p") if next(one.iterancestors(f"{_CHOICES}Fallback"), None) is None)
    return " ".join(text for one in outside if (text := "".join(_text(one)).strip(" \n\t")))


def _merged_heads(heads: list[list[str]]) -> list[str]:
    """Return several rows of heads as one: what stands above each other, once."""
    width = max(len(row) for row in heads)
    columns = [[row[place] for row in heads if place < len(row) and row[place]] for place in range(width)]
    return [" ".join(dict.fromkeys(column)) for column in columns]


def _title(package: Package, text: str) -> str | None:
    """Return the title of the file's properties if the text begins with it; others are left over from templates."""
    name = next(package.related("", "core-properties"), None)
    root = package.xml(name) if name else None
    found = root.find("{http://purl.org/dc/elements/1.1/}title") if root is not None else None
    said = one_line((found.text or "") if found is not None else "")
    begins = "".join(text[:2000].split()).casefold()
    return said[:200] if len(said) > 3 and "".join(said.split()).casefold() in begins else None  # noqa: PLR2004
