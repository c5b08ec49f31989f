"""What all that people register has in common: made, changed field by field, removed, always with a row in the diary.

`initiatives.initiatives` merges in its own way, since partners see parts of it; all later rooms do as here.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, inspect, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity
from initiatives.access import Viewer, require_writer, sees_all
from initiatives.activity import Activity, ActivityDetail
from initiatives.base import Base, add_new, new_id, utcnow
from initiatives.errors import NarplanError, NotFound, StaleVersion
from initiatives.merging import Conflict, ConflictingChange
from initiatives.past import Past
from initiatives.people import Person
from initiatives.revisions import plain


class Record:
    """A row that people make and change; `revision` begins at 1 and grows by one at every change."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)
    revision: Mapped[int] = mapped_column(default=1)


_OWN = frozenset({"id", "created_at", "updated_at", "revision"})
AnyRecord = TypeVar("AnyRecord", bound=Record)


def fields(row: Record) -> dict[str, Any]:
    """Return the values that people gave the row, by the names of its attributes."""
    columns = inspect(type(row)).column_attrs
    return {one.key: getattr(row, one.key) for one in columns if one.key not in _OWN}


def shown(row: Record) -> dict[str, Any]:
    """Return all values of the row by the names of its attributes, for making what is shown of it."""
    return {one.key: getattr(row, one.key) for one in inspect(type(row)).column_attrs}


async def add(
    session: AsyncSession,
    person: Viewer,
    row: Record,
    *,
    taken: NarplanError | None = None,
    action: str = "skapade",
    **also: object,
) -> None:
    """Write a new row, under an identifier of its own, and its line in the diary, where `also` adds to its values.

    Raises `taken`, with the transaction still usable, if a row with the same identity is there.
    """
    row.id, row.revision = new_id(), 1
    row.created_at = row.updated_at = utcnow()
    if taken is None:
        session.add(row)
        await session.flush()
    else:
        await add_new(session, _mapped(row), taken)
    activity.record(session, person, action, _kind(row), row.id, after={**fields(row), **also})


async def lock(
    session: AsyncSession, kind: type[AnyRecord], identifier: UUID, *where: ColumnElement[bool], missing: str
) -> AnyRecord:
    """Return a row for writing, locked until the transaction ends; raise `NotFound(missing)` if it is not there.

    `where` says which rows the person sees.
    """
    query = select(kind).where(kind.id == identifier, *where).with_for_update()
    row = await session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound(missing)
    return row


async def lock_to_write(
    session: AsyncSession, person: Viewer, kind: type[AnyRecord], identifier: UUID, *, missing: str
) -> AnyRecord:
    """Return, as `lock`, a row of which those who see all may read and writers write.

    Raises `NotFound(missing)` if the person does not see it, then `NotAllowed` if they may not write.
    """
    there = sees_all(person) and await session.scalar(select(kind.id).where(kind.id == identifier))
    if not there:
        raise NotFound(missing)
    require_writer(person)
    return await lock(session, kind, identifier, missing=missing)


async def change(
    session: AsyncSession,
    person: Viewer,
    row: Record,
    wanted: Mapping[str, Any],
    *,
    read: int | None,
    action: str = "ändrade",
) -> bool:
    """Give a locked row the wanted values, and tell whether that changed anything.

    `read` is the revision that the writer had read: a field that others have changed since then and the writer left as
    it was keeps their value, and `ConflictingChange` tells of fields that both changed (None overwrites them). Raises
    `StaleVersion` for a revision that has not been.
    """
    given = dict(wanted) if read in (None, row.revision) else await _merged(session, row, wanted, read or 0)
    stands = fields(row)
    after = {name: value for name, value in given.items() if not _same(value, stands[name])}
    if not after:
        return False
    for name, value in after.items():
        setattr(row, name, value)
    row.revision += 1
    row.updated_at = utcnow()
    await session.flush()
    before = {name: stands[name] for name in after}
    activity.record(session, person, action, _kind(row), row.id, before=before, after=after)
    return True


async def remove(session: AsyncSession, person: Viewer, row: Record, *, action: str = "tog bort") -> None:
    """Delete a row; its last values stand in the diary, and all that it has been in the past."""
    activity.record(session, person, action, _kind(row), row.id, before=fields(row))
    await session.delete(row)
    await session.flush()


async def _merged(session: AsyncSession, row: Record, wanted: Mapping[str, Any], read: int) -> dict[str, Any]:
    """Return what to write for one who read another revision than the one that stands."""
    states = select(Past.state).where(Past.kind == _kind(row), Past.key == str(row.id))
    found = await session.scalar(states.where(Past.state["revision"].as_integer() == read).limit(1))
    if found is None:
        raise StaleVersion("Den version som du anger har aldrig funnits. Läs om och gör ändringen igen.")
    stands, merged, both = fields(row), {}, []
    for name, value in wanted.items():
        if name not in found or _same(stands[name], found[name]):  # The column may be newer than what was read.
            merged[name] = value
        elif not _same(value, stands[name]) and not _same(value, found[name]):
            both.append(name)
    if both:
        raise ConflictingChange(tuple([await _conflict(session, row, name, stands[name]) for name in both]))
    return merged


async def _conflict(session: AsyncSession, row: Record, name: str, theirs: object) -> Conflict:
    named = [values[name].as_string().is_not(None) for values in (ActivityDetail.before, ActivityDetail.after)]
    query = (
        select(Person.name, Activity.at)
        .join(ActivityDetail, ActivityDetail.activity_id == Activity.id)
        .outerjoin(Person, Person.id == Activity.person_id)
        .where(Activity.subject_type == _kind(row), Activity.subject_id == row.id, or_(*named))
        .order_by(Activity.at.desc())
        .limit(1)
    )
    by, at = (await session.execute(query)).one_or_none() or (None, None)
    return Conflict(name, theirs if isinstance(theirs, dict) else plain(theirs), by, at)


def _same(one: object, other: object) -> bool:
    """Tell whether two values are the same, of which either may be as JSON keeps it."""
    match one, other:
        case (Decimal(), _) | (_, Decimal()):
            return one is not None and other is not None and Decimal(str(one)) == Decimal(str(other))
        case (datetime(), str()):
            return one == datetime.fromisoformat(str(other))
        case (dict(), dict()):
            return one == other
        case _:
            return bool(plain(one) == plain(other))


def _kind(row: Record) -> str:
    return str(_mapped(row).__tablename__)


def _mapped(row: Record) -> Base:
    if not isinstance(row, Base):
        raise TypeError(row)
    return row
