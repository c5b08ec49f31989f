"""The made documents as office files, by python-docx, xlsxwriter, openpyxl, python-pptx and by hand."""

import io
from typing import Any

import docx
import openpyxl
import pptx
import xlsxwriter
from docx.enum.text import WD_BREAK
from pptx.util import Inches, Pt

from tests.ingest.corpus.texts import Block, Grid, Heading, Items, Text
from tests.ingest.corpus.texts import said as said_by
from tests.ingest.office import excel, opendocument

_BREAK = (
    '<style:style style:name="P1" style:family="paragraph"><style:paragraph-properties fo:break-before="page"/>'
    '</style:style><text:list-style style:name="L1"><text:list-level-style-number text:level="1"/></text:list-style>'
)


def word_file(of: Text, *, styled: bool = True, ruled: bool = False) -> bytes:
    """Return a Word file; without styles its headings are bold lines, as many write them.

    Its tables have lines around their cells if they are to be ``ruled``.
    """
    made = docx.Document()
    for number, page in enumerate(of.pages):
        for block in page:
            if isinstance(block, Heading) and not styled:
                made.add_paragraph().add_run(block.text).bold = True
            else:
                _in_word(made, block, "Table Grid" if ruled else None)
        if number + 1 < len(of.pages):
            made.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def _in_word(made: Any, block: Block, style: str | None) -> None:
    match block:
        case Heading():
            made.add_heading(block.text, block.level)
        case Items():
            for one in block.texts:
                made.add_paragraph(one, style="List Number" if block.numbered else "List Bullet")
        case Grid():
            table = made.add_table(0, len(block.head), style=style)
            for row in (block.head, *block.rows):
                for cell, said in zip(table.add_row().cells, row, strict=True):
                    cell.text = said
        case str():
            made.add_paragraph(block)


def workbook(of: Text) -> bytes:
    """Return a workbook by xlsxwriter with a sheet for each page."""
    return excel(*((f"Blad {number}", _rows(page)) for number, page in enumerate(of.pages, start=1)))


def printable_workbook(of: Text) -> bytes:
    """Return the same with columns as wide as what is in them and all on one page's width, as for printing."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for number, page in enumerate(of.pages, start=1):
        sheet = book.add_worksheet(f"Blad {number}")
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, 5, 22, wrapped)
        for row, cells in enumerate(_rows(page)):
            if len(cells) == 1:
                sheet.merge_range(row, 0, row, 4, cells[0], wrapped)
                sheet.set_row(row, 15 * (1 + len(cells[0]) // 100))
            else:
                sheet.write_row(row, 0, cells, wrapped)
                sheet.set_row(row, 15 * (1 + max(map(len, cells), default=0) // 20))
    book.close()
    return buffer.getvalue()


def other_workbook(of: Text) -> bytes:
    """Return the same by openpyxl."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, page in enumerate(of.pages, start=1):
        sheet = book.create_sheet(f"Blad {number}")
        for row in _rows(page):
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _rows(page: tuple[object, ...]) -> list[list[str]]:
    rows: list[list[str]] = []
    for block in page:
        match block:
            case Grid():
                rows += [list(block.head), *map(list, block.rows)]
            case Items():
                rows += [[one] for one in block.texts]
            case Heading():
                rows.append([block.text])
            case _:
                rows.append([str(block)])
        rows.append([])
    return rows


def presentation(of: Text) -> bytes:
    """Return a presentation with a slide for each page: the first heading is the title, the rest follows below it."""
    made = pptx.Presentation()
    for page in of.pages:
        slide = made.slides.add_slide(made.slide_layouts[5])
        title, *rest = page
        slide.shapes.title.text = title.text if isinstance(title, Heading) else ""
        top = int(Inches(1.6))
        for block in rest:
            top += _in_slide(slide.shapes, block, top)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def _in_slide(shapes: Any, block: Block, top: int) -> int:
    """Put a block on a slide, and return how high it is."""
    if isinstance(block, Grid):
        height = int(Inches(0.4)) * (len(block.rows) + 1)
        table = shapes.add_table(len(block.rows) + 1, len(block.head), Inches(0.5), top, Inches(9), height).table
        for number, row in enumerate((block.head, *block.rows)):
            for column, said in enumerate(row):
                _say(table.cell(number, column).text_frame, said)
        return height + Inches(0.1)
    lines = list(block.texts) if isinstance(block, Items) else said_by(block)
    lines_high = sum(1 + len(line) // 100 for line in lines)
    height = int(Inches(0.25)) * lines_high + int(Inches(0.1))
    frame = shapes.add_textbox(Inches(0.5), top, Inches(9), height).text_frame
    frame.word_wrap = True
    _say(frame, "\n".join(lines))
    return height


def _say(frame: Any, said: str) -> None:
    frame.text = said
    for paragraph in frame.paragraphs:
        paragraph.font.size = Pt(12)


def open_text(of: Text) -> bytes:
    """Return an OpenDocument text."""
    body = ""
    for number, page in enumerate(of.pages):
        for place, block in enumerate(page):
            style = ' text:style-name="P1"' if number and not place else ""
            match block:
                case Heading():
                    body += f'<text:h{style} text:outline-level="{block.level}">{block.text}</text:h>'
                case Items():
                    items = "".join(f"<text:list-item><text:p>{one}</text:p></text:list-item>" for one in block.texts)
                    body += f'<text:list text:style-name="{"L1" if block.numbered else "L2"}">{items}</text:list>'
                case Grid():
                    columns = f'<table:table-column table:number-columns-repeated="{len(block.head)}"/>'
                    body += f"<table:table>{columns}{''.join(map(_row, (block.head, *block.rows)))}</table:table>"
                case str():
                    body += f"<text:p{style}>{block}</text:p>"
    return opendocument(body, _BREAK)


def _row(cells: tuple[str, ...]) -> str:
    inside = "".join(f"<table:table-cell><text:p>{one}</text:p></table:table-cell>" for one in cells)
    return f"<table:table-row>{inside}</table:table-row>"
