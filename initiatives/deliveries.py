"""Deliveries to webhooks: what is to be sent where, how each try went, and when to try again or give up."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    SmallInteger,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, changes, feeds, webhooks
from initiatives.access import IS_SYSTEM_SQL, SYSTEM, Viewer, protect
from initiatives.base import Base, new_id, text_enum, utcnow
from initiatives.changes import ChangeRow
from initiatives.errors import InvalidValue, NotFound
from initiatives.feeds import Change, ChangeFeed, Subject
from initiatives.webhooks import TEST, Webhook

TRIES = 8
"""How many times a message is tried before it is given up; the pauses between them add up to a day."""
_FIRST_PAUSE, _GROWTH, _SPREAD = 16, 4, 0.1
LASTING = timedelta(hours=12)
"""A webhook that has failed for so long without a break is disabled when a message is given up."""
CLAIM = timedelta(seconds=60)
"""How long a worker has a webhook to itself; a try takes much less."""
ANSWER_LENGTH = 500
GONE = 410
_NOW = func.clock_timestamp()
"""The moment by the database's clock, which all workers share."""


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
class Outcome:
    """How one try went. `problem` says in Swedish why it does not count as delivered, None if it does."""

    status: int | None
    milliseconds: int
    answer: str
    problem: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be sent: to which address, signed with what, from whose feed, about what (None: a test)."""

    delivery_id: UUID
    url: str
    secret: bytes
    event: str
    created_at: datetime
    organisation_id: UUID | None
    subject: Subject | None


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


async def claim(session: AsyncSession, worker: UUID, *, limit: int = 8) -> Sequence[UUID]:
    """Take webhooks that have something due and that nobody else has; for the system."""
    unclaimed = or_(Webhook.claimed_until.is_(None), Webhook.claimed_until < _NOW)
    free = (
        select(Webhook.id)
        .where(Webhook.disabled_at.is_(None), unclaimed)
        .where(exists().where(Delivery.webhook_id == Webhook.id, _due()))
        .order_by(Webhook.claimed_until.nulls_first())
        .limit(limit)
        .with_for_update(skip_locked=True, of=Webhook)
    )
    found = (await session.scalars(free)).all()
    await session.execute(update(Webhook).where(Webhook.id.in_(found)).values(**_claim(worker)))
    return found


async def release(session: AsyncSession, worker: UUID, webhook_id: UUID) -> None:
    """Let others deliver to a webhook; for the system."""
    mine = and_(Webhook.id == webhook_id, Webhook.claimed_by == worker)
    await session.execute(update(Webhook).where(mine).values(claimed_by=None, claimed_until=_NOW))


async def feeds_to_announce(session: AsyncSession) -> Sequence[UUID | None]:
    """Return the organisations (None: those who see everything) whose feeds have webhooks; for the system."""
    heard = select(Webhook.feed_id).where(Webhook.disabled_at.is_(None))
    return (await session.scalars(select(ChangeFeed.organisation_id).where(ChangeFeed.id.in_(heard)))).all()


async def next_message(session: AsyncSession, worker: UUID, webhook_id: UUID) -> Message | None:
    """Return what is due next to a claimed webhook, and hold it for a while longer, or None; for the system."""
    mine = update(Webhook).where(Webhook.id == webhook_id, Webhook.claimed_by == worker, Webhook.disabled_at.is_(None))
    mine = mine.where(Webhook.claimed_until > _NOW).values(**_claim(worker)).returning(Webhook)
    webhook = (await session.scalars(mine.execution_options(populate_existing=True))).one_or_none()
    due = select(Delivery).where(Delivery.webhook_id == webhook_id, _due()).order_by(Delivery.next_try_at, Delivery.id)
    delivery = (await session.scalars(due.limit(1))).one_or_none()
    if webhook is None or delivery is None:
        return None
    change = await session.get(Change, (webhook.feed_id, delivery.sequence or 0))
    feed = await session.get_one(ChangeFeed, webhook.feed_id)
    subject = (change.subject_type, change.subject_id) if change else None
    return Message(
        delivery.id, webhook.url, webhook.secret, delivery.event, delivery.created_at, feed.organisation_id, subject
    )


async def tellable(session: AsyncSession, delivery_id: UUID) -> ChangeRow | None:
    """Return the change of a delivery as its feed's readers may know it at this moment; for the system.

    When they may know nothing of it, the delivery is put aside and None is returned.
    """
    delivery = await session.get(Delivery, delivery_id)
    if delivery is None:
        return None
    webhook = await session.get_one(Webhook, delivery.webhook_id)
    change = await changes.current(session, webhook.feed_id, delivery.sequence or 0)
    if change is None:
        delivery.state, delivery.next_try_at = State.WITHDRAWN, None
    await session.flush()
    return change


async def settle(session: AsyncSession, delivery_id: UUID, outcome: Outcome) -> None:
    """Write how a try went, and what follows: done, another try, given up, or the webhook disabled; for the system.

    A message that is gone by now, with its webhook, leaves nothing.
    """
    delivery = await session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None:
        return
    webhook = await session.get_one(Webhook, delivery.webhook_id, with_for_update=True)
    now = utcnow()
    number = await session.scalar(select(func.count()).where(Attempt.delivery_id == delivery_id)) or 0
    session.add(
        Attempt(
            delivery_id=delivery_id,
            number=number + 1,
            at=now,
            status=outcome.status,
            milliseconds=outcome.milliseconds,
            answer=outcome.answer[:ANSWER_LENGTH].replace("\0", "�"),
            problem=outcome.problem,
        )
    )
    delivery.tries += 1
    delivery.next_try_at = None
    if outcome.problem is None:
        delivery.state, webhook.failing_since = State.DELIVERED, None
    elif delivery.event == TEST:
        delivery.state = State.FAILED
    else:
        _settle_failure(session, webhook, delivery, outcome, now)
    await session.flush()


async def forget(session: AsyncSession) -> None:
    """Remove deliveries that are older than the changes they tell of; for the system."""
    await session.execute(delete(Delivery).where(Delivery.created_at < utcnow() - feeds.KEPT))


def pause(tries: int) -> timedelta:
    """Return how long to wait after so many failed tries, give or take a tenth, so that not all come back at once."""
    spread = 1 + random.uniform(-_SPREAD, _SPREAD)  # noqa: S311 - keeps nothing secret
    return timedelta(seconds=_FIRST_PAUSE * _GROWTH ** (tries - 1) * spread)


def _settle_failure(
    session: AsyncSession, webhook: Webhook, delivery: Delivery, outcome: Outcome, now: datetime
) -> None:
    webhook.failing_since = webhook.failing_since or now
    if outcome.status == GONE:
        delivery.state = State.FAILED
        _disable(session, webhook, "Mottagaren svarade 410: adressen finns inte längre.", now)
    elif delivery.tries < TRIES:
        delivery.next_try_at = now + pause(delivery.tries)
    else:
        delivery.state = State.FAILED
        if webhook.failing_since <= now - LASTING:
            reason = f"Inget har gått fram på {TRIES} försök under ett dygn. Det senaste felet: {outcome.problem}"
            _disable(session, webhook, reason, now)


def _disable(session: AsyncSession, webhook: Webhook, reason: str, now: datetime) -> None:
    if webhook.enabled:
        webhook.disabled_at, webhook.disabled_reason = now, reason
        activity.record(session, SYSTEM, "stängde av", "webhook", webhook.id, after={"reason": reason})


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


def _due() -> ColumnElement[bool]:
    return and_(Delivery.state == State.WAITING, Delivery.next_try_at <= _NOW)


def _claim(worker: UUID) -> dict[str, object]:
    return {"claimed_by": worker, "claimed_until": _NOW + CLAIM}
