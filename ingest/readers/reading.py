"""What every reader gives: one canonical text, its pages, and what the reader had to do to get there."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

from ingest.errors import UnreadableFile

PageState = Literal["text", "empty", "needs_ocr"]

PLAIN = "text/plain"
MARKDOWN = "text/markdown"
PDF = "application/pdf"
_OFFICE = "application/vnd.openxmlformats-officedocument"
DOCX = f"{_OFFICE}.wordprocessingml.document"
XLSX = f"{_OFFICE}.spreadsheetml.sheet"
CSV = "text/csv"
HTML = "text/html"
PPTX = f"{_OFFICE}.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
EML = "message/rfc822"
ZIP = "application/zip"
PNG, JPEG, TIFF = "image/png", "image/jpeg", "image/tiff"
DOC, XLS, PPT = "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"
RTF = "application/rtf"

MAX_CHARACTERS = 8_000_000
MAX_PAGES = 5_000
_MAX_STRAY_CONTROLS = 0.002
_KEPT_CONTROLS = "\n\t\f"


@dataclass(frozen=True, slots=True)
class Page:
    """A page by its number from 1 and its character offsets in the text; `needs_ocr` is a picture without text."""

    number: int
    start: int
    end: int
    state: PageState


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as text: lines end with a line feed, NFC, no control characters but tab; `pages` cover the text exactly.

    `title` is what the file's own properties say, if anything. `warnings` are Swedish sentences about what was not
    as it should be. `lost` counts the characters, white space aside, that the file has and the text has not.
    """

    text: str
    pages: tuple[Page, ...]
    media_type: str
    title: str | None
    warnings: tuple[str, ...] = ()
    lost: int = 0


def clean(raw: str) -> tuple[str, tuple[str, ...]]:
    """Return `raw` in canonical form, form feeds still in place, with warnings about what had to be replaced.

    Raises `UnreadableFile` when the text is too long or holds so many control characters that it is no text.
    """
    if len(raw) > MAX_CHARACTERS:
        raise UnreadableFile(
            f"Texten är {len(raw)} tecken lång, mer än gränsen {MAX_CHARACTERS}.", "Dela upp filen i flera delar."
        )
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\r", "\n"))
    strays = {mark: " " for mark in set(text) if _is_stray(mark)}
    if not strays:
        return text, ()
    count = sum(text.count(mark) for mark in strays)
    if count > max(8, len(text) * _MAX_STRAY_CONTROLS):
        first = next(position for position, mark in enumerate(text) if mark in strays)
        raise UnreadableFile(
            f"Filen innehåller {count} styrtecken (det första vid tecken {first + 1}) och verkar inte vara text.",
            "Spara dokumentet som UTF-8-text, Markdown eller PDF och lägg in det igen.",
        )
    replaced = text.translate({ord(mark): " " for mark in strays})
    return replaced, (f"{count} styrtecken (till exempel NUL) i filen ersattes med blanksteg.",)


def split_pages(text: str) -> tuple[str, tuple[Page, ...]]:
    """Return the text with each form feed as a line end, and the pages that the form feeds stood between."""
    parts = text.removesuffix("\f").split("\f")
    pages: list[Page] = []
    start = 0
    for number, part in enumerate(parts, start=1):
        end = start + len(part) + (number < len(parts))
        pages.append(Page(number, start, end, "text" if part.strip() else "empty"))
        start = end
    return "\n".join(parts), tuple(pages)


def _is_stray(mark: str) -> bool:
    return (mark < " " and mark not in _KEPT_CONTROLS) or "\x7f" <= mark < "\xa0" or "\ud800" <= mark <= "\udfff"
