"""Text and Markdown: every encoding that offices produce, and a clear verdict on everything else."""

import codecs

import pytest

from ingest import readers
from ingest.errors import UnreadableFile
from ingest.readers import MARKDOWN, PLAIN, Page

TEXT = "Beslut om närsjukvård\n\natt avsätta 2 mnkr – för äldre.\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.replace("ä", "a\N{COMBINING DIAERESIS}").encode(),
    ],
)
def test_unicode_in_every_form_gives_the_same_text_without_a_warning(data: bytes) -> None:
    reading = readers.read(PLAIN, data)
    assert reading.text == TEXT
    assert reading.warnings == ()
    assert reading.pages == (Page(1, 0, len(TEXT), "text"),)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_windows_text_is_read_and_says_so(encoding: str) -> None:
    data = "Förslag: åtgärder för äldre, 2 § kommunallagen".encode(encoding)
    reading = readers.read(PLAIN, data)
    assert reading.text == "Förslag: åtgärder för äldre, 2 § kommunallagen"
    assert "Windows-1252" in reading.warnings[0]
    assert "byte 2" in reading.warnings[0]


def test_utf16_without_a_mark_is_recognised() -> None:
    reading = readers.read(PLAIN, TEXT.encode("utf-16-le"))
    assert reading.text == TEXT
    assert "UTF-16" in reading.warnings[0]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ("Beslut om närsjukvård, ".encode() * 20 + b"\xc3", "byte 501"),
        (b"Beslut \x81\x8d\x8f\x90\x9d", "byte 8"),
        ("Привет, мир".encode("koi8-r"), "byte 1 "),
        (codecs.BOM_UTF16_LE + b"a\0b", "byte 3"),
    ],
)
def test_what_cannot_be_decoded_fails_with_the_byte_position(data: bytes, place: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        readers.read(PLAIN, data)
    assert place in caught.value.reason
    assert "UTF-8" in caught.value.remedy


def test_a_stray_nul_becomes_a_space_and_is_told() -> None:
    reading = readers.read(PLAIN, b"Beslut\0 om \x07 budget")
    assert reading.text == "Beslut  om   budget"
    assert "2 styrtecken" in reading.warnings[0]


def test_binary_data_is_no_text() -> None:
    with pytest.raises(UnreadableFile, match="styrtecken"):
        readers.read(PLAIN, bytes(range(1, 32)) * 50)


@pytest.mark.parametrize("data", [b" \n\t\r\n ", codecs.BOM_UTF8, b"\f\f"])
def test_blank_files_are_named_as_such(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="ingen text"):
        readers.read(PLAIN, data)


def test_form_feeds_part_pages_that_cover_the_text_exactly() -> None:
    reading = readers.read(PLAIN, b"ett\f\ftre\f")
    assert reading.text == "ett\n\ntre"
    assert reading.pages == (Page(1, 0, 4, "text"), Page(2, 4, 5, "empty"), Page(3, 5, 8, "text"))


def test_markdown_stands_as_it_is() -> None:
    source = "# Rubrik\n\n* **att** avsätta\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    reading = readers.read(MARKDOWN, source.encode())
    assert reading.text == source
    assert reading.media_type == MARKDOWN


def test_a_line_of_three_megabytes_is_read() -> None:
    assert len(readers.read(PLAIN, b"ord " * 750_000).text) == 3_000_000


def test_a_text_beyond_the_limit_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="Dela upp"):
        readers.read(PLAIN, b"x" * 8_000_001)
