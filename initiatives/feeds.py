"""What has changed for those who follow: for each organisation a feed of its own, made of what it may see and no more.

A feed remembers what its organisation saw last, as digests of the visible fields. `note` compares that with what it
sees now and writes the difference, numbered without gaps, while it holds the feed's lock. So a change that is committed
late comes later in the feed, never behind a cursor; what is invisible leaves no trace; a share that begins or ends by
its date is a difference like any other.
"""

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass, is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    Text,
    UniqueConstraint,
    delete,
    or_,
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
from initiatives.errors import InvalidValue, NarplanError, NotAllowed
from initiatives.swedish import STOCKHOLM, today

KEPT = timedelta(days=90)
LOOK_AGAIN = timedelta(minutes=10)
"""How long a feed may go without a look at everything although the diary says that nothing has been written."""
NOW = "now"
"""The cursor of one who wants what comes from now on."""
_CHECK_BYTES, _NUMBER_BYTES = 16, 8

Subject = tuple[str, UUID]
"""The table name of a thing that can be followed, and its identifier."""
Fields = Mapping[str, object]
"""The fields of a thing that somebody sees, by name; a field that they do not see is not there."""


class Kind(StrEnum):
    """What happened, as seen by one who follows."""

    SHARED = "shared"
    CHANGED = "changed"
    UNSHARED = "unshared"


class CursorTooOld(NarplanError):
    """The changes after the cursor are not kept any longer."""

    title: ClassVar[str] = "Markören är för gammal"


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


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change as it is shown: to whom it happened, and which of the fields that one still sees are new."""

    sequence: int
    at: datetime
    kind: Kind
    subject_type: str
    subject_id: UUID
    fields: tuple[str, ...]
    withdrawn: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """A part of a feed, the cursor to go on from, and whether more is waiting there."""

    items: Sequence[ChangeRow]
    cursor: str
    more: bool


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


async def lock_feed(session: AsyncSession, organisation_id: UUID | None) -> ChangeFeed:
    """Return a feed, new if need be, locked until the transaction ends; for the system."""
    new = {"id": new_id(), "organisation_id": organisation_id, "cursor_key": secrets.token_bytes(32)}
    await session.execute(insert(ChangeFeed).values(**new, last=0, forgotten=0).on_conflict_do_nothing())
    return (await session.scalars(_feed(organisation_id).with_for_update())).one()


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


async def since(session: AsyncSession, person: Viewer, cursor: str | None = None, *, limit: int = 20) -> Changes:
    """Return what comes after the cursor in the person's feed, oldest first; without a cursor all that is kept.

    Raises `InvalidValue` for a cursor that is not of this feed, and `CursorTooOld`. What is no longer shared is told of
    as that alone: neither that it was once shared nor what changed in it meanwhile.
    """
    feed = (await session.scalars(_feed(audience(person)).execution_options(populate_existing=True))).one()
    after = _after(feed, cursor)
    still = (
        select(Followed.fields)
        .where(
            Followed.feed_id == Change.feed_id,
            Followed.subject_type == Change.subject_type,
            Followed.subject_id == Change.subject_id,
        )
        .scalar_subquery()
    )
    query = (
        select(Change, still)
        .where(Change.feed_id == feed.id, Change.sequence > after, Change.sequence <= feed.last)
        .where(or_(Change.kind == Kind.UNSHARED, still.is_not(None)))
        .order_by(Change.sequence)
        .limit(limit + 1)
    )
    rows = (await session.execute(query)).all()
    more = len(rows) > limit
    items = [row for change, fields in rows[:limit] if (row := shown(change, fields))]
    reached = rows[limit - 1][0].sequence if more else feed.last
    return Changes(items, _cursor(feed, reached), more)


def shown(change: Change, fields: Mapping[str, object] | None) -> ChangeRow | None:
    """Return a change as it may be told to one who now sees these fields of the thing (None: not the thing at all).

    None when nothing of it may be told.
    """
    if change.kind is not Kind.UNSHARED and fields is None:
        return None
    named = tuple(name for name in change.fields if fields and name in fields)
    withdrawn = tuple(name for name in change.withdrawn if fields is not None and name not in fields)
    if change.kind is Kind.CHANGED and not named and not withdrawn:
        return None
    return ChangeRow(change.sequence, change.at, change.kind, change.subject_type, change.subject_id, named, withdrawn)


def _feed(organisation_id: UUID | None) -> Select[ChangeFeed]:
    return select(ChangeFeed).where(ChangeFeed.organisation_id.is_not_distinct_from(organisation_id))


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


def _after(feed: ChangeFeed, cursor: str | None) -> int:
    if cursor is None:
        return feed.forgotten
    if cursor == NOW:
        return feed.last
    number = _number(feed, cursor)
    if number is None:
        raise InvalidValue(
            "Markören känns inte igen. Skicka den precis som den kom i förra svaret, med en nyckel från samma "
            "organisation, eller utelämna since för att börja om.",
            field="since",
        )
    if not feed.forgotten <= number <= feed.last:
        raise CursorTooOld(
            f"Ändringar sparas i {KEPT.days} dagar, och markören är äldre än så. Börja om: hämta en ny markör med "
            "since=now, läs sedan listan över initiativ och dokument, och följ därefter från den nya markören.",
            field="since",
        )
    return number


def _cursor(feed: ChangeFeed, number: int) -> str:
    packed = number.to_bytes(_NUMBER_BYTES, "big")
    return urlsafe_b64encode(packed + _check(feed, packed)).decode()


def _number(feed: ChangeFeed, cursor: str) -> int | None:
    try:
        raw = urlsafe_b64decode(cursor)
    except ValueError:
        return None
    packed, check = raw[:_NUMBER_BYTES], raw[_NUMBER_BYTES:]
    genuine = hmac.compare_digest(check, _check(feed, packed)) and urlsafe_b64encode(raw).decode() == cursor
    return int.from_bytes(packed, "big") if genuine else None


def _check(feed: ChangeFeed, packed: bytes) -> bytes:
    return hmac.digest(feed.cursor_key, packed, "sha256")[:_CHECK_BYTES]


def _digest(value: object) -> str:
    return hashlib.blake2b(json.dumps(_plain(value), ensure_ascii=False).encode(), digest_size=8).hexdigest()


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return [_plain(one) for one in astuple(value)]
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)
