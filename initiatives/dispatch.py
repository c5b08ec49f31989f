"""Sending by the workers: which webhook has its turn, what is due to it, and what follows from how each try went."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, changes
from initiatives.access import SYSTEM
from initiatives.base import utcnow
from initiatives.changes import ChangeRow
from initiatives.deliveries import Attempt, Delivery, State
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
    # The webhook is locked first, as by one who removes it with its deliveries.
    its = select(Webhook).join(Delivery, Delivery.webhook_id == Webhook.id).where(Delivery.id == delivery_id)
    webhook = (await session.scalars(its.with_for_update(of=Webhook))).one_or_none()
    delivery = await session.get(Delivery, delivery_id, with_for_update=True)
    if webhook is None or delivery is None:
        return
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
            reason = f"Ett meddelande gick inte fram på {TRIES} försök. Det senaste felet: {outcome.problem}"
            _disable(session, webhook, reason, now)


def _disable(session: AsyncSession, webhook: Webhook, reason: str, now: datetime) -> None:
    if webhook.enabled:
        webhook.disabled_at, webhook.disabled_reason = now, reason
        activity.record(session, SYSTEM, "stängde av", "webhook", webhook.id, after={"reason": reason})


def _due() -> ColumnElement[bool]:
    return and_(Delivery.state == State.WAITING, Delivery.next_try_at <= _NOW)


def _claim(worker: UUID) -> dict[str, object]:
    return {"claimed_by": worker, "claimed_until": _NOW + CLAIM}
