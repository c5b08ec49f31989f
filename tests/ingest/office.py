"""Office files that tests make for themselves."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import docx
import pptx
import xlsxwriter

DOCUMENT = "word/document.xml"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(*paragraphs: str | tuple[str, str], tables: Sequence[Sequence[Sequence[str]]] = ()) -> bytes:
    """Return a Word file by python-docx: paragraphs, those in pairs with their style first, and then tables."""
    document = docx.Document()
    for one in paragraphs or ("Regionstyrelsen beslutar att följa planen.",):
        style, text = one if isinstance(one, tuple) else (None, one)
        document.add_paragraph(text, style=style)
    for rows in tables:
        table = document.add_table(len(rows), max(map(len, rows)))
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                table.cell(row, column).text = text
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def word_of(body: str) -> bytes:
    """Return a Word file whose body is the given WordprocessingML."""
    xml = f'<?xml version="1.0" encoding="UTF-8"?><w:document {W}><w:body>{body}</w:body></w:document>'
    return changed(word(), {DOCUMENT: xml.encode()})


def changed(data: bytes, members: Mapping[str, bytes | None]) -> bytes:
    """Return a zip file with some members replaced, added, or, where None is given, taken away."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in members:
                new.writestr(name, old.read(name))
        for name, content in members.items():
            if content is not None:
                new.writestr(name, content)
    return buffer.getvalue()


def zipped(members: Mapping[str, bytes | str]) -> bytes:
    """Return a zip file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def excel(*sheets: tuple[str, Sequence[Sequence[Any]]], merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """Return a workbook by xlsxwriter; ``merged`` areas, from 0, are merged on every sheet."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        for area in merged:
            sheet.merge_range(*area, "")
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if cell != "":
                    sheet.write(row, column, cell)
    book.close()
    return buffer.getvalue()


def slides(*pages: tuple[str, Sequence[str]], notes: str = "") -> bytes:
    """Return a presentation by python-pptx: slides with a title and points, and notes on each."""
    presentation = pptx.Presentation()
    for title, points in pages:
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text_frame.text = "\n".join(points)
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
    buffer = io.BytesIO()
    presentation.save(buffer)
    return buffer.getvalue()


_NAMES = {"office": "office", "text": "text", "table": "table", "style": "style", "fo": "xsl-fo-compatible"}
_SPACES = " ".join(f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for key, name in _NAMES.items())


_OPEN_TEXT = "application/vnd.oasis.opendocument.text"
_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="{0}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def opendocument(body: str, styles: str = "") -> bytes:
    """Return an OpenDocument text whose body and automatic styles are given as XML."""
    content = (
        f'<office:document-content {_SPACES} office:version="1.2">'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return zipped(
        {"mimetype": _OPEN_TEXT, "content.xml": content, "META-INF/manifest.xml": _MANIFEST.format(_OPEN_TEXT)}
    )
