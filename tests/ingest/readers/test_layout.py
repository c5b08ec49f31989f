"""Tables and paragraphs found again from nothing but places on a page."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    ListFlowable,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

from ingest import readers
from ingest.readers import PDF, Page
from ingest.readers.layout import run_on
from ingest.structure import outline
from retrieval.kinds import UnitKind

STYLES = getSampleStyleSheet()
BODY = STYLES["BodyText"]
PROSE = "Regionstyrelsen beslutar om pengar till vården och följer hur de används under hela året i varje kommun. " * 4


def text_of(*flowables: Flowable) -> str:
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4).build(list(flowables))
    return readers.read(PDF, buffer.getvalue()).text


def drawn(*steps: Callable[[Canvas], object]) -> str:
    """Return what is read of a page that is drawn by hand."""
    return read_pages(*steps)[0]


def read_pages(*steps: Callable[[Canvas], object]) -> tuple[str, tuple[Page, ...]]:
    """Return what is read of pages that are drawn by hand, and the pages."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for step in steps:
        step(canvas)
    canvas.save()
    reading = readers.read(PDF, buffer.getvalue())
    return reading.text, reading.pages


def table(rows: Sequence[Sequence[Any]], widths: Sequence[float]) -> Table:
    return Table([[Paragraph(cell, BODY) for cell in row] for row in rows], colWidths=list(widths))


@pytest.mark.parametrize("stands", ["TOP", "BOTTOM"])
def test_cells_of_several_lines_are_put_together_row_by_row(stands: str) -> None:
    rows = [
        ["Åtgärd", "Belopp nationellt", "Vår del", "Redovisning"],
        ["Stöd till bättre arbetssätt och bemanning", "655 mnkr", "10,4 mnkr", "Socialstyrelsen senast 2027-03-31"],
        ["Ungdomsmottagningar", "130 mnkr", "", "oktober"],
        ["Summa", "785 mnkr", "10,4 mnkr", ""],
    ]
    grid = table(rows, [130, 70, 70, 90])
    grid.setStyle([("VALIGN", (0, 0), (-1, -1), stands)])
    text = text_of(
        Paragraph(PROSE, BODY), Paragraph("Tabell 1. Pengar från staten", BODY), grid, Paragraph(PROSE, BODY)
    )
    written = [line for line in text.splitlines() if line.startswith("|")]
    assert written[0] == "| Åtgärd | Belopp nationellt | Vår del | Redovisning |"
    assert written[2:] == [f"| {' | '.join(row)} |" for row in rows[1:]]
    assert text.split("\n\n")[0].replace("\n", " ").startswith(PROSE[:100])


def test_prose_lists_and_justified_text_are_no_tables() -> None:
    justified = BODY.clone("justified", alignment=TA_JUSTIFY)
    listed = ListFlowable(
        [Paragraph(f"att punkt {number} genomförs", BODY) for number in range(5)], bulletType="bullet"
    )
    text = text_of(Paragraph(PROSE, justified), listed, Paragraph("1.&nbsp;&nbsp;&nbsp;&nbsp;Inledning", BODY))
    assert "|" not in text
    assert "• att punkt 3 genomförs" in text


def test_two_columns_of_text_are_read_one_after_the_other() -> None:
    buffer = io.BytesIO()
    template = BaseDocTemplate(buffer, pagesize=A4)
    frames = [Frame(50, 500, 220, 250), Frame(320, 500, 220, 250)]
    template.addPageTemplates(PageTemplate(frames=frames))
    template.build([Paragraph(f"Stycke {number}. {PROSE}", BODY) for number in range(4)])
    text = readers.read(PDF, buffer.getvalue()).text
    assert "|" not in text
    assert [text.index(f"Stycke {number}.") for number in range(4)] == sorted(
        text.index(f"Stycke {number}.") for number in range(4)
    )


def test_paragraphs_beside_a_table_of_small_lines_stay_whole() -> None:
    small = [[f"rad {number}", f"{number} mnkr", "år 2026"] for number in range(12)]
    dense = Table(small, rowHeights=9, style=[("FONTSIZE", (0, 0), (-1, -1), 6)])
    text = text_of(Paragraph(PROSE, BODY), Spacer(1, 20), dense, Spacer(1, 20), Paragraph(PROSE, BODY))
    before, after = [part for part in text.split("\n\n") if not part.startswith("|")]
    assert before.replace("\n", " ") == after.replace("\n", " ") == PROSE.strip()


@pytest.mark.parametrize(
    ("above", "below", "whole"),
    [
        ("läkar-", "bilar", "läkar-bilar"),
        ("HR-", "avdelning", "HR-avdelning"),
        ("bil-", "och båttrafik", "bil- och båttrafik"),
        ("5 -", "och mer", "5 - och mer"),
        ("Väg-", "Bro", "Väg- Bro"),
        ("läkare", "kör", "läkare kör"),
    ],
)
def test_a_word_that_is_broken_between_two_lines_of_a_cell_is_whole(above: str, below: str, whole: str) -> None:
    assert run_on(above, below) == whole


def test_a_bar_in_a_cell_does_not_become_a_border() -> None:
    text = text_of(table([["a|b", "c", "d"], ["1", "2", "3"], ["4", "5", "6"]], [80, 80, 80]))
    assert text.splitlines()[0] == "| a¦b | c | d |"


def test_bullets_that_are_drawn_are_bullets() -> None:
    text = drawn(
        lambda canvas: canvas.drawString(72, 700, "Vården ska ge"),
        lambda canvas: canvas.circle(78, 683, 2, stroke=0, fill=1),
        lambda canvas: canvas.drawString(90, 680, "mobila team"),
        lambda canvas: canvas.circle(78, 668, 2, stroke=0, fill=1),
        lambda canvas: canvas.drawString(90, 665, "fasta läkare"),
        lambda canvas: canvas.circle(78, 300, 60, stroke=0, fill=1),
        lambda canvas: canvas.drawString(90, 300, "En ring är ingen punkt"),
    )
    assert [line for line in text.splitlines() if line.startswith("•")] == ["• mobila team", "• fasta läkare"]
    assert "\nEn ring är ingen punkt" in text


def test_upright_rules_part_cells_that_stand_close() -> None:
    def row(height: float, *cells: str) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            for number, cell in enumerate(cells):
                canvas.drawString(75 + 30 * number, height, cell)
                canvas.line(72 + 30 * number, height - 3, 72 + 30 * number, height + 12)

        return draw

    text = drawn(row(700, "2024", "2025", "2026"), row(684, "1000", "2000", "3000"), row(668, "4000", "5000", "6000"))
    assert text.splitlines()[0] == "| 2024 | 2025 | 2026 |"
    assert "| 4000 | 5000 | 6000 |" in text


def test_a_large_heading_is_one_line_by_itself() -> None:
    title = "Förslag till hur pengarna för den nära vården ska fördelas mellan kommunerna och regionen i år"
    text = text_of(Paragraph(title, STYLES["Heading1"]), Paragraph(PROSE, BODY))
    assert text.startswith(f"{title}\n\nRegionstyrelsen beslutar")


def test_list_items_with_more_air_than_lines_do_not_hide_the_paragraphs() -> None:
    items = [Paragraph(f"Sak nummer {number}", STYLES["Bullet"], bulletText="•") for number in range(12)]
    text = text_of(Paragraph(PROSE, BODY), *items, Paragraph("Efter listan kommer ett stycke.", BODY))
    assert text.endswith("• Sak nummer 11\n\nEfter listan kommer ett stycke.")


def at(left: float, height: float, said: str) -> Callable[[Canvas], object]:
    return lambda canvas: canvas.drawString(left, height, said)


def test_lines_that_the_file_has_late_are_read_where_they_stand() -> None:
    text = drawn(
        at(72, 700, "Rubriken"),
        at(72, 652, "Sista stycket."),
        at(72, 684, "Ett stycke på två rader, som"),
        at(72, 668, "kommer efter det sista i filen."),
        at(72, 780, "Sidhuvud"),
    )
    said = ["Sidhuvud", "Rubriken", "Ett stycke på två rader, som", "kommer efter det sista i filen.", "Sista stycket."]
    assert [line for line in text.splitlines() if line] == said


def test_cells_of_several_lines_that_come_after_the_table_are_put_in_their_rows() -> None:
    text = drawn(
        *(at(left, 700, said) for left, said in ((72, "Insats"), (250, "Utfall"), (400, "Budget"))),
        *(at(left, 684, said) for left, said in ((250, "3 mnkr"), (400, "4 mnkr"))),
        *(at(left, 652, said) for left, said in ((250, "5 mnkr"), (400, "6 mnkr"))),
        at(72, 600, "Beloppen är avrundade."),
        *(at(72, height, said) for height, said in ((684, "Utbildning för"), (668, "personal"))),
        *(at(72, height, said) for height, said in ((652, "Hembesök inom"), (636, "ett dygn"))),
    )
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert rows[2:] == ["| Utbildning för personal | 3 mnkr | 4 mnkr |", "| Hembesök inom ett dygn | 5 mnkr | 6 mnkr |"]
    assert text.endswith("Beloppen är avrundade.")


def test_a_cell_that_reaches_to_the_next_is_cut_where_the_column_begins() -> None:
    text = drawn(
        *(at(left, 700, said) for left, said in ((72, "Kommun"), (140, "Besök"), (250, "Andel"))),
        *(at(left, 684, said) for left, said in ((72, "Alby"), (140, "1200"), (250, "40 %"))),
        *(at(left, 668, said) for left, said in ((72, "Västra Mark"), (140, "1311"), (250, "43 %"))),
        *(at(left, 652, said) for left, said in ((72, "Summa för alla i år"), (250, "83 %"))),
    )
    assert text.splitlines()[3:] == ["| Västra Mark | 1311 | 43 % |", "| Summa för alla i år |  | 83 % |"]


def running(*rows: Sequence[str], head: str, below: float = 700) -> Callable[[Canvas], object]:
    """Draw a page with a running head of two parts and rows in three columns."""

    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 800, "Region Solmark")
        canvas.drawRightString(450, 800, head)
        for number, row in enumerate(rows):
            for left, cell in zip((72, 250, 400), row, strict=True):
                canvas.drawString(left, below - 16 * number, cell)
        canvas.showPage()

    return draw


def test_a_table_that_goes_on_over_pages_keeps_its_head() -> None:
    first = [("Insats", "Ansvarig", "Status"), ("Fast kontakt", "teamet", "klar"), ("Jour", "kommunen", "pågår")]
    second = [("Hembesök", "regionen", "klar"), ("Utbildning", "kommunen", "försenad")]
    last = [("Provtagning", "teamet", "klar"), ("", "alla", "försenad")]
    steps = [running(*rows, head=f"Sida {number}") for number, rows in enumerate((first, second, last), start=1)]
    text = drawn(*steps)
    assert text.count("---") == 3
    assert "| Region" not in text
    found = outline(*read_pages(*steps)).blocks
    rows = {text[block.start : block.end]: block.lead for block in found if block.kind is UnitKind.ROW}
    for row in ("| Jour | kommunen | pågår |", "| Hembesök | regionen | klar |", "|  | alla | försenad |"):
        assert rows[row] == "Insats | Ansvarig | Status"


def test_another_table_on_the_next_page_has_a_head_of_its_own() -> None:
    first = [("Insats", "Ansvarig", "Status"), ("Fast kontakt", "teamet", "klar"), ("Jour", "kommunen", "pågår")]

    def second(canvas: Canvas) -> None:
        for line in range(5):
            canvas.drawString(72, 780 - 14 * line, f"Rad {line} i ett stycke som står mellan de två tabellerna.")
        running(("Kommun", "Besök", "Andel"), ("Alby", "1200", "40 %"), ("Berga", "1300", "41 %"), head="", below=600)(
            canvas
        )

    text = drawn(running(*first, head="Sida 1"), second)
    assert text.count("| --- | --- | --- |") == 2
    assert "| Kommun | Besök | Andel |\n| --- |" in text


def test_words_round_bullet_is_a_bullet_and_a_lone_o_in_running_text_is_not() -> None:
    text = drawn(
        at(72, 700, "Vården ska ge"), at(90, 684, "o"), at(108, 684, "mobila team"), at(72, 640, "o med dem alla")
    )
    assert "◦ mobila team" in text
    assert "\no med dem alla" in text
