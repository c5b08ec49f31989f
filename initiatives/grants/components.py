"""The parts of a state grant: how much each gives the country and ourselves in a year, and by what rule."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, UniqueConstraint, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import records, sources, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect
from initiatives.base import Base, Kronor, text_enum
from initiatives.errors import AlreadyExists, InvalidValue
from initiatives.grants import agreements, writing
from initiatives.grants.facts import Basis, Whose
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept

MISSING = "Delen finns inte."
MOST_INSTALMENTS = 24


class Component(records.Record, Base):
    """One part of an agreement in one year; `initiatives.grants.facts` tells of the fields."""

    __tablename__ = "grant_component"
    __table_args__ = (
        UniqueConstraint("grant_id", "year", "name"),
        CheckConstraint("0 <= ALL (own_kronor)", name="own"),
    )

    grant_id: Mapped[UUID] = mapped_column(ForeignKey("grant_agreement.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str]
    year: Mapped[int]
    national_kronor: Mapped[int | None] = mapped_column(Kronor)
    national_kronor_elsewhere: Mapped[int | None] = mapped_column(Kronor)
    own_kronor: Mapped[list[int]] = mapped_column(ARRAY(Kronor))
    own_kronor_elsewhere: Mapped[int | None] = mapped_column(Kronor)
    price_rule: Mapped[str]
    price_kronor: Mapped[int | None] = mapped_column(Kronor)
    volume: Mapped[int | None]
    cap_kronor: Mapped[int | None] = mapped_column(Kronor)
    basis: Mapped[Basis] = mapped_column(text_enum(Basis, name="basis"))
    whose: Mapped[Whose] = mapped_column(text_enum(Whose, name="whose"))
    passes_on_to: Mapped[str]
    common_obligations: Mapped[bool]
    settled: Mapped[bool]
    elsewhere: Mapped[str]
    note: Mapped[str]


POLICIES: tuple[str, ...] = protect("grant_component", read=SEES_ALL_SQL)
TRIGGERS: tuple[str, ...] = (kept("grant_component", part_of="grant_id"),)
sources.SUBJECTS["grant_component"] = MISSING
KINDS["grant_component"] = Kind(
    word="del av statsbidrag",
    plural="Delar",
    title=("name", "year"),
    labels={
        "grant_id": "Statsbidrag",
        "position": "Plats bland delarna",
        "name": "Namn",
        "year": "År",
        "national_kronor": "Belopp i hela landet",
        "national_kronor_elsewhere": "Belopp i hela landet, annan uppgift",
        "own_kronor": "Vår del",
        "own_kronor_elsewhere": "Vår del, annan uppgift",
        "price_rule": "Prisregel",
        "price_kronor": "Ersättning för varje",
        "volume": "Väntat antal",
        "cap_kronor": "Högst",
        "basis": "Fördelas efter",
        "whose": "Vems pengar",
        "passes_on_to": "Går vidare till",
        "common_obligations": "Överenskommelsens krav gäller delen",
        "settled": "Beloppen är klarlagda",
        "elsewhere": "Var de andra uppgifterna står",
        "note": "Anteckning",
    },
    part_of="grant_agreement",
)


class Fields(TypedDict, total=False):
    """What can be written of a part; a change names only what it changes."""

    position: int
    name: str
    year: int
    national_kronor: int | None
    national_kronor_elsewhere: int | None
    own_kronor: Sequence[int]
    own_kronor_elsewhere: int | None
    price_rule: str
    price_kronor: int | None
    volume: int | None
    cap_kronor: int | None
    basis: Basis | str
    whose: Whose | str
    passes_on_to: str
    common_obligations: bool
    settled: bool
    elsewhere: str
    note: str


_BLANK: Fields = {
    "national_kronor": None,
    "national_kronor_elsewhere": None,
    "own_kronor": (),
    "own_kronor_elsewhere": None,
    "price_rule": "",
    "price_kronor": None,
    "volume": None,
    "cap_kronor": None,
    "basis": Basis.OTHER,
    "whose": Whose.REGION,
    "passes_on_to": "",
    "common_obligations": True,
    "settled": False,
    "elsewhere": "",
    "note": "",
}
"""What a part is where nothing else is said."""


async def create(session: AsyncSession, person: Viewer, grant_id: UUID, **given: Unpack[Fields]) -> Component:
    """Write a new part of an agreement; `name` is required, `year` is the agreement's first and `position` the last.

    Raises `NotFound` for the agreement, `NotAllowed`, `AlreadyExists` or `InvalidValue`.
    """
    grant = await agreements.lock(session, person, grant_id)
    last = await session.scalar(select(func.max(Component.position)).where(Component.grant_id == grant_id))
    beginning: dict[str, Any] = {"year": grant.from_year, "position": min((last or 0) + 1, writing.MOST)}
    wanted = writing.checked(_CHECKS, {**beginning, **_BLANK, **given})
    row = Component(grant_id=grant_id, **wanted)
    await records.add(session, person, row, taken=_taken())
    return row


async def lock(session: AsyncSession, person: Viewer, component_id: UUID) -> Component:
    """Return a part to change; raise `NotFound` if it is not there for the person, or `NotAllowed`."""
    return await agreements.lock_part(session, person, Component, component_id, missing=MISSING)


async def revise(
    session: AsyncSession, person: Viewer, component_id: UUID, *, revision: int | None, **given: Unpack[Fields]
) -> bool:
    """Change what is given, and tell whether anything changed; errors are those of `agreements.revise`."""
    row = await lock(session, person, component_id)
    wanted = writing.checked(_CHECKS, given)
    async with writing.unless_taken(session, _taken()):
        return await records.change(session, person, row, wanted, read=revision)


async def remove(session: AsyncSession, person: Viewer, component_id: UUID) -> None:
    """Take away a part with what belongs to it alone; raise `NotFound` or `NotAllowed`."""
    await records.remove(session, person, await lock(session, person, component_id))


async def require_of(session: AsyncSession, grant_id: UUID, component_id: UUID | None) -> None:
    """Return if the part belongs to the agreement, or none is named; otherwise raise `InvalidValue`."""
    if component_id is None:
        return
    part = select(Component.id).where(Component.id == component_id, Component.grant_id == grant_id)
    if await session.scalar(part) is None:
        raise InvalidValue("Delen hör inte till det här statsbidraget. Välj en av dess delar.", field="component_id")


def _taken() -> AlreadyExists:
    return AlreadyExists("Statsbidraget har redan en del med det namnet det året.", field="name")


def instalments(given: Sequence[int], *, field: str = "own_kronor") -> list[int]:
    """Return the amounts of a part, one for each payment."""
    if len(given) > MOST_INSTALMENTS:
        raise InvalidValue(f"Skriv högst {MOST_INSTALMENTS} delbelopp.", field=field)
    return [values.kronor(one, field=field) for one in given]


_CHECKS: Mapping[str, writing.Check] = {
    "position": writing.count,
    "name": values.line,
    "year": values.year,
    "national_kronor": writing.optional(values.kronor),
    "national_kronor_elsewhere": writing.optional(values.kronor),
    "own_kronor": instalments,
    "own_kronor_elsewhere": writing.optional(values.kronor),
    "price_rule": values.paragraph,
    "price_kronor": writing.optional(values.kronor),
    "volume": writing.optional(writing.count),
    "cap_kronor": writing.optional(values.kronor),
    "basis": writing.one_of(Basis),
    "whose": writing.one_of(Whose),
    "passes_on_to": writing.short,
    "common_obligations": writing.kept,
    "settled": writing.kept,
    "elsewhere": values.paragraph,
    "note": values.paragraph,
}
