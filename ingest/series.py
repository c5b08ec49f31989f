"""Statistics tables in text that has lost its line ends: a label and its figures, again and again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from retrieval.glued import starts_anew

LONGEST_HEAD = 60
"""Words before the first figures that may head the columns."""
MOST_LABEL_WORDS = 20
SHORT_LABEL_WORDS = 5
FEWEST_YEARS = 3
FEWEST_SINGLE = 4
"""Rows of one figure each that make a table; fewer may be chance."""
TICKS = 2
"""Figures in a row, at most, that may belong to the words of a head; more is another row, or an axis."""
MORE_COLUMNS = 3
"""Columns that may stand beside those of the years: a change, a share."""
_WORD = re.compile(r"\S+")
_FIGURE = re.compile(r"[(]?[-–−+]?\d[\d.,]*(?:\(\d[\d.,]*)?%?[)]?%?[)]?\**$|%\)?$|[-–−]$|\.\.$")
_YEAR = re.compile(r"(?:19|20)\d\d\*{0,2}$")
_THOUSANDS = re.compile(r"(?<![\d,.])(\d{1,3}) (?=\d{3}(?!\d))")
_VALUE = re.compile(r"\d[\d.,]*|(?<!\S)[-–−](?!\S)")
_STOPS = re.compile(r"(?:[^\W\d].*|.*\]|\S*\d{4})[.?!;]$")
_ABBREVIATED = re.compile(r"(?:inkl|exkl|resp|bl|ca|[a-zåäö]|m\.m|osv)\.$")
_APART = re.compile(r"(?:Källa|Källor|Not|Figur|Tabell|Diagram)\b")


@dataclass(frozen=True, slots=True)
class Series:
    """A table between two offsets: its column heads (empty when start and end are one), and its rows."""

    head: tuple[int, int]
    rows: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """Words ``first`` to ``last`` (exclusive) are figures; ``values`` counts them, ``years`` when all are years."""

    first: int
    last: int
    values: int
    years: bool


def find_series(text: str, start: int, end: int) -> Iterator[Series]:
    """The tables in ``text[start:end]``, in order and apart."""
    words = list(_WORD.finditer(text, start, end))
    runs = list(_runs(text, words))
    index = 0
    while index < len(runs):
        found = _by_year(words, runs, index) or _dated(words, runs, index) or _labelled(words, runs, index)
        if found is None:
            index += 1
            continue
        series, index = found
        yield series


def _runs(text: str, words: Sequence[re.Match[str]]) -> Iterator[_Run]:
    first: int | None = None
    for index in range(len(words) + 1):
        figure = index < len(words) and bool(_FIGURE.match(words[index].group()))
        if figure and first is None and words[index].group()[-1] not in "-–−.%":
            first = index
        elif not figure and first is not None:
            said = _THOUSANDS.sub(r"\1", text[words[first].start() : words[index - 1].end()])
            years = all(_YEAR.match(word.group()) for word in words[first:index])
            yield _Run(first, index, len(_VALUE.findall(said)), years)
            first = None


def _by_year(words: Sequence[re.Match[str]], runs: Sequence[_Run], index: int) -> tuple[Series, int] | None:
    """A table whose columns are years: each row has a figure for every year, and perhaps a change or a share."""
    head = runs[index]
    if not head.years or head.values < FEWEST_YEARS:
        return None
    last = index + 1
    while last < len(runs) and head.values <= runs[last].values <= head.values + MORE_COLUMNS:
        if not _is_label(words, runs[last - 1].last, runs[last].first):
            break
        last += 1
    if last == index + 1:
        return None
    label = _label_start(words, head.last, runs[index + 1].first)
    return _series(words, head.first, label, runs[index + 1 : last]), last


def _dated(words: Sequence[re.Match[str]], runs: Sequence[_Run], index: int) -> tuple[Series, int] | None:
    """A table whose rows begin with a year and have nothing but figures."""
    run = runs[index]
    years = [place for place in range(run.first, run.last) if _YEAR.match(words[place].group())]
    bounds = [*years, run.last]
    steps = {later - earlier for earlier, later in pairwise(bounds)}
    if len(years) < FEWEST_YEARS or years[0] != run.first or len(steps) != 1 or steps == {1}:
        return None
    head = _head_start(words, runs, index)
    rows = tuple((words[first].start(), words[last - 1].end()) for first, last in pairwise(bounds))
    head_end = words[run.first - 1].end() if head < run.first else words[head].start()
    return Series((words[head].start(), head_end), rows), index + 1


def _labelled(words: Sequence[re.Match[str]], runs: Sequence[_Run], index: int) -> tuple[Series, int] | None:
    """A table with other columns: rows of as many figures, or at least four short rows of one."""
    run = runs[index]
    single = run.values == 1
    if run.years:
        return None
    most = SHORT_LABEL_WORDS if single else MOST_LABEL_WORDS
    floor = _head_start(words, runs, index)
    label = _label_start(words, floor, run.first)
    if not (label < run.first <= label + most and words[label].group()[0].isupper()):
        return None
    last = index + 1
    while last < len(runs) and not runs[last].years and _alike(run.values, runs[last].values, single=single):
        if not _is_label(words, runs[last - 1].last, runs[last].first, most):
            break
        last += 1
    if last - index < (FEWEST_SINGLE if single else 2):
        return None
    return _series(words, floor, label, runs[index:last]), last


def _alike(values: int, others: int, *, single: bool) -> bool:
    return others == 1 if single else others > 1 and abs(values - others) <= 1


def _series(words: Sequence[re.Match[str]], head: int, label: int, runs: Sequence[_Run]) -> Series:
    """Words from ``head`` to ``label`` head the columns; the first row begins at ``label``."""
    begins = [label, *(run.last for run in runs[:-1])]
    rows = tuple((words[first].start(), words[run.last - 1].end()) for first, run in zip(begins, runs, strict=True))
    head_end = words[label - 1].end() if label > head else words[head].start()
    return Series((words[head].start(), head_end), rows)


def _is_label(words: Sequence[re.Match[str]], first: int, last: int, most: int = MOST_LABEL_WORDS) -> bool:
    said = [word.group() for word in words[first:last]]
    sentences = most == SHORT_LABEL_WORDS and any(_stops(word) for word in said)
    if not 0 < len(said) <= most or sentences or any(_APART.match(word) for word in said):
        return False
    return said[0][0].isupper() or said[0][0] in "≥<>*" or (said[0][0].isdigit() and len(said) > 1)


def _stops(word: str) -> bool:
    return bool(_STOPS.match(word)) and not _ABBREVIATED.match(word)


def _head_start(words: Sequence[re.Match[str]], runs: Sequence[_Run], index: int) -> int:
    """The first word after the last sentence end, table or axis of a diagram before a run."""
    first = runs[index].first
    near = runs[max(0, index - LONGEST_HEAD) : index]
    floor = max((run.last for run in near if run.values > TICKS), default=max(0, first - LONGEST_HEAD))
    while first > floor and not _stops(words[first - 1].group()):
        first -= 1
        if _APART.match(words[first].group()):
            break
    return first


def _label_start(words: Sequence[re.Match[str]], first: int, last: int) -> int:
    """Where the label of the first row begins among the words after the column heads."""
    for index in range(last - 1, first, -1):
        before = words[index - 1].group()
        if starts_anew(before, words[index].group()) or (
            before[-1] in ")*%" and words[index].group()[0].isupper() and words[index].group()[1:2].islower()
        ):
            return index
    return first
