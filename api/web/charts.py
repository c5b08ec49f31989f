"""Charts as SVG, drawn on the server: they need no JavaScript, follow the page's colours, and print.

A chart never stands alone: the page shows the same figures in a table beside it. Shapes tell what colours tell.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from markupsafe import Markup

from initiatives import swedish

WIDTH, HEIGHT = 520, 260
LEFT, RIGHT, TOP, BOTTOM = 62, 18, 18, 38
SPARK_WIDTH, SPARK_HEIGHT, SPARK_MARGIN = 96, 28, 4
MOST_LABELS, STEPS = 7, 4
ROW, VALUE_WIDTH = 60, 120
_FLOOR = Decimal("0.5")
_ONE, _TEN = Decimal(1), Decimal(10)
_NICE = tuple(map(Decimal, ("1", "2", "2.5", "5", "10")))


@dataclass(frozen=True, slots=True)
class Point:
    """One value and what it is called; None is a value that is missing, and `preliminary` one that may change."""

    label: str
    value: Decimal | int | None
    preliminary: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A level to compare with, such as a goal, and what to call it."""

    label: str
    value: Decimal | int


@dataclass(frozen=True, slots=True)
class _Scale:
    """The vertical axis: values from `low` to `high`, with a line at each of `ticks`."""

    low: Decimal
    high: Decimal
    ticks: tuple[Decimal, ...]

    def y(self, value: Decimal | int) -> float:
        share = (Decimal(value) - self.low) / (self.high - self.low)
        return round(float(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)), 1)


def line(title: str, points: Sequence[Point], *, unit: str = "", mark: Mark | None = None) -> Markup:
    """Return values over time as a line that breaks where a value is missing; a preliminary one is a hollow ring."""
    scale = _scale([*_known(points), *([mark.value] if mark else [])], from_zero=False)
    places = [(_x(number, len(points)), point) for number, point in enumerate(points)]
    drawn = [_dot(point, x, scale.y(point.value)) for x, point in places if point.value is not None]
    joined = [
        Markup('<path class="line" d="M{} {}L{} {}"/>').format(x, scale.y(one.value), next_x, scale.y(other.value))
        for (x, one), (next_x, other) in pairwise(places)
        if one.value is not None and other.value is not None
    ]
    return _chart(title, points, scale, [*joined, *drawn], unit=unit, mark=mark)


def bars(title: str, points: Sequence[Point], *, unit: str = "", mark: Mark | None = None) -> Markup:
    """Return values side by side as bars from zero; a missing one leaves its place empty."""
    scale = _scale([*_known(points), *([mark.value] if mark else [])], from_zero=True)
    wide = round((WIDTH - LEFT - RIGHT) / max(1, len(points)) * 0.6, 1)
    drawn = [
        _bar(point, _x(number, len(points)), wide, (scale.y(point.value), scale.y(0)))
        for number, point in enumerate(points)
        if point.value is not None
    ]
    return _chart(title, points, scale, drawn, unit=unit, mark=mark)


def lying(title: str, points: Sequence[Point], *, unit: str = "") -> Markup:
    """Return values as bars from zero below one another, each under its whole name; for names that are long."""
    scale = max((abs(Decimal(value)) for value in _known(points)), default=_ONE) or _ONE
    drawn = []
    for number, point in enumerate(points):
        y = number * ROW
        wide = (
            0.0 if point.value is None else round(float(abs(Decimal(point.value)) / scale) * (WIDTH - VALUE_WIDTH), 1)
        )
        kind = "bar hollow" if point.preliminary or (point.value or 0) < 0 else "bar"
        drawn.append(
            Markup(
                '<text class="name" x="0" y="{}">{}</text><rect class="{}" x="0" y="{}" width="{}" height="16"/>'
                '<text class="amount" x="{}" y="{}">{}</text>'
            ).format(y + 20, point.label, kind, y + 28, wide, wide + 8, y + 42, _in_words(point, unit))
        )
    return Markup(
        '<svg class="chart lying" viewBox="0 0 {} {}" role="img" focusable="false">'
        "<title>{}</title><desc>{}</desc>{}</svg>"
    ).format(WIDTH, ROW * len(points), title, describe(points, unit=unit), _all(drawn))


def sparkline(title: str, values: Sequence[Decimal | int | None]) -> Markup:
    """Return a small line for a row of a table, with a dot at the newest value; empty for fewer than two values."""
    known = [Decimal(value) for value in values if value is not None]
    if not known[1:]:
        return Markup()
    low, high = min(known), max(known)
    wide, tall = SPARK_WIDTH - 2 * SPARK_MARGIN, SPARK_HEIGHT - 2 * SPARK_MARGIN

    def place(number: int, value: Decimal | int) -> tuple[float, float]:
        share = float((Decimal(value) - low) / (high - low)) if high > low else 0.5
        x = SPARK_MARGIN + wide * number / max(1, len(values) - 1)
        return round(x, 1), round(SPARK_HEIGHT - SPARK_MARGIN - tall * share, 1)

    places = [None if value is None else place(number, value) for number, value in enumerate(values)]
    parts = [
        Markup('<path class="line" d="M{} {}L{} {}"/>').format(*one, *other)
        for one, other in pairwise(places)
        if one and other
    ]
    newest = [one for one in places if one][-1]
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">{}'
        '<circle class="dot" cx="{}" cy="{}" r="3"/></svg>'
    ).format(SPARK_WIDTH, SPARK_HEIGHT, SPARK_WIDTH, SPARK_HEIGHT, title, _all(parts), *newest)


def describe(points: Sequence[Point], *, unit: str = "", mark: Mark | None = None) -> str:
    """Return in words what a chart shows, for those who do not see it."""
    said = [f"{point.label}: {_in_words(point, unit)}" for point in points]
    if mark:
        said.append(f"{mark.label}: {_value(mark.value, unit)}")
    return ". ".join(said) + "." if said else "Inga värden än."


def _chart(
    title: str, points: Sequence[Point], scale: _Scale, drawn: Iterable[Markup], *, unit: str, mark: Mark | None
) -> Markup:
    labels = [
        Markup('<text class="{}" x="{}" y="{}" text-anchor="middle">{}</text>').format(
            "at" if number % 2 == (len(points) - 1) % 2 or len(points) < MOST_LABELS // 2 else "at minor",
            _x(number, len(points)),
            HEIGHT - 12,
            point.label,
        )
        for number, point in enumerate(points)
        if (len(points) - 1 - number) % -(-len(points) // MOST_LABELS) == 0
    ]
    missing = [
        Markup('<text class="gone" x="{}" y="{}" text-anchor="middle">saknas</text>').format(
            _x(number, len(points)), HEIGHT - BOTTOM - 8
        )
        for number, point in enumerate(points)
        if point.value is None
    ]
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" focusable="false">'
        "<title>{}</title><desc>{}</desc>{}{}{}{}{}</svg>"
    ).format(
        WIDTH,
        HEIGHT,
        title,
        describe(points, unit=unit, mark=mark),
        _grid(scale),
        _mark(mark, scale) if mark else Markup(),
        _all(drawn),
        _all(missing),
        _all(labels),
    )


def _grid(scale: _Scale) -> Markup:
    return _all(
        Markup('<path class="grid" d="M{} {}H{}"/><text class="tick" x="{}" y="{}" text-anchor="end">{}</text>').format(
            LEFT, scale.y(tick), WIDTH - RIGHT, LEFT - 8, scale.y(tick) + 5, swedish.format_number(tick)
        )
        for tick in scale.ticks
    )


def _mark(mark: Mark, scale: _Scale) -> Markup:
    y = scale.y(mark.value)
    return Markup(
        '<path class="goal" d="M{} {}H{}"/><text class="goal-word" x="{}" y="{}" text-anchor="end">{}</text>'
    ).format(LEFT, y, WIDTH - RIGHT, WIDTH - RIGHT, y + (16 if y < TOP + 16 else -6), mark.label)


def _dot(point: Point, x: float, y: float) -> Markup:
    kind = "ring" if point.preliminary else "dot"
    return Markup('<circle class="{}" cx="{}" cy="{}" r="4.5"/>').format(kind, x, y)


def _bar(point: Point, x: float, wide: float, ends: tuple[float, float]) -> Markup:
    kind = "bar hollow" if point.preliminary else "bar"
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        kind, round(x - wide / 2, 1), min(ends), wide, round(max(ends) - min(ends), 1)
    )


def _x(number: int, count: int) -> float:
    """Return the middle of the place of one of so many values."""
    each = (WIDTH - LEFT - RIGHT) / max(1, count)
    return round(LEFT + each * (number + 0.5), 1)


def _scale(values: Sequence[Decimal | int], *, from_zero: bool) -> _Scale:
    """Return an axis around the values, with round numbers at its lines.

    A line may begin above zero when all values are far from it; bars never do.
    """
    known = [Decimal(value) for value in values] or [Decimal(0), Decimal(1)]
    low, high = min(known), max(known)
    if from_zero or (0 <= low < high * _FLOOR):
        low = min(low, Decimal(0))
    if from_zero or (high * _FLOOR < low <= high <= 0):
        high = max(high, Decimal(0))
    if low == high:
        low, high = (low - 1, high + 1) if low else (Decimal(0), _ONE)
    step = _step((high - low) / STEPS)
    first, last = (low / step).to_integral_value("ROUND_FLOOR"), (high / step).to_integral_value("ROUND_CEILING")
    ticks = tuple((first + number) * step for number in range(int(last - first) + 1))
    return _Scale(ticks[0], ticks[-1], tuple(_short(tick) for tick in ticks))


def _step(about: Decimal) -> Decimal:
    power = _TEN ** about.adjusted()
    return next(nice * power for nice in _NICE if nice * power >= about)


def _short(number: Decimal) -> Decimal:
    """Return the number without zeros at the end of its decimals."""
    return Decimal(f"{number.normalize():f}")


def _known(points: Sequence[Point]) -> list[Decimal | int]:
    return [point.value for point in points if point.value is not None]


def _in_words(point: Point, unit: str) -> str:
    if point.value is None:
        return "saknas"
    return _value(point.value, unit) + (" (preliminärt)" if point.preliminary else "")


def _value(value: Decimal | int, unit: str) -> str:
    return f"{swedish.format_number(value)} {unit}".strip()


def _all(parts: Iterable[Markup]) -> Markup:
    return Markup().join(parts)
