"""How the indicators stand: the newest values against their goals, for the whole and for each unit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Date as DateColumn
from sqlalchemy import Select, case, cast, false, func, or_, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import due as dues
from initiatives import values
from initiatives.access import Viewer, sees_all
from initiatives.errors import NotFound
from initiatives.indicators.measured import ValueRow, value_rows
from initiatives.indicators.register import MISSING
from initiatives.indicators.tables import (
    Indicator,
    IndicatorInitiative,
    IndicatorNode,
    IndicatorValue,
    Level,
)
from initiatives.indicators.targets import (
    Change,
    Direction,
    Goal,
    Rule,
    Verdict,
    amount,
    change,
    goal_in_words,
    judge,
    movement_in_words,
    of_parts,
)
from initiatives.initiatives import Initiative
from initiatives.organisations import Organisation
from initiatives.overview import Named
from initiatives.people import Person
from initiatives.periods import LENGTHS, PeriodKind
from initiatives.swedish import sort_key, sort_key_sql
from initiatives.taxonomy import TaxonomyNode, within

SHOWN = 12
"""How many of the newest values stand beside an indicator in a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which indicators: words that all stand in the name or definition, a node, an initiative, an organisation."""

    q: str = ""
    node_id: UUID | None = None
    initiative_id: UUID | None = None
    organisation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class UnitNote:
    """A unit or municipality for which the goal is not reached although it may be for the whole, in words."""

    organisation_id: UUID
    organisation: str
    verdict: Verdict
    text: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How an indicator stands. `newest` is its newest value, which may be a missing one; `series` the oldest first.

    Of the other organisations with values, `met` of `judged` reach the goal, or move the right way where the goal is
    for the whole. Where it is judged for each of them, `newest` is None if nothing
    is measured for the whole.
    """

    verdict: Verdict
    newest: ValueRow | None
    baseline: Decimal | None
    change: Change | None
    series: tuple[ValueRow, ...]
    notes: tuple[UnitNote, ...]
    met: int
    judged: int


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """An indicator as it is shown, with how it stands; `due_on` is when its next value shall be in, if that is said."""

    id: UUID
    organisation: Named
    name: str
    definition: str
    unit: str
    direction: Direction
    level: Level
    period_kind: PeriodKind
    baseline_on: date | None
    baseline: Decimal | None
    rule: Rule | None
    target: Decimal | None
    target_year: int | None
    due_days: int | None
    due_on: date | None
    source_system: str
    disaggregation: str
    responsible: Named | None
    kolada_id: str | None
    revision: int
    nodes: tuple[Named, ...]
    initiatives: tuple[Named, ...]
    standing: Standing

    @property
    def goal(self) -> Goal | None:
        """What shall be reached, if anything."""
        return None if self.rule is None else Goal(self.rule, self.target, self.target_year)

    @property
    def goal_text(self) -> str:
        """The goal in words; empty without one."""
        return goal_in_words(self.goal, self.unit)


async def list_indicators(
    session: AsyncSession, person: Viewer, filters: Filters = Filters(), *, limit: int = 20, offset: int = 0
) -> tuple[Sequence[IndicatorRow], int]:
    """Return indicators by name with how they stand, and how many there are; none to one who sees a part."""
    if not sees_all(person):
        return (), 0
    where = _conditions(filters)
    total = await session.scalar(select(func.count()).select_from(Indicator).where(*where))
    order = sort_key_sql(Indicator.name), Indicator.id
    rows = (await session.execute(_rows().where(*where).order_by(*order).limit(limit).offset(offset))).all()
    return await _shown(session, rows), total or 0


async def get_indicator(session: AsyncSession, person: Viewer, indicator_id: UUID) -> IndicatorRow:
    """Return one indicator with how it stands, or raise `NotFound`."""
    rows = (await session.execute(_rows().where(Indicator.id == indicator_id))).all() if sees_all(person) else ()
    if not rows:
        raise NotFound(MISSING)
    return (await _shown(session, rows))[0]


def due(person: Viewer) -> Select[*tuple[Any, ...]]:
    """Return when the next value of each indicator shall be in, for the calendar; nothing to one who sees a part."""
    return dues.rows(
        "mätning",
        subject_type="indicator",
        subject_id=Indicator.id,
        item_id=Indicator.id,
        title=Indicator.name,
        on=_due_on(),
        organisation_id=Indicator.organisation_id,
        person_id=Indicator.responsible_id,
    ).where(true() if sees_all(person) else false())


def stand(
    goal: Goal | None,
    direction: Direction,
    unit: str,
    *,
    own: UUID,
    baseline: Decimal | None,
    baseline_on: date | None,
    level: Level,
    rows: Iterable[ValueRow],
) -> Standing:
    """Return how an indicator stands by its values, which may be of many organisations, in any order."""
    ordered = sorted(rows, key=lambda row: (row.organisation_id != own, sort_key(row.organisation), row.starts_on))
    groups = {key: list(group) for key, group in groupby(ordered, key=attrgetter("organisation_id"))}
    series = groups.pop(own, [])
    start = baseline if baseline is not None else _value_on(series, baseline_on)
    newest = series[-1] if series else None
    verdict = judge(
        goal, direction, newest=newest.value if newest else None, baseline=start, previous=_previous(series)
    )
    asked = of_parts(goal, direction) if level is Level.REGION else goal
    parts = {key: _part(asked, direction, group, baseline_on) for key, group in groups.items()}
    judged = {key: part for key, part in parts.items() if part is not Verdict.NO_GOAL}
    if level is not Level.REGION and parts:
        verdict = _together(parts.values(), goal)
    notes = [
        UnitNote(key, groups[key][-1].organisation, part, _note(asked, unit, groups[key], baseline_on))
        for key, part in judged.items()
        if part is not Verdict.MET
    ]
    return Standing(
        verdict=verdict,
        newest=newest,
        baseline=start,
        change=change(start, newest.value if newest else None),
        series=tuple(series[-SHOWN:]),
        notes=tuple(notes),
        met=sum(part is Verdict.MET for part in judged.values()),
        judged=len(judged),
    )


def _part(goal: Goal | None, direction: Direction, series: Sequence[ValueRow], baseline_on: date | None) -> Verdict:
    """Return how one unit or municipality stands; `NO_GOAL` also where it has nothing earlier to be compared with."""
    newest, start = series[-1].value, _start(series, baseline_on)
    if goal is not None and goal.target is None and newest is not None and start is None:
        return Verdict.NO_GOAL
    return judge(goal, direction, newest=newest, baseline=start, previous=_previous(series))


def _together(verdicts: Iterable[Verdict], goal: Goal | None) -> Verdict:
    """Return how the whole stands where each unit is judged: reached when all of those with a value reach it."""
    known = {one for one in verdicts if one is not Verdict.MISSING}
    if not known:
        return Verdict.MISSING
    if goal is None:
        return Verdict.NO_GOAL
    if known == {Verdict.MET}:
        return Verdict.MET
    return Verdict.NOT_MET if Verdict.NOT_MET in known else Verdict.TOWARDS


def _note(goal: Goal | None, unit: str, series: Sequence[ValueRow], baseline_on: date | None) -> str:
    newest = series[-1]
    name, start = newest.organisation, _start(series, baseline_on)
    if newest.value is None:
        return f"{name}: värde saknas för {newest.period.label}" + (f" ({newest.reason})" if newest.reason else "")
    if goal is not None and goal.target is not None:
        side = "under" if goal.rule is Rule.AT_LEAST else "över"
        return f"{name} har {amount(newest.value, unit)}, {side} {amount(goal.target, unit)}"
    return movement_in_words(name, newest.value if start is None else start, newest.value)


def _start(series: Sequence[ValueRow], baseline_on: date | None) -> Decimal | None:
    """Return what a unit is compared with: its value at the baseline, or without one the value before the newest."""
    found = _value_on(series, baseline_on) if series[-1].starts_on != baseline_on else None
    return _previous(series) if found is None else found


def _value_on(series: Sequence[ValueRow], day: date | None) -> Decimal | None:
    return next((row.value for row in series if row.starts_on == day), None)


def _previous(series: Sequence[ValueRow]) -> Decimal | None:
    return next((row.value for row in reversed(series[:-1]) if row.value is not None), None)


async def _shown(session: AsyncSession, rows: Sequence[Any]) -> list[IndicatorRow]:
    identifiers = [row.id for row in rows]
    measured = await _measured(session, identifiers)
    nodes = await _names(session, select(IndicatorNode.indicator_id, TaxonomyNode.id, TaxonomyNode.name)
        .join(TaxonomyNode, TaxonomyNode.id == IndicatorNode.node_id)
        .where(IndicatorNode.indicator_id.in_(identifiers)).order_by(TaxonomyNode.position))  # fmt: skip
    helping = await _names(session, select(IndicatorInitiative.indicator_id, Initiative.id, Initiative.title)
        .join(Initiative, Initiative.id == IndicatorInitiative.initiative_id)
        .where(IndicatorInitiative.indicator_id.in_(identifiers)).order_by(sort_key_sql(Initiative.title)))  # fmt: skip
    return [_row(row, measured.get(row.id, []), nodes.get(row.id, ()), helping.get(row.id, ())) for row in rows]


async def _measured(session: AsyncSession, identifiers: Sequence[UUID]) -> dict[UUID, list[ValueRow]]:
    """Return what the standings need: the newest values of each organisation, and that of the baseline."""
    ours = IndicatorValue.organisation_id == Indicator.organisation_id
    newest = func.row_number().over(
        partition_by=(IndicatorValue.indicator_id, IndicatorValue.organisation_id),
        order_by=IndicatorValue.starts_on.desc(),
    )
    ranked = (
        select(IndicatorValue.id, newest.label("place"), ours.label("ours"))
        .join(Indicator, Indicator.id == IndicatorValue.indicator_id)
        .where(IndicatorValue.indicator_id.in_(identifiers), IndicatorValue.part == "")
        .subquery()
    )
    wanted = or_(
        ranked.c.place <= case((ranked.c.ours, SHOWN), else_=2), IndicatorValue.starts_on == Indicator.baseline_on
    )
    rows = await session.execute(value_rows().join(ranked, ranked.c.id == IndicatorValue.id).where(wanted))
    found: dict[UUID, list[ValueRow]] = {}
    for row in rows:
        value = ValueRow(*row)
        found.setdefault(value.indicator_id, []).append(value)
    return found


async def _names(session: AsyncSession, query: Select[UUID, UUID, str]) -> dict[UUID, tuple[Named, ...]]:
    found: dict[UUID, tuple[Named, ...]] = {}
    for indicator_id, identifier, name in await session.execute(query):
        found[indicator_id] = (*found.get(indicator_id, ()), Named(identifier, name))
    return found


def _row(row: Any, rows: Iterable[ValueRow], nodes: tuple[Named, ...], helping: tuple[Named, ...]) -> IndicatorRow:
    fields = {name: getattr(row, name) for name in _COLUMNS}
    standing = stand(
        None if row.rule is None else Goal(row.rule, row.target, row.target_year),
        row.direction,
        row.unit,
        own=row.organisation_id,
        baseline=row.baseline,
        baseline_on=row.baseline_on,
        level=row.level,
        rows=rows,
    )
    return IndicatorRow(
        **fields,
        organisation=Named(row.organisation_id, row.organisation),
        responsible=None if row.responsible_id is None else Named(row.responsible_id, row.responsible or ""),
        due_on=row.due_on,
        nodes=nodes,
        initiatives=helping,
        standing=standing,
    )


_COLUMNS: tuple[str, ...] = (
    "id", "name", "definition", "unit", "direction", "level", "period_kind", "baseline_on", "baseline", "rule",
    "target", "target_year", "due_days", "source_system", "disaggregation", "kolada_id", "revision",
)  # fmt: skip


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            *(getattr(Indicator, name) for name in _COLUMNS),
            Indicator.organisation_id,
            Organisation.name.label("organisation"),
            Indicator.responsible_id,
            Person.name.label("responsible"),
            _due_on().label("due_on"),
        )
        .join(Organisation, Organisation.id == Indicator.organisation_id)
        .outerjoin(Person, Person.id == Indicator.responsible_id)
    )


def _due_on() -> Any:
    """Return `due_days` after the end of the period that follows the newest one with a value, or the baseline's."""
    newest = select(func.max(IndicatorValue.starts_on)).where(IndicatorValue.indicator_id == Indicator.id)
    own = or_(Indicator.level != Level.REGION, IndicatorValue.organisation_id == Indicator.organisation_id)
    since = func.coalesce(newest.where(own).correlate(Indicator).scalar_subquery(), Indicator.baseline_on)
    two = case({kind: text(f"interval '{2 * months} months'") for kind, months in LENGTHS.items()},
        value=Indicator.period_kind)  # fmt: skip
    return cast(since + two, DateColumn) - 1 + Indicator.due_days


def _conditions(filters: Filters) -> list[Any]:
    words = values.line(filters.q, field="q").split() if filters.q.strip() else []
    conditions: list[Any] = [
        or_(Indicator.name.icontains(word, autoescape=True), Indicator.definition.icontains(word, autoescape=True))
        for word in words
    ]
    if filters.node_id is not None:
        members = within(select(TaxonomyNode.id).where(TaxonomyNode.id == filters.node_id)).subquery()
        of_it = select(IndicatorNode.indicator_id).where(IndicatorNode.node_id.in_(select(members.c.member)))
        conditions.append(Indicator.id.in_(of_it))
    if filters.initiative_id is not None:
        of_it = select(IndicatorInitiative.indicator_id)
        conditions.append(Indicator.id.in_(of_it.where(IndicatorInitiative.initiative_id == filters.initiative_id)))
    if filters.organisation_id is not None:
        conditions.append(Indicator.organisation_id == filters.organisation_id)
    return conditions
