"""PDF files that tests make for themselves."""

import io
import zlib
from collections.abc import Sequence

from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas


def pdf(*pages: Sequence[str], title: str = "", password: str | None = None) -> bytes:
    """Return a PDF with one page for each list of lines; an empty line leaves a gap, an empty list an empty page."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, encrypt=password)
    if title:
        canvas.setTitle(title)
    for lines in pages:
        text = canvas.beginText(60, 780)
        for line in lines:
            text.textLine(line)
        if lines:
            canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def scanned(pages: int = 2) -> bytes:
    """Return a PDF whose pages draw something but hold no text."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for _ in range(pages):
        canvas.rect(80, 80, 300, 500, fill=1)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def without_pages() -> bytes:
    """Return a well-formed PDF that has no pages at all."""
    buffer = io.BytesIO()
    PdfWriter().write(buffer)
    return buffer.getvalue()


def joined(*files: bytes) -> bytes:
    """Return one PDF with the pages of all."""
    writer = PdfWriter()
    for data in files:
        for page in PdfReader(io.BytesIO(data)).pages:
            writer.add_page(page)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def bomb(megabytes: int = 600) -> bytes:
    """Return a small PDF whose page inflates to an enormous stream."""
    packed = zlib.compress(b" " * (megabytes * 1024 * 1024), 1)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(body)
    return body + b"xref\n0 5\n0000000000 65535 f \n%strailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        table,
        start,
    )
