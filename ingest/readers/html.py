"""HTML: what a reader would see, without scripts, styles, menus and what is hidden."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml import html as parser

from ingest.errors import UnreadableFile
from ingest.readers.draft import Draft, one_line
from ingest.readers.reading import HTML, Reading, clean
from ingest.readers.text import BOMS, decode

_META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_XML = re.compile(r"^\s*<\?xml[^>]*\?>")
_UNSEEN = {"script", "style", "head", "template", "noscript", "nav", "svg", "iframe", "object", "embed", "canvas"}
_UNSEEN |= {"audio", "video", "select", "datalist", "textarea", "math", "button"}
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?<![-\w])opacity\s*:\s*0(?:\.0*)?\s*(?:[;!]|$)"
    r"|font-size\s*:\s*(?:0(?:\.\d+)?(?:em|rem|%)?|[01](?:\.\d+)?\s*(?:px|pt))\s*(?:[;!]|$)",
    re.IGNORECASE,
)
_BLOCKS = {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div"}
_BLOCKS |= {"dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "html", "legend", "main"}
_BLOCKS |= {"p", "pre", "section", "summary", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "td"}
_DEEPEST = 400
_LARGEST_SPAN = 100


def read(data: bytes, media_type: str = HTML) -> Reading:
    """Read a page. Raises `UnreadableFile` when it is nested beyond reason or has no text that is seen."""
    text, decoding = _decoded(data)
    draft = Draft()
    title, raw, warnings = write_html(draft, text)
    return draft.reading(media_type, title, raw, (*decoding, *warnings))


def write_html(draft: Draft, text: str, level: int = 0) -> tuple[str | None, str, tuple[str, ...]]:
    """Write what is seen of a page, its headings ``level`` steps further in; returns title, raw text and warnings."""
    text, cleaning = clean(_XML.sub("", text))
    if not text.strip():
        return None, "", cleaning
    try:
        root = parser.document_fromstring(text, parser=parser.HTMLParser(no_network=True, huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile("Sidan går inte att tolka som HTML.", "Spara den på nytt, eller som pdf.") from error
    if next(root.iter("script"), None) is not None:
        cleaning = (*cleaning, "Sidan innehåller skript. De kördes inte och lästes inte.")
    writer = _Writer(draft, level)
    writer.block(root)
    title = root.find("head/title") if next(root.iter("h1"), None) is None else None
    named = one_line(title.text or "")[:200] or None if title is not None else None
    return named, "".join(_seen(root)), cleaning


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    named = _META.search(data[:4096]) or _DECLARED.match(data)
    if named and not any(data.startswith(bom) for bom, _ in BOMS):
        label = named.group(1).decode("ascii", "replace").lower()
        label = "cp1252" if label in {"iso-8859-1", "latin1", "latin-1", "ascii", "us-ascii"} else label
        try:
            return data.decode(label), ()
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(data)


def _is_hidden(element: Any) -> bool:
    if not isinstance(element.tag, str) or element.tag in _UNSEEN:
        return True
    style = element.get("style")
    return (
        "hidden" in element.attrib
        or element.get("aria-hidden") == "true"
        or bool(style and _HIDING.search(style))
        or (element.tag == "input")
    )


def _seen(element: Any) -> Iterator[str]:
    """Yield the text that is seen, in order, found the plain way."""
    stack: list[Any] = [element]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            yield one
        elif not _is_hidden(one):
            if one.text:
                yield one.text
            for child in reversed(one):
                if child.tail:
                    stack.append(child.tail)
                stack.append(child)
        if not isinstance(one, str) and one.tag in _BLOCKS:
            yield " "


class _Writer:
    def __init__(self, draft: Draft, level: int) -> None:
        self.draft = draft
        self.level = level
        self.inline: list[str] = []
        self.marks: list[list[Any]] = []
        self.pending = ""

    def block(self, element: Any, depth: int = 0) -> None:
        """Write an element and what is in it; inline text is gathered until a block begins or ends."""
        if depth > _DEEPEST:
            raise UnreadableFile("Sidan är nästlad i fler led än vad som rimligen behövs.", "Spara den som pdf.")
        if _is_hidden(element):
            return
        if element.tag == "br":
            self.inline.append("\n")
            return
        if element.tag not in _BLOCKS:
            self._inside(element, depth)
            return
        self.flush()
        if re.fullmatch("h[1-6]", element.tag):
            self.draft.heading(_flat(element), int(element.tag[1]) + self.level)
        elif element.tag == "table" and _is_data(element):
            self._table(element)
        elif element.tag in {"ul", "ol"}:
            start = element.get("start", "1")
            self.marks.append(["-" if element.tag == "ul" else (int(start) if start.isdecimal() else 1)])
            self._inside(element, depth)
            self.flush()
            self.marks.pop()
        elif element.tag == "li":
            self._item(element, depth)
        else:
            self._inside(element, depth)
            self.flush()

    def flush(self) -> None:
        """Write the gathered inline text as a paragraph, or as the item whose mark waits."""
        text = re.sub(r"[^\S\n]+", " ", "".join(self.inline))
        self.inline = []
        if not text.strip():
            return
        if self.pending:
            self.draft.item(text, self.pending, max(0, len(self.marks) - 1))
            self.pending = ""
        else:
            self.draft.paragraph(text)

    def _inside(self, element: Any, depth: int) -> None:
        keep = element.tag == "pre"
        if element.text:
            self.inline.append(element.text if keep else re.sub(r"\s+", " ", element.text))
        for child in element:
            self.block(child, depth + 1)
            if child.tail:
                self.inline.append(child.tail if keep else re.sub(r"\s+", " ", child.tail))

    def _item(self, element: Any, depth: int) -> None:
        mark = self.marks[-1] if self.marks else ["-"]
        self.pending = mark[0] if isinstance(mark[0], str) else f"{mark[0]}."
        if isinstance(mark[0], int):
            mark[0] += 1
        self._inside(element, depth)
        self.flush()
        self.pending = ""

    def _table(self, element: Any) -> None:
        for caption in element.iterchildren("caption"):
            self.draft.paragraph(_flat(caption))
        rows, heads = _rows(element)
        if not rows:
            return
        width = max(len(row) for row in rows)
        columns = [[row[place] for row in rows[:heads] if place < len(row) and row[place]] for place in range(width)]
        self.draft.table([[" ".join(dict.fromkeys(column)) for column in columns], *rows[heads:]])


def _flat(element: Any) -> str:
    return one_line("".join(_seen(element)))


def _is_data(table: Any) -> bool:
    """Whether a table holds rows and columns, rather than placing a page's parts beside each other."""
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    nested = next(table.iterdescendants("table"), None) is not None
    wide = any(len(row.findall("td")) + len(row.findall("th")) > 1 for row in rows)
    return len(rows) > 1 and wide and not nested


def _rows(table: Any) -> tuple[list[list[str]], int]:
    """Return the rows with merged cells filled in, and how many of the first ones are heads."""
    rows: list[list[str]] = []
    heads = 0
    below: dict[int, tuple[int, str]] = {}
    for row in table.iter("tr"):
        if _is_hidden(row):
            continue
        cells: list[str] = []
        columns = [one for one in row if one.tag in {"td", "th"} and not _is_hidden(one)]
        for one in columns:
            _fill(cells, below)
            said, down = _flat(one), _span(one, "rowspan")
            for _ in range(_span(one, "colspan")):
                if down > 1:
                    below[len(cells)] = (down - 1, said)
                cells.append(said)
        _fill(cells, below)
        if heads == len(rows) and columns and (row.getparent().tag == "thead" or all(o.tag == "th" for o in columns)):
            heads += 1
        rows.append(cells)
    return rows, max(1, min(heads, len(rows) - 1))


def _fill(cells: list[str], below: dict[int, tuple[int, str]]) -> None:
    while len(cells) in below:
        left, said = below.pop(len(cells))
        if left > 1:
            below[len(cells)] = (left - 1, said)
        cells.append(said)


def _span(element: Any, name: str) -> int:
    said = element.get(name, "1").strip()
    return min(max(int(said), 1), _LARGEST_SPAN) if said.isdecimal() and len(said) < 6 else 1  # noqa: PLR2004
