"""Changes as they are told: what comes after a cursor, and as much of it as one may know at that moment."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import feeds
from initiatives.access import Viewer
from initiatives.errors import InvalidValue, NarplanError
from initiatives.feeds import KEPT, Change, ChangeFeed, Followed, Kind

NOW = "now"
"""The cursor of one who wants what comes from now on."""
_CHECK_BYTES, _NUMBER_BYTES = 16, 8


class CursorTooOld(NarplanError):
    """The changes after the cursor are not kept any longer."""

    title: ClassVar[str] = "Markören är för gammal"


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


async def since(session: AsyncSession, person: Viewer, cursor: str | None = None, *, limit: int = 20) -> Changes:
    """Return what comes after the cursor in the person's feed, oldest first; without a cursor all that is kept.

    Raises `InvalidValue` for a cursor that is not of this feed, and `CursorTooOld`. What is no longer shared is told of
    as that alone: neither that it was once shared nor what changed in it meanwhile.
    """
    mine = select(ChangeFeed).where(feeds.of(feeds.audience(person)))
    feed = (await session.scalars(mine.execution_options(populate_existing=True))).one()
    after = _after(feed, cursor)
    query = (
        _with_what_is_seen(feed.id)
        .where(Change.sequence > after, Change.sequence <= feed.last)
        .where(or_(Change.kind == Kind.UNSHARED, Followed.feed_id.is_not(None)))
        .order_by(Change.sequence)
        .limit(limit + 1)
    )
    rows = (await session.execute(query)).all()
    more = len(rows) > limit
    items = [row for change, fields in rows[:limit] if (row := _shown(change, fields))]
    reached = rows[limit - 1][0].sequence if more else feed.last
    return Changes(items, _cursor(feed, reached), more)


async def current(session: AsyncSession, feed_id: UUID, sequence: int) -> ChangeRow | None:
    """Return one change as the feed's readers may know it at this moment, None if nothing of it; for the system."""
    found = (await session.execute(_with_what_is_seen(feed_id).where(Change.sequence == sequence))).one_or_none()
    return _shown(*found) if found else None


def _with_what_is_seen(feed_id: UUID) -> Select[Change, dict[str, Any]]:
    """Return the query for a feed's changes, each with the fields that its readers see now (None: not the thing)."""
    of_the_same = and_(
        Followed.feed_id == Change.feed_id,
        Followed.subject_type == Change.subject_type,
        Followed.subject_id == Change.subject_id,
    )
    return select(Change, Followed.fields).outerjoin(Followed, of_the_same).where(Change.feed_id == feed_id)


def _shown(change: Change, fields: Mapping[str, object] | None) -> ChangeRow | None:
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
