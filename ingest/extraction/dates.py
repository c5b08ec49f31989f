"""Days and months in running text, each with its place, and what the text itself says of the year."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from retrieval.figures import FIGURE, MONTH, YEAR, month_number, read_figure

ALONE = re.compile(
    rf"(?<!\d )(?<!\d)\b(?P<month>{MONTH})\b(?!\.?\s\d{{1,2}}\b)(?:\s(?P<year>(?:19|20)\d\d))?", re.IGNORECASE
)
HEAD = re.compile(r"\b(?P<year>(?:19|20)\d\d):")
"""A year that the days after it belong to: "2017: 17 feb, 26 maj"."""


@dataclass(frozen=True, slots=True)
class When:
    """A day, or the first of a month with `whole_month`; `said` is how it is written where the year is not."""

    on: date
    whole_month: bool
    said: str
    start: int
    end: int

    @property
    def certain(self) -> bool:
        """Whether the text says day, month and year."""
        return not self.said and not self.whole_month


def whens(text: str, year: int | None) -> list[When]:
    """Return the days and months of a text; one without a year has that of what follows it, else `year`."""
    heads = [(match.start(), int(match["year"])) for match in HEAD.finditer(text)]
    found: list[When] = []
    for start, end, month, day, own in sorted(_written(text)):
        above = next((number for place, number in reversed(heads) if place < start), None)
        behind = YEAR.search(text, end)
        of = own or above or (int(behind.group()) if behind else None) or year
        if of is not None and (on := _day(of, month, day or 1)):
            said = "" if own or above else text[start:end].strip()
            found.append(When(on, day is None, said, start, end))
    return found


def _written(text: str) -> Iterator[tuple[int, int, int, int | None, int | None]]:
    """Yield start, end, month, day and year of each; what is not said is None."""
    days = [match for match in FIGURE.finditer(text) if match["iso"] or match["day"]]
    for match in days:
        figure = read_figure(match)
        if figure is None or not isinstance(figure.value, str):
            continue
        said, month, day = figure.value.split("-")
        heads = bool(match["year"]) and text[match.end() : match.end() + 1] == ":"  # The year is that of what follows.
        year = int(said) if said.isdecimal() and not heads else None
        yield match.start(), match.start("year") if heads else match.end(), int(month), int(day), year
    taken = [(match.start(), match.end()) for match in days]
    for match in ALONE.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            own = int(match["year"]) if match["year"] else None
            yield match.start(), match.end(), month_number(match["month"]), None, own


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
