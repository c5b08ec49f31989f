"""The quality card of a version: what of the file became text, what did not, and what somebody should look at."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from ingest.readers import Page
from ingest.structure import Outline
from initiatives import personal_numbers
from retrieval.kinds import UnitKind

MOST_PLACES = 50
"""Places of personal identity numbers that are kept; they are counted all."""


class Place(msgspec.Struct, frozen=True):
    """Where something stands: a page by its number, and character offsets in the text."""

    page: int
    start: int
    end: int


class Quality(msgspec.Struct, frozen=True):
    """What became of a file. Characters are counted without white space, tables as runs of rows under one head."""

    pages_with_text: int
    pages_empty: int
    pages_needing_ocr: int
    tables: int
    characters: int
    characters_lost: int
    personal_numbers: int
    personal_number_places: tuple[Place, ...]


def assess(of: Outline, lost: int) -> Quality:
    """Return the card of a text whose reader lost so many characters of the file."""
    states = Counter(page.state for page in of.pages)
    found = [Place(_page(of.pages, start), start, end) for start, end in personal_numbers.find(of.text)]
    return Quality(
        pages_with_text=states["text"],
        pages_empty=states["empty"],
        pages_needing_ocr=states["needs_ocr"],
        tables=_tables(of),
        characters=sum(not mark.isspace() for mark in of.text),
        characters_lost=lost,
        personal_numbers=len(found),
        personal_number_places=tuple(found[:MOST_PLACES]),
    )


def warnings(quality: Quality) -> tuple[str, ...]:
    """Return what the one who brought the file should know, as Swedish sentences."""
    said = []
    if quality.personal_numbers:
        pages = ", ".join(map(str, sorted({one.page for one in quality.personal_number_places})))
        said.append(
            f"Texten innehåller {quality.personal_numbers} personnummer (sida {pages}). Ta bort dem ur filen, eller "
            "ersätt den, om de inte ska spridas."
        )
    if quality.characters_lost > quality.characters // 100:
        said.append(f"{quality.characters_lost} tecken i filen kom inte med i texten. Jämför med originalet.")
    return tuple(said)


def _page(pages: Sequence[Page], position: int) -> int:
    return next((page.number for page in reversed(pages) if page.start <= position), 1)


def _tables(of: Outline) -> int:
    """Count the rows that begin a table: what leads them is neither the row above nor what leads that."""
    count = 0
    for above, block in pairwise([None, *of.blocks]):
        if block is None or block.kind is not UnitKind.ROW:
            continue
        head = _words(of.text[above.start : above.end]) if above and above.kind is UnitKind.ROW else None
        lead = _words(block.lead)
        count += head is None or above is None or not (lead == _words(above.lead) or (lead and head.startswith(lead)))
    return count


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text))
