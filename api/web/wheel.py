"""The year as a wheel: twelve sectors, drawn on the server, with the number of dates in each; a list stands beside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import cos, radians, sin

from initiatives.deadlines import State
from initiatives.swedish import MONTHS

SIZE = 320
_OUTER, _INNER, _LABELS, _COUNTS = 150.0, 70.0, 132.0, 100.0
_SECTOR = 30.0


@dataclass(frozen=True, slots=True)
class Sector:
    """One month: its outline as an SVG path, where its name and number stand, and what it holds.

    `tone` is the colour of the worst state: late before coming before done; empty for nothing.
    """

    month: int
    name: str
    path: str
    label: tuple[float, float]
    middle: tuple[float, float]
    count: int
    late: int
    tone: str
    here: bool


def of(counts: Mapping[int, Mapping[State, int]], year: int, day: date) -> list[Sector]:
    """Return the twelve sectors of a year, January first at the top; `day` marks the month that it is."""
    return [_sector(month, by_state, here=(year, month) == (day.year, day.month)) for month, by_state in counts.items()]


def _sector(month: int, counts: Mapping[State, int], *, here: bool) -> Sector:
    start = (month - 1) * _SECTOR
    corners = [_at(_INNER, start), _at(_OUTER, start), _at(_OUTER, start + _SECTOR), _at(_INNER, start + _SECTOR)]
    inner, outer, outer_end, inner_end = (f"{x:.1f} {y:.1f}" for x, y in corners)
    path = (
        f"M{inner} L{outer} A{_OUTER:.0f} {_OUTER:.0f} 0 0 1 {outer_end} "
        f"L{inner_end} A{_INNER:.0f} {_INNER:.0f} 0 0 0 {inner} Z"
    )
    tones = ((State.LATE, "bad"), (State.OPEN, "calm"), (State.DONE, "good"))
    return Sector(
        month=month,
        name=MONTHS[month - 1],
        path=path,
        label=_at(_LABELS, start + _SECTOR / 2),
        middle=_at(_COUNTS, start + _SECTOR / 2),
        count=sum(counts.values()),
        late=counts[State.LATE],
        tone=next((tone for state, tone in tones if counts[state]), ""),
        here=here,
    )


def _at(radius: float, degrees: float) -> tuple[float, float]:
    """Return the point at a distance from the centre, by the clock: 0 degrees is up."""
    turned = radians(degrees - 90)
    return round(SIZE / 2 + radius * cos(turned), 1), round(SIZE / 2 + radius * sin(turned), 1)
