"""A page of a PDF as a picture, with boxes marked on it."""

import io
from collections.abc import Sequence
from ctypes import byref, c_int
from typing import Any

from PIL import Image, ImageChops, ImageDraw
from pypdfium2 import PdfiumError
from pypdfium2.raw import FPDF_PageToDevice

from ingest.errors import UnreadableFile
from ingest.readers.pdf import opened
from ingest.readers.words import Box

_SCALE = 1.6
_MOST_PIXELS = 4_000_000
_MARKER = (255, 221, 87)
"""What lies over the quotation: the darkest of it and the page is seen, as with a marker on paper."""


def picture(data: bytes, number: int, marked: Sequence[Box]) -> bytes:
    """Return a page, by its number from 1, as PNG. Raises `UnreadableFile` when there is no such page to show."""
    document = opened(data)
    try:
        if not 0 < number <= len(document):
            raise _missing(number)
        page = document[number - 1]
        try:
            return _drawn(page, marked)
        finally:
            page.close()
    except PdfiumError as error:
        raise _missing(number) from error
    finally:
        document.close()


def _drawn(page: Any, marked: Sequence[Box]) -> bytes:
    width, height = page.get_size()
    scale = min(_SCALE, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale)
    try:
        whole = bitmap.to_pil().convert("RGB")
    finally:
        bitmap.close()
    layer = Image.new("RGB", whole.size, "white")
    pen = ImageDraw.Draw(layer)
    for left, bottom, right, top in marked:
        corners = [_pixel(page, whole.size, x, y) for x, y in ((left, bottom), (right, top))]
        xs, ys = sorted(x for x, _ in corners), sorted(y for _, y in corners)
        pen.rectangle((xs[0], ys[0], xs[1], ys[1]), fill=_MARKER)
    buffer = io.BytesIO()
    ImageChops.multiply(whole, layer).save(buffer, "PNG")
    return buffer.getvalue()


def _pixel(page: Any, size: tuple[int, int], x: float, y: float) -> tuple[int, int]:
    across, down = c_int(), c_int()
    FPDF_PageToDevice(page.raw, 0, 0, *size, 0, x, y, byref(across), byref(down))
    return across.value, down.value


def _missing(number: int) -> UnreadableFile:
    return UnreadableFile(
        f"Sida {number} i PDF-filen går inte att visa.", "Hämta originalfilen i stället.", page=number
    )
