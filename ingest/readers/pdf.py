"""PDF through PDFium: the text layer line by line, blank lines where the page has them, a state for every page."""

import io
import itertools
from typing import Any

from pypdfium2 import PdfDocument, PdfiumError
from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY

from ingest.errors import UnreadableFile
from ingest.readers.reading import MAX_CHARACTERS, MAX_PAGES, PDF, Page, PageState, Reading, clean

_LINE_END_HYPHENS = ("\ufffe", "\x02")
_PARAGRAPH_GAP = 1.45
_GENERIC_TITLES = ("untitled", "microsoft word", "dokument", "powerpoint", "namnlös", "(anonymous)")


def read(data: bytes) -> Reading:
    """Read the text layer of a PDF.

    Raises `UnreadableFile`, with the page where it is known, for a file that is encrypted, damaged, without pages,
    or without any text (scanned).
    """
    document = _open(data)
    try:
        count = _page_count(document)
        texts, states, warnings = _read_pages(document, count)
        title = _metadata_title(document)
    finally:
        document.close()
    if not any(state == "text" for state in states):
        raise _without_text(states)
    text, pages = _join(texts, states)
    return Reading(text, pages, PDF, title, warnings)


def _open(data: bytes) -> PdfDocument:
    try:
        return PdfDocument(data)
    except PdfiumError as error:
        if getattr(error, "err_code", None) in {FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY}:
            raise UnreadableFile(
                "PDF-filen är skyddad med lösenord.", "Spara den utan lösenord och lägg in den igen."
            ) from error
        if _is_whole_without_pages(data):
            raise _no_pages() from error
        raise UnreadableFile(
            "PDF-filen är skadad eller avkortad och går inte att öppna.",
            "Hämta eller exportera filen på nytt och lägg in den igen.",
        ) from error


def _is_whole_without_pages(data: bytes) -> bool:
    """Tell a PDF that has no pages, which PDFium calls damaged, from one that is."""
    import pypdf

    try:
        return len(pypdf.PdfReader(io.BytesIO(data), strict=True).pages) == 0
    except Exception:  # noqa: BLE001 - damaged files make pypdf raise almost anything
        return False


def _no_pages() -> UnreadableFile:
    return UnreadableFile("PDF-filen har inga sidor.", "Exportera dokumentet på nytt och lägg in det igen.")


def _page_count(document: PdfDocument) -> int:
    count = len(document)
    if count == 0:
        raise _no_pages()
    if count > MAX_PAGES:
        raise UnreadableFile(f"PDF-filen har {count} sidor, fler än gränsen {MAX_PAGES}.", "Dela upp filen.")
    return count


def _read_pages(document: PdfDocument, count: int) -> tuple[list[str], list[PageState], tuple[str, ...]]:
    texts: list[str] = []
    states: list[PageState] = []
    warnings: list[str] = []
    length = 0
    for index in range(count):
        try:
            text, state, notes = _read_page(document, index)
        except PdfiumError as error:
            raise UnreadableFile(
                f"Sida {index + 1} av {count} i PDF-filen är skadad.",
                "Hämta eller exportera filen på nytt och lägg in den igen.",
                page=index + 1,
            ) from error
        length += len(text)
        if length > MAX_CHARACTERS:
            raise UnreadableFile(
                f"Texten är längre än gränsen {MAX_CHARACTERS} tecken.", "Dela upp filen.", page=index + 1
            )
        texts.append(text)
        states.append(state)
        warnings.extend(f"Sida {index + 1}: {note}" for note in notes)
    if scanned := [number for number, state in enumerate(states, start=1) if state == "needs_ocr"]:
        warnings.append(
            f"Sidorna {_ranges(scanned)} är bilder utan text och är inte sökbara. Kör textigenkänning (OCR) på filen."
        )
    return texts, states, tuple(warnings)


def _read_page(document: PdfDocument, index: int) -> tuple[str, PageState, tuple[str, ...]]:
    page = document[index]
    try:
        textpage = page.get_textpage()
        try:
            raw = _lines_with_gaps(textpage)
        finally:
            textpage.close()
        text, notes = clean(raw)
        text = text.replace("\f", "\n")
        if text.strip():
            return text, "text", notes
        return "", "needs_ocr" if _draws_something(page) else "empty", notes
    finally:
        page.close()


def _draws_something(page: Any) -> bool:
    return next(iter(page.get_objects(max_depth=3)), None) is not None


def _lines_with_gaps(textpage: Any) -> str:
    """Return the page's lines; a blank line goes where the distance to the line above is that of a paragraph."""
    raw = textpage.get_text_range()
    for hyphen in _LINE_END_HYPHENS:
        raw = raw.replace(hyphen, "-\n")
    lines = raw.replace("\r\n", "\n").split("\n")
    baselines = _baselines(textpage, lines)
    drops = [_drop(above, below) for above, below in itertools.pairwise(baselines)]
    ordinary = sorted(drop for drop in drops if drop is not None and drop > 0)
    if len(ordinary) < 2:  # noqa: PLR2004 - no rhythm to compare with
        return "\n".join(line.rstrip() for line in lines)
    # The lower quartile: a page of headings and short paragraphs has more gaps than plain line ends.
    limit = ordinary[len(ordinary) // 4] * _PARAGRAPH_GAP
    parts = [lines[0].rstrip()]
    for line, drop in zip(lines[1:], drops, strict=True):
        if drop is not None and (drop > limit or drop < 0):
            parts.append("")
        parts.append(line.rstrip())
    return "\n".join(parts)


def _baselines(textpage: Any, lines: list[str]) -> list[float | None]:
    """Return where each line stands on the page, in points from below; None for a line without marks."""
    count = textpage.count_chars()
    heights: list[float | None] = []
    position = 0
    for line in lines:
        mark = next((offset for offset, char in enumerate(line) if not char.isspace()), None)
        index = position + (mark or 0)
        heights.append(None if mark is None or index >= count else textpage.get_charbox(index, loose=True)[1])
        position += len(line) + (1 if line.endswith("-") and _was_joined(textpage, position + len(line)) else 2)
    return heights


def _was_joined(textpage: Any, index: int) -> bool:
    return bool(textpage.get_text_range(index - 1, 1) in _LINE_END_HYPHENS)


def _drop(above: float | None, below: float | None) -> float | None:
    return None if above is None or below is None else above - below


def _join(texts: list[str], states: list[PageState]) -> tuple[str, tuple[Page, ...]]:
    pages: list[Page] = []
    start = 0
    for number, (text, state) in enumerate(zip(texts, states, strict=True), start=1):
        end = start + len(text) + (number < len(texts))
        pages.append(Page(number, start, end, state))
        start = end
    return "\n".join(texts), tuple(pages)


def _metadata_title(document: PdfDocument) -> str | None:
    title = " ".join(str(document.get_metadata_value("Title")).split())
    if len(title) < 4 or title.casefold().startswith(_GENERIC_TITLES) or "." in title[-5:]:  # noqa: PLR2004
        return None
    return title[:200]


def _without_text(states: list[PageState]) -> UnreadableFile:
    if "needs_ocr" in states:
        return UnreadableFile(
            f"Alla {len(states)} sidor är bilder utan text, troligen inskannade.",
            "Kör textigenkänning (OCR) på filen och lägg in den igen.",
            page=states.index("needs_ocr") + 1,
        )
    return UnreadableFile("PDF-filen innehåller bara tomma sidor.", "Kontrollera att rätt fil valdes.", page=1)


def _ranges(numbers: list[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:12])
    return shown if len(numbers) <= 12 else f"{shown} med flera"  # noqa: PLR2004
