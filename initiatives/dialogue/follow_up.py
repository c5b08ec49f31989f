"""How far the dialogue has come: a cell for each delområde and municipality, worked out and, where needed, said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Select, UniqueConstraint, case, distinct, func, null, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from initiatives import organisations, records, taxonomy, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect, require_writer, sees_all
from initiatives.base import Base, text_enum
from initiatives.dialogue.agreements import MunicipalAgreement, in_force
from initiatives.dialogue.entries import DialogueEntry
from initiatives.dialogue.parties import is_area
from initiatives.errors import InvalidValue
from initiatives.kinds import KINDS, Kind
from initiatives.organisations import Organisation, OrganisationKind, OrganisationRow
from initiatives.past import kept
from initiatives.swedish import today
from initiatives.taxonomy import Node, TaxonomyNode


class State(StrEnum):
    """How far the dialogue about a delområde has come with a municipality."""

    NOT_BEGUN = "inte påbörjad"
    ONGOING = "pågår"
    DONE = "klar"


class DialogueCell(records.Record, Base):
    """What somebody has said of a cell: a state instead of the one that is worked out, and a note."""

    __tablename__ = "dialogue_cell"
    __table_args__ = (UniqueConstraint("node_id", "organisation_id"),)

    node_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy_node.id", ondelete="CASCADE"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[State | None] = mapped_column(text_enum(State, name="state"))
    note: Mapped[str]


POLICIES: tuple[str, ...] = protect("dialogue_cell", read=SEES_ALL_SQL)
TRIGGERS: tuple[str, ...] = (kept("dialogue_cell"),)
KINDS["dialogue_cell"] = Kind(
    word="bedömning av dialogen",
    plural="bedömningar av dialogen",
    title=("node_id", "organisation_id"),
    labels={"node_id": "Delområde", "organisation_id": "Kommun", "state": "Läge", "note": "Anteckning"},
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A delområde and a municipality: conversations, agreements in force, the newest day, and how far it has come.

    `said` tells that somebody has said the state; otherwise it is *pågår* as soon as there is something. Only people
    say that it is done.
    """

    node_id: UUID
    organisation_id: UUID
    entries: int
    agreements: int
    last_on: date | None
    state: State
    said: bool
    note: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The whole table: one row of cells for each node, in the order of the municipalities."""

    nodes: Sequence[Node]
    municipalities: Sequence[OrganisationRow]
    cells: Sequence[Sequence[Cell]]

    def count(self, state: State) -> int:
        """Return how many cells have come so far."""
        return sum(cell.state is state for row in self.cells for cell in row)

    def cell(self, node_id: UUID, organisation_id: UUID) -> Cell | None:
        """Return the cell of a delområde and a municipality, or None where there is none."""
        cells = (cell for row in self.cells for cell in row)
        return next((one for one in cells if (one.node_id, one.organisation_id) == (node_id, organisation_id)), None)


async def follow_up(session: AsyncSession, person: Viewer, *, on: date | None = None) -> FollowUp:
    """Return the table of all delområden and municipalities; empty for one who sees a part of the register.

    `on` is the day on which agreements shall hold, today if it is not given. A unit's conversations are its
    municipality's too.
    """
    if not sees_all(person):
        return FollowUp((), (), ())
    nodes = await areas(session)
    towns = await organisations.list_organisations(session, kind=OrganisationKind.MUNICIPALITY)
    talks = await _counted(session, _tally(DialogueEntry, func.max(DialogueEntry.held_on)))
    agreed = await _counted(session, _tally(MunicipalAgreement, null()).where(in_force(on or today())))
    said = {(cell.node_id, cell.organisation_id): cell for cell in await session.scalars(select(DialogueCell))}
    cells = [[_cell(node.id, town.id, talks, agreed, said) for town in towns] for node in nodes]
    return FollowUp(nodes, towns, cells)


async def areas(session: AsyncSession) -> Sequence[Node]:
    """Return the delområden that hold today, in their own order."""
    known = set(await session.scalars(select(TaxonomyNode.id).where(is_area())))
    return [node for node in await taxonomy.list_nodes(session) if node.id in known]


async def say(
    session: AsyncSession,
    person: Viewer,
    node_id: UUID,
    organisation_id: UUID,
    *,
    state: State | str | None = None,
    note: str = "",
) -> Cell:
    """Say how far a delområde has come with a municipality; without a state it is worked out again.

    Raises `NotAllowed`, and `InvalidValue` for what is no delområde or no municipality.
    """
    require_writer(person)
    if await session.scalar(select(TaxonomyNode.id).where(TaxonomyNode.id == node_id, is_area())) is None:
        raise InvalidValue("Delområdet finns inte.", field="node_id")
    town = await session.get(Organisation, organisation_id)
    if town is None or town.kind is not OrganisationKind.MUNICIPALITY:
        raise InvalidValue("Kommunen finns inte.", field="organisation_id")
    wanted = {
        "state": None if state is None else values.choice(State, state, field="state"),
        "note": values.paragraph(note, field="note", longest=1_000),
    }
    await _write(session, person, node_id, organisation_id, wanted)
    table = await follow_up(session, person)
    return next(
        cell for row in table.cells for cell in row if (cell.node_id, cell.organisation_id) == (node_id, town.id)
    )


async def _write(
    session: AsyncSession, person: Viewer, node_id: UUID, organisation_id: UUID, wanted: Mapping[str, Any]
) -> None:
    where = (DialogueCell.node_id == node_id, DialogueCell.organisation_id == organisation_id)
    cell = await session.scalar(select(DialogueCell).where(*where).with_for_update())
    if cell is None:
        cell = DialogueCell(node_id=node_id, organisation_id=organisation_id, **wanted)
        await records.add(session, person, cell, action="bedömde")
    else:
        await records.change(session, person, cell, wanted, read=None, action="bedömde")


Counts = Mapping[tuple[UUID, UUID], tuple[int, date | None]]


def _tally(kind: type[DialogueEntry | MunicipalAgreement], last: Any) -> Select[*tuple[Any, ...]]:
    """Return a query that counts rows for each delområde and municipality."""
    nodes = func.unnest(kind.node_ids).table_valued("id").render_derived("nodes")
    parties = func.unnest(kind.party_ids).table_valued("id").render_derived("parties")
    parent = aliased(Organisation)
    town = case((parent.kind == OrganisationKind.MUNICIPALITY, parent.id), else_=Organisation.id)
    return (
        select(nodes.c.id, town, func.count(distinct(kind.id)), last)
        .select_from(kind)
        .join(nodes, true())
        .join(parties, true())
        .join(Organisation, Organisation.id == parties.c.id)
        .outerjoin(parent, parent.id == Organisation.parent_id)
        .group_by(nodes.c.id, town)
    )


async def _counted(session: AsyncSession, query: Select[*tuple[Any, ...]]) -> Counts:
    return {(node, town): (count, last) for node, town, count, last in await session.execute(query)}


def _cell(
    node_id: UUID,
    organisation_id: UUID,
    talks: Counts,
    agreed: Counts,
    said: Mapping[tuple[UUID, UUID], DialogueCell],
) -> Cell:
    key = (node_id, organisation_id)
    (talked, last_on), (agreements, _) = talks.get(key, (0, None)), agreed.get(key, (0, None))
    word = said.get(key)
    worked_out = State.ONGOING if talked or agreements else State.NOT_BEGUN
    return Cell(
        node_id=node_id,
        organisation_id=organisation_id,
        entries=talked,
        agreements=agreements,
        last_on=last_on,
        state=(word and word.state) or worked_out,
        said=bool(word and word.state),
        note=word.note if word else "",
    )
