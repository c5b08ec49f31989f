"""The canonical text of a file that is not text itself: headings, lists and tables written as Markdown, pages kept."""

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from ingest.errors import UnreadableFile
from ingest.readers.reading import MAX_CHARACTERS, Reading, clean, split_pages

_DEEPEST = 6
Rows = Sequence[Sequence[str]]


class Draft:
    """Collects what a reader finds, from the top to the bottom of the file, and becomes a `Reading`."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._last = ""
        self._length = 0
        self._page = 1
        self._scanned: set[int] = set()

    @property
    def written(self) -> bool:
        """Whether anything stands on the page so far."""
        return bool(self._last)

    def heading(self, text: str, level: int) -> None:
        """Write a heading; levels beyond the sixth are written as the sixth. A page that begins in it begins before."""
        if "\f" in text:
            self.page_break()
        if said := one_line(text):
            self._write("heading", f"{'#' * min(max(level, 1), _DEEPEST)} {said}")

    def paragraph(self, text: str) -> None:
        """Write a paragraph; its own line breaks are kept, and a form feed in it begins a new page."""
        lines = (line.strip(" \n") for line in text.split("\n"))
        if said := "\n".join(line for line in lines if line).strip("\n"):
            self._write("paragraph", said)

    def item(self, text: str, mark: str = "-", depth: int = 0) -> None:
        """Write an item of a list after its mark, ``depth`` levels in."""
        if said := "\f".join(one_line(part) for part in text.split("\f")):
            self._write("item", f"{'  ' * min(depth, _DEEPEST)}{mark} {said}")

    def table(self, rows: Rows, new_pages: Collection[int] = ()) -> None:
        """Write rows under the first one; ``new_pages`` are the numbers of those that begin a page."""
        width = max((len(row) for row in rows), default=0)
        if not width:
            return
        lines = [f"| {' | '.join([cell(one) for one in row] + [''] * (width - len(row)))} |" for row in rows]
        lines.insert(1, f"|{'---|' * width}")
        for number in new_pages:
            place = number + (number > 0)
            lines[place] = f"\f{lines[place]}"
        self._write("table", "\n".join(lines).replace("\n\f", "\f"))

    def page_break(self) -> None:
        """Begin a new page between two blocks."""
        self._parts.append("\n\f" if self._last else "\f")
        self._last = ""
        self._page += 1

    def needs_ocr(self) -> None:
        """Mark the page that one writes on as a picture whose text could not be read."""
        self._scanned.add(self._page)

    def prose(self, text: str) -> None:
        """Write text whose paragraphs are parted by blank lines."""
        for paragraph in text.split("\n\n"):
            self.paragraph(paragraph)

    def include(self, reading: Reading) -> None:
        """Write another file as it was read, its pages after those that are here."""
        for number, page in enumerate(reading.pages):
            if number:
                self.page_break()
            if page.state == "needs_ocr":
                self.needs_ocr()
            if said := reading.text[page.start : page.end].strip("\n"):
                self._write("included", said)

    def reading(self, media_type: str, title: str | None, raw: str, warnings: Iterable[str] = ()) -> Reading:
        """Return what was written. ``raw`` is all text that the file was found to hold, in any order.

        Raises `UnreadableFile` when nothing was written.
        """
        text, cleaning = clean("".join(self._parts))
        if not text.strip():
            raise UnreadableFile("Filen innehåller ingen text.", "Kontrollera att rätt fil valdes.")
        whole, found = split_pages(text)
        pages = tuple(replace(one, state="needs_ocr") if one.number in self._scanned else one for one in found)
        return Reading(whole, pages, media_type, title, (*warnings, *cleaning), lost(raw, whole))

    def _write(self, kind: str, text: str) -> None:
        self._length += len(text)
        if self._length > MAX_CHARACTERS:
            raise UnreadableFile(
                f"Texten är längre än gränsen {MAX_CHARACTERS} tecken.", "Dela upp filen i flera delar."
            )
        if self._last:
            self._parts.append("\n" if kind == self._last == "item" else "\n\n")
        self._parts.append(text)
        self._page += text.count("\f")
        self._last = kind


def one_line(text: str) -> str:
    """Return the text with every run of white space as one space."""
    return " ".join(text.split())


def cell(text: str) -> str:
    """Return the text as it may stand between the bars of a Markdown table."""
    return one_line(text).replace("|", "¦")


def lost(raw: str, text: str) -> int:
    """Return how many characters, white space aside, of the raw text the canonical one does not have."""
    whole = unicodedata.normalize("NFC", raw).replace("|", "¦")
    missing = Counter(whole) - Counter(text.replace("|", "¦"))
    return sum(count for mark, count in missing.items() if not mark.isspace() and unicodedata.category(mark) != "Cc")
