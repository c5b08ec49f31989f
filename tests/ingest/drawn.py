"""What stands where on a page, by pypdf and the widths of the fonts: nothing of PDFium's is asked."""

import io
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader
from reportlab.pdfbase.pdfmetrics import stringWidth

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A character, and the point in the middle of it, a little above the line that it stands on."""

    text: str
    x: float
    y: float


def drawn(data: bytes) -> list[list[Drawn]]:
    """Return the characters of every page of a PDF with the standard fonts of ReportLab, in the order of the file."""
    return [_page(page) for page in PdfReader(io.BytesIO(data)).pages]


def _page(page: Any) -> list[Drawn]:
    found: list[Drawn] = []

    def visit(text: str, at: list[float], matrix: list[float], font: dict[str, Any] | None, size: float) -> None:
        name = str(font["/BaseFont"]).removeprefix("/") if font else ""
        x, y = at[0] * matrix[4] + at[2] * matrix[5] + at[4], at[1] * matrix[4] + at[3] * matrix[5] + at[5]
        for mark in text.replace("\n", ""):
            width = stringWidth(mark, name, size)
            found.append(Drawn(mark, x + width / 2, y + size / 4))
            x += width

    page.extract_text(visitor_text=visit)
    return found


def inside(page: list[Drawn], boxes: list[Box]) -> str:
    """Return the characters of a page that stand in boxes, white space aside."""
    return "".join(
        one.text
        for one in page
        if not one.text.isspace() and any(x0 <= one.x <= x1 and y0 <= one.y <= y1 for x0, y0, x1, y1 in boxes)
    )
