"""Checks of what is written of an indicator, before anything is looked up."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from initiatives import values
from initiatives.errors import InvalidValue
from initiatives.indicators.tables import Level
from initiatives.indicators.targets import FROM_BASELINE, Direction, Rule
from initiatives.periods import PeriodKind, containing

LONGEST_DELAY = 3_660
LARGEST, MOST_DECIMALS = Decimal(10) ** 18, 9
_LINES = {"name": 200, "unit": 60}
_TEXTS = {"definition": 10_000, "source_system": 200, "disaggregation": 200}
_CHOICES: Mapping[str, Any] = {"direction": Direction, "level": Level, "period_kind": PeriodKind, "rule": Rule}


def fields(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was given, in the form that it is kept in; raise `InvalidValue` naming the field."""
    given = dict(wanted)
    given |= {
        name: values.line(given[name], field=name, longest=most) for name, most in _LINES.items() if name in given
    }
    given |= {
        name: values.paragraph(given[name], field=name, longest=most) for name, most in _TEXTS.items() if name in given
    }
    said = {name: value for name, value in given.items() if value is not None}
    given |= {name: values.choice(kind, said[name], field=name) for name, kind in _CHOICES.items() if name in said}
    given |= {name: number(said[name], field=name) for name in ("baseline", "target") if name in said}
    if "kolada_id" in said:
        given["kolada_id"] = values.line(said["kolada_id"], field="kolada_id", longest=20).upper()
    if "target_year" in said:
        values.year(said["target_year"], field="target_year")
    if not 0 <= said.get("due_days", 0) <= LONGEST_DELAY:
        raise InvalidValue(f"Ange mellan 0 och {LONGEST_DELAY} dagar.", field="due_days")
    return given


def number(value: Decimal, *, field: str) -> Decimal:
    """Return a number that can be kept; raise `InvalidValue` for one that is no number or beyond all measure."""
    if not value.is_finite() or abs(value) >= LARGEST or int(value.as_tuple().exponent) < -MOST_DECIMALS:
        raise InvalidValue("Ange ett tal med högst 18 siffror och 9 decimaler.", field=field)
    return value


def goal(row: Mapping[str, Any]) -> None:
    """Require that the rule has the number it needs and no other, and that a baseline is the first day of a period."""
    rule, target = row.get("rule"), row.get("target")
    first, baseline = row.get("baseline_on"), row.get("baseline")
    if rule is None and (target is not None or row.get("target_year") is not None):
        raise InvalidValue("Välj en målregel, eller ta bort målvärdet och målåret.", field="rule")
    if rule in FROM_BASELINE and target is not None:
        raise InvalidValue(f"Regeln ”{rule}” jämför med utgångsläget. Ta bort målvärdet.", field="target")
    if rule is not None and rule not in FROM_BASELINE and target is None:
        raise InvalidValue(f"Regeln ”{rule}” behöver ett målvärde.", field="target")
    if rule in FROM_BASELINE and first is None:
        raise InvalidValue(f"Regeln ”{rule}” behöver ett utgångsläge. Ange dess period.", field="baseline_on")
    if baseline is not None and first is None:
        raise InvalidValue("Ange vilken period utgångsläget gäller.", field="baseline_on")
    if first is not None and not _is_first_day(first, row["period_kind"]):
        right = containing(first, row["period_kind"]).starts_on
        raise InvalidValue(f"Ange periodens första dag, till exempel {right}.", field="baseline_on")


def _is_first_day(day: date, kind: PeriodKind) -> bool:
    values.period(day, None, field="baseline_on")
    return containing(day, kind).starts_on == day
