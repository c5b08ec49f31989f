"""PDF through PDFium: the text layer line by line, blank lines where the page has them, a state for every page."""

import contextlib
import io
import itertools
import time
from collections.abc import Iterator, Sequence
from typing import Any

from pypdfium2 import PdfDocument, PdfiumError
from pypdfium2.raw import (
    FPDF_ERR_PASSWORD,
    FPDF_ERR_SECURITY,
    FPDF_PAGEOBJ_PATH,
    FPDFDoc_GetJavaScriptActionCount,
)

from ingest.errors import UnreadableFile
from ingest.readers import layout, ocr, pdf_marks
from ingest.readers.draft import lost
from ingest.readers.justified import joined
from ingest.readers.order import in_order
from ingest.readers.reading import MAX_CHARACTERS, MAX_PAGES, PDF, Page, PageState, Reading, clean

_ACTIVE = (b"/JavaScript", b"/Launch")
_OCR_SECONDS = 90.0
"""Pages that are still left after so many seconds of text recognition are marked as needing it."""
_OCR_SCALE = 200 / 72
_MOST_SHAPES = 2_000
"""Drawn shapes of a page that are looked at; a page with more is a drawing."""
_LOOKED_AT, _EVERY = 20, 5
"""Pages that tell how large the text of the file is, and every which of their characters is looked at."""
_OPENING = 2_000
_FEWEST_WORDS = 3
"""Words of a title that is believed without standing in the text; a shorter one is the name of a file."""
_Mark = tuple[str, layout.Box]
_GENERIC_TITLES = ("untitled", "microsoft word", "dokument", "powerpoint", "namnlös", "(anonymous)")


def read(data: bytes) -> Reading:
    """Read the text layer of a PDF.

    Raises `UnreadableFile`, with the page where it is known, for a file that is encrypted, damaged, without pages,
    or without any text (scanned).
    """
    document = opened(data)
    try:
        count = _page_count(document)
        texts, states, warnings, missing = _read_pages(document, count)
        warnings = (*warnings, *_unopened(document, data))
        title = _metadata_title(document, "".join(texts))
    finally:
        document.close()
    if not any(state == "text" for state in states):
        raise _without_text(states)
    text, pages = _join(texts, states)
    return Reading(text, pages, PDF, title, warnings, missing)


def opened(data: bytes) -> PdfDocument:
    """Open a PDF; raises `UnreadableFile` for one that is encrypted, damaged or without pages."""
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


def _read_pages(document: PdfDocument, count: int) -> tuple[list[str], list[PageState], tuple[str, ...], int]:
    texts: list[str] = []
    states: list[PageState] = []
    warnings: list[str] = []
    length = missing = 0
    heights = _heights(document, min(count, _LOOKED_AT))
    columns: layout.Columns = ()
    until, read_by_machine = time.monotonic() + _OCR_SECONDS, False
    for index in range(count):
        try:
            text, state, notes, gone, columns = _read_page(document, index, heights, columns)
        except PdfiumError as error:
            raise UnreadableFile(
                f"Sida {index + 1} av {count} i PDF-filen är skadad.",
                "Hämta eller exportera filen på nytt och lägg in den igen.",
                page=index + 1,
            ) from error
        length += len(text)
        missing += gone
        if length > MAX_CHARACTERS:
            raise UnreadableFile(
                f"Texten är längre än gränsen {MAX_CHARACTERS} tecken.", "Dela upp filen.", page=index + 1
            )
        if state == "needs_ocr" and ocr.missing() is None and time.monotonic() < until:
            text = _recognised(document, index)
            state = "text" if text else state
            read_by_machine = read_by_machine or bool(text)
        texts.append(text)
        states.append(state)
        warnings.extend(f"Sida {index + 1}: {note}" for note in notes)
    if read_by_machine:
        warnings.append(ocr.READ_BY_MACHINE)
    if scanned := [number for number, state in enumerate(states, start=1) if state == "needs_ocr"]:
        warnings.append(
            f"Sidorna {_ranges(scanned)} är bilder utan text och är inte sökbara. {ocr.missing() or ocr.NOTHING_FOUND}"
        )
    return texts, states, tuple(warnings), missing


def _read_page(
    document: PdfDocument, index: int, heights: layout.Heights, above: layout.Columns
) -> tuple[str, PageState, tuple[str, ...], int, layout.Columns]:
    page = document[index]
    try:
        textpage = page.get_textpage()
        try:
            drawn = _drawn(page)
            lines = joined(in_order(list(_lines(textpage, [box for box in drawn if layout.is_rule(box)]))))
            dotted = layout.with_dots(lines, [box for box in drawn if layout.is_dot(box)])
            raw, columns = layout.write(dotted, heights, above)
            whole = textpage.get_text_range()
        finally:
            textpage.close()
        text, notes = clean(raw)
        text = text.replace("\f", "\n")
        if text.strip():
            return text, "text", notes, _lost(whole, text), columns
        return "", "needs_ocr" if _draws_something(page) else "empty", notes, 0, ()
    finally:
        page.close()


def _heights(document: PdfDocument, count: int) -> layout.Heights:
    """Return how many characters of each height the first pages have, from a few of their characters."""
    heights = layout.Heights()
    for index in range(count):
        with contextlib.suppress(PdfiumError):  # A damaged page is named when it is read.
            page = document[index]
            textpage = page.get_textpage()
            box = pdf_marks.boxes(textpage)
            for number in range(0, textpage.count_chars(), _EVERY):
                _, bottom, _, top = box(number)
                heights[round(top - bottom, 1)] += top > bottom
            textpage.close()
            page.close()
    return heights


def _lost(whole: str, text: str) -> int:
    """Return how many characters of the page's text layer, control characters aside, its canonical text lacks."""
    return lost(whole.translate(pdf_marks.SAID), text)


def _unopened(document: PdfDocument, data: bytes) -> tuple[str, ...]:
    """Return warnings about what the file carries with it that is neither run nor opened."""
    said = []
    if FPDFDoc_GetJavaScriptActionCount(document.raw) > 0 or any(mark in data for mark in _ACTIVE):
        said.append("Filen innehåller skript. De kördes inte.")
    if inside := document.count_attachments():
        said.append(f"Filen innehåller {inside} inbäddade filer. De öppnades inte.")
    return tuple(said)


def _recognised(document: PdfDocument, index: int) -> str:
    page = document[index]
    try:
        bitmap = page.render(scale=_OCR_SCALE)
        try:
            return clean(ocr.recognised(bitmap.to_pil()))[0].replace("\f", "\n").strip()
        finally:
            bitmap.close()
    finally:
        page.close()


def _draws_something(page: Any) -> bool:
    return next(iter(page.get_objects(max_depth=3)), None) is not None


def _lines(textpage: Any, rules: Sequence[layout.Box]) -> Iterator[layout.Line]:
    """Yield the page's lines in the order of the file, each in pieces parted by wide gaps and by upright rules."""
    marks: list[_Mark] = []
    before: layout.Box | None = None
    box_of = pdf_marks.boxes(textpage)
    for index, mark in enumerate(textpage.get_text_range()[: textpage.count_chars()]):
        if mark in "\r\n":
            yield tuple(_pieces(marks, rules))
            marks, before = [], None
            continue
        hyphen = mark in pdf_marks.LINE_END_HYPHENS
        box = box_of(index)
        if not mark.isspace():
            if before and box[3] <= before[1] + layout.SAME and box[2] < before[0]:
                # Below what was read and back to the left: PDFium takes some line ends for spaces.
                yield tuple(_pieces(marks, rules))
                marks = []
            before = box
        marks.append((mark.translate(pdf_marks.SAID), box))
        if hyphen:
            yield tuple(_pieces(marks, rules))
            marks, before = [], None
    yield tuple(_pieces(marks, rules))


def _drawn(page: Any) -> list[layout.Box]:
    """Return where lines and shapes are drawn: bullets and the rules of tables are among them."""
    shapes = itertools.islice(page.get_objects([FPDF_PAGEOBJ_PATH], max_depth=1), _MOST_SHAPES)
    return [shape.get_bounds() for shape in shapes]


def _pieces(marks: Sequence[_Mark], rules: Sequence[layout.Box]) -> Iterator[layout.Piece]:
    inked = [number for number, (mark, _) in enumerate(marks) if not mark.isspace()]
    start = 0
    edges = layout.edges(marks[inked[0]][1], rules) if inked and rules else []
    for number, (here, there) in enumerate(itertools.pairwise(inked), start=1):
        (_, bottom, right, top), (left, *_) = marks[here][1], marks[there][1]
        if left - right > (top - bottom) * layout.CELL_GAP or any(right < edge < left for edge in edges):
            yield _piece(marks, inked[start], inked[number - 1])
            start = number
    if inked:
        yield _piece(marks, inked[start], inked[-1])


def _piece(marks: Sequence[_Mark], first: int, last: int) -> layout.Piece:
    text = "".join(mark for mark, _ in marks[first : last + 1])
    left, bottom, _, top = marks[first][1]
    return layout.Piece(text, left, marks[last][1][2], bottom, top - bottom, tuple(_gaps(marks, first, last)))


def _gaps(marks: Sequence[_Mark], first: int, last: int) -> Iterator[tuple[int, float, float]]:
    """Yield the spaces of a piece that are wider than most, or not in the file, as `layout.Piece` has them."""
    for number in range(first + 1, last):
        if marks[number][0].isspace() and not marks[number + 1][0].isspace():
            before = next(at for at in range(number, first - 1, -1) if not marks[at][0].isspace())
            (_, bottom, ends, top), begins = marks[before][1], marks[number + 1][1][0]
            left, _, right, _ = marks[number][1]
            if begins - ends > (top - bottom) * layout.WORD_GAP or right <= left:
                yield number + 1 - first, ends, begins


def _join(texts: list[str], states: list[PageState]) -> tuple[str, tuple[Page, ...]]:
    pages: list[Page] = []
    start = 0
    for number, (text, state) in enumerate(zip(texts, states, strict=True), start=1):
        end = start + len(text) + (number < len(texts))
        pages.append(Page(number, start, end, state))
        start = end
    return "\n".join(texts), tuple(pages)


def _metadata_title(document: PdfDocument, text: str) -> str | None:
    title = " ".join(str(document.get_metadata_value("Title")).split())
    if len(title) < 4 or title.casefold().startswith(_GENERIC_TITLES) or "." in title[-5:]:  # noqa: PLR2004
        return None
    said = "".join(title.split()).casefold() in "".join(text[:_OPENING].split()).casefold()
    return title[:200] if said or len(title.split()) >= _FEWEST_WORDS else None


def _without_text(states: list[PageState]) -> UnreadableFile:
    if "needs_ocr" in states:
        return UnreadableFile(
            f"Alla {len(states)} sidor är bilder utan text, troligen inskannade.",
            ocr.missing() or ocr.NOTHING_FOUND,
            page=states.index("needs_ocr") + 1,
        )
    return UnreadableFile("PDF-filen innehåller bara tomma sidor.", "Kontrollera att rätt fil valdes.", page=1)


def _ranges(numbers: list[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:12])
    return shown if len(numbers) <= 12 else f"{shown} med flera"  # noqa: PLR2004
