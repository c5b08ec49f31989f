"""When a goal is reached: a small set of rules over a value, its baseline and the value before it.

A value that is missing is never taken for zero, and nothing is said of a goal that cannot be judged.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from initiatives.swedish import NBSP, format_change, format_number

PERCENT = "procent"
"""A unit whose changes are told in percentage points: 82 to 84 procent is not an increase by 2,4 %."""


class Direction(StrEnum):
    """Which way is better."""

    UP = "upp"
    DOWN = "ned"
    NONE = "ingen"


class Rule(StrEnum):
    """What a goal asks for."""

    INCREASE = "ökar"
    DECREASE = "minskar"
    AT_LEAST = "minst"
    AT_MOST = "högst"


FROM_BASELINE = frozenset({Rule.INCREASE, Rule.DECREASE})
"""The rules that compare with the baseline; the others with a number."""


class Verdict(StrEnum):
    """How a value stands to its goal."""

    MET = "uppfyllt"
    TOWARDS = "på väg"
    NOT_MET = "inte uppfyllt"
    MISSING = "saknas"
    NO_GOAL = "inget mål"


@dataclass(frozen=True, slots=True)
class Goal:
    """What shall be reached: a rule, with a number if it compares with one; `by_year` is when, if that is said."""

    rule: Rule
    target: Decimal | None = None
    by_year: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """How much a value has changed: the difference, and its share of what it was in percent (None from zero)."""

    difference: Decimal
    percent: Decimal | None


def change(before: Decimal | None, after: Decimal | None) -> Change | None:
    """Return how much a value has changed, or None if either is missing."""
    if before is None or after is None:
        return None
    difference = after - before
    return Change(difference, difference / abs(before) * 100 if before else None)


def judge(
    goal: Goal | None,
    direction: Direction,
    *,
    newest: Decimal | None,
    baseline: Decimal | None = None,
    previous: Decimal | None = None,
) -> Verdict:
    """Tell how the newest value stands to its goal.

    Towards a number it is on its way if it has moved the right way from the baseline, or without one from the value
    before it. `MISSING` also where a goal compares with a baseline that there is none of.
    """
    if newest is None:
        return Verdict.MISSING
    if goal is None:
        return Verdict.NO_GOAL
    against = baseline if goal.rule in FROM_BASELINE else goal.target
    if against is None:
        return Verdict.MISSING
    if _reached(goal.rule, newest, against):
        return Verdict.MET
    start = previous if baseline is None else baseline
    if goal.rule in FROM_BASELINE or start is None:
        return Verdict.NOT_MET
    wanted = direction if direction is not Direction.NONE else _direction(goal.rule)
    moved = newest > start if wanted is Direction.UP else newest < start
    return Verdict.TOWARDS if moved else Verdict.NOT_MET


def of_parts(goal: Goal | None, direction: Direction) -> Goal | None:
    """Return what is asked of the parts when a goal is for the whole: to move the right way, whatever their size."""
    if goal is None:
        return None
    way = _direction(goal.rule) if direction is Direction.NONE else direction
    return Goal(Rule.INCREASE if way is Direction.UP else Rule.DECREASE)


def goal_in_words(goal: Goal | None, unit: str) -> str:
    """Return a goal as people say it: "ökar från utgångsläget", "minst 55 procent senast 2027"."""
    if goal is None:
        return ""
    by = f" senast {goal.by_year}" if goal.by_year else ""
    if goal.target is None:
        return f"{goal.rule} från utgångsläget{by}"
    return f"{goal.rule} {amount(goal.target, unit)}{by}"


def change_in_words(found: Change | None, unit: str) -> str:
    """Return a change as people say it: "+10,4 %", or "+4 procentenheter" for what is counted in percent."""
    if found is None:
        return ""
    if unit == PERCENT:
        points = "procentenhet" if abs(found.difference) == 1 else "procentenheter"
        return f"{format_change(found.difference)}{NBSP}{points}"
    if found.percent is None:
        return format_change(found.difference)
    return f"{format_change(found.percent, decimals=1)}{NBSP}%"


def movement_in_words(name: str, before: Decimal, after: Decimal) -> str:
    """Return what happened to one unit: "VC B minskade 18 → 15"."""
    if before == after:
        return f"{name} är oförändrad, {format_number(after)}"
    verb = "ökade" if after > before else "minskade"
    return f"{name} {verb} {format_number(before)} → {format_number(after)}"


def amount(value: Decimal, unit: str) -> str:
    """Return a value with its unit; a plain number has none."""
    if unit in {"", "antal", "index"}:
        return format_number(value)
    return f"{format_number(value)}{NBSP}{re.sub(r'(?<=[0-9]) (?=[0-9])', NBSP, unit)}"


def _reached(rule: Rule, value: Decimal, against: Decimal) -> bool:
    match rule:
        case Rule.INCREASE:
            return value > against
        case Rule.DECREASE:
            return value < against
        case Rule.AT_LEAST:
            return value >= against
        case Rule.AT_MOST:
            return value <= against


def _direction(rule: Rule) -> Direction:
    return Direction.UP if rule in {Rule.INCREASE, Rule.AT_LEAST} else Direction.DOWN
