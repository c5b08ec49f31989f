"""Where a quotation stands on the pages of its PDF: the stored text is laid over the words that the file has.

The reader moves words (tables become rows, cells are joined), so text and page are compared word by word: first what
comes in the same order, then what is left, by what it says.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import chain

from ingest.readers.words import Box, Word, around

_WORD = re.compile(r"[^\s|¦]+")
_BREAK = 0.5
"""Boxes whose heights overlap by less than this share stand on lines of their own."""
_FAR = 3.0
"""A gap of so many line heights parts two boxes on one line, as in a table."""
_LEAST = 3
"""Characters that must follow one another alike where words are not cut alike in text and file."""

Places = Mapping[int, Box]
"""Where the characters of a text stand, by their number; those that the page has not are missing."""


def places(text: str, words: Sequence[Word]) -> Places:
    """Return where each character of a page's stored text stands, as far as the page has it."""
    said = [(match.start(), match[0]) for match in _WORD.finditer(text)]
    pairs, loose = _alike(said, words)
    found: dict[int, Box] = {}
    for mine, theirs in pairs:
        start = said[mine][0]
        found.update(zip(range(start, start + len(said[mine][1])), words[theirs].boxes, strict=True))
    for mine_left, theirs_left in loose:
        numbers = list(chain.from_iterable(range(said[one][0], said[one][0] + len(said[one][1])) for one in mine_left))
        boxes = list(chain.from_iterable(words[one].boxes for one in theirs_left))
        ours = "".join(said[one][1] for one in mine_left)
        other = "".join(words[one].text for one in theirs_left)
        for block in SequenceMatcher(None, ours, other, autojunk=False).get_matching_blocks():
            if block.size >= _LEAST or block.size == len(ours):
                found.update(
                    zip(numbers[block.a : block.a + block.size], boxes[block.b : block.b + block.size], strict=True)
                )
    return found


def lines(found: Places, start: int, end: int) -> list[Box]:
    """Return the boxes that the characters from ``start`` to ``end`` fill: one for each line, or part of a line."""
    parts: list[list[Box]] = []
    for number in range(start, end):
        box = found.get(number)
        if box is None or box[0] >= box[2] or box[1] >= box[3]:
            continue
        if parts and _follows(around(parts[-1]), box):
            parts[-1].append(box)
        else:
            parts.append([box])
    return [around(part) for part in parts]


def _follows(line: Box, box: Box) -> bool:
    """Tell whether a box goes on with a line."""
    height = min(line[3] - line[1], box[3] - box[1])
    overlap = min(line[3], box[3]) - max(line[1], box[1])
    gap = max(box[0] - line[2], line[0] - box[2])
    return overlap >= _BREAK * height and gap <= _FAR * height


def _alike(
    said: Sequence[tuple[int, str]], words: Sequence[Word]
) -> tuple[list[tuple[int, int]], list[tuple[list[int], list[int]]]]:
    """Return which words of the text are which of the page, and the runs of both that are left between them."""
    matcher = SequenceMatcher(None, [word for _, word in said], [word.text for word in words], autojunk=False)
    blocks = matcher.get_matching_blocks()
    pairs = [(block.a + step, block.b + step) for block in blocks for step in range(block.size)]
    mine, theirs = {one for one, _ in pairs}, {other for _, other in pairs}
    moved = dict(_moved(said, words, mine, theirs, dict(pairs)))
    mine |= set(moved)
    theirs |= set(moved.values())
    left, first, second = [], 0, 0
    for block in blocks:
        ours = [one for one in range(first, block.a) if one not in mine]
        others = [other for other in range(second, block.b) if other not in theirs]
        if ours and others:
            left.append((ours, others))
        first, second = block.a + block.size, block.b + block.size
    return [*pairs, *moved.items()], left


def _moved(
    said: Sequence[tuple[int, str]],
    words: Sequence[Word],
    mine: set[int],
    theirs: set[int],
    known: Mapping[int, int],
) -> Iterator[tuple[int, int]]:
    """Yield words that stand in another order on the page: each the nearest of those left that says the same."""
    free: defaultdict[str, list[int]] = defaultdict(list)
    for other, theirs_word in enumerate(words):
        if other not in theirs:
            free[theirs_word.text].append(other)
    before = -1
    for one, (_, word) in enumerate(said):
        if one in mine:
            before = known[one]
        elif alike := free.get(word):
            before = min(alike, key=lambda other: (other < before, abs(other - before - 1)))
            alike.remove(before)
            yield one, before
