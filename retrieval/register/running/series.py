"""The values of one indicator as a chart: over time with its goal, or of several places side by side."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from initiatives.indicators.measured import ValueRow
from initiatives.indicators.standing import IndicatorRow
from initiatives.indicators.tables import ValueStatus
from retrieval.register.asking import Query, Wanted
from retrieval.register.running.found import plain
from retrieval.register.shown import Chart, ChartPoint

NOT_OF_VALUES = frozenset({Wanted.OWNER, Wanted.DUE, Wanted.CONTENT})


def line(one: IndicatorRow, values: Sequence[ValueRow], query: Query) -> Chart | None:
    """The values over time, the oldest first; None where something else than values is asked for."""
    if query.wanted in NOT_OF_VALUES:
        return None
    goal = one.goal.target if one.goal else None
    points = tuple(_point(value.period.code, value) for value in sorted(values, key=lambda value: value.starts_on))
    named = f"Mål: {one.goal_text}" if goal is not None else ""
    return Chart("line", one.name, one.unit, points, _digits(goal), named)


def bars(one: IndicatorRow, values: Sequence[ValueRow]) -> Chart:
    """The values of places in one period, in the order in which they are told."""
    return Chart("bars", one.name, one.unit, tuple(_point(value.organisation, value) for value in values))


def _point(label: str, value: ValueRow) -> ChartPoint:
    return ChartPoint(label, _digits(value.value), value.status is ValueStatus.PRELIMINARY)


def _digits(value: Decimal | None) -> str | None:
    return None if value is None else str(plain(value))
