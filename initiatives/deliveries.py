"""Deliveries to webhooks: what is to be sent where, and how each try went, as the one who handles the webhook sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    SmallInteger,
    delete,
    func,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, feeds, webhooks
from initiatives.access import IS_SYSTEM_SQL, Viewer, protect
from initiatives.base import Base, new_id, text_enum, utcnow
from initiatives.errors import InvalidValue, NotFound
from initiatives.feeds import Change, ChangeFeed
from initiatives.webhooks import TEST, Webhook


class State(StrEnum):
    """How far a delivery has come."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Delivery(Base):
    """A message to a webhook: one change of its feed, or a test. `tries` counts since it was last asked for."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index(None, "webhook_id", "id"),
        Index("ix_webhook_delivery_due", "webhook_id", "next_try_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    event: Mapped[str]
    sequence: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[State] = mapped_column(text_enum(State, name="state"), default=State.WAITING)
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    next_try_at: Mapped[datetime | None]


class Attempt(Base):
    """One try: what was answered (its first characters), how long it took, or why there was no answer."""

    __tablename__ = "webhook_attempt"

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_delivery.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    status: Mapped[int | None] = mapped_column(SmallInteger)
    milliseconds: Mapped[int]
    answer: Mapped[str]
    problem: Mapped[str | None]


_IN_OWN_WEBHOOK = "webhook_id IN (SELECT id FROM webhook)"
_IN_OWN_DELIVERY = "delivery_id IN (SELECT id FROM webhook_delivery)"
_OWN = f"{IS_SYSTEM_SQL} OR {_IN_OWN_WEBHOOK}"
POLICIES: tuple[str, ...] = (
    *protect("webhook_delivery", read=_OWN, write=_OWN),
    *protect("webhook_attempt", read=f"{IS_SYSTEM_SQL} OR {_IN_OWN_DELIVERY}", write=IS_SYSTEM_SQL),
)


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery as its owner sees it, with every try."""

    id: UUID
    event: str
    state: State
    created_at: datetime
    next_try_at: datetime | None
    attempts: Sequence[Attempt]


async def plan(session: AsyncSession, feed: ChangeFeed, found: Sequence[Change]) -> None:
    """Queue a message about each change for each webhook that wants it, in the transaction that wrote the changes."""
    if not found:
        return
    wanting = select(Webhook).where(Webhook.feed_id == feed.id, Webhook.disabled_at.is_(None))
    now = utcnow()
    for webhook in await session.scalars(wanting):
        for change in found:
            event = f"{change.subject_type}.{change.kind}"
            if not webhook.events or event in webhook.events:
                session.add(_new(webhook.id, event, change.sequence, now))
    await session.flush()


async def test(session: AsyncSession, person: Viewer, webhook_id: UUID) -> DeliveryRow:
    """Queue a test message, which is tried once, and return it."""
    webhook = await webhooks.get(session, person, webhook_id)
    _require_enabled(webhook)
    delivery = _new(webhook.id, TEST, None, utcnow())
    session.add(delivery)
    activity.record(session, person, "provade", "webhook", webhook.id)
    await session.flush()
    return _row(delivery, ())


async def send_again(session: AsyncSession, person: Viewer, webhook_id: UUID, delivery_id: UUID) -> DeliveryRow:
    """Queue a message once more, with the same identifier and all its tries before it; return it."""
    webhook = await webhooks.get(session, person, webhook_id)
    _require_enabled(webhook)
    query = select(Delivery).where(Delivery.id == delivery_id, Delivery.webhook_id == webhook.id).with_for_update()
    delivery = (await session.scalars(query)).one_or_none()
    if delivery is None:
        raise NotFound("Leveransen finns inte.")
    delivery.state, delivery.tries, delivery.next_try_at = State.WAITING, 0, utcnow()
    activity.record(session, person, "skickade igen", "webhook", webhook.id, after={"delivery_id": delivery.id})
    await session.flush()
    return _row(delivery, await _attempts(session, [delivery.id]))


async def list_deliveries(
    session: AsyncSession, person: Viewer, webhook_id: UUID, *, limit: int = 20, offset: int = 0
) -> tuple[Sequence[DeliveryRow], int]:
    """Return the deliveries of a webhook that the person handles, newest first, and how many there are in all."""
    await webhooks.get(session, person, webhook_id)
    mine = Delivery.webhook_id == webhook_id
    total = await session.scalar(select(func.count()).select_from(Delivery).where(mine))
    query = select(Delivery).where(mine).order_by(Delivery.id.desc()).limit(limit).offset(offset)
    found = (await session.scalars(query)).all()
    attempts = await _attempts(session, [delivery.id for delivery in found])
    return [_row(one, [a for a in attempts if a.delivery_id == one.id]) for one in found], total or 0


async def forget(session: AsyncSession) -> None:
    """Remove deliveries that are older than the changes they tell of; for the system."""
    await session.execute(delete(Delivery).where(Delivery.created_at < utcnow() - feeds.KEPT))


async def _attempts(session: AsyncSession, delivery_ids: Sequence[UUID]) -> Sequence[Attempt]:
    query = select(Attempt).where(Attempt.delivery_id.in_(delivery_ids)).order_by(Attempt.delivery_id, Attempt.number)
    return (await session.scalars(query)).all()


def _new(webhook_id: UUID, event: str, sequence: int | None, now: datetime) -> Delivery:
    return Delivery(
        id=new_id(),
        webhook_id=webhook_id,
        event=event,
        sequence=sequence,
        state=State.WAITING,
        tries=0,
        created_at=now,
        next_try_at=now,
    )


def _row(delivery: Delivery, attempts: Sequence[Attempt]) -> DeliveryRow:
    return DeliveryRow(
        delivery.id, delivery.event, delivery.state, delivery.created_at, delivery.next_try_at, tuple(attempts)
    )


def _require_enabled(webhook: Webhook) -> None:
    if not webhook.enabled:
        raise InvalidValue("Webhooken är avstängd. Slå på den först, med enabled: true.", field="enabled")
