import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.web import charts
from api.web.charts import Mark, Point

NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, places=3)
POINTS = st.lists(st.builds(Point, st.text("<&\"'åäö 12", max_size=8), st.none() | NUMBERS, st.booleans()), max_size=24)


def drawn(markup: str) -> ET.Element:
    return ET.fromstring(markup)


def shapes(root: ET.Element, kind: str) -> list[ET.Element]:
    return [one for one in root.iter() if kind in one.get("class", "").split()]


def words(root: ET.Element, kind: str) -> list[str]:
    return [one.text or "" for one in shapes(root, kind)]


@pytest.mark.parametrize("draw", [charts.line, charts.bars])
def test_a_chart_says_in_words_what_it_shows(draw: Callable[..., str]) -> None:
    points = [Point("2023", 412), Point("2024", Decimal("455.5")), Point("2025", None), Point("2026", 498, True)]
    root = drawn(draw("Samordnade planer", points, unit="planer", mark=Mark("Mål", 600)))
    assert root.get("role") == "img"
    assert (root[0].tag, root[0].text) == ("title", "Samordnade planer")
    assert root[1].text == (
        "2023: 412 planer. 2024: 455,5 planer. 2025: saknas. 2026: 498 planer (preliminärt). Mål: 600 planer."
    )


def test_a_line_breaks_where_a_value_is_missing_and_is_hollow_where_it_may_change() -> None:
    points = [Point("1", 1), Point("2", 2), Point("3", None), Point("4", 3), Point("5", 4, True)]
    root = drawn(charts.line("A", points))
    assert len(shapes(root, "line")) == 2
    assert (len(shapes(root, "dot")), len(shapes(root, "ring"))) == (3, 1)
    assert words(root, "gone") == ["saknas"]


def test_a_missing_value_is_no_bar_and_zero_is_one() -> None:
    root = drawn(charts.bars("A", [Point("1", 0), Point("2", None), Point("3", 5)]))
    heights = [float(one.get("height", "")) for one in shapes(root, "bar")]
    assert len(heights) == 2
    assert heights[0] == 0 < heights[1]


def test_bars_begin_at_zero_and_a_line_where_its_values_are() -> None:
    points = [Point("2019", Decimal("0.37")), Point("2021", Decimal("0.40"))]
    assert words(drawn(charts.bars("A", points)), "tick")[0] == "0"
    assert words(drawn(charts.line("A", points)), "tick") == ["0,37", "0,38", "0,39", "0,4"]


def test_the_axis_reaches_what_it_is_compared_with() -> None:
    root = drawn(charts.line("A", [Point("2025", 51)], mark=Mark("Mål 55", 55)))
    assert words(root, "goal-word") == ["Mål 55"]
    [goal] = shapes(root, "goal")
    y = float(goal.get("d", "").split()[1].partition("H")[0])
    assert charts.TOP <= y <= charts.HEIGHT - charts.BOTTOM


def test_a_small_line_needs_two_values() -> None:
    assert charts.sparkline("A", [None, 3]) == ""
    root = drawn(charts.sparkline("412 till 455", [412, None, 455, 460]))
    assert root.get("aria-label") == "412 till 455"
    assert len(shapes(root, "line")) == 1


def test_nothing_that_is_written_becomes_more_than_text() -> None:
    evil = '"><script>1</script>'
    for markup in (
        charts.line(evil, [Point(evil, 1)], unit=evil, mark=Mark(evil, 2)),
        charts.bars(evil, [Point(evil, 1)], unit=evil, mark=Mark(evil, 2)),
        charts.sparkline(evil, [1, 2]),
    ):
        assert [one for one in drawn(markup).iter() if one.tag == "script"] == []


@given(POINTS, st.none() | NUMBERS.map(lambda value: Mark("Mål", value)))
def test_whatever_the_values_are_all_is_drawn_inside_the_picture(points: list[Point], mark: Mark | None) -> None:
    for draw in (charts.line, charts.bars):
        root = drawn(draw("A", points, mark=mark))
        assert len(shapes(root, "tick")) <= 8
        for one in root.iter():
            places = [one.get(name) for name in ("x", "cx")], [one.get(name) for name in ("y", "cy")]
            assert all(0 <= float(x) <= charts.WIDTH for x in places[0] if x), ET.tostring(one)
            assert all(0 <= float(y) <= charts.HEIGHT for y in places[1] if y), ET.tostring(one)


def test_lying_bars_are_as_long_as_their_values_and_say_them() -> None:
    drawn = charts.lying("Kvar", [Point("Omställningsanslaget", 4), Point("Eget kapital", 1), Point("Okänt", None)])
    wide = [float(one) for one in re.findall(r'<rect [^>]*width="([\d.]+)"', drawn)]
    assert wide[0] == pytest.approx(4 * wide[1], abs=0.5)
    assert wide[2] == 0
    for said in ("Omställningsanslaget", ">4<", ">1<", ">saknas<", "<desc>Omställningsanslaget: 4. Eget kapital: 1."):
        assert said in drawn
