"""What everything in the register is called, of all that a person may see, for those who look for things by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    cast,
    column,
    false,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from initiatives import initiatives, matters, people
from initiatives.access import Viewer, sees_all
from initiatives.applications import Application
from initiatives.assignments import Assignment
from initiatives.clauses import Clause
from initiatives.decisions import Decision
from initiatives.dialogue import parties
from initiatives.dialogue.agreements import MunicipalAgreement
from initiatives.dialogue.entries import DialogueEntry
from initiatives.distribution.runs import DistributionRun
from initiatives.funds import Allocation, Fund
from initiatives.grants.agreements import Agreement
from initiatives.grants.components import Component
from initiatives.indicators.tables import Indicator
from initiatives.initiatives import Initiative
from initiatives.kept import kept
from initiatives.matters import Matter
from initiatives.measure_frames import MeasureFrame
from initiatives.measures import Measure
from initiatives.milestones import Milestone
from initiatives.organisations import Organisation
from initiatives.people import Person
from initiatives.rounds import ApplicationRound
from initiatives.sharing import Field, shown_with
from initiatives.swedish import today
from initiatives.taxonomy import Taxonomy, TaxonomyNode
from initiatives.taxonomy.nodes import holds

Column = ColumnElement[Any] | InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class Name:
    """What a row of a table is called; `other` are more ways to call it.

    `year` tells those of the same name apart, and `parent_id` is what the row is a part of.
    """

    table: str
    id: UUID
    name: str
    other: tuple[str, ...]
    year: int | None
    parent_id: UUID | None


async def list_names(session: AsyncSession, person: Viewer) -> Sequence[Name]:
    """Return the names of all that the person sees: one query, kept until somebody writes."""
    return await kept(session, person, "names", partial(_listed, session, person))


async def _listed(session: AsyncSession, person: Viewer) -> Sequence[Name]:
    rows = await session.execute(union_all(*_queries(person)))
    return tuple(
        Name(table, id, name, tuple(one for one in other or () if one), year, parent_id)
        for table, id, name, other, year, parent_id in rows
    )


def _queries(person: Viewer) -> list[Select[*tuple[Any, ...]]]:
    """Return a query for each table; where a room is shown whole or not at all, the person sees all or nothing."""
    everything = true() if sees_all(person) else false()
    return [
        _names(Initiative, Initiative.title).where(initiatives.visible_to(person)),
        _names(Matter, Matter.title, array([Matter.diary_number])).where(matters.visible_to(person)),
        _organs().where(matters.visible_to(person)),
        _names(Clause, Clause.text, parent=Decision.matter_id)
        .join(Decision, Decision.id == Clause.decision_id)
        .where(matters.visible_to(person)),
        _names(Assignment, Assignment.title).where(matters.visible_to(person)),
        _names(Fund, Fund.name, year=Fund.year).where(everything),
        _names(Allocation, Allocation.purpose, parent=Allocation.fund_id).where(everything),
        _names(Agreement, Agreement.name, year=Agreement.from_year).where(everything),
        _names(Component, Component.name, year=Component.year, parent=Component.grant_id).where(everything),
        _names(Measure, Measure.title).where(everything),
        _names(MeasureFrame, MeasureFrame.name).where(everything),
        _names(Indicator, Indicator.name).where(everything),
        _names(DistributionRun, DistributionRun.title).where(everything),
        _units().where(everything),
        _names(ApplicationRound, ApplicationRound.title).where(everything),
        _names(Application, Application.title, array([Application.applicant]), parent=Application.round_id).where(
            everything
        ),
        _names(Milestone, Milestone.title, parent=Milestone.initiative_id).where(
            shown_with(person, Milestone.initiative_id, Field.MILESTONES)
        ),
        _names(DialogueEntry, DialogueEntry.title).where(parties.visible_to(person, DialogueEntry)),
        _names(MunicipalAgreement, MunicipalAgreement.title).where(parties.visible_to(person, MunicipalAgreement)),
        _names(TaxonomyNode, TaxonomyNode.name, cast(TaxonomyNode.aliases, ARRAY(Text)))
        .join(Taxonomy, Taxonomy.id == TaxonomyNode.taxonomy_id)
        .where(holds(today())),
        _names(Organisation, Organisation.name, array([Organisation.short_name])),
        _names(Person, Person.name).where(people.visible_to(person), Person.active),
    ]


def _organs() -> Select[*tuple[Any, ...]]:
    """Return the query for the organs that matters are before: the identifier is that of one of their matters."""
    nothing = cast(null(), ARRAY(Text)), cast(null(), Integer), cast(null(), Uuid)
    first = cast(func.min(cast(Matter.id, Text)), Uuid)
    return select(literal("organ", Text), first, Matter.organ, *nothing).group_by(Matter.organ)


def _units() -> Select[*tuple[Any, ...]]:
    """Return the query for those who have got something in distributions: the identifier is that of the run."""
    got = func.jsonb_array_elements(cast(DistributionRun.outcome, JSONB)["units"]).table_valued(
        column("value", JSONB), name="got"
    )
    unit = got.c.value["unit"].astext
    nothing = cast(null(), ARRAY(Text)), cast(null(), Integer), cast(DistributionRun.id, Uuid)
    return (
        select(literal("distribution_unit", Text), DistributionRun.id, unit, *nothing)
        .select_from(DistributionRun)
        .join(got, true())
    )


def _names(
    table: Any, name: Column, other: Column | None = None, *, year: Column | None = None, parent: Column | None = None
) -> Select[*tuple[Any, ...]]:
    return select(
        literal(table.__tablename__, Text),
        table.id,
        cast(name, Text),
        cast(null() if other is None else other, ARRAY(Text)),
        cast(null() if year is None else year, Integer),
        cast(null() if parent is None else parent, Uuid),
    ).select_from(table)
