"""Calendar feeds: addresses that calendar programs fetch, for one person's dates or for an organisation's.

Whoever has the address reads the calendar, so it holds a token of which the database keeps only SHA-256. A person's
feed shows what that person sees in one membership and ends with it. An organisation's feed is its own: made by an
administrator, it shows what the organisation shall do, as one who only reads there would see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Integer, LargeBinary, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, people, tokens, values
from initiatives.access import (
    IS_SYSTEM_SQL,
    MAY_ADMINISTER_SQL,
    PERSON_SQL,
    Role,
    Viewer,
    may_administer,
    protect,
    require_administrator,
)
from initiatives.base import Base, new_id, utcnow
from initiatives.deadlines import Filters
from initiatives.errors import InvalidValue, NarplanError, NotAllowed, NotFound
from initiatives.organisations import Organisation, OrganisationKind
from initiatives.people import Person
from initiatives.swedish import sort_key_sql

DAYS_BEFORE = (14, 3)
MOST_REMINDERS, LONGEST_BEFORE = 5, 90
MOST_FEEDS = 10
_USE_NOTED_EVERY = timedelta(minutes=10)


class TooManyFeeds(NarplanError):
    """Somebody has as many calendars as anyone may have."""

    title: ClassVar[str] = "För många kalendrar"


class CalendarFeed(Base):
    """A calendar behind a token; without a person it is the organisation's own.

    `days_before` are the days before each date on which the calendar program reminds.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (CheckConstraint("(person_id IS NULL) = (membership_id IS NULL)", name="whose"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    membership_id: Mapped[UUID | None] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    days_before: Mapped[list[int]] = mapped_column(ARRAY(Integer()))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_used_at: Mapped[datetime | None]


_OWN = f"person_id = {PERSON_SQL} OR {MAY_ADMINISTER_SQL}"
_OWN_OR_SYSTEM = f"{_OWN} OR {IS_SYSTEM_SQL}"
POLICIES: tuple[str, ...] = protect("calendar_feed", read=_OWN_OR_SYSTEM, write=_OWN_OR_SYSTEM)


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A calendar as it is shown, never its token; `person` is None for an organisation's own."""

    id: UUID
    name: str
    person_id: UUID | None
    person: str | None
    organisation_id: UUID
    organisation: str
    days_before: tuple[int, ...]
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenedFeed:
    """What a token opens: on whose behalf to read, which dates, and when to remind."""

    name: str
    viewer: Viewer
    filters: Filters
    days_before: tuple[int, ...]


async def create(
    session: AsyncSession,
    person: Viewer,
    *,
    organisation_id: UUID | None = None,
    days_before: Sequence[int] = DAYS_BEFORE,
) -> tuple[FeedRow, str]:
    """Make a calendar and return it with its token, which is never shown again.

    Without `organisation_id` it holds what the person and their organisation shall do, with it what that organisation
    shall do; that one is for administrators. Raises `InvalidValue`, `TooManyFeeds`, and `NotAllowed` to a key.
    """
    token = tokens.new()
    feed = CalendarFeed(
        id=new_id(),
        days_before=_checked(days_before),
        token_sha256=tokens.digest(token),
        created_at=utcnow(),
    )
    if organisation_id is None:
        await _for_oneself(session, person, feed)
    else:
        require_administrator(person)
        organisation = await session.get(Organisation, organisation_id)
        if organisation is None:
            raise InvalidValue("Organisationen finns inte.", field="organisation_id")
        feed.organisation_id, feed.name = organisation.id, f"Närplan – {organisation.name}"
    session.add(feed)
    await session.flush()
    after = {"organisation_id": feed.organisation_id, "person_id": feed.person_id}
    activity.record(session, person, "skapade", "calendar_feed", feed.id, after=after)
    return (await _rows(session, feed.id))[0], token


async def list_feeds(session: AsyncSession, person: Viewer) -> Sequence[FeedRow]:
    """Return the person's own calendars; to administrators those of the organisations too."""
    return [row for row in await _rows(session) if row.person_id == person.person_id or _runs(person, row)]


async def remove(session: AsyncSession, person: Viewer, feed_id: UUID) -> None:
    """Take a calendar away: its address shows nothing from now on. Raises `NotFound`."""
    feed = await session.get(CalendarFeed, feed_id)
    theirs = feed is not None and feed.person_id is not None and feed.person_id == person.person_id
    if feed is None or not (theirs or (feed.person_id is None and may_administer(person))):
        raise NotFound("Kalendern finns inte.")
    activity.record(session, person, "tog bort", "calendar_feed", feed.id)
    await session.delete(feed)
    await session.flush()


async def open_with(session: AsyncSession, token: str) -> OpenedFeed | None:
    """Return what a token opens, None if it opens nothing any more; for the system. Notes that it was used."""
    feed = await session.scalar(select(CalendarFeed).where(CalendarFeed.token_sha256 == tokens.digest(token)))
    viewer = None if feed is None else await _viewer(session, feed)
    if feed is None or viewer is None:
        return None
    before = utcnow() - _USE_NOTED_EVERY
    unused = or_(CalendarFeed.last_used_at.is_(None), CalendarFeed.last_used_at < before)
    await session.execute(
        update(CalendarFeed).where(CalendarFeed.id == feed.id, unused).values(last_used_at=func.now())
    )
    chosen = Filters(involving=viewer) if feed.person_id else Filters(organisation_id=feed.organisation_id)
    return OpenedFeed(feed.name, viewer, chosen, tuple(feed.days_before))


def _runs(person: Viewer, row: FeedRow) -> bool:
    return row.person_id is None and may_administer(person)


def _checked(days: Sequence[int]) -> list[int]:
    if len(days) > MOST_REMINDERS or not all(0 <= day <= LONGEST_BEFORE for day in days):
        raise InvalidValue(
            f"Ange högst {MOST_REMINDERS} påminnelser, var och en 0–{LONGEST_BEFORE} dagar före.", field="days_before"
        )
    return sorted(set(days), reverse=True)


async def _for_oneself(session: AsyncSession, person: Viewer, feed: CalendarFeed) -> None:
    if person.person_id is None or person.membership_id is None or person.organisation_id is None:
        raise NotAllowed("En API-nyckel har ingen egen kalender. Läs /api/v1/deadlines i stället.")
    of_theirs = select(func.count()).where(CalendarFeed.person_id == person.person_id)
    if (await session.scalar(of_theirs) or 0) >= MOST_FEEDS:
        raise TooManyFeeds(f"Du har redan {MOST_FEEDS} kalendrar. Ta bort en som du inte använder.")
    feed.person_id, feed.membership_id = person.person_id, person.membership_id
    feed.organisation_id, feed.name = person.organisation_id, values.line(f"Närplan – {person.name}", field="name")


async def _viewer(session: AsyncSession, feed: CalendarFeed) -> Viewer | None:
    if feed.person_id is not None:
        open_ones = await people.viewers_of(session, feed.person_id)
        return next((one for one in open_ones if one.membership_id == feed.membership_id), None)
    kind, parent = await people.place_of(session, feed.organisation_id)
    of_the_region = OrganisationKind.REGION in (kind, parent)
    return Viewer(None, feed.organisation_id, Role.POLITICIAN if of_the_region else Role.READER, feed.name)


async def _rows(session: AsyncSession, feed_id: UUID | None = None) -> list[FeedRow]:
    query = (
        select(
            CalendarFeed.id,
            CalendarFeed.name,
            CalendarFeed.person_id,
            Person.name,
            CalendarFeed.organisation_id,
            Organisation.name,
            CalendarFeed.days_before,
            CalendarFeed.created_at,
            CalendarFeed.last_used_at,
        )
        .join(Organisation, Organisation.id == CalendarFeed.organisation_id)
        .outerjoin(Person, Person.id == CalendarFeed.person_id)
        .where(true() if feed_id is None else CalendarFeed.id == feed_id)
        .order_by(CalendarFeed.person_id.is_(None), sort_key_sql(CalendarFeed.name), CalendarFeed.id)
    )
    return [FeedRow(*row[:6], tuple(row[6]), *row[7:]) for row in await session.execute(query)]
