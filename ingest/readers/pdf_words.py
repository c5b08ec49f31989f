"""Where the words of a PDF stand: every word of a page with a box for each of its characters, from its text layer."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from pypdfium2 import PdfiumError

from ingest.errors import UnreadableFile
from ingest.readers.pdf import opened
from ingest.readers.pdf_marks import LINE_END_HYPHENS, SAID
from ingest.readers.words import Box, PageWords, Word, around


def read_words(data: bytes, numbers: Sequence[int]) -> tuple[PageWords, ...]:
    """Return the words of some pages, by their numbers from 1; a page without a text layer has none.

    Raises `UnreadableFile` for a file or a page that cannot be opened.
    """
    document = opened(data)
    try:
        return tuple(_page_words(document, number) for number in numbers if 0 < number <= len(document))
    finally:
        document.close()


def _page_words(document: Any, number: int) -> PageWords:
    try:
        page = document[number - 1]
        try:
            textpage = page.get_textpage()
            try:
                return PageWords(number, _rounded(page.get_cropbox()), tuple(_words(textpage)))
            finally:
                textpage.close()
        finally:
            page.close()
    except PdfiumError as error:
        raise UnreadableFile(
            f"Sida {number} i PDF-filen är skadad.", "Hämta eller exportera filen på nytt.", page=number
        ) from error


def _words(textpage: Any) -> Iterator[Word]:
    marks: list[tuple[str, Box]] = []
    for index, mark in enumerate(textpage.get_text_range()[: textpage.count_chars()]):
        hyphen = mark in LINE_END_HYPHENS
        if mark.isspace():
            yield from _word(marks)
            marks = []
        else:
            marks.append((mark.translate(SAID), _rounded(textpage.get_charbox(index, loose=True))))
            if hyphen:
                yield from _word(marks)
                marks = []
    yield from _word(marks)


def _word(marks: Sequence[tuple[str, Box]]) -> Iterator[Word]:
    if marks:
        said = unicodedata.normalize("NFC", "".join(mark for mark, _ in marks))
        boxes = tuple(box for _, box in marks)
        yield Word(said, boxes if len(said) == len(boxes) else (around(boxes),) * len(said))


def _rounded(box: Sequence[float]) -> Box:
    left, bottom, right, top = (round(edge, 2) for edge in box)
    return left, bottom, right, top
