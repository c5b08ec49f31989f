"""Reading state grants with all that belongs to them: six queries, however many they are."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import values
from initiatives.access import Viewer
from initiatives.errors import NotFound
from initiatives.grants import agreements, amounts, components, conditions, facts, obligations
from initiatives.grants.agreements import Agreement
from initiatives.grants.amounts import Amount
from initiatives.grants.components import Component
from initiatives.grants.conditions import Condition
from initiatives.grants.facts import Grant
from initiatives.grants.obligations import Obligation
from initiatives.organisations import Organisation
from initiatives.people import Person
from initiatives.swedish import sort_key_sql

Row = TypeVar("Row", facts.Component, facts.Obligation, facts.Condition, facts.Amount)

_PARTS = frozenset({"components", "obligations", "conditions", "amounts"})
_JOINED: dict[str, Any] = {"organisation": Organisation.name, "responsible": Person.name}
"""Fields that stand in another table."""


async def list_grants(
    session: AsyncSession,
    person: Viewer,
    *,
    year: int | None = None,
    organisation_id: UUID | None = None,
    kind: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[Sequence[Grant], int]:
    """Return agreements with all their parts, by name, and how many there are in all; none to a partner.

    `year` keeps those that hold some time in the year or have a part in it.
    """
    where: list[ColumnElement[bool]] = [agreements.visible_to(person)]
    if year is not None:
        wanted = values.year(year, field="year")
        parts = select(Component.grant_id).where(Component.year == wanted)
        where.append(((Agreement.from_year <= wanted) & (Agreement.to_year >= wanted)) | Agreement.id.in_(parts))
    if organisation_id is not None:
        where.append(Agreement.organisation_id == organisation_id)
    if kind is not None:
        where.append(func.lower(Agreement.kind) == kind.lower())
    total = await session.scalar(select(func.count()).select_from(Agreement).where(*where))
    order = (sort_key_sql(Agreement.name), Agreement.from_year, Agreement.id)
    rows = await session.execute(_agreements().where(*where).order_by(*order).limit(limit).offset(offset))
    return await _with_parts(session, [Grant(*row) for row in rows]), total or 0


async def get_grant(session: AsyncSession, person: Viewer, grant_id: UUID) -> Grant:
    """Return one agreement with all that belongs to it, or raise `NotFound`."""
    rows = await session.execute(_agreements().where(Agreement.id == grant_id, agreements.visible_to(person)))
    if found := [Grant(*row) for row in rows]:
        return (await _with_parts(session, found))[0]
    raise NotFound(agreements.MISSING)


async def get_part(session: AsyncSession, person: Viewer, kind: type[Row], identifier: UUID) -> Row:
    """Return one part, obligation, condition or amount, or raise `NotFound`."""
    table, missing = _TABLES[kind]
    rows = await session.execute(_parts(kind).where(table.id == identifier, agreements.visible_to(person)))
    if row := rows.one_or_none():
        return kind(*row)
    raise NotFound(missing)


async def list_amounts(
    session: AsyncSession,
    person: Viewer,
    *,
    year: int | None = None,
    kind: facts.AmountKind | None = None,
    grant_id: UUID | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[Sequence[facts.Amount], int]:
    """Return amounts, those of all grants together among them, newest year first, and how many there are in all."""
    where: list[ColumnElement[bool]] = [agreements.visible_to(person)]
    if year is not None:
        where.append(Amount.year == values.year(year, field="year"))
    if kind is not None:
        where.append(Amount.kind == kind)
    if grant_id is not None:
        where.append(Amount.grant_id == grant_id)
    total = await session.scalar(select(func.count()).select_from(Amount).where(*where))
    order = (Amount.year.desc(), Amount.kind, Amount.id)
    rows = await session.execute(_parts(facts.Amount).where(*where).order_by(*order).limit(limit).offset(offset))
    return [facts.Amount(*row) for row in rows], total or 0


async def years(session: AsyncSession, person: Viewer) -> Sequence[int]:
    """Return the years that some part or amount is of, newest first."""
    seen = agreements.visible_to(person)
    of_parts, of_amounts = select(Component.year).where(seen), select(Amount.year).where(seen)
    return sorted(await session.scalars(of_parts.union(of_amounts)), reverse=True)


async def kinds(session: AsyncSession, person: Viewer) -> Sequence[str]:
    """Return the kinds of agreement that are offered or in use."""
    used = await session.scalars(select(Agreement.kind).where(agreements.visible_to(person)).distinct())
    return list(dict.fromkeys((*facts.KINDS, *sorted(used))))


_TABLES: dict[type[Any], tuple[Any, str]] = {
    facts.Component: (Component, components.MISSING),
    facts.Obligation: (Obligation, obligations.MISSING),
    facts.Condition: (Condition, conditions.MISSING),
    facts.Amount: (Amount, amounts.MISSING),
}
_ORDERS: dict[type[Any], tuple[Any, ...]] = {
    facts.Component: (Component.year, Component.position, Component.id),
    facts.Obligation: (func.coalesce(Obligation.due_on, Obligation.done_on), Obligation.kind, Obligation.id),
    facts.Condition: (Condition.id,),
    facts.Amount: (Amount.year, Amount.kind, Amount.id),
}


def _columns(kind: type[Any], table: Any) -> list[Any]:
    names = [one.name for one in fields(kind) if one.name not in _PARTS]
    return [_JOINED[name] if name in _JOINED else getattr(table, name) for name in names]


def _agreements() -> Select[*tuple[Any, ...]]:
    return select(*_columns(Grant, Agreement)).join(Organisation, Organisation.id == Agreement.organisation_id)


def _parts(kind: type[Any]) -> Select[*tuple[Any, ...]]:
    table, _ = _TABLES[kind]
    query = select(*_columns(kind, table))
    return query.outerjoin(Person, Person.id == Obligation.responsible_id) if kind is facts.Obligation else query


async def _with_parts(session: AsyncSession, found: Sequence[Grant]) -> list[Grant]:
    ids = [one.id for one in found]
    parts = {kind: await _of(session, kind, ids) for kind in _TABLES}
    return [
        replace(
            one,
            components=parts[facts.Component].get(one.id, ()),
            obligations=parts[facts.Obligation].get(one.id, ()),
            conditions=parts[facts.Condition].get(one.id, ()),
            amounts=parts[facts.Amount].get(one.id, ()),
        )
        for one in found
    ]


async def _of(session: AsyncSession, kind: type[Any], ids: Iterable[UUID]) -> dict[UUID, tuple[Any, ...]]:
    table, _ = _TABLES[kind]
    found: dict[UUID, tuple[Any, ...]] = {}
    for row in await session.execute(_parts(kind).where(table.grant_id.in_(list(ids))).order_by(*_ORDERS[kind])):
        one = kind(*row)
        found[one.grant_id] = (*found.get(one.grant_id, ()), one)
    return found
