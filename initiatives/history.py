"""How things were: one of them, or a list, at an instant; what has been removed since is there, and says so.

Read from `initiatives.past`, put into words by `initiatives.kinds`; for those who see the whole register.
`initiatives.comparison` tells what differs between two instants.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import accesses, kinds, values
from initiatives.access import Viewer, sees_all
from initiatives.base import Base
from initiatives.errors import InvalidValue, NotFound
from initiatives.kinds import KINDS, Names, Ref
from initiatives.past import Past
from initiatives.swedish import format_time, sort_key

State = Mapping[str, Any]
"""What a row was, as JSON keeps it."""
PartState = tuple[str, State]
"""The table of a row, and what the row was."""


@dataclass(frozen=True, slots=True)
class FieldState:
    """A field of a thing: its name, what it is called, its value as JSON keeps it and in words.

    `refers` is the kept thing that it refers to, if it does.
    """

    name: str
    label: str
    value: Any
    words: str
    refers: Ref | None = None


@dataclass(frozen=True, slots=True)
class PartLine:
    """One part of a thing: what it is called, and its identifier, if it has one of its own."""

    title: str
    id: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """What a thing consisted of besides its fields, such as its money: the kind, what it is called, and each part."""

    kind: str
    label: str
    lines: tuple[PartLine, ...]

    @property
    def titles(self) -> tuple[str, ...]:
        """What the parts are called."""
        return tuple(line.title for line in self.lines)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a thing was, and from when `until` when it was just so; `removed_at` is when it was removed, if it is."""

    kind: str
    id: str
    title: str
    since: datetime
    until: datetime | None
    removed_at: datetime | None
    fields: tuple[FieldState, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A thing in a list of what was; `removed_at` is when it was removed, if it has been since."""

    id: str
    title: str
    status: str | None
    organisation: str
    since: datetime
    removed_at: datetime | None

    @property
    def removed(self) -> bool:
        """Tells that it has been removed since."""
        return self.removed_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What to list of a kind; `q` are words that all stand in the title."""

    status: str | None = None
    organisation_id: UUID | None = None
    q: str = ""


async def get(session: AsyncSession, person: Viewer, kind: str, identifier: UUID, at: datetime) -> Moment:
    """Return what a thing was at an instant; raise `NotFound` if it is not there for the person, or was not then."""
    require_kind(kind)
    key = str(identifier)
    if not sees_all(person):
        raise NotFound(_MISSING)
    own = select(Past.state, Past.since, Past.until).where(Past.kind == kind, Past.key == key, holding(at))
    row = (await session.execute(own)).one_or_none()
    first, last = await _ends(session, kind, key)
    if row is None or first is None:
        raise NotFound(_not_then(first, last))
    if kind in accesses.SHARES:
        await accesses.seen(session, person, kind, [identifier])
    parts = (await parts_at(session, kind, [key], at))[key]
    names = await names_of(session, [(kind, row.state), *parts])
    return Moment(
        kind=kind,
        id=key,
        title=kinds.titled(kind, row.state, names),
        since=row.since,
        until=_ended(row.until),
        removed_at=last,
        fields=tuple(_fields(kind, row.state, names)),
        parts=tuple(_parts(kind, parts, names)),
    )


async def list_at(
    session: AsyncSession,
    person: Viewer,
    kind: str,
    at: datetime,
    filters: Filters = Filters(),
    *,
    limit: int = 20,
    offset: int = 0,
) -> tuple[Sequence[Line], int]:
    """Return the things of a kind that were there at an instant, by title, and how many in all.

    None to one who sees a part of the register.
    """
    require_kind(kind)
    if not sees_all(person):
        return (), 0
    there = select(Past.key, Past.since, Past.sort).where(Past.kind == kind, holding(at), *_conditions(filters))
    page = _page(there, limit, offset)
    same = and_(Past.kind == kind, Past.key == page.c.key, Past.since == page.c.since)
    found = select(Past.key, Past.state, Past.since, page.c.total).join(page, same).order_by(Past.sort, Past.key)
    rows = (await session.execute(found)).all()
    total = (
        rows[0].total if rows else offset and await session.scalar(select(func.count()).select_from(there.subquery()))
    )
    names = await names_of(session, [(kind, row.state) for row in rows])
    last = select(Past.key, func.max(Past.until)).where(Past.kind == kind, Past.key.in_([row.key for row in rows]))
    until = {key: _ended(end) for key, end in await session.execute(last.group_by(Past.key))}
    return [_line(kind, row, names, until[row.key]) for row in rows], total or 0


def _page(there: Select[*tuple[Any, ...]], limit: int, offset: int) -> Subquery:
    """Return the page of what was there, with how many there were in all.

    All of it is found once, in an index alone, and then sorted: a plan that reads in order until the page is full reads
    the whole past where few match.
    """
    all_of_it = there.cte("there").prefix_with("MATERIALIZED")
    total = func.count().over().label("total")
    which = select(all_of_it.c.key, all_of_it.c.since, total).order_by(all_of_it.c.sort, all_of_it.c.key)
    return which.limit(limit).offset(offset).subquery()


def require_kind(kind: str) -> None:
    """Return if the past of the table is kept and described, otherwise raise `InvalidValue`."""
    if kind not in KINDS:
        allowed = ", ".join(sorted(KINDS))
        raise InvalidValue(f"”{kind[:40]}” har ingen historik. Tillåtna slag: {allowed}.", field="kind")


def holding(at: datetime) -> ColumnElement[bool]:
    """Return the condition on `Past` for the states that held at an instant."""
    return and_(Past.since <= at, Past.until > at)


async def states_at(session: AsyncSession, kind: str, keys: Sequence[str], at: datetime) -> dict[str, State]:
    """Return, by key, what these things of a kind were at an instant."""
    rows = await session.execute(select(Past.key, Past.state).where(Past.kind == kind, Past.key.in_(keys), holding(at)))
    return {row.key: row.state for row in rows}


async def parts_at(
    session: AsyncSession, kind: str, keys: Sequence[str], at: datetime
) -> Mapping[str, list[PartState]]:
    """Return, by the key of the whole, the parts that things of a kind had at an instant; empty for those without."""
    found: dict[str, list[PartState]] = defaultdict(list)
    if of := kinds.parts_of(kind):
        query = select(Past.kind, Past.parent, Past.state).where(Past.kind.in_(of), Past.parent.in_(keys), holding(at))
        for part, parent, state in await session.execute(query):
            found[parent or ""].append((part, state))
    return found


async def names_of(session: AsyncSession, states: Iterable[PartState]) -> Names:
    """Return what is referred to in the states is called: kept things by their newest title, all others as today."""
    return await names_of_rows(session, (ref for table, state in states for ref in kinds.references(table, state)))


async def names_of_rows(session: AsyncSession, refs: Iterable[Ref]) -> Names:
    """Return what rows are called: kept things by their newest title, all others as today."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for target, key in refs:
        wanted[target].add(key)
    names: dict[Ref, str] = {}
    for target, keys in wanted.items():
        for key, named in await session.execute(_named(target, keys)):
            name = kinds.called(target, named) if target in KINDS else named
            names |= {(target, str(key)): name} if name else {}
    return names


def lines(parts: Iterable[PartState], of: str, names: Names) -> tuple[PartLine, ...]:
    """Return the parts of one kind by what they are called, in Swedish order."""
    found = (
        PartLine(kinds.titled(of, state, names), str(state["id"]) if kinds.has_id(of) else None)
        for part, state in parts
        if part == of
    )
    return tuple(sorted(found, key=lambda line: sort_key(line.title)))


def heading(kind: str) -> str:
    """Return what stands over several things of a kind."""
    plural = KINDS[kind].plural
    return plural[:1].upper() + plural[1:]


_MISSING = "Det du söker finns inte."


async def _ends(session: AsyncSession, kind: str, key: str) -> tuple[datetime | None, datetime | None]:
    """Return when a thing was added, and when it was removed, if it has been."""
    both = select(func.min(Past.since), func.max(Past.until)).where(Past.kind == kind, Past.key == key)
    first, last = tuple[datetime | None, datetime | None]((await session.execute(both)).one())
    return first, _ended(last)


def _ended(until: datetime | None) -> datetime | None:
    """Return when a state ended, or None while it holds: the driver reads infinity as the last instant there is."""
    return None if until is None or until.year == MAXYEAR else until


def _not_then(first: datetime | None, last: datetime | None) -> str:
    if first is None:
        return _MISSING
    until = f" och togs bort {format_time(last)}" if last else ""
    return f"Det fanns inte då. Det lades till {format_time(first)}{until}."


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    words = values.line(filters.q, field="q").split() if filters.q.strip() else []
    conditions = [Past.sort.contains(sort_key(word), autoescape=True) for word in words]
    if filters.status is not None:
        conditions.append(Past.status == values.line(filters.status, field="status"))
    if filters.organisation_id is not None:
        conditions.append(Past.organisation == str(filters.organisation_id))
    return conditions


def _named(target: str, keys: set[str]) -> Select[*tuple[Any, ...]]:
    if target in KINDS:
        newest = select(Past.key, Past.state).where(Past.kind == target, Past.key.in_(keys))
        return newest.ext(distinct_on(Past.key)).order_by(Past.key, Past.since.desc())
    columns = Base.metadata.tables[target].columns
    name = next((columns[name] for name in ("name", "title") if name in columns), columns["id"])
    return select(columns["id"], name).where(columns["id"].in_([UUID(key) for key in keys]))


def _line(kind: str, row: Any, names: Names, removed_at: datetime | None) -> Line:
    leads = next((name for name in ("lead_organisation_id", "organisation_id") if row.state.get(name)), "")
    organisation = kinds.in_words(kind, leads, row.state.get(leads), names)
    title = kinds.titled(kind, row.state, names)
    return Line(row.key, title, row.state.get("status"), organisation, row.since, removed_at)


def _fields(kind: str, state: State, names: Names) -> Iterable[FieldState]:
    for name, label in KINDS[kind].labels.items():
        value = state.get(name)
        target = kinds.target_of(kind, name) if value else ""
        refers = (target, str(value)) if target in KINDS else None
        yield FieldState(name, label, value, kinds.in_words(kind, name, value, names), refers)


def _parts(kind: str, parts: Sequence[PartState], names: Names) -> Iterable[Part]:
    for of in kinds.parts_of(kind):
        if found := lines(parts, of, names):
            yield Part(of, heading(of), found)
