"""Which field of an initiative changed in which revision, and what stood there before.

The diary tells people what was done. This tells the program what a reader saw at a revision, so that the changes of two
writers can be merged field by field, and when something last changed that a partner sees.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, and_, func, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives.access import SEES_ALL_SQL, Viewer, protect, sees_all
from initiatives.base import Base, text_enum
from initiatives.people import Person
from initiatives.sharing import PROFILES, Field, InitiativeShare, mine, since
from initiatives.swedish import STOCKHOLM


class FieldChange(Base):
    """A field was changed in the step to `revision`; `before` is its plain value until then."""

    __tablename__ = "initiative_change"
    __table_args__ = (Index(None, "initiative_id", "changed_at"),)

    initiative_id: Mapped[UUID] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    field: Mapped[Field] = mapped_column(text_enum(Field, name="field"), primary_key=True)
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    before: Mapped[Any] = mapped_column(JSONB, nullable=True)


Values = Mapping[Field, object]


@dataclass(frozen=True, slots=True)
class Past:
    """What others have done to a field since a revision: its value then, and who changed it last and when."""

    value: Any
    by: str | None
    at: datetime | None


def step(initiative_id: UUID, revision: int, by: UUID | None, at: datetime, before: Values) -> list[FieldChange]:
    """Return the rows that keep what the fields were before the step to `revision`, to be added where it is taken."""
    return [
        FieldChange(
            initiative_id=initiative_id,
            revision=revision,
            field=name,
            changed_at=at,
            changed_by=by,
            before=plain(value),
        )
        for name, value in before.items()
    ]


async def since_revision(
    session: AsyncSession, initiative_id: UUID, revision: int, now: int
) -> Mapping[Field, Past] | None:
    """Return the fields that have changed after `revision` until `now`; None if that is not known any more.

    To be asked by one who holds the lock on the initiative.
    """
    rows = await session.execute(
        select(FieldChange.field, FieldChange.revision, FieldChange.before, FieldChange.changed_at, Person.name)
        .outerjoin(Person, Person.id == FieldChange.changed_by)
        .where(FieldChange.initiative_id == initiative_id, FieldChange.revision > revision)
        .order_by(FieldChange.revision)
    )
    found: dict[Field, Past] = {}
    steps = set()
    for field, step, before, at, by in rows:
        steps.add(step)
        found[field] = Past(found[field].value if field in found else before, by, at)
    return found if len(steps) == now - revision else None


def seen(person: Viewer) -> ColumnElement[bool]:
    """Return the condition on `FieldChange` for what has changed before the person's eyes since it was shared."""
    if sees_all(person):
        return true()
    share = select(InitiativeShare).where(mine(person), InitiativeShare.initiative_id == FieldChange.initiative_id)
    return share.where(_before_their_eyes()).exists()


def last_seen() -> ColumnElement[Any]:
    """Return when something last changed that the person sees; for queries joined to the person's own share."""
    newest = select(func.max(FieldChange.changed_at)).where(
        FieldChange.initiative_id == InitiativeShare.initiative_id, _before_their_eyes()
    )
    return func.greatest(since(), newest.correlate(InitiativeShare).scalar_subquery())


def plain(value: object) -> Any:
    """Return a value as JSON keeps it, the same however it was written; lists are kept sorted."""
    match value:
        case None | int():
            return value
        case str():
            return str(value)
        case list() | tuple():
            return sorted(str(item) for item in value)
        case _:
            return str(value)


def _before_their_eyes() -> ColumnElement[bool]:
    shown = (and_(InitiativeShare.profile == one, FieldChange.field.in_(of)) for one, of in PROFILES.items())
    return and_(or_(*shown), FieldChange.changed_at >= since())


_SHOWN_SQL = ", ".join(f"('{profile}', '{field}')" for profile in PROFILES for field in sorted(PROFILES[profile]))
_SINCE_SQL = f"GREATEST(shared_at, from_on::timestamp AT TIME ZONE '{STOCKHOLM.key}')"
_SEEN_SQL = (
    "EXISTS (SELECT FROM initiative_share AS share WHERE share.initiative_id = initiative_change.initiative_id "
    f"AND (profile, field) IN ({_SHOWN_SQL}) AND changed_at >= {_SINCE_SQL})"
)

POLICIES: tuple[str, ...] = protect("initiative_change", read=f"{SEES_ALL_SQL} OR {_SEEN_SQL}")
