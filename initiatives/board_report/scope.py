"""What a report is about: everything, or what stands under one node of the taxonomy."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import overview
from initiatives.access import Viewer
from initiatives.decision_links import DecisionLink
from initiatives.decisions import Decision
from initiatives.errors import InvalidValue
from initiatives.indicators import standing as indicators
from initiatives.overview import Filters, InitiativeRow, Named
from initiatives.taxonomy import TaxonomyNode

ALL = 100_000
"""More than there ever is: a report leaves nothing out."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A period and, for a node, what stands under it. `subjects` are the things with pages, None for all."""

    from_on: date
    to_on: date
    on: date
    node: Named | None
    initiatives: tuple[InitiativeRow, ...]
    decision_ids: frozenset[UUID]
    subjects: frozenset[tuple[str, UUID]] | None

    @property
    def years(self) -> range:
        """The years that the period touches."""
        return range(self.from_on.year, self.to_on.year + 1)

    @property
    def node_id(self) -> UUID | None:
        """The node, if one is chosen."""
        return self.node.id if self.node else None

    def falls(self, day: date | None) -> bool:
        """Tell whether a day is one of the period's."""
        return day is not None and self.from_on <= day <= self.to_on

    def holds(self, subject_type: str | None, subject_id: UUID | None) -> bool:
        """Tell whether a thing is to be told of."""
        return self.subjects is None or (subject_type, subject_id) in self.subjects


async def scope(
    session: AsyncSession, person: Viewer, period: tuple[date, date], *, on: date, node_id: UUID | None
) -> Scope:
    """Return what a report is about; raises `InvalidValue` for a node that does not exist."""
    node = None if node_id is None else await _node(session, node_id)
    filters = Filters(node_ids=(node.id,)) if node else Filters()
    rows, _ = await overview.list_initiatives(session, person, filters, limit=ALL)
    decided: set[UUID] = set()
    subjects = None
    if node:
        ids = [row.id for row in rows]
        links = select(DecisionLink.decision_id, Decision.matter_id).join(Decision)
        linked = (await session.execute(links.where(DecisionLink.initiative_id.in_(ids)))).all()
        decided = {decision_id for decision_id, _ in linked}
        measured, _ = await indicators.list_indicators(session, person, indicators.Filters(node_id=node.id), limit=ALL)
        things = [("initiative", one) for one in ids] + [("indicator", one.id) for one in measured]
        things += [("decision", decision) for decision, _ in linked] + [("matter", matter) for _, matter in linked]
        subjects = frozenset([*things, ("taxonomy_node", node.id)])
    return Scope(*period, on, node, tuple(rows), frozenset(decided), subjects)


async def _node(session: AsyncSession, node_id: UUID) -> Named:
    name = await session.scalar(select(TaxonomyNode.name).where(TaxonomyNode.id == node_id))
    if name is None:
        raise InvalidValue("Delområdet finns inte. Välj ett ur listan.", field="node")
    return Named(node_id, name)
