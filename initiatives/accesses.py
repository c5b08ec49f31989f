"""Who has opened what is shared, and who has asked what: kept for a time, for administrators and oneself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Index,
    Select,
    String,
    TableClause,
    Text,
    UniqueConstraint,
    column,
    event,
    func,
    literal,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives.access import (
    IS_SYSTEM_SQL,
    KEY_SQL,
    MAY_ADMINISTER_SQL,
    PERSON_SQL,
    Role,
    Viewer,
    require_administrator,
)
from initiatives.activity import Filters
from initiatives.base import Base, new_id, utcnow
from initiatives.swedish import today

WATCHED = frozenset({Role.PARTNER, Role.READER, Role.POLITICIAN})
"""Whose reading is noted: those whom things are shared with, and politicians."""
SHARES = {"initiative": "initiative_share", "document": "document_share"}
"""The kinds of things whose readers are noted, and where it stands that one is shared."""


class Seen(Base):
    """Somebody opened a shared thing, once or more on a day; `at` is the first time that day."""

    __tablename__ = "seen"
    __table_args__ = (
        UniqueConstraint(
            "item_type", "item_id", "day", "person_id", "key_id", "organisation_id",
            name="uq_seen_once_a_day", postgresql_nulls_not_distinct=True,
        ),
        Index(None, "at"),
        Index(None, "person_id"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(default=utcnow)
    day: Mapped[date]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    key_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    item_type: Mapped[str]
    item_id: Mapped[UUID]


class Asked(Base):
    """Somebody asked a question; `turn_id` is its answer in the conversation, as long as that is kept."""

    __tablename__ = "asked"
    __table_args__ = (Index(None, "at"), Index(None, "person_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(default=utcnow)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    key_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    question: Mapped[str]
    conversation_id: Mapped[UUID | None]
    turn_id: Mapped[UUID | None]


_OWN = f"{IS_SYSTEM_SQL} OR person_id = {PERSON_SQL} OR key_id = {KEY_SQL}"
_READ = f"{MAY_ADMINISTER_SQL} OR person_id = {PERSON_SQL} OR key_id = {KEY_SQL}"


def _policies(table_name: str) -> tuple[str, ...]:
    return (
        f"ALTER TABLE {table_name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table_name} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {table_name}_read ON {table_name} FOR SELECT USING ({_READ})",
        f"CREATE POLICY {table_name}_insert ON {table_name} FOR INSERT WITH CHECK ({_OWN})",
        f"CREATE POLICY {table_name}_delete ON {table_name} FOR DELETE USING ({IS_SYSTEM_SQL})",
    )


POLICIES: tuple[str, ...] = (*_policies("seen"), *_policies("asked"))
"""Nobody changes what was noted; only the system, when the time is up or a person is erased, takes it away."""


@dataclass(frozen=True, slots=True)
class SeenRow:
    """Somebody opened a thing on a day. `name` is a person's or a key's, `title` empty when the thing is gone."""

    id: UUID
    at: datetime
    day: date
    person_id: UUID | None
    key_id: UUID | None
    organisation_id: UUID | None
    name: str
    organisation: str
    item_type: str
    item_id: UUID
    title: str


@dataclass(frozen=True, slots=True)
class AskedRow:
    """Somebody asked a question."""

    id: UUID
    at: datetime
    person_id: UUID | None
    key_id: UUID | None
    organisation_id: UUID | None
    name: str
    organisation: str
    question: str
    conversation_id: UUID | None
    turn_id: UUID | None


async def seen(session: AsyncSession, person: Viewer, item_type: str, item_ids: Sequence[UUID]) -> None:
    """Note that the person opened things, those of them that are shared; once a day for each is enough.

    One statement, and none for those whose reading is not noted, nor for feeds, which nobody reads yet, nor for what
    this process knows to be noted already today, by itself or by another. `item_type` is a table name in `SHARES`.
    """
    nobody = person.person_id is None and person.key_id is None
    if nobody or person.role not in WATCHED or not item_ids:
        return
    day = today()
    viewer = (day, person.person_id, person.key_id, person.organisation_id)
    new = [one for one in item_ids if (*viewer, one) not in _NOTED]
    if not new:
        return
    item = f"{item_type}_id"
    shares = table(SHARES[item_type], column(item))
    shared = select(shares.c[item].label("item_id")).where(shares.c[item].in_(new)).distinct().cte("shared")
    row = {
        Seen.id: func.gen_random_uuid(),
        Seen.at: literal(utcnow()),
        Seen.day: literal(day),
        Seen.person_id: literal(person.person_id, Seen.person_id.type),
        Seen.key_id: literal(person.key_id, Seen.key_id.type),
        Seen.organisation_id: literal(person.organisation_id, Seen.organisation_id.type),
        Seen.item_type: literal(item_type, Text),
        Seen.item_id: shared.c.item_id,
    }
    rows = select(*row.values()).order_by(shared.c.item_id)  # In one order, so that two at once never wait in a ring.
    noted = insert(Seen).from_select(list(row), rows).on_conflict_do_nothing().cte("noted")
    marks = [(*viewer, one) for one in await session.scalars(select(shared.c.item_id).add_cte(noted))]
    if marks:
        event.listen(session.sync_session, "after_commit", lambda _: _remember(marks), once=True)


_Mark = tuple[date, UUID | None, UUID | None, UUID | None, UUID]
_NOTED: set[_Mark] = set()
"""What this process has noted and committed today, so that a page that is read again costs no statement."""
_MOST_NOTED = 50_000


def _remember(marks: Iterable[_Mark]) -> None:
    if len(_NOTED) > _MOST_NOTED:
        _NOTED.clear()
    _NOTED.update(marks)


def asked(
    session: AsyncSession, person: Viewer, question: str, *, conversation_id: UUID | None, turn_id: UUID | None
) -> None:
    """Note that the person asked a question, in the current transaction; the system's own are not noted."""
    if person.role is not Role.SYSTEM:
        session.add(
            Asked(
                person_id=person.person_id,
                key_id=person.key_id,
                organisation_id=person.organisation_id,
                question=question,
                conversation_id=conversation_id,
                turn_id=turn_id,
            )
        )


async def list_seen(
    session: AsyncSession, person: Viewer, filters: Filters, *, limit: int = 20, offset: int = 0
) -> tuple[Sequence[SeenRow], int]:
    """Return who opened what, newest first, and how many in all. Only for administrators: raises `NotAllowed`.

    Of the filters `subject_type` and `subject_id` say which thing.
    """
    require_administrator(person)
    where = filters.on(Seen, subject_type=Seen.item_type, subject_id=Seen.item_id)
    query = (
        _named(Seen, Seen.day, Seen.item_type, Seen.item_id, _TITLE.label("title"))
        .outerjoin(_initiative, _initiative.c.id == Seen.item_id)
        .outerjoin(_document, _document.c.id == Seen.item_id)
        .where(*where)
    )
    total = await session.scalar(select(func.count()).select_from(Seen).where(*where))
    rows = await session.execute(query.order_by(Seen.at.desc(), Seen.id.desc()).limit(limit).offset(offset))
    return [SeenRow(**row) for row in rows.mappings()], total or 0


async def list_asked(
    session: AsyncSession, person: Viewer, filters: Filters, *, limit: int = 20, offset: int = 0
) -> tuple[Sequence[AskedRow], int]:
    """Return who asked what, newest first, and how many in all. Only for administrators: raises `NotAllowed`."""
    require_administrator(person)
    where = filters.on(Asked)
    query = _named(Asked, Asked.question, Asked.conversation_id, Asked.turn_id).where(*where)
    total = await session.scalar(select(func.count()).select_from(Asked).where(*where))
    rows = await session.execute(query.order_by(Asked.at.desc(), Asked.id.desc()).limit(limit).offset(offset))
    return [AskedRow(**row) for row in rows.mappings()], total or 0


def _titled(name: str) -> TableClause:
    return table(name, column("id"), column("title", String))


_initiative, _document = _titled("initiative"), _titled("document")
_TITLE = func.coalesce(_initiative.c.title, _document.c.title, "")
_person, _key, _organisation = (
    table(name, column("id"), column("name", String)) for name in ("person", "api_key", "organisation")
)


def _named(kind: type[Seen] | type[Asked], *more: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(
            kind.id,
            kind.at,
            kind.person_id,
            kind.key_id,
            kind.organisation_id,
            func.coalesce(_person.c.name, _key.c.name, "API-nyckel").label("name"),
            func.coalesce(_organisation.c.name, "").label("organisation"),
            *more,
        )
        .outerjoin(_person, _person.c.id == kind.person_id)
        .outerjoin(_key, _key.c.id == kind.key_id)
        .outerjoin(_organisation, _organisation.c.id == kind.organisation_id)
    )
