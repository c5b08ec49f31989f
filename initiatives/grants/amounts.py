"""What the money of a year is: budgeted, forecast and received, and what the source itself says that it sums to."""

from collections.abc import Mapping
from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import records, sources, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect, require_writer
from initiatives.base import Base, Kronor, text_enum
from initiatives.errors import InvalidValue
from initiatives.grants import agreements, components, writing
from initiatives.grants.facts import AmountKind
from initiatives.kinds import KINDS, Kind
from initiatives.organisations import Organisation
from initiatives.past import kept

MISSING = "Beloppet finns inte."


class Amount(records.Record, Base):
    """An amount of a year: of a part, of an agreement, or of all grants of the organisation together."""

    __tablename__ = "grant_amount"
    __table_args__ = (
        CheckConstraint("component_id IS NULL OR grant_id IS NOT NULL", name="part"),
        CheckConstraint("kronor >= 0", name="kronor"),
        Index(None, "year"),
        Index(None, "grant_id"),
        Index(None, "component_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    grant_id: Mapped[UUID | None] = mapped_column(ForeignKey("grant_agreement.id", ondelete="CASCADE"))
    component_id: Mapped[UUID | None] = mapped_column(ForeignKey("grant_component.id", ondelete="CASCADE"))
    year: Mapped[int]
    kind: Mapped[AmountKind] = mapped_column(text_enum(AmountKind, name="kind"))
    kronor: Mapped[int] = mapped_column(Kronor)
    received_on: Mapped[date | None]
    note: Mapped[str]


POLICIES: tuple[str, ...] = protect("grant_amount", read=SEES_ALL_SQL)
TRIGGERS: tuple[str, ...] = (kept("grant_amount", part_of="grant_id"),)
sources.SUBJECTS["grant_amount"] = MISSING
KINDS["grant_amount"] = Kind(
    word="belopp av statsbidrag",
    plural="Budget, prognos och utfall",
    title=("kind", "year", "kronor"),
    labels={
        "organisation_id": "Vem som får pengarna",
        "grant_id": "Statsbidrag",
        "component_id": "Del",
        "year": "År",
        "kind": "Slag",
        "kronor": "Belopp",
        "received_on": "Kom in",
        "note": "Anteckning",
    },
    part_of="grant_agreement",
)


class Fields(TypedDict, total=False):
    """What can be written of an amount; a change names only what it changes."""

    component_id: UUID | None
    year: int
    kind: AmountKind | str
    kronor: int
    received_on: date | None
    note: str


_BLANK: Fields = {"component_id": None, "received_on": None, "note": ""}


async def create(
    session: AsyncSession,
    person: Viewer,
    *,
    grant_id: UUID | None = None,
    organisation_id: UUID | None = None,
    **given: Unpack[Fields],
) -> Amount:
    """Write an amount of an agreement or, without one, of all grants of an organisation together.

    `year`, `kind` and `kronor` are required, and one of `grant_id` and `organisation_id`. Raises `InvalidValue` or
    `NotAllowed`.
    """
    require_writer(person)
    owner = await _owner(session, grant_id, organisation_id)
    wanted = writing.checked(_CHECKS, {**_BLANK, **given})
    await _require_component(session, grant_id, wanted["component_id"])
    row = Amount(organisation_id=owner, grant_id=grant_id, **wanted)
    await records.add(session, person, row)
    return row


async def lock(session: AsyncSession, person: Viewer, amount_id: UUID) -> Amount:
    """Return an amount to change; raise `NotFound` if it is not there for the person, or `NotAllowed`."""
    return await agreements.lock_part(session, person, Amount, amount_id, missing=MISSING)


async def revise(
    session: AsyncSession, person: Viewer, amount_id: UUID, *, revision: int | None, **given: Unpack[Fields]
) -> bool:
    """Change what is given, and tell whether anything changed; errors are those of `agreements.revise`."""
    row = await lock(session, person, amount_id)
    wanted = writing.checked(_CHECKS, given)
    await _require_component(session, row.grant_id, wanted.get("component_id"))
    return await records.change(session, person, row, wanted, read=revision)


async def remove(session: AsyncSession, person: Viewer, amount_id: UUID) -> None:
    """Take away an amount; raise `NotFound` or `NotAllowed`."""
    await records.remove(session, person, await lock(session, person, amount_id))


async def _owner(session: AsyncSession, grant_id: UUID | None, organisation_id: UUID | None) -> UUID:
    if grant_id is not None:
        grant = await session.get(agreements.Agreement, grant_id)
        if grant is None:
            raise InvalidValue(agreements.MISSING, field="grant_id")
        if organisation_id not in (None, grant.organisation_id):
            text = "Statsbidraget hör till en annan organisation. Utelämna organisationen när du anger statsbidraget."
            raise InvalidValue(text, field="organisation_id")
        return grant.organisation_id
    if organisation_id is None or await session.get(Organisation, organisation_id) is None:
        text = "Ange ett statsbidrag, eller den organisation vars alla statsbidrag beloppet gäller."
        raise InvalidValue(text, field="organisation_id")
    return organisation_id


async def _require_component(session: AsyncSession, grant_id: UUID | None, component_id: UUID | None) -> None:
    if component_id is not None and grant_id is None:
        raise InvalidValue("Ange också statsbidraget som delen hör till.", field="component_id")
    if grant_id is not None:
        await components.require_of(session, grant_id, component_id)


_CHECKS: Mapping[str, writing.Check] = {
    "component_id": writing.kept,
    "year": values.year,
    "kind": writing.one_of(AmountKind),
    "kronor": values.kronor,
    "received_on": writing.optional(writing.day),
    "note": values.paragraph,
}
