"""What differs between two instants: which things were added, removed and changed, and each field before and after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import kinds
from initiatives.access import Viewer, sees_all
from initiatives.errors import InvalidValue
from initiatives.history import PartState, State, heading, holding, lines, names_of, parts_at, require_kind, states_at
from initiatives.kept import kept
from initiatives.kinds import KINDS, Names
from initiatives.past import Past


class Difference(StrEnum):
    """What became of a thing between two instants."""

    ADDED = "tillagt"
    REMOVED = "borttaget"
    CHANGED = "ändrat"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field before and after, as JSON keeps it and in words.

    Of parts, their titles; and of a part that is there at both instants, each of its own fields that differs.
    """

    name: str
    label: str
    before: Any
    after: Any
    before_words: str
    after_words: str


@dataclass(frozen=True, slots=True)
class Change:
    """A thing that differs between two instants, by what it is called at the later one.

    `fields` are those of a changed thing; none are left when it was changed and changed back.
    """

    id: str
    title: str
    difference: Difference
    fields: tuple[FieldChange, ...]


async def compare(
    session: AsyncSession,
    person: Viewer,
    kind: str,
    first: datetime,
    last: datetime,
    *,
    limit: int = 20,
    offset: int = 0,
) -> tuple[Sequence[Change], int]:
    """Return what differs between two instants among the things of a kind and their parts, by title, and how many.

    Nothing to one who sees a part. Raises `InvalidValue` if the last comes before the first.
    """
    require_kind(kind)
    require_order(first, last)
    if not sees_all(person):
        return (), 0
    made = partial(_compared, session, kind, first, last, limit=limit, offset=offset)
    rows, total = await kept(session, person, ("comparison", kind, first, last, limit, offset), made)
    return list(rows), total


async def _compared(
    session: AsyncSession, kind: str, first: datetime, last: datetime, *, limit: int, offset: int
) -> tuple[Sequence[Change], int]:
    found = (await session.execute(_differing(kind, first, last).limit(limit).offset(offset))).all()
    total = found[0].total if found else (await session.scalar(_count(kind, first, last)) if offset else 0)
    keys = [row.key for row in found]
    before, after = [await states_at(session, kind, keys, at) for at in (first, last)]
    changed = [key for key in keys if key in before and key in after]
    earlier, later = [await parts_at(session, kind, changed, at) if changed else {} for at in (first, last)]
    wholes = [(kind, _told(kind, states[key], whole=key in changed)) for states in (before, after) for key in states]
    parts = [part for of in (earlier, later) for several in of.values() for part in several]
    names = await names_of(session, [*wholes, *parts])
    return [
        _change(kind, key, (before.get(key), after.get(key)), (earlier.get(key, ()), later.get(key, ())), names)
        for key in keys
    ], total or 0


def require_order(first: datetime, last: datetime) -> None:
    """Return if the last instant does not come before the first, otherwise raise `InvalidValue`."""
    if last < first:
        raise InvalidValue("Den senare dagen ligger före den tidigare. Byt plats på dem.", field="to")


def counting(kind: str, first: datetime, last: datetime) -> Select[*tuple[Any, ...]]:
    """Return the query for a kind's name and how many of its things were added, changed and removed between two."""
    keys = _keys(kind, first, last, func.bool_or(holding(first)), func.bool_or(holding(last))).subquery()
    before, after = list(keys.c)[2:]
    numbers = (func.count().filter(one) for one in (~before, before & after, ~after))
    return select(literal(kind), *numbers).select_from(keys)


def _change(
    kind: str,
    key: str,
    states: tuple[State | None, State | None],
    parts: tuple[Sequence[PartState], Sequence[PartState]],
    names: Names,
) -> Change:
    before, after = states
    if before is None or after is None:
        difference = Difference.ADDED if before is None else Difference.REMOVED
        return Change(key, kinds.titled(kind, after or before or {}, names), difference, ())
    fields = (*_changed(kind, before, after, names), *_changed_parts(kind, *parts, names))
    return Change(key, kinds.titled(kind, after, names), Difference.CHANGED, fields)


def _told(kind: str, state: State, *, whole: bool) -> State:
    """Return what is told of a state: all of it, or only its title."""
    return state if whole else {name: state.get(name) for name in KINDS[kind].title}


def _changed(kind: str, then: State, now: State, names: Names) -> Iterable[FieldChange]:
    for name, label in KINDS[kind].labels.items():
        before, after = then.get(name), now.get(name)
        if before != after:
            words = [kinds.in_words(kind, name, value, names) for value in (before, after)]
            yield FieldChange(name, label, before, after, *words)


def _changed_parts(
    kind: str, then: Sequence[PartState], now: Sequence[PartState], names: Names
) -> Iterable[FieldChange]:
    for of in kinds.parts_of(kind):
        before, after = [tuple(line.title for line in lines(parts, of, names)) for parts in (then, now)]
        if before != after:
            yield FieldChange(of, heading(of), list(before), list(after), "; ".join(before), "; ".join(after))
        yield from _changed_within(of, then, now, names)


def _changed_within(
    of: str, then: Sequence[PartState], now: Sequence[PartState], names: Names
) -> Iterable[FieldChange]:
    """Yield what differs in the parts that were there at both instants; what is in their titles is told already."""
    earlier = {kinds.key_of(part, state): state for part, state in then if part == of}
    for part, state in now:
        if part == of and (before := earlier.get(kinds.key_of(part, state))):
            for one in _changed(of, before, state, names):
                if one.name not in KINDS[of].title:
                    label = f"{kinds.titled(of, state, names)}: {one.label}"
                    yield replace(one, name=f"{of}.{one.name}", label=label)


def _differs(first: datetime, last: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on states that held at just one of two instants."""
    at_first, at_last = Past.since <= first, Past.until > last
    return Past.until > first, Past.since <= last, at_first != at_last


def _keys(kind: str, first: datetime, last: datetime, *more: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Return the query for key and order of the things that differ, or whose parts do, and were there at either."""
    own = select(Past.key).where(Past.kind == kind, *_differs(first, last))
    of = kinds.parts_of(kind)
    theirs = select(Past.parent).where(Past.kind.in_(of), *_differs(first, last))
    differing = (union(own, theirs) if of else own).subquery()
    there = and_(Past.until > first, Past.since <= last, or_(holding(first), holding(last)))
    rows = select(Past.key, func.max(Past.sort).label("sort"), *more).where(Past.kind == kind, there)
    return rows.where(Past.key.in_(select(differing.c[0]))).group_by(Past.key)


def _differing(kind: str, first: datetime, last: datetime) -> Select[*tuple[Any, ...]]:
    keys = _keys(kind, first, last).subquery()
    return select(keys.c.key, func.count().over().label("total")).order_by(keys.c.sort, keys.c.key)


def _count(kind: str, first: datetime, last: datetime) -> Select[*tuple[Any, ...]]:
    return select(func.count()).select_from(_keys(kind, first, last).subquery())
