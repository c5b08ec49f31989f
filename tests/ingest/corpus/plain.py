"""The made documents as text, Markdown, HTML, CSV, PDF and e-mail."""

import csv
import io
import subprocess
import tempfile
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import ListFlowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from tests.ingest.corpus.office import word_file
from tests.ingest.corpus.texts import Grid, Heading, Items, Text

_STYLE = "table { break-inside: avoid } th, td { padding: 4px 12px; text-align: left }"


def markdown(of: Text) -> str:
    """Return Markdown with form feeds between pages."""
    return "\f".join("\n\n".join(_markdown(block) for block in page) + "\n" for page in of.pages)


def _markdown(block: object) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {block.text}"
        case Items():
            return "\n".join(
                f"{f'{n}.' if block.numbered else '-'} {one}" for n, one in enumerate(block.texts, start=1)
            )
        case Grid():
            lines = [f"| {' | '.join(row)} |" for row in (block.head, *block.rows)]
            return "\n".join([lines[0], f"|{'---|' * len(block.head)}", *lines[1:]])
    return str(block)


def plain(of: Text) -> str:
    """Return the document as plain text: its tables in Markdown, its headings as lines."""
    return markdown(of).replace("## ", "").replace("# ", "").replace("\n", "\r\n")


def page(of: Text, charset: str = "utf-8") -> bytes:
    """Return the document as HTML that names its charset, with a menu, a script and something hidden around it."""
    body = "".join(_html(block) for block in of.blocks)
    head = f'<meta charset="{charset}"><title>{escape(of.title)}</title><style>{_STYLE}</style>'
    around = "<nav><a href='/'>Start</a></nav>", "<script>document.write('x')</script><p hidden>Syns inte.</p>"
    made = f'<!DOCTYPE html><html lang="sv"><head>{head}</head><body>{around[0]}{body}{around[1]}</body></html>'
    return made.encode(charset, "xmlcharrefreplace")


def _html(block: object) -> str:
    match block:
        case Heading():
            return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
        case Items():
            tag = "ol" if block.numbered else "ul"
            return f"<{tag}>{''.join(f'<li>{escape(one)}</li>' for one in block.texts)}</{tag}>"
        case Grid():
            head = "".join(f"<th>{escape(one)}</th>" for one in block.head)
            rows = ("".join(f"<td>{escape(one)}</td>" for one in row) for row in block.rows)
            return f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
    return f"<p>{escape(str(block))}</p>"


def table_text(grid: Grid, delimiter: str) -> str:
    """Return a table as CSV."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows((grid.head, *grid.rows))
    return buffer.getvalue()


def printed(of: Text) -> bytes:
    """Return a PDF by ReportLab."""
    styles = getSampleStyleSheet()
    story: list[Any] = []
    for number, blocks in enumerate(of.pages):
        if number:
            story.append(PageBreak())
        for block in blocks:
            match block:
                case Heading():
                    story.append(Paragraph(block.text, styles[f"Heading{block.level}"]))
                case Items():
                    items = [Paragraph(one, styles["BodyText"]) for one in block.texts]
                    story.append(ListFlowable(items, bulletType="1" if block.numbered else "bullet"))
                case Grid():
                    rows = [[Paragraph(one, styles["BodyText"]) for one in row] for row in (block.head, *block.rows)]
                    story.append(Table(rows, style=[("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
                case str():
                    story.append(Paragraph(block, styles["BodyText"]))
            story.append(Spacer(1, 8))
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4, title=of.title).build(story)
    return buffer.getvalue()


def printed_by(chromium: str, page: bytes) -> bytes:
    """Return a page in HTML as a browser prints it."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "a.html"), Path(folder, "a.pdf")
        source.write_bytes(page)
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--user-data-dir={folder}/p",
        ]
        subprocess.run([chromium, *options, f"--print-to-pdf={target}", str(source)], check=True, capture_output=True)
        return target.read_bytes()


def letter(of: Text) -> bytes:
    """Return an e-mail whose body is the first page and whose attached Word files are the others."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@region.example", "b@region.example", of.title
    made.set_content("\n\n".join(_markdown(block) for block in of.pages[0]))
    for number, blocks in enumerate(of.pages[1:], start=2):
        data = word_file(Text(of.title, (blocks,)))
        made.add_attachment(data, maintype="application", subtype="octet-stream", filename=f"sida {number}.docx")
    return made.as_bytes()
