"""Organisations: regions, municipalities, and the units that belong to either."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, values
from initiatives.access import MAY_ADMINISTER_SQL, ROLE_SQL, Viewer, protect, require_administrator
from initiatives.base import Base, add_new, new_id, text_enum
from initiatives.errors import AlreadyExists, InvalidValue, NotFound
from initiatives.swedish import sort_key_sql


class OrganisationKind(StrEnum):
    """Whether an organisation is the region, a municipality, or a unit within either."""

    REGION = "region"
    MUNICIPALITY = "kommun"
    UNIT = "enhet"


class Organisation(Base):
    """A region, a municipality or a unit; everyone who is signed in may see that it exists.

    `parent_id` is the region or municipality that a unit belongs to, if that is known. It decides which roles the unit
    may hold and gives nobody sight of anything: what is shared with the parent is not shared with the unit. `code` is
    its number in public registers: that of the municipality or region ("1080"), by which statistics name it.
    """

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("parent_id IS NULL OR kind = 'enhet'", name="parent"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    short_name: Mapped[str]
    kind: Mapped[OrganisationKind] = mapped_column(text_enum(OrganisationKind, name="kind"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    code: Mapped[str | None] = mapped_column(unique=True)


POLICIES: tuple[str, ...] = protect("organisation", read=f"{ROLE_SQL} IS NOT NULL", write=MAY_ADMINISTER_SQL)
"""Everyone who is signed in reads them all."""


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation as it is shown."""

    id: UUID
    name: str
    short_name: str
    kind: OrganisationKind
    parent_id: UUID | None
    code: str | None


async def create_organisation(
    session: AsyncSession,
    person: Viewer,
    *,
    name: str,
    short_name: str = "",
    kind: OrganisationKind | str,
    parent_id: UUID | None = None,
    code: str | None = None,
) -> Organisation:
    """Add an organisation; without a short name the name is used.

    Raises `AlreadyExists` if the name or code is taken, `InvalidValue` for a parent that cannot be one.
    """
    require_administrator(person)
    organisation = Organisation(
        id=new_id(),
        name=values.line(name, field="name"),
        short_name=values.line(short_name or name, field="short_name"),
        kind=values.choice(OrganisationKind, kind, field="kind"),
        parent_id=parent_id,
        code=await _free_code(session, code, None),
    )
    await _check_parent(session, organisation.kind, parent_id)
    await add_new(session, organisation, _taken(organisation.name))
    activity.record(session, person, "skapade", "organisation", organisation.id, after=_values(organisation))
    return organisation


async def revise_organisation(
    session: AsyncSession,
    person: Viewer,
    organisation_id: UUID,
    *,
    name: str | None = None,
    short_name: str | None = None,
    parent_id: UUID | None = None,
    code: str | None = None,
) -> Organisation:
    """Give an organisation another name, short name or code, or a unit a parent; None leaves as is, "" takes the code.

    Raises as `create_organisation`, and `NotFound`.
    """
    require_administrator(person)
    organisation = await session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound("Organisationen finns inte.")
    before = _values(organisation)
    if parent_id is not None:
        await _check_parent(session, organisation.kind, parent_id)
        organisation.parent_id = parent_id
    if code is not None:
        organisation.code = await _free_code(session, code, organisation_id)
    if short_name is not None:
        organisation.short_name = values.line(short_name, field="short_name")
    if name is not None:
        organisation.name = values.line(name, field="name")
        if await find_organisation(session, organisation.name) not in {None, organisation}:
            raise _taken(organisation.name)
    after = _values(organisation)
    if changed := [field for field in after if after[field] != before[field]]:
        activity.record(
            session,
            person,
            "ändrade",
            "organisation",
            organisation_id,
            before={field: before[field] for field in changed},
            after={field: after[field] for field in changed},
        )
    return organisation


async def list_organisations(
    session: AsyncSession, *, kind: OrganisationKind | None = None
) -> Sequence[OrganisationRow]:
    """Return all organisations in Swedish alphabetical order, or those of one kind."""
    query = _ROWS if kind is None else _ROWS.where(Organisation.kind == kind)
    rows = await session.execute(query.order_by(sort_key_sql(Organisation.name)))
    return [OrganisationRow(*row) for row in rows]


async def get_organisation(session: AsyncSession, organisation_id: UUID) -> OrganisationRow:
    """Return one organisation or raise `NotFound`."""
    row = (await session.execute(_ROWS.where(Organisation.id == organisation_id))).one_or_none()
    if row is None:
        raise NotFound("Organisationen finns inte.")
    return OrganisationRow(*row)


async def find_organisation(session: AsyncSession, name: str) -> Organisation | None:
    """Return the organisation with exactly this name, or None."""
    with session.no_autoflush:
        return (await session.scalars(select(Organisation).where(Organisation.name == name.strip()))).one_or_none()


_ROWS = select(
    Organisation.id,
    Organisation.name,
    Organisation.short_name,
    Organisation.kind,
    Organisation.parent_id,
    Organisation.code,
)


async def _free_code(session: AsyncSession, code: str | None, organisation_id: UUID | None) -> str | None:
    """Return the code as it is kept, None for an empty one; raise `AlreadyExists` if another organisation has it."""
    written = values.paragraph(code or "", field="code", longest=20)
    if not written:
        return None
    with session.no_autoflush:
        taken = await session.scalar(select(Organisation.name).where(
            Organisation.code == written, Organisation.id.is_distinct_from(organisation_id)))  # fmt: skip
    if taken is not None:
        raise AlreadyExists(f"{taken} har redan koden {written}.", field="code")
    return written


async def _check_parent(session: AsyncSession, kind: OrganisationKind, parent_id: UUID | None) -> None:
    if parent_id is None:
        return
    if kind is not OrganisationKind.UNIT:
        raise InvalidValue("Bara en enhet hör till en annan organisation. Lämna fältet tomt.", field="parent_id")
    parent = await session.get(Organisation, parent_id)
    if parent is None or parent.kind is OrganisationKind.UNIT:
        raise InvalidValue("En enhet hör till en region eller en kommun. Välj en av dem.", field="parent_id")


def _taken(name: str) -> AlreadyExists:
    return AlreadyExists(f"Det finns redan en organisation som heter {name}.", field="name")


def _values(organisation: Organisation) -> dict[str, object]:
    return {name: getattr(organisation, name) for name in ("name", "short_name", "kind", "parent_id", "code")}
