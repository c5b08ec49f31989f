"""Saved filters: what somebody often looks for among the initiatives, under a name of their own.

They are the person's alone; one of them may be the one that the list opens with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, values
from initiatives.access import IS_SYSTEM_SQL, PERSON_SQL, Viewer, protect
from initiatives.base import Base, new_id, utcnow
from initiatives.errors import AlreadyExists, InvalidValue, NotAllowed, NotFound
from initiatives.overview import Sort
from initiatives.reports import Health
from initiatives.swedish import sort_key_sql
from initiatives.workflow import Status

MOST = 50
"""How many filters one person may have."""
LONGEST_NAME, LONGEST_QUERY, MOST_CHOSEN = 60, 200, 50
VIEWS = ("lista", "tavla", "tidslinje")


class SavedFilter(Base):
    """A person's filter; `query` has the parameters of the list of initiatives, by the names that the API has."""

    __tablename__ = "saved_filter"
    __table_args__ = (
        UniqueConstraint("person_id", "name"),
        Index("ix_saved_filter_default", "person_id", unique=True, postgresql_where=text("is_default")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    name: Mapped[str]
    query: Mapped[dict[str, Any]]
    is_default: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime] = mapped_column(default=utcnow)


_OWN_SQL = f"{IS_SYSTEM_SQL} OR person_id = {PERSON_SQL}"
POLICIES: tuple[str, ...] = protect("saved_filter", read=_OWN_SQL, write=_OWN_SQL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a filter asks for, as the list of initiatives takes it; what is None or empty asks for nothing."""

    q: str = ""
    status: tuple[str, ...] = ()
    node: tuple[UUID, ...] = ()
    health: str | None = None
    organisation: UUID | None = None
    responsible: UUID | None = None
    year: int | None = None
    shared_with: UUID | None = None
    sort: str = Sort.TITLE.value
    view: str = VIEWS[0]


@dataclass(frozen=True, slots=True)
class FilterRow:
    """A filter as its person sees it."""

    id: UUID
    name: str
    query: Query
    is_default: bool


async def save(
    session: AsyncSession, person: Viewer, *, name: str, query: Query, is_default: bool = False
) -> FilterRow:
    """Save a filter under a name, in place of one that the person had under the same name.

    If it is the default, no other is. Raises `NotAllowed` for keys, `InvalidValue` with the field, or `AlreadyExists`
    when there are too many.
    """
    owner = _owner(person)
    name = values.line(name, field="name", longest=LONGEST_NAME)
    kept = _kept(query)
    mine = SavedFilter.person_id == owner
    if is_default:
        await session.execute(update(SavedFilter).where(mine, SavedFilter.is_default).values(is_default=False))
    found = await session.scalar(select(SavedFilter).where(mine, SavedFilter.name == name).with_for_update())
    if found is None:
        if (await session.scalar(select(func.count()).where(mine)) or 0) >= MOST:
            raise AlreadyExists(f"Du har redan {MOST} filter. Ta bort något av dem först.", field="name")
        found = SavedFilter(id=new_id(), person_id=owner, name=name)
        session.add(found)
    found.query, found.is_default, found.saved_at = kept, is_default, utcnow()
    activity.record(session, person, "sparade filter", "saved_filter", found.id)
    await session.flush()
    return _row(found)


async def list_filters(session: AsyncSession, person: Viewer) -> Sequence[FilterRow]:
    """Return the person's filters by name; none to a key."""
    query = select(SavedFilter).where(SavedFilter.person_id == person.person_id)
    found = await session.scalars(query.order_by(sort_key_sql(SavedFilter.name), SavedFilter.id))
    return [_row(one) for one in found]


async def remove(session: AsyncSession, person: Viewer, filter_id: UUID) -> None:
    """Take one of the person's filters away; raise `NotFound` if it is not theirs."""
    owner = _owner(person)
    mine = delete(SavedFilter).where(SavedFilter.id == filter_id, SavedFilter.person_id == owner)
    if await session.scalar(mine.returning(SavedFilter.id)) is None:
        raise NotFound("Filtret finns inte.")
    activity.record(session, person, "tog bort filter", "saved_filter", filter_id)
    await session.flush()


def _owner(person: Viewer) -> UUID:
    if person.person_id is None:
        raise NotAllowed("En nyckel har inga egna filter. Logga in som dig själv.")
    return person.person_id


def _kept(query: Query) -> dict[str, Any]:
    for name, chosen in (("status", query.status), ("node", query.node)):
        if len(chosen) > MOST_CHOSEN:
            raise InvalidValue(f"Välj högst {MOST_CHOSEN}.", field=name)
    if query.view not in VIEWS:
        raise InvalidValue(f"Välj någon av vyerna {', '.join(VIEWS)}.", field="view")
    asked: Mapping[str, Any] = {
        "q": values.paragraph(query.q, field="q", longest=LONGEST_QUERY),
        "status": [values.choice(Status, one, field="status").value for one in query.status],
        "node": [str(one) for one in query.node],
        "health": query.health and values.choice(Health, query.health, field="health").value,
        "organisation": str(query.organisation or "") or None,
        "responsible": str(query.responsible or "") or None,
        "year": None if query.year is None else values.year(query.year, field="year"),
        "shared_with": str(query.shared_with or "") or None,
        "sort": values.choice(Sort, query.sort, field="sort").value,
        "view": query.view,
    }
    return {name: value for name, value in asked.items() if value}


def _row(found: SavedFilter) -> FilterRow:
    asked = dict(found.query)
    for name in ("organisation", "responsible", "shared_with"):
        if name in asked:
            asked[name] = UUID(asked[name])
    asked["status"] = tuple(asked.get("status", ()))
    asked["node"] = tuple(UUID(one) for one in asked.get("node", ()))
    return FilterRow(found.id, found.name, Query(**asked), found.is_default)
