"""Writing what is measured: indicators with their goals, and what they belong to."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, records
from initiatives.access import Viewer, require_writer, sees_all
from initiatives.errors import AlreadyExists, InvalidValue, NotFound
from initiatives.indicators import checking
from initiatives.indicators.tables import Indicator, IndicatorInitiative, IndicatorNode, IndicatorValue
from initiatives.initiatives import Initiative
from initiatives.organisations import Organisation
from initiatives.people import Person
from initiatives.taxonomy import TaxonomyNode

MISSING = "Indikatorn finns inte."
_POINTS: Mapping[str, type[Organisation | Person]] = {"organisation_id": Organisation, "responsible_id": Person}
_LINKS: Mapping[str, tuple[Any, Any, str]] = {
    "node_ids": (IndicatorNode, TaxonomyNode, "ingen nod i taxonomin"),
    "initiative_ids": (IndicatorInitiative, Initiative, "inget initiativ"),
}


async def add(session: AsyncSession, person: Viewer, wanted: Mapping[str, Any]) -> Indicator:
    """Add an indicator; `wanted` has its columns by name, and `node_ids` and `initiative_ids`.

    Raises `NotAllowed`, `AlreadyExists` for a name that the organisation has, and `InvalidValue` naming the field.
    """
    require_writer(person)
    given = await _checked(session, wanted)
    links = {name: given.pop(name) for name in _LINKS if name in given}
    row = Indicator(**given)
    checking.goal(vars(row))
    taken = AlreadyExists(f"Organisationen har redan en indikator som heter {row.name}.", field="name")
    await records.add(session, person, row, taken=taken, **links)
    for name, identifiers in links.items():
        await _link(session, row.id, name, identifiers)
    return row


async def revise(
    session: AsyncSession, person: Viewer, indicator_id: UUID, wanted: Mapping[str, Any], *, revision: int | None
) -> None:
    """Change what is named of an indicator. Raises as `add` and `records.change`, and `NotFound`."""
    row = await lock(session, person, indicator_id)
    given = await _checked(session, wanted)
    if "period_kind" in given and given["period_kind"] != row.period_kind:
        await _require_no_values(session, indicator_id)
    links = {name: given.pop(name) for name in _LINKS if name in given}
    with session.no_autoflush:
        await _require_free_name(session, row, given)
    checking.goal({**records.fields(row), **given})
    await records.change(session, person, row, given, read=revision)
    for name, identifiers in links.items():
        before = await _linked(session, indicator_id, name)
        if set(before) != set(identifiers):
            await _link(session, indicator_id, name, identifiers)
            activity.record(
                session,
                person,
                "ändrade",
                "indicator",
                indicator_id,
                before={name: before},
                after={name: list(identifiers)},
            )


async def remove(session: AsyncSession, person: Viewer, indicator_id: UUID) -> None:
    """Take an indicator and its values away; the past keeps them. Raises `NotFound` or `NotAllowed`."""
    await records.remove(session, person, await lock(session, person, indicator_id))


async def lock(session: AsyncSession, person: Viewer, indicator_id: UUID) -> Indicator:
    """Return an indicator for writing. Raises `NotFound` to one who sees only a part, and `NotAllowed`."""
    if not sees_all(person):
        raise NotFound(MISSING)
    known = await session.scalar(select(Indicator.id).where(Indicator.id == indicator_id))
    if known is None:
        raise NotFound(MISSING)
    require_writer(person)
    return await records.lock(session, Indicator, indicator_id, missing=MISSING)


async def _checked(session: AsyncSession, wanted: Mapping[str, Any]) -> dict[str, Any]:
    given = checking.fields(wanted)
    for name, kind in _POINTS.items():
        if given.get(name) is not None and await session.get(kind, given[name]) is None:
            raise InvalidValue("Det finns ingen med det id:t. Välj en som finns.", field=name)
    for name, (_, kind, word) in _LINKS.items():
        if name in given:
            given[name] = await _known(session, kind, given[name], word, field=name)
    return given


async def _known(session: AsyncSession, kind: Any, wanted: Sequence[UUID], word: str, *, field: str) -> list[UUID]:
    known = set(await session.scalars(select(kind.id).where(kind.id.in_(wanted)))) if wanted else set()
    if unknown := set(wanted) - known:
        raise InvalidValue(f"Det finns {word} med id {min(unknown)}.", field=field)
    return sorted(known)


async def _require_free_name(session: AsyncSession, row: Indicator, given: Mapping[str, Any]) -> None:
    name, owner = given.get("name", row.name), given.get("organisation_id", row.organisation_id)
    same = Indicator.organisation_id == owner, Indicator.name == name, Indicator.id != row.id
    if await session.scalar(select(Indicator.id).where(*same)):
        raise AlreadyExists(f"Organisationen har redan en indikator som heter {name}.", field="name")


async def _require_no_values(session: AsyncSession, indicator_id: UUID) -> None:
    if await session.scalar(select(IndicatorValue.id).where(IndicatorValue.indicator_id == indicator_id).limit(1)):
        text = "Indikatorn har värden, så periodens längd kan inte ändras. Lägg till en ny indikator."
        raise InvalidValue(text, field="period_kind")


async def _linked(session: AsyncSession, indicator_id: UUID, name: str) -> list[UUID]:
    kind = _LINKS[name][0]
    return sorted(await session.scalars(select(_end(kind)).where(kind.indicator_id == indicator_id)))


async def _link(session: AsyncSession, indicator_id: UUID, name: str, identifiers: Sequence[UUID]) -> None:
    kind = _LINKS[name][0]
    await session.execute(delete(kind).where(kind.indicator_id == indicator_id))
    column = _end(kind).key
    session.add_all(kind(indicator_id=indicator_id, **{column: one}) for one in identifiers)
    await session.flush()


def _end(kind: Any) -> Any:
    return kind.node_id if kind is IndicatorNode else kind.initiative_id
