"""The timeline: initiatives as bars over months with their milestones, drawn on the server; it prints.

It never stands alone: the page shows the same days in a table beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from api.web.pages import INITIATIVE_LOOKS
from initiatives import swedish
from initiatives.milestones import MilestoneRow
from initiatives.overview import InitiativeRow

WIDTH, NAMES, RIGHT, HEAD, FOOT, ROW, BAR = 1000, 400, 16, 34, 24, 34, 16
LONGEST_TITLE = 40
MONTHS_A_YEAR = 12
QUARTER = 3
MOST_MONTHS = 20 * MONTHS_A_YEAR
"""Bars are drawn over at most twenty years, those nearest to today."""
_STONE = 6


@dataclass(frozen=True, slots=True)
class Span:
    """The months that the drawing shows, from the first day of one to the last of another."""

    first: date
    last: date

    def x(self, day: date) -> float:
        """Return where a day stands; one outside stands at the edge."""
        inside = min(max(day, self.first), self.last)
        share = (inside - self.first).days / max(1, (self.last - self.first).days)
        return round(NAMES + share * (WIDTH - NAMES - RIGHT), 1)


def dated(found: Sequence[InitiativeRow]) -> list[InitiativeRow]:
    """Return those that have a day, by their first and last day."""
    with_days = [one for one in found if one.starts_on or one.ends_on]
    return sorted(with_days, key=lambda one: (one.starts_on or one.ends_on or date.max, one.ends_on or date.max))


def draw(found: Sequence[InitiativeRow], stones: Sequence[MilestoneRow], *, today: date) -> Markup:
    """Return the drawing of initiatives that have days, in the order given; empty without any."""
    if not found:
        return Markup()
    span = _span(found, stones, today)
    height = HEAD + ROW * len(found) + FOOT
    rows = [
        _row(one, [stone for stone in stones if stone.initiative_id == one.id], span, HEAD + ROW * number)
        for number, one in enumerate(found)
    ]
    return Markup(
        '<svg class="timeline" viewBox="0 0 {} {}" role="img" focusable="false"><title>Tidslinje över initiativ</title>'
        "<desc>{}</desc>{}{}{}</svg>"
    ).format(
        WIDTH, height, _described(found), _grid(span, height - FOOT), Markup().join(rows), _today(span, today, height)
    )


def _span(found: Sequence[InitiativeRow], stones: Sequence[MilestoneRow], today: date) -> Span:
    days = [day for one in found for day in (one.starts_on, one.ends_on) if day]
    days += [today, *(stone.due_on for stone in stones)]
    earliest, latest = _months(min(days)), _months(max(days))
    now = _months(today)
    earliest = max(earliest, now - MOST_MONTHS // 2)
    latest = max(min(latest, now + MOST_MONTHS // 2), earliest)
    return Span(_first_day(earliest), _first_day(latest + 1) - timedelta(days=1))


def _months(day: date) -> int:
    return day.year * MONTHS_A_YEAR + day.month - 1


def _first_day(months: int) -> date:
    return date(months // MONTHS_A_YEAR, months % MONTHS_A_YEAR + 1, 1)


def _grid(span: Span, height: int) -> Markup:
    """Return a line at each year, and at each quarter where there is room for them."""
    first, last = _months(span.first), _months(span.last) + 1
    short = last - first <= 4 * MONTHS_A_YEAR
    step = QUARTER if short else MONTHS_A_YEAR
    parts = []
    for month in range(first + -first % step, last, step):
        day = _first_day(month)
        x = span.x(day)
        is_year = day.month == 1
        parts.append(
            Markup('<path class="{}" d="M{} {}V{}"/>').format("year" if is_year else "grid", x, HEAD - 8, height)
        )
        label = str(day.year) if is_year else swedish.MONTHS[day.month - 1][:3]
        parts.append(
            Markup('<text class="{}" x="{}" y="18">{}</text>').format("year" if is_year else "at", x + 3, label)
        )
    return Markup().join(parts)


def _row(one: InitiativeRow, stones: Sequence[MilestoneRow], span: Span, y: int) -> Markup:
    look = INITIATIVE_LOOKS[one.status]
    start, end = span.x(one.starts_on or span.first), span.x(one.ends_on or span.last)
    title = one.title if len(one.title) <= LONGEST_TITLE else f"{one.title[: LONGEST_TITLE - 1].rstrip()}…"
    open_ended = "" if one.starts_on and one.ends_on else " open"
    marks = [_stone(stone, span, y + ROW // 2) for stone in stones]
    return Markup(
        '<g><text class="name" x="0" y="{}">{}</text><text class="word" x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect class="bar tone-{}{}" x="{}" y="{}" width="{}" height="{}" rx="3"/>{}</g>'
    ).format(
        y + ROW // 2 + 5,
        title,
        NAMES - 10,
        y + ROW // 2 + 5,
        look.word,
        look.tone,
        open_ended,
        start,
        y + (ROW - BAR) // 2,
        max(3, round(end - start, 1)),
        BAR,
        Markup().join(marks),
    )


def _stone(stone: MilestoneRow, span: Span, y: int) -> Markup:
    x = span.x(stone.due_on)
    shape = f"M{x} {y - _STONE}L{x + _STONE} {y}L{x} {y + _STONE}L{x - _STONE} {y}z"
    return Markup('<path class="stone{}" d="{}"/>').format(" reached" if stone.done_on else "", shape)


def _today(span: Span, today: date, height: int) -> Markup:
    x = span.x(today)
    anchor = "end" if x > WIDTH - RIGHT - 60 else "start"
    return Markup(
        '<path class="today" d="M{} {}V{}"/><text class="today" x="{}" y="{}" text-anchor="{}">i dag</text>'
    ).format(x, HEAD - 4, height, x + (-4 if anchor == "end" else 4), height - 6, anchor)


def _described(found: Sequence[InitiativeRow]) -> str:
    said = []
    for one in found:
        first = f"från {swedish.format_date(one.starts_on)}" if one.starts_on else ""
        last = f"till {swedish.format_date(one.ends_on)}" if one.ends_on else ""
        said.append(
            f"{one.title}, {INITIATIVE_LOOKS[one.status].word.lower()}, {' '.join(filter(None, (first, last)))}"
        )
    return ". ".join(said) + "."
