"""Blocks as a Word document by python-docx, with the styles that Word has for headings, lists and tables."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bench.rendered.blocks import Block

if TYPE_CHECKING:
    from docx.document import Document


async def word(title: str, blocks: Sequence[Block]) -> bytes:
    """Write the blocks as a Word document."""
    import docx

    document = docx.Document()
    document.core_properties.title = title
    previous = None
    numbering = 0
    for block in blocks:
        if block.kind == "heading":
            document.add_heading(block.text, block.level)
        elif block.kind == "table":
            _table(document, block)
        elif block.kind == "paragraph":
            document.add_paragraph(block.text)
        elif block.kind == "bullet":
            document.add_paragraph(block.text, style="List Bullet")
        else:
            goes_on = previous is not None and previous.kind == "number" and previous.number + 1 == block.number
            numbering = numbering if goes_on else _new_list(document, block.number)
            _numbered(document.add_paragraph(block.text, style="List Number"), numbering)
        previous = block
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _table(document: Document, block: Block) -> None:
    width = max(len(row) for row in block.rows)
    table = document.add_table(rows=0, cols=width, style="Table Grid")
    for row in block.rows:
        for cell, text in zip(table.add_row().cells, row, strict=False):
            cell.text = text


def _new_list(document: Document, start: int) -> int:
    """Begin a list of the style "List Number" that counts from ``start``, and return its number."""
    definitions: Any = document.part.numbering_part.element
    style: Any = document.styles["List Number"].element
    like = style.pPr.numPr.numId.val
    kind = next(one for one in definitions.num_lst if one.numId == like).abstractNumId.val
    made = definitions.add_num(kind)
    made.add_lvlOverride(ilvl=0).add_startOverride(start)
    return int(made.numId)


def _numbered(paragraph: Any, numbering: int) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001 - python-docx has no other way
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = numbering
