import datetime as dt

import pytest

from retrieval.register.asking import Query, Subject, Wanted
from retrieval.register.charting import chart
from retrieval.register.running.found import Found, columns, row, sum_fact
from retrieval.register.shown import Chart, ChartPoint
from retrieval.register.telling import tell

FUNDS = columns(("year", "År", "year"), ("frame_kronor", "Ram", "kronor"), ("left_kronor", "Kvar", "kronor"))
STATES = columns(("status", "Läge", "text"), ("budget_kronor", "Pengar", "kronor"))
LEFT = Query(subject=Subject.FUND, wanted=Wanted.LEFT)
LISTED = Query(subject=Subject.INITIATIVE, wanted=Wanted.LIST)


def _funds(*left: int | None) -> Found:
    rows = tuple(row("fund", number, f"Anslag {number}", (2026, 1000, one)) for number, one in enumerate(left))
    return Found(columns=FUNDS, rows=rows, total=len(rows), facts=(sum_fact(0, "Kvar tillsammans"),))


def _states(*states: str) -> Found:
    rows = tuple(row("initiative", number, f"Initiativ {number}", (one, 5)) for number, one in enumerate(states))
    return Found(columns=STATES, rows=rows, total=len(rows))


def _values(drawn: Chart | None) -> list[tuple[str, str | None]]:
    assert drawn is not None
    return [(one.label, one.value) for one in drawn.points]


def test_what_is_added_up_is_drawn_for_each_row() -> None:
    drawn = chart(_funds(3, 0, -2), LEFT)
    assert _values(drawn) == [("Anslag 0", "3"), ("Anslag 1", "0"), ("Anslag 2", "-2")]
    assert drawn is not None
    assert (drawn.kind, drawn.title, drawn.unit) == ("bars", "Kvar", "kronor")


@pytest.mark.parametrize("left", [(), (1,), (1, 2), tuple(range(13))])
def test_too_few_figures_are_said_and_too_many_are_read(left: tuple[int, ...]) -> None:
    assert chart(_funds(*left), LEFT) is None


def test_a_figure_that_some_rows_lack_is_not_compared() -> None:
    assert _values(chart(_funds(1, None, 3), LEFT)) == [(f"Anslag {number}", "1000") for number in range(3)]


def test_rows_that_are_not_all_shown_are_not_drawn() -> None:
    shown = _funds(1, 2, 3)
    assert chart(Found(columns=shown.columns, rows=shown.rows, total=60), LEFT) is None


def test_money_beside_the_point_is_not_drawn() -> None:
    assert chart(_states("pågår", "pågår", "pågår"), LISTED) is None


def test_how_many_stand_in_each_way_is_drawn_where_that_is_many_ways() -> None:
    states = ("pågår", "pågår", "pågår", "förslag", "förslag", "avslutat")
    assert _values(chart(_states(*states), LISTED)) == [("pågår", "3"), ("förslag", "2"), ("avslutat", "1")]
    assert chart(_states(*("pågår",) * 5, "förslag"), LISTED) is None
    only = Query(subject=Subject.INITIATIVE, wanted=Wanted.LIST, statuses=("pågår",))
    assert chart(_states(*states), only) is None


@pytest.mark.parametrize(("known", "drawn"), [(2, False), (3, True)])
def test_a_series_is_drawn_from_three_known_values_on(known: int, drawn: bool) -> None:
    points = tuple(ChartPoint(str(2020 + number), "1" if number < known else None) for number in range(5))
    found = Found(lead="Så här.", chart=Chart("line", "Väntetid", "dagar", points))
    told = tell(found, Query(subject=Subject.INDICATOR, wanted=Wanted.VALUE), "Hur?", dt.date(2026, 12, 1))
    assert (told.chart is not None) is drawn
