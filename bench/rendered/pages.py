"""Blocks as PDF by two programs: Chromium's print of a page in HTML, and ReportLab's platypus."""

from __future__ import annotations

import contextlib
import io
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from html import escape
from itertools import groupby

from bench.rendered.blocks import Block

Render = Callable[[str, Sequence[Block]], Awaitable[bytes]]
"""A title and the blocks to the bytes of a file."""
STYLE = """
@page { size: A4; margin: 25mm }
body { font: 11pt/1.4 serif; hyphens: auto; overflow-wrap: break-word }
table { border-collapse: collapse } td, th { border: 1px solid; padding: 2pt 4pt; text-align: left }
"""
_LISTS = {"bullet": "ul", "number": "ol"}


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Render]:
    """Open a browser that prints; raises RuntimeError when there is none."""
    from playwright.async_api import async_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        raise RuntimeError("There is no Chromium here to print with.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        try:
            page = await browser.new_page()

            async def render(title: str, blocks: Sequence[Block]) -> bytes:
                await page.set_content(html(title, blocks))
                return await page.pdf(prefer_css_page_size=True)

            yield render
        finally:
            await browser.close()


def html(title: str, blocks: Sequence[Block]) -> str:
    """The blocks as a page in Swedish."""
    parts = []
    for kind, group in groupby(blocks, key=lambda block: block.kind):
        if kind in _LISTS:
            name = _LISTS[kind]
            items = "".join(f"<li{_value(item)}>{escape(item.text)}</li>" for item in group)
            parts.append(f"<{name}>{items}</{name}>")
        else:
            parts += [_html_block(block) for block in group]
    head = f"<meta charset=utf-8><title>{escape(title)}</title><style>{STYLE}</style>"
    return f"<!doctype html><html lang=sv><head>{head}</head><body>{''.join(parts)}</body></html>"


def _value(item: Block) -> str:
    return f' value="{item.number}"' if item.kind == "number" else ""


def _html_block(block: Block) -> str:
    if block.kind == "table":
        head, *rows = block.rows
        body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
        return f"<table><thead><tr>{''.join(f'<th>{escape(one)}</th>' for one in head)}</tr></thead>{body}</table>"
    name = f"h{block.level}" if block.kind == "heading" else "p"
    return f"<{name}>{escape(block.text)}</{name}>"


async def reportlab(title: str, blocks: Sequence[Block]) -> bytes:
    """Set the blocks with ReportLab, in its own Latin font."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    made = io.BytesIO()
    SimpleDocTemplate(made, pagesize=A4, title=title).build([_flowable(block) for block in blocks])
    return made.getvalue()


def _flowable(block: Block) -> object:
    from reportlab.lib import colors
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, Table

    styles = getSampleStyleSheet()
    body = styles["BodyText"]
    text = escape(block.text)
    if block.kind == "table":
        width = max(len(row) for row in block.rows)
        cells = [[Paragraph(escape(cell), body) for cell in [*row, *[""] * (width - len(row))]] for row in block.rows]
        return Table(cells, style=[("GRID", (0, 0), (-1, -1), 0.5, colors.black)], repeatRows=1)
    if block.kind == "heading":
        return Paragraph(text, styles[f"Heading{block.level}"])
    if block.kind == "paragraph":
        return Paragraph(text, body)
    return Paragraph(text, styles["Bullet"], bulletText="•" if block.kind == "bullet" else f"{block.number}.")
