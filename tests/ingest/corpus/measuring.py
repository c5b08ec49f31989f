"""How well a file was read: its characters in order, its cells under their heads, and its pages."""

import re
from bisect import bisect_right
from itertools import pairwise

from rapidfuzz.distance import LCSseq

from ingest.readers import Reading
from tests.ingest.corpus.texts import Grid, Items, Text, said

_MARKS = re.compile(r"^\s*(?:#{1,6}\s+|[-•]\s+|\d+\.\s+)|^\|[-| ]+\|$|\|", re.MULTILINE)

_RULE = re.compile(r"\|[-| ]+\|")


def squeezed(text: str) -> str:
    """Return the text without white space, and without the marks of Markdown."""
    return "".join(_MARKS.sub("", text).split())


def in_order(of: Text, reading: Reading) -> float:
    """Return the share of the document's characters that the reading has in the same order."""
    expected = "".join("".join("".join(said(block)).split()) for block in of.blocks)
    return LCSseq.similarity(expected, squeezed(reading.text)) / len(expected)


def cells_in_place(of: Text, reading: Reading) -> tuple[int, int]:
    """Return how many cells stand in their row under their head, and how many there are."""
    found = {triple for table in _tables(reading.text) for triple in _triples(table)}
    wanted = [triple for grid in of.grids for triple in _triples([list(grid.head), *map(list, grid.rows)])]
    return sum(triple in found for triple in wanted), len(wanted)


def pages_in_place(of: Text, reading: Reading) -> tuple[int, int]:
    """Return for how many pieces of text the page is right, and for how many it was asked."""
    starts = [page.start for page in reading.pages]
    right = asked = 0
    flat = re.sub(r"\s", " ", reading.text)
    position = 0
    for number, page in enumerate(of.pages, start=1):
        for block in page:
            for piece in said(block)[:1] if isinstance(block, Grid | Items) else said(block):
                place = flat.find(piece[:25], position)
                asked += 1
                if place >= 0:
                    right += bisect_right(starts, place) == number
                    position = place
    return right, asked


def _tables(text: str) -> list[list[list[str]]]:
    tables: list[list[list[str]]] = []
    inside = False
    for line, following in pairwise([*text.split("\n"), ""]):
        if not line.startswith("|"):
            inside = False
        elif _RULE.fullmatch(following):
            tables.append([_row(line)])
            inside = True
        elif inside and not _RULE.fullmatch(line):
            tables[-1].append(_row(line))
    return tables


def _row(line: str) -> list[str]:
    return [one.strip() for one in line.strip().strip("|").split("|")]


def _triples(table: list[list[str]]) -> list[tuple[str, str, str]]:
    head, *rows = table
    return [(title, row[0], cell) for row in rows for title, cell in zip(head, row, strict=False)]
