"""State grants as a table that comes back in unchanged; `initiatives.grants.columns` says what its columns mean."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer
from initiatives.grants import reading
from initiatives.grants.columns import COLUMNS, PLACES, RowKind
from initiatives.grants.facts import Component, Grant, Obligation
from initiatives.organisations import Organisation
from initiatives.people import Person


async def rows(session: AsyncSession, person: Viewer, *, year: int | None = None) -> list[list[object]]:
    """Return a row for everything in the state grants, of one year or of all, under `columns.HEADS`."""
    grants, _ = await reading.list_grants(session, person, year=year)
    amounts, _ = await reading.list_amounts(session, person, year=year)
    emails = {row.id: row.email for row in await session.execute(select(Person.id, Person.email))}
    names = {row.id: row.name for row in await session.execute(select(Organisation.id, Organisation.name))}
    found = [row for grant in grants for row in _grant(grant, emails)]
    for one in amounts:
        if one.grant_id is None:
            place = {"organisation": names.get(one.organisation_id, ""), "år": one.year}
            found.append(_row(RowKind.AMOUNT, one, place))
    return found


def _grant(grant: Grant, emails: Mapping[UUID, str]) -> Iterator[list[object]]:
    parts = {one.id: one for one in grant.components}
    home = {"organisation": grant.organisation, "överenskommelse": grant.name, "från": grant.from_year}
    yield _row(RowKind.AGREEMENT, grant, home)
    place = {"överenskommelse": grant.name, "från": grant.from_year}
    for part in grant.components:
        yield _row(RowKind.COMPONENT, part, {**place, "del": part.name, "år": part.year})
    lists: tuple[tuple[RowKind, Sequence[Any]], ...] = (
        (RowKind.OBLIGATION, grant.obligations),
        (RowKind.CONDITION, grant.conditions),
        (RowKind.AMOUNT, grant.amounts),
    )
    for kind, belonging in lists:
        for one in belonging:
            of = {**place, **_part(parts.get(one.component_id)), **_more(one, emails)}
            yield _row(kind, one, {**of, "år": one.year} if kind is RowKind.AMOUNT else of)


def _part(part: Component | None) -> dict[str, object]:
    return {} if part is None else {"del": part.name, "år": part.year}


def _more(one: object, emails: Mapping[UUID, str]) -> dict[str, object]:
    if isinstance(one, Obligation) and one.responsible_id:
        return {"ansvarig": emails.get(one.responsible_id, "")}
    return {}


def _row(kind: RowKind, one: Any, place: Mapping[str, object]) -> list[object]:
    known = {"rad": kind.value, "id": str(one.id), "version": one.revision, **place}
    cells: list[object] = [known.get(column.name, "") for column in PLACES]
    for column in COLUMNS:
        cell = column.cells.get(kind)
        cells.append("" if cell is None else cell.write(*(getattr(one, name) for name in cell.fields)))
    return cells
