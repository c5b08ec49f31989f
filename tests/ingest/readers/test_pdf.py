"""PDF: lines, gaps and pages as they stand, and a verdict that names the page where it can."""

import pytest

from ingest import readers
from ingest.errors import UnreadableFile
from ingest.readers import PDF, Reading
from tests.ingest.pdfs import joined, pdf, scanned, without_pages


def read(data: bytes) -> Reading:
    return readers.read(PDF, data)


def test_lines_paragraph_gaps_and_pages_are_kept() -> None:
    reading = read(pdf(["Rubrik", "", "första raden", "andra raden", "", "nytt stycke"], [], ["sida tre: åäö"]))
    assert reading.text == "Rubrik\n\nförsta raden\nandra raden\n\nnytt stycke\n\nsida tre: åäö"
    assert [page.state for page in reading.pages] == ["text", "empty", "text"]
    assert [reading.text[page.start : page.end] for page in reading.pages][2] == "sida tre: åäö"
    assert reading.pages[0].start == 0
    assert reading.pages[-1].end == len(reading.text)
    assert all(one.end == two.start for one, two in zip(reading.pages, reading.pages[1:], strict=False))


def test_hyphens_at_line_ends_are_left_alone() -> None:
    text = read(pdf(["Riktlinjer för närsjukvårds-", "programmet och mer", "text på en rad till"])).text
    assert text == "Riktlinjer för närsjukvårds-\nprogrammet och mer\ntext på en rad till"


def test_no_form_feed_or_carriage_return_is_left() -> None:
    assert not set("\f\r\0") & set(read(pdf(["ett"], ["två"])).text)


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("Beslut om budget", "Beslut om budget"),
        ("", None),
        ("Microsoft Word - utkast.docx", None),
        ("a.pdf", None),
        ("014_utkast_7f3a", None),
    ],
)
def test_the_stated_title_is_used_when_it_is_one(stated: str, title: str | None) -> None:
    assert read(pdf(["text"], title=stated)).title == title


def test_pages_that_are_pictures_are_told_and_the_rest_is_read() -> None:
    reading = read(joined(pdf(["Sida med text"]), scanned(1)))
    assert [page.state for page in reading.pages] == ["text", "needs_ocr"]
    assert "Sidorna 2 " in reading.warnings[0]
    assert "OCR" in reading.warnings[0]


def test_a_scanned_file_says_what_to_do() -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(scanned(3))
    assert "Alla 3 sidor" in caught.value.reason
    assert "OCR" in caught.value.remedy
    assert caught.value.page == 1


def test_a_file_without_pages_says_so() -> None:
    with pytest.raises(UnreadableFile, match="inga sidor"):
        read(without_pages())


def test_empty_pages_alone_are_no_document() -> None:
    with pytest.raises(UnreadableFile, match="tomma sidor"):
        read(pdf([], []))


def test_a_locked_file_asks_for_one_without_password() -> None:
    with pytest.raises(UnreadableFile, match="lösenord"):
        read(pdf(["hemligt"], password="hemligt"))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6])
def test_a_truncated_file_is_damaged(share: float) -> None:
    whole = pdf(*[["rad"] * 40] * 5)
    with pytest.raises(UnreadableFile, match="skadad eller avkortad"):
        read(whole[: int(len(whole) * share)])
