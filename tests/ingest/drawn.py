"""What stands where on a page, by pdfminer: nothing of PDFium's is asked."""

import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTContainer

Box = tuple[float, float, float, float]


_UNKNOWN = "(cid:"
"""What pdfminer calls a sign without a letter, such as a bullet."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A character, or those drawn as one, and the point in the middle of it, a little above the line it stands on."""

    text: str
    x: float
    y: float


def drawn(data: bytes) -> list[list[Drawn]]:
    """Return the characters of every page of a PDF, in the order of the file."""
    return [list(_characters(page)) for page in extract_pages(io.BytesIO(data), laparams=None)]


def _characters(inside_of: LTContainer[Any]) -> Iterator[Drawn]:
    for one in inside_of:
        if isinstance(one, LTChar):
            said = unicodedata.normalize("NFKC", one.get_text())  # A ligature is its letters.
            height = one.matrix[5] + (one.y1 - one.y0) / 4
            yield Drawn("•" if said.startswith(_UNKNOWN) else said, (one.x0 + one.x1) / 2, height)
        elif isinstance(one, LTContainer):
            yield from _characters(one)


def inside(page: list[Drawn], boxes: list[Box]) -> str:
    """Return the characters of a page that stand in boxes, white space aside."""
    return "".join(
        one.text
        for one in page
        if not one.text.isspace() and any(x0 <= one.x <= x1 and y0 <= one.y <= y1 for x0, y0, x1, y1 in boxes)
    )
