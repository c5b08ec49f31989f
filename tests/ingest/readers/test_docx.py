"""Word: what a reader sees when all changes are accepted, with headings, lists, tables and pages in their places."""

from itertools import pairwise

import pytest

from ingest import readers
from ingest.errors import UnreadableFile
from ingest.readers import DOCX, Reading
from ingest.structure import outline
from tests.ingest.office import W, changed, word, word_of

P = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
BREAK = '<w:br w:type="page"/>'
WIDE = '<w:gridSpan w:val="2"/>'
DRAWN = "<w:lastRenderedPageBreak/>"


def read(data: bytes) -> Reading:
    return readers.read(DOCX, data)


def pages(reading: Reading) -> list[str]:
    return [reading.text[page.start : page.end].strip() for page in reading.pages]


def test_headings_lists_and_tables_become_sections_items_and_rows() -> None:
    rows = [["Insats", "2025", "2026"], ["Mobila team", "10 mnkr", "12 mnkr"], ["Rehab | natt", "", "3 mnkr"]]
    reading = read(
        word(
            ("Title", "Plan för nära vård"),
            ("Heading 1", "Bakgrund"),
            "Vården kommer närmare.",
            ("List Bullet", "utse en läkare"),
            ("List Bullet 2", "på varje ort"),
            ("List Number", "räkna"),
            ("List Number", "mät"),
            tables=[rows],
        )
    )
    assert reading.text == (
        "# Plan för nära vård\n\n# Bakgrund\n\nVården kommer närmare.\n\n- utse en läkare\n- på varje ort\n1. räkna\n"
        "2. mät\n\n| Insats | 2025 | 2026 |\n|---|---|---|\n| Mobila team | 10 mnkr | 12 mnkr |\n"
        "| Rehab ¦ natt |  | 3 mnkr |"
    )
    assert reading.lost == 0
    found = outline(reading.text, reading.pages)
    assert [block.lead for block in found.blocks][-2:] == ["Insats | 2025 | 2026"] * 2


def test_deleted_and_hidden_words_comments_and_fields_are_left_out() -> None:
    body = (
        "<w:p><w:r><w:t>Styrelsen </w:t></w:r><w:del><w:r><w:delText>avslår</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>bifaller</w:t></w:r></w:ins><w:r><w:instrText>PAGE</w:instrText></w:r>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hemligt</w:t></w:r><w:commentRangeStart/><w:r><w:commentReference/></w:r>"
        "<w:moveFrom><w:r><w:t>flyttat</w:t></w:r></w:moveFrom><w:r><w:t> förslaget.</w:t></w:r></w:p>"
    )
    reading = read(word_of(body))
    assert reading.text == "Styrelsen bifaller förslaget."
    assert reading.lost == 0


def test_page_breaks_that_are_written_and_drawn_count_once() -> None:
    body = (
        P.format("ett")
        + f"<w:p><w:r>{BREAK}</w:r></w:p>"
        + f"<w:p><w:r>{DRAWN}<w:t>två </w:t></w:r><w:r>{DRAWN}<w:t>tre</w:t></w:r></w:p>"
        + "<w:p><w:pPr><w:pageBreakBefore/></w:pPr><w:r><w:t>fyra</w:t></w:r></w:p>"
        + f"<w:p><w:pPr><w:sectPr/></w:pPr><w:r><w:t>fyra igen</w:t>{BREAK}</w:r></w:p>"
        + P.format("sex")
        + "<w:sectPr/>"
    )
    reading = read(word_of(body))
    assert pages(reading) == ["ett", "två", "tre", "fyra\n\nfyra igen", "", "sex"]
    assert [page.state for page in reading.pages] == ["text", "text", "text", "text", "empty", "text"]
    assert all(one.end == two.start for one, two in pairwise(reading.pages))


def test_a_row_on_a_new_page_and_cells_that_are_merged() -> None:
    def cell(text: str, more: str = "", drawn: str = "") -> str:
        return f"<w:tc><w:tcPr>{more}</w:tcPr><w:p><w:r>{drawn}<w:t>{text}</w:t></w:r></w:p></w:tc>"

    head = "<w:trPr><w:tblHeader/></w:trPr>"
    down = '<w:vMerge w:val="restart"/>'
    body = (
        "<w:tbl>"
        f"<w:tr>{head}{cell('Område', down)}{cell('2026', WIDE)}</w:tr>"
        f"<w:tr>{head}{cell('', '<w:vMerge/>')}{cell('Budget')}{cell('Utfall')}</w:tr>"
        f"<w:tr>{cell('Norr', down)}{cell('1')}{cell('2')}</w:tr>"
        f"<w:tr>{cell('', '<w:vMerge/>', DRAWN)}{cell('3', drawn=DRAWN)}{cell('4')}</w:tr>"
        "</w:tbl>" + P.format("Efter.")
    )
    reading = read(word_of(body))
    assert pages(reading) == [
        "| Område | 2026 Budget | 2026 Utfall |\n|---|---|---|\n| Norr | 1 | 2 |",
        "| Norr | 3 | 4 |\n\nEfter.",
    ]


def test_rows_and_cells_in_content_controls_are_part_of_the_table() -> None:
    def control(inside: str) -> str:
        return f"<w:sdt><w:sdtContent>{inside}</w:sdtContent></w:sdt>"

    cells = [f"<w:tc>{P.format(text)}</w:tc>" for text in ("A", "B", "1", "2")]
    body = f"<w:tbl><w:tr>{cells[0]}{control(cells[1])}</w:tr>{control(f'<w:tr>{cells[2]}{cells[3]}</w:tr>')}</w:tbl>"
    assert read(word_of(body)).text == "| A | B |\n|---|---|\n| 1 | 2 |"


def test_the_strict_form_of_the_standard_is_read() -> None:
    strict = W.replace("http://schemas.openxmlformats.org/wordprocessingml/2006/main", STRICT)
    xml = f"<w:document {strict}><w:body>{P.format('Strikt text.')}</w:body></w:document>"
    assert read(changed(word(), {"word/document.xml": xml.encode()})).text == "Strikt text."


def test_a_bold_line_alone_is_a_heading_and_a_table_for_layout_is_text() -> None:
    bold = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>Förslag till beslut</w:t></w:r></w:p>"
    boxed = (
        f"<w:tbl><w:tr><w:tc>{P.format('Region Solmark')}</w:tc><w:tc>{P.format('2026-03-09')}</w:tc></w:tr></w:tbl>"
    )
    assert read(word_of(boxed + bold + P.format("Text."))).text == (
        "Region Solmark\n\n2026-03-09\n\n# Förslag till beslut\n\nText."
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (word_of(""), "ingen text"),
        (word_of("<w:p>"), "ingen riktig XML"),
        (changed(word(), {"word/document.xml": None}), "saknas"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason) as caught:
        read(data)
    assert caught.value.remedy
