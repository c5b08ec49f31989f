"""What stands around initiatives, as one person sees it: what their followers are told of besides the fields."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer, sees_all
from initiatives.comments import Comment, readable
from initiatives.dependencies import Dependency
from initiatives.dependencies import visible_to as dependency_seen
from initiatives.effects import ExpectedEffect
from initiatives.milestones import Milestone
from initiatives.past import Past
from initiatives.reports import ProgressReport
from initiatives.sharing import Field, shown_with

AROUND = (Field.REPORTS, Field.MILESTONES, Field.EFFECTS, Field.DEPENDENCIES, Field.COMMENTS)
"""The fields of an initiative that have tables of their own."""


async def seen(
    session: AsyncSession, person: Viewer, only: Sequence[UUID] | None = None
) -> Mapping[UUID, Mapping[str, Sequence[object]]]:
    """Return, for each initiative and field, what the person sees there, always in the same order.

    Of all initiatives, or `only` of these; what has nothing around it is not there. It is for telling whether something
    is new, not for showing.
    """
    found: dict[UUID, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    for field, query in _queries(person).items():
        places = query.selected_columns[0]
        wanted = query if only is None else query.where(places.in_(only))
        for initiative_id, *values in await session.execute(wanted):
            found[initiative_id][field].append(values)
    return found


async def around(session: AsyncSession, person: Viewer, initiative_id: UUID) -> tuple[UUID, ...]:
    """Return the identifiers of an initiative and of all that stands or has stood around it, for reading the diary.

    To one who sees a part it is the initiative's alone.
    """
    if not sees_all(person):
        return (initiative_id,)
    kinds = (ProgressReport.__tablename__, Milestone.__tablename__, ExpectedEffect.__tablename__)
    keys = select(Past.key).where(Past.kind.in_(kinds), Past.parent == str(initiative_id)).distinct()
    return initiative_id, *(UUID(key) for key in await session.scalars(keys))


def _queries(person: Viewer) -> dict[Field, Select[*tuple[Any, ...]]]:
    def those(field: Field, kind: Any, *columns: Any) -> Select[*tuple[Any, ...]]:
        shown = shown_with(person, kind.initiative_id, field)
        return select(kind.initiative_id, kind.id, *columns).where(shown).order_by(kind.id)

    report = ProgressReport
    ends = (Dependency.initiative_id, Dependency.depends_on_id), (Dependency.depends_on_id, Dependency.initiative_id)
    pairs = union_all(
        *(
            select(one.label("one"), other.label("other"), literal(place).label("way")).where(dependency_seen(person))
            for place, (one, other) in enumerate(ends)
        )
    ).subquery()
    told = (report.reported_on, report.health, report.done, report.next, report.obstacles)
    return {
        Field.REPORTS: those(Field.REPORTS, report, *told),
        Field.MILESTONES: those(Field.MILESTONES, Milestone, Milestone.title, Milestone.due_on, Milestone.done_on),
        Field.EFFECTS: those(Field.EFFECTS, ExpectedEffect, ExpectedEffect.description),
        Field.DEPENDENCIES: select(pairs).order_by(*pairs.c),
        Field.COMMENTS: select(Comment.initiative_id, Comment.id).where(readable(person)).order_by(Comment.id),
    }
