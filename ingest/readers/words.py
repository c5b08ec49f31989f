"""Words with their places on a page, as readers tell of them."""

from collections.abc import Sequence

import msgspec

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in points of the page's own coordinates: from the left and, upwards, from below."""


class Word(msgspec.Struct, frozen=True, array_like=True):
    """A run of characters without white space on one line, composed (NFC), and where each of them stands."""

    text: str
    boxes: tuple[Box, ...]


class PageWords(msgspec.Struct, frozen=True):
    """The words of a page in the order of the file, and the part of its coordinates that is shown."""

    number: int
    box: Box
    words: tuple[Word, ...]


def around(boxes: Sequence[Box]) -> Box:
    """Return the smallest box that holds all of some boxes."""
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)
