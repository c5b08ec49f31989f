"""Where the characters of a PDF's page stand for one who reads lines: on their baseline, and as high as their font is.

PDFium's own boxes follow what each producer says of its fonts, and the shape of each letter: they differ within a line.
"""

from collections.abc import Callable
from ctypes import byref, c_double
from typing import Any

from pypdfium2.raw import (
    FS_MATRIX,
    FS_RECTF,
    FPDFText_GetCharOrigin,
    FPDFText_GetFontSize,
    FPDFText_GetLooseCharBox,
    FPDFText_GetMatrix,
)

from ingest.readers.words import Box

LINE_END_HYPHENS = ("\ufffe", "\x02")
_SIGNS = dict.fromkeys(LINE_END_HYPHENS, "-") | {
    "\uf0b7": "•",
    "\uf06c": "•",
    "\uf0a7": "▪",
    "\uf06e": "▪",
    "\uf076": "▪",
    "\uf0d8": "‣",
    "\uf0fc": "✓",
    "\uf0e0": "→",
    "\uf0e8": "→",
}
"""What is meant by signs that have no letter of their own: hyphens of PDFium's, and bullets of Symbol and Wingdings."""
SAID = str.maketrans(_SIGNS)
_ABOVE, _BELOW = 0.93, 0.22
"""How far a line reaches above and below its baseline, in sizes of the font: about what text fonts say themselves."""


def boxes(textpage: Any) -> Callable[[int], Box]:
    """Return what gives the box of a page's character by its number, in points.

    Text that does not run from the left to the right keeps the box that PDFium gives it.
    """
    page = textpage.raw
    around, turned, x, y = FS_RECTF(), FS_MATRIX(), c_double(), c_double()
    to_around, to_turned, to_x, to_y = byref(around), byref(turned), byref(x), byref(y)

    def box(number: int) -> Box:
        FPDFText_GetLooseCharBox(page, number, to_around)
        FPDFText_GetMatrix(page, number, to_turned)
        level = turned.a > 0 and abs(turned.b) < turned.a / 10
        if not level or not FPDFText_GetCharOrigin(page, number, to_x, to_y):
            return around.left, around.bottom, around.right, around.top
        size, line = FPDFText_GetFontSize(page, number) * abs(turned.d), y.value
        return around.left, line - _BELOW * size, around.right, line + _ABOVE * size

    return box
