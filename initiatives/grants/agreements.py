"""Agreements about state grants: with whom, for which years, and how much there is in the whole country."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, TypeVar, Unpack
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, ForeignKey, Text, UniqueConstraint, false, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import records, sources, values
from initiatives.access import SEES_ALL_SQL, Viewer, may_write, protect, require_writer, sees_all
from initiatives.base import Base, Kronor
from initiatives.errors import AlreadyExists, InvalidValue, NotFound
from initiatives.grants import writing
from initiatives.kinds import KINDS, Kind
from initiatives.organisations import Organisation
from initiatives.past import kept

MISSING = "Statsbidraget finns inte."
MOST_PARTIES = 20
AnyRecord = TypeVar("AnyRecord", bound=records.Record)


class Agreement(records.Record, Base):
    """An agreement, ordinance or application that gives grants; `initiatives.grants.facts` tells of the fields."""

    __tablename__ = "grant_agreement"
    __table_args__ = (UniqueConstraint("organisation_id", "name", "from_year"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    kind: Mapped[str]
    from_year: Mapped[int]
    to_year: Mapped[int]
    to_year_elsewhere: Mapped[int | None]
    parties: Mapped[list[str]] = mapped_column(ARRAY(Text))
    national_kronor: Mapped[int | None] = mapped_column(Kronor)
    to_regions_kronor: Mapped[int | None] = mapped_column(Kronor)
    to_skr_kronor: Mapped[int | None] = mapped_column(Kronor)
    parts_kronor: Mapped[int | None] = mapped_column(Kronor)
    elsewhere: Mapped[str]
    note: Mapped[str]


POLICIES: tuple[str, ...] = protect("grant_agreement", read=SEES_ALL_SQL)
TRIGGERS: tuple[str, ...] = (kept("grant_agreement"),)
sources.SUBJECTS["grant_agreement"] = MISSING
KINDS["grant_agreement"] = Kind(
    word="statsbidrag",
    plural="Statsbidrag",
    title=("name", "from_year"),
    labels={
        "organisation_id": "Vem som får pengarna",
        "name": "Namn",
        "kind": "Slag",
        "from_year": "Första året",
        "to_year": "Sista året",
        "to_year_elsewhere": "Sista året, annan uppgift",
        "parties": "Parter",
        "national_kronor": "Belopp i hela landet",
        "to_regions_kronor": "Därav till regionerna",
        "to_skr_kronor": "Därav till SKR",
        "parts_kronor": "Delarna tillsammans, enligt källan",
        "elsewhere": "Var de andra uppgifterna står",
        "note": "Anteckning",
    },
    page="/pengar/statsbidrag",
)


class Fields(TypedDict, total=False):
    """What can be written of an agreement; a change names only what it changes."""

    organisation_id: UUID
    name: str
    kind: str
    from_year: int
    to_year: int
    to_year_elsewhere: int | None
    parties: Sequence[str]
    national_kronor: int | None
    to_regions_kronor: int | None
    to_skr_kronor: int | None
    parts_kronor: int | None
    elsewhere: str
    note: str


_BLANK: Fields = {
    "kind": "överenskommelse",
    "to_year_elsewhere": None,
    "parties": (),
    "national_kronor": None,
    "to_regions_kronor": None,
    "to_skr_kronor": None,
    "parts_kronor": None,
    "elsewhere": "",
    "note": "",
}
"""What an agreement is where nothing else is said."""


def visible_to(person: Viewer) -> ColumnElement[bool]:
    """Return the condition for the state grants that the person sees: all of them, or none."""
    return true() if sees_all(person) else false()


async def create(session: AsyncSession, person: Viewer, **given: Unpack[Fields]) -> Agreement:
    """Write a new agreement; `organisation_id`, `name` and `from_year` are required, `to_year` is else the same.

    Raises `AlreadyExists` if the organisation has an agreement of that name from that year, `InvalidValue` or
    `NotAllowed`.
    """
    require_writer(person)
    wanted: dict[str, Any] = {**_BLANK, **given}
    wanted.setdefault("to_year", given["from_year"])
    row = Agreement(**await _checked(session, wanted))
    _require_period(row)
    taken = AlreadyExists(f"Statsbidraget {row.name} från {row.from_year} finns redan.", field="name")
    await records.add(session, person, row, taken=taken)
    return row


async def lock(session: AsyncSession, person: Viewer, grant_id: UUID) -> Agreement:
    """Return an agreement to write in or below; raise `NotFound` if it is not there for the person, or `NotAllowed`."""
    return await lock_part(session, person, Agreement, grant_id, missing=MISSING)


async def lock_part(
    session: AsyncSession, person: Viewer, kind: type[AnyRecord], identifier: UUID, *, missing: str
) -> AnyRecord:
    """Return a row of state grants to change, locked.

    Raises `NotFound(missing)` to one who does not see it, `NotAllowed` to one who sees it and may not write.
    """
    if not may_write(person):  # The database shows no row for writing to those who may not write.
        found = select(kind.id).where(kind.id == identifier, visible_to(person))
        if await session.scalar(found) is None:
            raise NotFound(missing)
        require_writer(person)
    return await records.lock(session, kind, identifier, visible_to(person), missing=missing)


async def revise(
    session: AsyncSession, person: Viewer, grant_id: UUID, *, revision: int | None, **given: Unpack[Fields]
) -> bool:
    """Change what is given, and tell whether anything changed; `revision` is what the writer had read.

    Raises `NotFound`, `NotAllowed`, `StaleVersion`, `AlreadyExists` or `InvalidValue`.
    """
    row = await lock(session, person, grant_id)
    taken = AlreadyExists("Ett statsbidrag med det namnet och det första året finns redan.", field="name")
    wanted = await _checked(session, dict(given))
    async with writing.unless_taken(session, taken):
        changed = await records.change(session, person, row, wanted, read=revision)
    _require_period(row)
    return changed


async def remove(session: AsyncSession, person: Viewer, grant_id: UUID) -> None:
    """Take away an agreement and all that belongs to it; raise `NotFound` or `NotAllowed`."""
    await records.remove(session, person, await lock(session, person, grant_id))


def _require_period(row: Agreement) -> None:
    if row.to_year < row.from_year:
        text = f"Sista året {row.to_year} ligger före första året {row.from_year}. Ändra ett av dem."
        raise InvalidValue(text, field="to_year")


async def _checked(session: AsyncSession, given: Mapping[str, Any]) -> dict[str, Any]:
    wanted = writing.checked(_CHECKS, given)
    if "organisation_id" in wanted and await session.get(Organisation, wanted["organisation_id"]) is None:
        raise InvalidValue("Organisationen finns inte.", field="organisation_id")
    return wanted


def parties(given: Sequence[str], *, field: str = "parties") -> list[str]:
    """Return the names of the parties, each once, without empty ones."""
    names = list(dict.fromkeys(values.line(one, field=field) for one in given if one.strip()))
    if len(names) > MOST_PARTIES:
        raise InvalidValue(f"Skriv högst {MOST_PARTIES} parter.", field=field)
    return names


_CHECKS: Mapping[str, writing.Check] = {
    "organisation_id": writing.kept,
    "name": values.line,
    "kind": values.line,
    "from_year": values.year,
    "to_year": values.year,
    "to_year_elsewhere": writing.optional(values.year),
    "parties": parties,
    "national_kronor": writing.optional(values.kronor),
    "to_regions_kronor": writing.optional(values.kronor),
    "to_skr_kronor": writing.optional(values.kronor),
    "parts_kronor": writing.optional(values.kronor),
    "elsewhere": values.paragraph,
    "note": values.paragraph,
}
