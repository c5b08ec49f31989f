"""The diary: one row for every write, in the same transaction. Rows are added, chained and read, never changed.

`initiatives.chain` has the rules of the database that chain the rows, `initiatives.audit` verifies the chain.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    String,
    case,
    column,
    func,
    select,
    table,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from initiatives.access import (
    IS_SYSTEM_SQL,
    KEY_SQL,
    MAY_ADMINISTER_SQL,
    PERSON_SQL,
    ROLE_SQL,
    SEES_ALL_SQL,
    SYSTEM,
    Viewer,
    sees_all,
)
from initiatives.base import Base, new_id, text_enum, utcnow

SALT_BYTES = 32
DOCUMENT, PUBLISHED = "document", "publicerade"
"""What a line says of a document that is new."""
OF_REGISTER = f"NOT (subject_type = '{DOCUMENT}' AND action = '{PUBLISHED}')"
"""The lines that may tell of a change to the register, as the index names them."""
WRITTEN = "written"
"""Where a session's `info` keeps what has been written in it: the subject's type and identifier of each row."""


class ActorKind(StrEnum):
    """What acted: a person, an organisation's key, or Närplan itself."""

    PERSON = "person"
    KEY = "key"
    SYSTEM = "system"


class Activity(Base):
    """Who did what to which thing: identifiers and a verb, never a name. What was written is in its detail.

    The database fills in `sequence`, `previous_hash`, `hash` and `detail_hash` as the transaction commits.
    """

    __tablename__ = "activity"
    __table_args__ = (
        CheckConstraint(
            "(sequence IS NULL) = (hash IS NULL) AND (sequence IS NULL) = (previous_hash IS NULL)", name="chained"
        ),
        CheckConstraint(
            "CASE actor_kind WHEN 'person' THEN person_id IS NOT NULL WHEN 'key' THEN key_id IS NOT NULL "
            "ELSE person_id IS NULL AND key_id IS NULL END",
            name="actor",
        ),
        Index("ix_activity_subject", "subject_type", "subject_id", "at"),
        Index(None, "at"),
        Index(None, "person_id"),
        Index("ix_activity_of_register", text("sequence DESC"), postgresql_where=text(OF_REGISTER)),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(default=utcnow)
    actor_kind: Mapped[ActorKind] = mapped_column(text_enum(ActorKind, name="actor_kind"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    key_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    action: Mapped[str]
    sequence: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    detail_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    hash: Mapped[bytes | None] = mapped_column(LargeBinary)

    detail: Mapped["ActivityDetail | None"] = relationship(lazy="raise")


class ActivityDetail(Base):
    """The values before and after, beside the chain: only their salted hash is in it, so that they can be erased.

    The text of the JSON is kept as it was written. Erasing empties values and salt and names, in `erased_by`, the row
    of the diary that tells of it.
    """

    __tablename__ = "activity_detail"
    __table_args__ = (
        CheckConstraint(
            "(salt IS NULL) = (erased_by IS NOT NULL) AND (erased_by IS NULL OR (before IS NULL AND after IS NULL))",
            name="erased",
        ),
    )

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary, default=lambda: secrets.token_bytes(SALT_BYTES))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    erased_by: Mapped[UUID | None]


POLICIES: tuple[str, ...] = (
    "ALTER TABLE activity ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE activity FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY activity_read ON activity FOR SELECT USING ({SEES_ALL_SQL})",
    (
        "CREATE POLICY activity_insert ON activity FOR INSERT WITH CHECK "
        f"({IS_SYSTEM_SQL} OR person_id = {PERSON_SQL} OR key_id = {KEY_SQL})"
    ),
    (
        f"CREATE POLICY activity_chain ON activity FOR UPDATE USING ({IS_SYSTEM_SQL} AND sequence IS NULL)"
        f" WITH CHECK ({IS_SYSTEM_SQL})"
    ),
    "ALTER TABLE activity_detail ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE activity_detail FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY activity_detail_read ON activity_detail FOR SELECT USING ({SEES_ALL_SQL})",
    f"CREATE POLICY activity_detail_insert ON activity_detail FOR INSERT WITH CHECK ({ROLE_SQL} IS NOT NULL)",
    (
        f"CREATE POLICY activity_detail_erase ON activity_detail FOR UPDATE USING ({MAY_ADMINISTER_SQL})"
        f" WITH CHECK ({MAY_ADMINISTER_SQL})"
    ),
)
"""Nobody writes in another's name. The triggers in `initiatives.chain` stand behind: they hold for the owner too."""

_person = table("person", column("id"), column("name", String))
_key = table("api_key", column("id"), column("name", String))
_A_KEY = "API-nyckel"


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """One line of the diary as it is shown; `erased` tells that its values are gone, `sequence` is its place.

    `person_name` is the name today of whoever acted: a person, a key or Närplan.
    """

    id: UUID
    at: datetime
    actor_kind: ActorKind
    person_id: UUID | None
    key_id: UUID | None
    organisation_id: UUID | None
    person_name: str
    subject_type: str
    subject_id: UUID
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    erased: bool
    sequence: int | None
    hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which lines of the diary; what is None or empty lets everything through.

    `subject_ids` are things of which any will do, `since` is the first instant, `until` the end.
    """

    subject_type: str | None = None
    subject_id: UUID | None = None
    subject_ids: tuple[UUID, ...] = ()
    person_id: UUID | None = None
    key_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def on(self, noted: Any, **subject: Any) -> list[ColumnElement[bool]]:
        """Return the conditions on rows that say who and when; `subject` has the columns that say what, if they do."""
        columns = {"person_id": noted.person_id, "key_id": noted.key_id, **subject}
        where = [column == wanted for name, column in columns.items() if (wanted := getattr(self, name)) is not None]
        where += [columns["subject_id"].in_(self.subject_ids)] if self.subject_ids else []
        where += [] if self.since is None else [noted.at >= self.since]
        where += [] if self.until is None else [noted.at < self.until]
        return where


def record(
    session: AsyncSession,
    person: Viewer,
    action: str,
    subject_type: str,
    subject_id: UUID,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> Activity:
    """Add a row to the diary in the current transaction and return it.

    `action` is a Swedish word for what was done ("skapade", "ändrade"), `subject_type` the table name of the thing.
    Values may be text, numbers, dates, identifiers and lists of them; lists are kept sorted, as text. The thing is
    noted in the session too, for those who tell others of what was written once it is committed.
    """
    note_written(session, subject_type, subject_id)
    written = Activity(
        id=new_id(),
        actor_kind=_kind(person),
        person_id=person.person_id,
        key_id=person.key_id,
        organisation_id=person.organisation_id,
        subject_type=subject_type,
        subject_id=subject_id,
        action=action,
    )
    if before is not None or after is not None:
        written.detail = ActivityDetail(before=_plain_values(before), after=_plain_values(after))
    session.add(written)
    return written


def note_written(session: AsyncSession, subject_type: str, subject_id: UUID) -> None:
    """Note in the session that a thing looks otherwise now, or something that is shown with it."""
    session.info.setdefault(WRITTEN, set()).add((subject_type, subject_id))


async def head_number(session: AsyncSession) -> int:
    """Return how many rows the diary has, for those who see it: it grows with every row that is committed."""
    query = select(func.coalesce(func.max(Activity.sequence), 0))
    unchained = select(func.count()).where(Activity.sequence.is_(None))
    return (await session.scalar(query) or 0) + (await session.scalar(unchained) or 0)


def head() -> ColumnElement[str | None]:
    """Return the hash of the newest line, for one who sees all: two equal ones tell of the same register.

    Lines that tell of a new document are passed over: nothing in the register knows of it yet, and while many files
    come in there would be such a line every second. NULL when nothing is written yet, and in a transaction that has
    written something itself: what it sees nobody else sees, and may be undone.
    """
    chained = select(func.encode(Activity.hash, "hex")).where(Activity.sequence.is_not(None), text(OF_REGISTER))
    newest = chained.order_by(Activity.sequence.desc()).limit(1).scalar_subquery()
    return case((func.pg_current_xact_id_if_assigned().is_(None), newest))


async def list_activity(
    session: AsyncSession,
    person: Viewer,
    *,
    subject_type: str | None = None,
    subject_id: UUID | None = None,
    filters: Filters | None = None,
    limit: int = 20,
    offset: int = 0,
) -> tuple[Sequence[ActivityRow], int]:
    """Return rows of the diary, newest first, and how many there are in all; nothing to one who does not see all.

    `filters`, if given, says all; otherwise `subject_type` and `subject_id` do.
    """
    if not sees_all(person):
        return (), 0
    chosen = filters or Filters(subject_type=subject_type, subject_id=subject_id)
    where = chosen.on(Activity, subject_type=Activity.subject_type, subject_id=Activity.subject_id)
    if where:
        total = await session.scalar(select(func.count()).select_from(Activity).where(*where)) or 0
    else:
        total = await head_number(session)  # The lines are numbered without gaps, and never removed.
    newest = _ROWS.where(*where).order_by(Activity.at.desc(), Activity.id.desc())
    rows = await session.execute(newest.limit(limit).offset(offset))
    return [ActivityRow(*row) for row in rows], total


_ROWS: Select[*tuple[Any, ...]] = (
    select(
        Activity.id,
        Activity.at,
        Activity.actor_kind,
        Activity.person_id,
        Activity.key_id,
        Activity.organisation_id,
        case(
            (Activity.actor_kind == ActorKind.SYSTEM, SYSTEM.name),
            (Activity.actor_kind == ActorKind.KEY, func.coalesce(_key.c.name, _A_KEY)),
            else_=_person.c.name,
        ),
        Activity.subject_type,
        Activity.subject_id,
        Activity.action,
        ActivityDetail.before,
        ActivityDetail.after,
        ActivityDetail.erased_by.is_not(None),
        Activity.sequence,
        func.encode(Activity.hash, "hex"),
    )
    .outerjoin(ActivityDetail, ActivityDetail.activity_id == Activity.id)
    .outerjoin(_person, _person.c.id == Activity.person_id)
    .outerjoin(_key, _key.c.id == Activity.key_id)
)


def _kind(person: Viewer) -> ActorKind:
    if person.key_id is not None:
        return ActorKind.KEY
    return ActorKind.SYSTEM if person.person_id is None else ActorKind.PERSON


def _plain_values(values: Mapping[str, object] | None) -> dict[str, Any] | None:
    return None if values is None else {name: _plain(value) for name, value in values.items()}


def _plain(value: object) -> object:
    match value:
        case UUID() | date() | datetime() | Decimal():
            return str(value)
        case list() | tuple() | set() | frozenset():
            return sorted(str(item) for item in value)
        case _:
            return value
