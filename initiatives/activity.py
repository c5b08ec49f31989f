"""The diary: one row for every write, in the same transaction. Rows are added and read, never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives.access import MAY_WRITE_SQL, PERSON_SQL, SEES_ALL_SQL, Viewer, sees_all
from initiatives.base import Base, new_id, utcnow

WRITTEN = "written"
"""Where a session's `info` keeps what has been written in it: the subject's type and identifier of each row."""


class Activity(Base):
    """Who did what to which thing, with the values before and after; the name is kept even if the person goes."""

    __tablename__ = "activity"
    __table_args__ = (Index("ix_activity_subject", "subject_type", "subject_id", "at"), Index(None, "at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(default=utcnow)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    person_name: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    action: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


POLICIES: tuple[str, ...] = (
    "ALTER TABLE activity ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE activity FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY activity_read ON activity FOR SELECT USING ({SEES_ALL_SQL})",
    f"CREATE POLICY activity_insert ON activity FOR INSERT WITH CHECK ({MAY_WRITE_SQL} OR person_id = {PERSON_SQL})",
)
"""No policy for UPDATE or DELETE: not even the system rewrites the diary."""


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """One line of the diary as it is shown."""

    id: UUID
    at: datetime
    person_id: UUID | None
    person_name: str
    subject_type: str
    subject_id: UUID
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def record(
    session: AsyncSession,
    person: Viewer,
    action: str,
    subject_type: str,
    subject_id: UUID,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Add a row to the diary in the current transaction.

    `action` is a Swedish word for what was done ("skapade", "ändrade"), `subject_type` the table name of the thing.
    Values may be text, numbers, dates, identifiers and lists of them; lists are kept sorted, as text. The thing is
    noted in the session too, for those who tell others of what was written once it is committed.
    """
    session.info.setdefault(WRITTEN, set()).add((subject_type, subject_id))
    session.add(
        Activity(
            person_id=person.person_id,
            person_name=person.name,
            subject_type=subject_type,
            subject_id=subject_id,
            action=action,
            before=_plain_values(before),
            after=_plain_values(after),
        )
    )


async def list_activity(
    session: AsyncSession,
    person: Viewer,
    *,
    subject_type: str | None = None,
    subject_id: UUID | None = None,
    limit: int = 20,
    offset: int = 0,
) -> tuple[Sequence[ActivityRow], int]:
    """Return rows of the diary, newest first, and how many there are in all; nothing to one who does not see all."""
    if not sees_all(person):
        return (), 0
    where = []
    if subject_type is not None:
        where.append(Activity.subject_type == subject_type)
    if subject_id is not None:
        where.append(Activity.subject_id == subject_id)
    total = await session.scalar(select(func.count()).select_from(Activity).where(*where))
    rows = await session.execute(
        select(*Activity.__table__.c)
        .where(*where)
        .order_by(Activity.at.desc(), Activity.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [ActivityRow(**row) for row in rows.mappings()], total or 0


def _plain_values(values: Mapping[str, object] | None) -> dict[str, Any] | None:
    return None if values is None else {name: _plain(value) for name, value in values.items()}


def _plain(value: object) -> object:
    match value:
        case UUID() | date() | datetime():
            return str(value)
        case list() | tuple() | set() | frozenset():
            return sorted(str(item) for item in value)
        case _:
            return value
