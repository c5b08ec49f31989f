"""What has changed for those who follow: for each organisation a feed of its own, made of what it may see and no more.

A feed remembers what its organisation saw last, as digests of the visible fields. `note` compares that with what it
sees now and writes the difference, numbered without gaps, while it holds the feed's lock. So a change that is committed
late comes later in the feed, never behind a cursor; what is invisible leaves no trace; a share that begins or ends by
its date is a difference like any other.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    delete,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives.access import (
    IS_SYSTEM_SQL,
    ORGANISATION_SQL,
    SEES_ALL_SQL,
    Role,
    Viewer,
    protect,
    sees_all,
)
from initiatives.base import Base, new_id, text_enum, utcnow
from initiatives.errors import NotAllowed
from initiatives.swedish import STOCKHOLM, today

KEPT = timedelta(days=90)
LOOK_AGAIN = timedelta(minutes=10)
"""How long a feed may go without a look at everything although the diary says that nothing has been written."""

INITIATIVE, DOCUMENT = SUBJECT_TYPES = "initiative", "document"
"""What can be followed, by the names of the tables."""
Subject = tuple[str, UUID]
"""The table name of a thing that can be followed, and its identifier."""
Fields = Mapping[str, object]
"""The fields of a thing that somebody sees, by name; a field that they do not see is not there."""


class Kind(StrEnum):
    """What happened, as seen by one who follows."""

    SHARED = "shared"
    CHANGED = "changed"
    UNSHARED = "unshared"


class ChangeFeed(Base):
    """One organisation's feed, or, without an organisation, that of all who see everything.

    `last` is the number of the newest change, `forgotten` that of the newest one that is no longer kept. Everything was
    looked at `looked_at`, when the diary had come to `looked_head`.
    """

    __tablename__ = "change_feed"
    __table_args__ = (UniqueConstraint("organisation_id", postgresql_nulls_not_distinct=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    cursor_key: Mapped[bytes] = mapped_column(LargeBinary)
    last: Mapped[int] = mapped_column(BigInteger, default=0)
    forgotten: Mapped[int] = mapped_column(BigInteger, default=0)
    looked_head: Mapped[int | None] = mapped_column(BigInteger)
    looked_at: Mapped[datetime | None]


class Change(Base):
    """One line of a feed: `fields` have new values, `withdrawn` are not shown any longer."""

    __tablename__ = "change"
    __table_args__ = (Index(None, "feed_id", "at"),)

    feed_id: Mapped[UUID] = mapped_column(ForeignKey("change_feed.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[Kind] = mapped_column(text_enum(Kind, name="kind"))
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    withdrawn: Mapped[list[str]] = mapped_column(ARRAY(Text))


class Followed(Base):
    """What a feed's readers saw last of one thing: a digest of each field that they saw."""

    __tablename__ = "followed"

    feed_id: Mapped[UUID] = mapped_column(ForeignKey("change_feed.id", ondelete="CASCADE"), primary_key=True)
    subject_type: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    fields: Mapped[dict[str, Any]]


_IN_READABLE_FEED = "feed_id IN (SELECT id FROM change_feed)"
_OF_READABLE_FEED = f"{IS_SYSTEM_SQL} OR {_IN_READABLE_FEED}"
_READABLE = f"{SEES_ALL_SQL} OR organisation_id = {ORGANISATION_SQL}"
POLICIES: tuple[str, ...] = (
    *protect("change_feed", read=_READABLE, write=IS_SYSTEM_SQL),
    *protect("change", read=_OF_READABLE_FEED, write=IS_SYSTEM_SQL),
    *protect("followed", read=_OF_READABLE_FEED, write=IS_SYSTEM_SQL),
)
"""Only the system writes feeds; what it writes is what the feed's readers saw under their own scope."""


def audience(person: Viewer) -> UUID | None:
    """Return the organisation whose feed the person follows, None for that of all who see everything.

    Raises `NotAllowed` for one who neither sees everything nor belongs anywhere.
    """
    if sees_all(person):
        return None
    if person.organisation_id is None:
        raise NotAllowed("Du hör inte till någon organisation. Be er administratör om hjälp.")
    return person.organisation_id


def follower(organisation_id: UUID | None) -> Viewer:
    """Return one who sees exactly what the readers of an organisation's feed see."""
    if organisation_id is None:
        return Viewer(None, None, Role.POLITICIAN, "Följare")
    return Viewer(None, organisation_id, Role.PARTNER, "Följare")


def of(organisation_id: UUID | None) -> ColumnElement[bool]:
    """Return the condition on `ChangeFeed` for an organisation's feed, or for that of all who see everything."""
    return ChangeFeed.organisation_id.is_not_distinct_from(organisation_id)


async def lock_feed(session: AsyncSession, organisation_id: UUID | None) -> ChangeFeed:
    """Return a feed, new if need be, locked until the transaction ends; for the system."""
    new = {"id": new_id(), "organisation_id": organisation_id, "cursor_key": secrets.token_bytes(32)}
    await session.execute(insert(ChangeFeed).values(**new, last=0, forgotten=0).on_conflict_do_nothing())
    return (await session.scalars(select(ChangeFeed).where(of(organisation_id)).with_for_update())).one()


async def audiences(session: AsyncSession) -> Sequence[UUID | None]:
    """Return the organisations that have a feed, None being that of all who see everything; for the system."""
    query = select(ChangeFeed.organisation_id).order_by(ChangeFeed.organisation_id.nulls_first())
    return (await session.scalars(query)).all()


def is_fresh(feed: ChangeFeed, head: int) -> bool:
    """Tell whether there can be no news: nothing has come to the diary since, and it is still the same day in Sweden.

    The diary numbers its rows in the order of commits, so what is committed late has a later number.
    """
    if feed.looked_at is None or feed.looked_head != head or utcnow() - feed.looked_at > LOOK_AGAIN:
        return False
    return feed.looked_at.astimezone(STOCKHOLM).date() == today()


async def note(
    session: AsyncSession,
    feed: ChangeFeed,
    seen: Mapping[Subject, Fields],
    only: Collection[Subject] | None = None,
    *,
    head: int | None = None,
) -> Sequence[Change]:
    """Write to a locked feed what is new in what its readers see now, and return it; for the system.

    With `only`, nothing but these things has been looked at; else `head` is how far the diary had come before the look.
    What has been kept long enough is forgotten.
    """
    known = await _known(session, feed, only)
    now = {subject: {name: _digest(value) for name, value in fields.items()} for subject, fields in seen.items()}
    found = [change for subject in sorted({*known, *now}) if (change := _difference(subject, known, now))]
    moment = utcnow()
    if only is None:
        feed.looked_head, feed.looked_at = head, moment
    for change in found:
        feed.last += 1
        change.feed_id, change.sequence, change.at = feed.id, feed.last, moment
    session.add_all(found)
    await _remember(session, feed, found, now)
    await _forget(session, feed, moment - KEPT)
    await session.flush()
    return found


async def _known(
    session: AsyncSession, feed: ChangeFeed, only: Collection[Subject] | None
) -> dict[Subject, dict[str, object]]:
    query = select(Followed.subject_type, Followed.subject_id, Followed.fields).where(Followed.feed_id == feed.id)
    if only is not None:
        query = query.where(tuple_(Followed.subject_type, Followed.subject_id).in_(list(only)))
    return {(kind, id): fields for kind, id, fields in await session.execute(query)}


def _difference(
    subject: Subject, known: Mapping[Subject, Mapping[str, object]], now: Mapping[Subject, Mapping[str, object]]
) -> Change | None:
    before, after = known.get(subject), now.get(subject)
    fields: list[str] = []
    withdrawn: list[str] = []
    if before is None:
        kind = Kind.SHARED
    elif after is None:
        kind = Kind.UNSHARED
    elif before != after:
        kind = Kind.CHANGED
        fields = sorted(name for name in after if after[name] != before.get(name))
        withdrawn = sorted(before.keys() - after.keys())
    else:
        return None
    return Change(kind=kind, subject_type=subject[0], subject_id=subject[1], fields=fields, withdrawn=withdrawn)


async def _remember(
    session: AsyncSession, feed: ChangeFeed, found: Sequence[Change], now: Mapping[Subject, Mapping[str, object]]
) -> None:
    gone = [(change.subject_type, change.subject_id) for change in found if change.kind is Kind.UNSHARED]
    if gone:
        pair = tuple_(Followed.subject_type, Followed.subject_id)
        await session.execute(delete(Followed).where(Followed.feed_id == feed.id, pair.in_(gone)))
    subjects = [(change.subject_type, change.subject_id) for change in found if change.kind is not Kind.UNSHARED]
    if subjects:
        statement = insert(Followed)
        statement = statement.on_conflict_do_update(
            index_elements=["feed_id", "subject_type", "subject_id"], set_={"fields": statement.excluded.fields}
        )
        rows = [{"feed_id": feed.id, "subject_type": s[0], "subject_id": s[1], "fields": now[s]} for s in subjects]
        await session.execute(statement, rows)


async def _forget(session: AsyncSession, feed: ChangeFeed, before: datetime) -> None:
    old = delete(Change).where(Change.feed_id == feed.id, Change.at < before).returning(Change.sequence)
    if numbers := (await session.scalars(old)).all():
        feed.forgotten = max(numbers)


def _digest(value: object) -> str:
    written = json.dumps(value, ensure_ascii=False, default=_plain)
    return hashlib.blake2b(written.encode(), digest_size=8).hexdigest()


def _plain(value: object) -> object:
    return astuple(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
