"""What the pages of Uppföljning share: how verdicts look, charts of indicators, and words for choices."""

from collections.abc import Sequence

from markupsafe import Markup

from api.web import charts
from api.web.charts import Mark, Point
from api.web.pages import Look
from initiatives.access import Viewer, sees_all
from initiatives.errors import NotFound
from initiatives.indicators.measured import ValueRow
from initiatives.indicators.standing import IndicatorRow
from initiatives.indicators.tables import Level, ValueStatus
from initiatives.indicators.targets import Direction, Rule, Verdict, goal_in_words
from initiatives.periods import PeriodKind
from initiatives.swedish import format_number

INDICATORS = "/uppfoljning/indikatorer"
VERDICTS = {
    Verdict.MET: Look("Uppfyllt", "check", "good"),
    Verdict.TOWARDS: Look("På väg", "half", "calm"),
    Verdict.NOT_MET: Look("Inte uppfyllt", "cross", "bad"),
    Verdict.MISSING: Look("Värde saknas", "dotted", "warn"),
    Verdict.NO_GOAL: Look("Inget mål", "ring", "plain"),
}
DIRECTIONS = {Direction.UP: "Högre är bättre", Direction.DOWN: "Lägre är bättre", Direction.NONE: "Ingetdera"}
LEVELS = {Level.REGION: "För helheten", Level.UNIT: "För varje enhet", Level.MUNICIPALITY: "För varje kommun"}
RULES = {
    Rule.INCREASE: "Ökar från utgångsläget",
    Rule.DECREASE: "Minskar från utgångsläget",
    Rule.AT_LEAST: "Minst målvärdet",
    Rule.AT_MOST: "Högst målvärdet",
}
PERIODS = {
    PeriodKind.YEAR: "År",
    PeriodKind.HALF: "Halvår",
    PeriodKind.QUARTER: "Kvartal",
    PeriodKind.MONTH: "Månad",
}
STATUSES = {ValueStatus.FINAL: "Slutlig", ValueStatus.PRELIMINARY: "Preliminär"}


def require_follower(person: Viewer) -> None:
    """Return if the person sees the whole register; to others there is no such page."""
    if not sees_all(person):
        raise NotFound("Sidan finns inte. Kontrollera adressen.")


def spark(row: IndicatorRow) -> Markup:
    """Return the small line of an indicator in a list."""
    series = row.standing.series
    known = [one for one in series if one.value is not None]
    if not known:
        return Markup()
    first, last = known[0], known[-1]
    told = f"{first.period.label}: {_number(first)}, {last.period.label}: {_number(last)}"
    return charts.sparkline(told, [one.value for one in series])


def chart(row: IndicatorRow, series: Sequence[ValueRow]) -> Markup:
    """Return the line of an indicator's values for the whole, oldest first, with its goal; empty without values."""
    if not any(one.value is not None for one in series):
        return Markup()
    points = [Point(one.period_code, one.value, one.status is ValueStatus.PRELIMINARY) for one in series]
    mark = None
    if row.goal and row.goal.target is not None:
        mark = Mark(f"Mål: {goal_in_words(row.goal, row.unit)}", row.goal.target)
    return charts.line(row.name, points, unit=row.unit, mark=mark)


def unit_chart(row: IndicatorRow, newest: Sequence[ValueRow]) -> Markup:
    """Return the newest values of units or municipalities side by side; empty for fewer than two."""
    points = [Point(one.organisation.split()[0], one.value, one.status is ValueStatus.PRELIMINARY) for one in newest]
    if not points[1:]:
        return Markup()
    return charts.bars(f"{row.name}, per organisation", points, unit=row.unit)


def _number(one: ValueRow) -> str:
    return "saknas" if one.value is None else format_number(one.value)
