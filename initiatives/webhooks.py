"""Webhooks: where an organisation wants to be told of changes, and how it knows that the word is ours.

Messages follow Standard Webhooks: `webhook-id`, `webhook-timestamp` and `webhook-signature`.
"""

import hmac
import secrets
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, LargeBinary, Text, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, addresses, feeds
from initiatives.access import KEY_SQL, MAY_ADMINISTER_SQL, ORGANISATION_SQL, Viewer, may_administer, protect
from initiatives.base import Base, new_id, utcnow
from initiatives.errors import InvalidValue, NarplanError, NotAllowed, NotFound
from initiatives.feeds import SUBJECT_TYPES, ChangeFeed, Kind
from initiatives.organisations import Organisation

TEST = "test"
EVENTS = tuple(f"{subject}.{kind}" for subject in SUBJECT_TYPES for kind in Kind)
"""What a webhook may be told of; a test message comes whatever it has chosen."""
MOST = 20
"""How many webhooks one organisation may have."""
_SECRET_BYTES = 32


class TooMany(NarplanError):
    """The organisation has as many webhooks as it may have."""

    title: ClassVar[str] = "För många webhookar"


class Webhook(Base):
    """An address that is told of one feed's changes, all of them or those in `events`.

    Whoever has `claimed_by` until `claimed_until` is the only one who delivers to it. `failing_since` is when the first
    of the tries failed that have failed without a break.
    """

    __tablename__ = "webhook"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    feed_id: Mapped[UUID] = mapped_column(ForeignKey("change_feed.id", ondelete="CASCADE"), index=True)
    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    disabled_at: Mapped[datetime | None]
    disabled_reason: Mapped[str | None]
    failing_since: Mapped[datetime | None]
    claimed_by: Mapped[UUID | None]
    claimed_until: Mapped[datetime | None]

    @property
    def enabled(self) -> bool:
        """Whether changes are delivered."""
        return self.disabled_at is None


_OF_OWN_FEED = "feed_id IN (SELECT id FROM change_feed)"
_OF_OWN_KEY = f"{KEY_SQL} IS NOT NULL AND organisation_id = {ORGANISATION_SQL} AND {_OF_OWN_FEED}"
_HANDLES = f"{MAY_ADMINISTER_SQL} OR ({_OF_OWN_KEY})"
POLICIES: tuple[str, ...] = protect("webhook", read=_HANDLES, write=_HANDLES)
"""A key handles those of its own organisation, unless they tell of more than the key sees."""


def handled_by(person: Viewer) -> ColumnElement[bool]:
    """Return the condition on `Webhook` for those that the person handles; raise `NotAllowed` if there can be none."""
    if may_administer(person):
        return true()
    if person.key_id is None:
        raise NotAllowed("Webhookar sköts av regionens administratörer, och av organisationer med deras egna nycklar.")
    own = select(ChangeFeed.id).where(feeds.of(feeds.audience(person)))
    return (Webhook.organisation_id == person.organisation_id) & Webhook.feed_id.in_(own)


async def told(session: AsyncSession, person: Viewer, organisation_id: UUID | None = None) -> tuple[UUID, UUID | None]:
    """Return whose a new webhook will be, and the organisation whose feed it tells of (None: everything).

    Without `organisation_id` it is the person's own, and tells of what they see. Raises `InvalidValue` for another's
    unless the person administers, and for one that is not there.
    """
    owner = organisation_id or person.organisation_id
    if owner is None or (owner != person.organisation_id and not may_administer(person)):
        raise InvalidValue("Ange er egen organisation, eller utelämna fältet.", field="organisation_id")
    if await session.get(Organisation, owner) is None:
        raise InvalidValue("Organisationen finns inte.", field="organisation_id")
    return owner, feeds.audience(person) if owner == person.organisation_id else owner


async def register(
    session: AsyncSession,
    person: Viewer,
    *,
    url: str,
    events: Sequence[str] = (),
    organisation_id: UUID | None = None,
    local: bool = False,
) -> tuple[Webhook, str]:
    """Add a webhook that is told of what happens from now on; return it and its secret, which is shown once.

    An administrator may name another organisation, which is then told of what that one sees. The organisation's feed
    must be there. Raises `NotAllowed`, `InvalidValue`, and `TooMany`.
    """
    mine = handled_by(person)
    owner, audience = await told(session, person, organisation_id)
    feed = (await session.scalars(select(ChangeFeed.id).where(feeds.of(audience)))).one()
    count = select(func.count()).select_from(Webhook).where(mine, Webhook.organisation_id == owner)
    if (await session.scalar(count) or 0) >= MOST:
        raise TooMany(f"En organisation kan ha {MOST} webhookar. Ta bort en som inte används.")
    webhook = Webhook(
        id=new_id(),
        organisation_id=owner,
        feed_id=feed,
        url=_checked(url, local=local),
        events=_events(events),
        secret=secrets.token_bytes(_SECRET_BYTES),
        created_at=utcnow(),
    )
    session.add(webhook)
    activity.record(session, person, "skapade", "webhook", webhook.id, after=_public(webhook))
    await session.flush()
    return webhook, _written(webhook.secret)


async def list_webhooks(
    session: AsyncSession, person: Viewer, *, limit: int = 20, offset: int = 0
) -> tuple[Sequence[Webhook], int]:
    """Return the webhooks that the person handles, oldest first, and how many there are in all."""
    mine = handled_by(person)
    total = await session.scalar(select(func.count()).select_from(Webhook).where(mine))
    query = select(Webhook).where(mine).order_by(Webhook.id).limit(limit).offset(offset)
    return (await session.scalars(query)).all(), total or 0


async def get(session: AsyncSession, person: Viewer, webhook_id: UUID, *, lock: bool = False) -> Webhook:
    """Return one webhook, locked if it is to be written, or raise `NotFound` if the person does not handle it."""
    query = select(Webhook).where(handled_by(person), Webhook.id == webhook_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = (await session.scalars(query)).one_or_none()
    if found is None:
        raise NotFound("Webhooken finns inte.")
    return found


async def revise(
    session: AsyncSession,
    person: Viewer,
    webhook_id: UUID,
    *,
    url: str | None = None,
    events: Sequence[str] | None = None,
    enabled: bool | None = None,
    local: bool = False,
) -> Webhook:
    """Change what is given of a webhook and return it; enabling one forgets why it was disabled."""
    webhook = await get(session, person, webhook_id, lock=True)
    before = _public(webhook)
    if url is not None:
        webhook.url = _checked(url, local=local)
    if events is not None:
        webhook.events = _events(events)
    if enabled is True:
        webhook.disabled_at = webhook.disabled_reason = webhook.failing_since = None
    if enabled is False and webhook.enabled:
        webhook.disabled_at, webhook.disabled_reason = utcnow(), "Avstängd av den som sköter webhooken."
    after = _public(webhook)
    if changed := [name for name in after if after[name] != before[name]]:
        old, new = ({name: side[name] for name in changed} for side in (before, after))
        activity.record(session, person, "ändrade", "webhook", webhook.id, before=old, after=new)
    await session.flush()
    return webhook


async def renew_secret(session: AsyncSession, person: Viewer, webhook_id: UUID) -> tuple[Webhook, str]:
    """Give a webhook another secret, which is shown once; the old one signs nothing from now on."""
    webhook = await get(session, person, webhook_id, lock=True)
    webhook.secret = secrets.token_bytes(_SECRET_BYTES)
    activity.record(session, person, "bytte hemlighet", "webhook", webhook.id)
    await session.flush()
    return webhook, _written(webhook.secret)


async def remove(session: AsyncSession, person: Viewer, webhook_id: UUID) -> None:
    """Take away a webhook and its deliveries; raise `NotFound`."""
    webhook = await get(session, person, webhook_id, lock=True)
    activity.record(session, person, "tog bort", "webhook", webhook.id, before=_public(webhook))
    await session.delete(webhook)
    await session.flush()


def headers(secret: bytes, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers by which a receiver knows that the message is ours, whole and of just now.

    `timestamp` is in seconds since 1970. The signature is HMAC-SHA256 over `message_id.timestamp.body`.
    """
    signed = hmac.digest(secret, f"{message_id}.{timestamp}.".encode() + body, "sha256")
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{b64encode(signed).decode()}",
    }


def _written(secret: bytes) -> str:
    return f"whsec_{b64encode(secret).decode()}"


def _checked(url: str, *, local: bool) -> str:
    addresses.target(url.strip(), local=local)
    return url.strip()


def _events(events: Sequence[str]) -> list[str]:
    if unknown := sorted(set(events) - set(EVENTS)):
        raise InvalidValue(
            f"”{unknown[0][:40]}” går inte att välja. Tillåtna värden: {', '.join(EVENTS)}.", field="events"
        )
    return [event for event in EVENTS if event in events]


def _public(webhook: Webhook) -> dict[str, object]:
    """What the diary tells; a path may hold somebody's secret, so only the host is named."""
    return {
        "organisation_id": webhook.organisation_id,
        "host": addresses.target(webhook.url, local=True).authority,
        "events": list(webhook.events),
        "enabled": webhook.enabled,
    }
