"""Draws the PDF documents of the sample region from `pdf_sources/`: the same sources always give the same bytes.

Run `python -m api.sample.make_pdfs` after a source has changed, and commit the PDFs together with it.
The sources are plain text with `#` headings, `-` list items, `|` table rows and blank lines between blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Spacer, Table, TableStyle

HERE = Path(__file__).parent
SOURCES = HERE / "pdf_sources"
DOCUMENTS = HERE / "documents"
MARGIN = 25 * mm
TEXT_WIDTH = A4[0] - 2 * MARGIN
CELL_PADDING = 13

BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10.5, leading=14.5, spaceAfter=6, alignment=TA_LEFT)
CELL = ParagraphStyle("cell", parent=BODY, fontSize=8.5, leading=11, spaceAfter=0)
HEAD_CELL = ParagraphStyle("head-cell", parent=CELL, fontName="Helvetica-Bold")
CAPTION = ParagraphStyle("caption", parent=BODY, fontName="Helvetica-Bold", fontSize=9.5, spaceAfter=3, keepWithNext=1)
ITEM = ParagraphStyle("item", parent=BODY, leftIndent=12, bulletIndent=2, spaceAfter=3)
HEADINGS = {
    1: ParagraphStyle("h1", parent=BODY, fontName="Helvetica-Bold", fontSize=18, leading=22, spaceAfter=10),
    2: ParagraphStyle("h2", parent=BODY, fontName="Helvetica-Bold", fontSize=13, leading=16, spaceBefore=8),
    3: ParagraphStyle("h3", parent=BODY, fontName="Helvetica-Bold", fontSize=11, leading=14, spaceBefore=4),
}
for style in HEADINGS.values():
    style.keepWithNext = 1
RULED = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
        ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands at the top of every page of one PDF."""

    stem: str
    title: str
    case_number: str
    date: str


SHEETS = (
    Sheet("06-statsbidrag-2026", "Riktade statsbidrag 2026", "RS 2026/0112", "2026-04-20"),
    Sheet("12-regelbok-utdrag-2026", "Regelbok för Vårdval Solmark 2026, utdrag", "RS 2025/0610", "2025-11-24"),
    Sheet("13-uppfoljning-2025", "Uppföljning av nära vård 2025", "SVN 2026/0003", "2026-01-30"),
)


def draw(sheet: Sheet, target: Path) -> None:
    """Write one PDF to `target` from the source with the same stem; raises FileNotFoundError without a source."""
    source = (SOURCES / f"{sheet.stem}.md").read_text(encoding="utf-8")
    document = BaseDocTemplate(str(target), pagesize=A4, title=sheet.title, author="Region Solmark", invariant=1)
    frame = Frame(MARGIN, 25 * mm, TEXT_WIDTH, A4[1] - 52 * mm, 0, 0, 0, 0)

    def header(canvas: Canvas, _document: BaseDocTemplate) -> None:
        canvas.setFont("Helvetica", 8.5)
        canvas.drawString(MARGIN, A4[1] - 18 * mm, f"Region Solmark · {sheet.case_number} · {sheet.date}")
        canvas.line(MARGIN, A4[1] - 20 * mm, A4[0] - MARGIN, A4[1] - 20 * mm)

    def footer(canvas: Canvas, _document: BaseDocTemplate) -> None:
        canvas.setFont("Helvetica", 8.5)
        canvas.drawCentredString(A4[0] / 2, 14 * mm, f"Sida {canvas.getPageNumber()}")

    document.addPageTemplates(PageTemplate("page", [frame], onPage=header, onPageEnd=footer))
    document.build(list(_flowables(source)))


def _flowables(source: str) -> Iterator[Flowable]:
    for block in re.split(r"\n\s*\n", source.strip()):
        lines = block.splitlines()
        if heading := re.match(r"(#{1,3}) (.+)", lines[0]):
            yield Paragraph(heading[2], HEADINGS[len(heading[1])])
        elif lines[-1].startswith("|"):
            rows = [line for line in lines if line.startswith("|")]
            yield from (Paragraph(line, CAPTION) for line in lines if not line.startswith("|"))
            yield _table(rows)
            yield Spacer(1, 8)
        elif lines[0].startswith("- "):
            yield from (Paragraph(line[2:], ITEM, bulletText="•") for line in lines)
        else:
            yield from (Paragraph(line, BODY) for line in lines)


def _table(lines: list[str]) -> Table:
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not line.startswith("|---")]
    widths = _widths(list(zip(*cells, strict=True)))
    rows = [[Paragraph(cell, HEAD_CELL if number == 0 else CELL) for cell in row] for number, row in enumerate(cells)]
    return Table(rows, colWidths=widths, repeatRows=1, style=RULED)


def _widths(columns: list[tuple[str, ...]]) -> list[float]:
    """Give each column room for its longest word, and as far as it goes for its longest cell on one line."""
    least = [max(_width(word) for cell in column for word in cell.split(" ")) for column in columns]
    whole = [max(map(_width, column)) for column in columns]
    wanted = [full - short for full, short in zip(whole, least, strict=True)]
    spare = TEXT_WIDTH - sum(least)
    share = min(1.0, spare / sum(wanted)) if any(wanted) else 0.0
    rest = (spare - share * sum(wanted)) / len(columns)
    return [short + share * want + rest for short, want in zip(least, wanted, strict=True)]


def _width(text: str) -> float:
    drawn: float = stringWidth(text, HEAD_CELL.fontName, HEAD_CELL.fontSize)
    return drawn + CELL_PADDING


def main() -> None:
    """Draw every PDF of the sample region into `documents/`."""
    for sheet in SHEETS:
        draw(sheet, DOCUMENTS / f"{sheet.stem}.pdf")


if __name__ == "__main__":
    main()
