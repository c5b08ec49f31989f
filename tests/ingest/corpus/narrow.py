"""A text that is hard on a page: two narrow columns, straight edges, words broken at line ends, and ligatures."""

import io
from html import escape

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm

SOFT = "\u00ad"
FONT = "DejaVu Serif"
"""A font in which "fi", "fl" and "ffi" are one sign each."""
HEAD = "Finansiering av närsjukvårdens effektiva flöden"
TABLE = (("Flöde", "Effekt", "Kostnad"), ("Specifika", "12 %", "4,5 mnkr"), ("Officiella", "31 %", "18,2 mnkr"))
PARAGRAPHS = tuple(
    f"Punkt {number}: Den offentlig{SOFT}finansierade läkar{SOFT}medverkan i närsjuk{SOFT}vårds{SOFT}programmet ska "
    f"vara effektiv och specificerad, så att patient{SOFT}säkerhets{SOFT}arbetet inte påverkas när "
    f"rehabiliterings{SOFT}koordinatorerna flyttar {number} befintliga upp{SOFT}drag till "
    f"primär{SOFT}vårds{SOFT}mottagningarna under {2025 + number}."
    for number in range(1, 9)
)
_STYLE = f"""
@page {{ size: A4; margin: 20mm }}
body {{ font: 11pt/1.4 '{FONT}'; text-align: justify; hyphens: manual; columns: 2; column-gap: 8mm }}
td, th {{ padding: 2pt 6pt; text-align: left }}
"""


def page() -> bytes:
    """Return the text as HTML for a browser to print."""
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in TABLE)
    body = "".join(f"<p>{escape(one)}</p>" for one in PARAGRAPHS)
    head = f"<meta charset=utf-8><style>{_STYLE}</style>"
    return f"<!doctype html><html lang=sv>{head}<h2>{HEAD}</h2>{body}<table>{rows}</table>".encode()


def word_file() -> bytes:
    """Return the text as a Word file."""
    made = docx.Document()
    made.styles["Normal"].font.name = FONT
    made.sections[0]._sectPr.find(qn("w:cols")).set(qn("w:num"), "2")
    made.add_heading(HEAD, 2)
    for one in PARAGRAPHS:
        made.add_paragraph(one).alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    table = made.add_table(0, 3, style="Table Grid")
    for row in TABLE:
        for cell, said in zip(table.add_row().cells, row, strict=True):
            cell.text = said
    for column in table.columns:
        column.width = Cm(2.6)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()
