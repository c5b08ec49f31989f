"""When a picture says more than a table: at least three points of one unit that can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

from retrieval.register.asking import Query, Subject, Wanted
from retrieval.register.running.found import Found
from retrieval.register.shown import Chart, ChartPoint, Column, Row, Value

FEWEST, MOST = 3, 12
"""Fewer points are said in words; more are read in the table."""
ENOUGH_ROWS = 6
"""From how many rows on a count of how they stand says more than the rows."""
OF_MONEY = frozenset({Wanted.AMOUNT, Wanted.LEFT, Wanted.TOP, Wanted.VALUE})
STATES = ("status", "verdict", "state", "outcome")
COUNTED = frozenset({"initiatives", "number"})


def chart(found: Found, query: Query) -> Chart | None:
    """The chart of what was found; None where it would say nothing more than the table or the sentence."""
    if found.chart is not None:
        return found.chart if sum(one.value is not None for one in found.chart.points) >= FEWEST else None
    if found.total > len(found.rows):
        return None
    kronor = [(place, one) for place, one in enumerate(found.columns) if one.type == "kronor"]
    of_money = query.wanted in OF_MONEY or query.subject in {Subject.FUND, Subject.ALLOCATION}
    is_asked = of_money or query.per is not None
    if len(found.rows) == 1:
        return _of_one(found.rows[0], kronor) if is_asked else None
    money = _of_several(found, kronor, "kronor") if kronor and is_asked else None
    counts = [(place, one) for place, one in enumerate(found.columns) if one.name in COUNTED]
    return money or (_of_several(found, counts, "antal") if counts else None) or _of_states(found, query)


def _of_one(row: Row, kronor: Sequence[tuple[int, Column]]) -> Chart | None:
    """The amounts of one thing beside one another, such as what a fund holds, what is used and what is left."""
    points = [_point(column.label, row.values[place]) for place, column in kronor if row.values[place]]
    return _chart(row.title, "kronor", points)


def _of_several(found: Found, places: Sequence[tuple[int, Column]], unit: str) -> Chart | None:
    """One amount or count of each row: the one that is added up, or the first that every row has."""
    named = next((fact.label for fact in found.facts if fact.name == "sum"), "")
    whole = [one for one in places if all(row.values[one[0]] is not None for row in found.rows)]
    chosen = next((one for one in whole if named.startswith(one[1].label)), next(iter(whole), None))
    if chosen is None or len({row.title for row in found.rows}) < len(found.rows):
        return None
    place, column = chosen
    return _chart(column.label, unit, [_point(row.title, row.values[place]) for row in found.rows])


def _of_states(found: Found, query: Query) -> Chart | None:
    """How many rows stand in each way, where all kinds are asked for."""
    place = next((place for place, column in enumerate(found.columns) if column.name in STATES), None)
    if place is None or query.statuses or query.objects or len(found.rows) < ENOUGH_ROWS:
        return None
    counts = Counter(str(row.values[place]) for row in found.rows if row.values[place])
    points = [_point(state, number) for state, number in counts.most_common()]
    return _chart(f"Antal efter {found.columns[place].label.lower()}", "antal", points)


def _point(label: str, value: Value) -> ChartPoint:
    return ChartPoint(label, None if value is None else str(value))


def _chart(title: str, unit: str, points: Iterable[ChartPoint]) -> Chart | None:
    listed = tuple(islice(points, MOST + 1))
    return Chart("bars", title, unit, listed) if FEWEST <= len(listed) <= MOST else None
