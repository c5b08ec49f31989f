"""The outbox of webhooks, which the worker empties in rounds: what is new is noticed, and what is due is sent.

Each receiver gets one message at a time.
"""

import asyncio
import json
import logging
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from ingest import sending
from initiatives import deliveries, dispatch, webhooks
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.changes import ChangeRow
from initiatives.dispatch import Message
from initiatives.feeds import Kind
from initiatives.webhooks import TEST
from retrieval import following

ROUND_SECONDS = 2.0
"""How long a message may wait for the worker to look."""
NOTICE_SECONDS = 15.0
"""How often feeds with webhooks are brought up to date with what nobody told of, such as shares that end today."""
FORGET_SECONDS = 3600.0
AT_ONCE = 8
"""How many receivers a worker sends to at the same time."""
TURN_SECONDS = 30.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outbox:
    """How messages go out: `address` stands before every link, `local` lets this computer be called."""

    address: str = ""
    local: bool = False


async def run(sessions: ScopedSessions, outbox: Outbox) -> None:
    """Deliver until cancelled; a round that fails is logged and the next one begins as usual."""
    worker = uuid4()
    under_way: set[asyncio.Task[None]] = set()
    noticed = forgotten = float("-inf")
    try:
        while True:
            now = time.monotonic()
            try:
                if now - noticed > NOTICE_SECONDS:
                    noticed = now
                    await notice(sessions)
                if now - forgotten > FORGET_SECONDS:
                    forgotten = now
                    async with sessions(SYSTEM) as session:
                        await deliveries.forget(session)
                for sending_to in await _claimed(sessions, worker, AT_ONCE - len(under_way), outbox):
                    task = asyncio.create_task(sending_to)
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
            except Exception:
                log.exception("A round of webhooks failed; the next one comes in %.0f s", ROUND_SECONDS)
            await asyncio.sleep(ROUND_SECONDS)
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def notice(sessions: ScopedSessions) -> None:
    """Bring every feed that has webhooks up to what its readers see now."""
    async with sessions(SYSTEM) as session:
        organisations = await dispatch.feeds_to_announce(session)
    for organisation_id in organisations:
        await following.catch_up(sessions, organisation_id)


async def deliver(sessions: ScopedSessions, worker: UUID, outbox: Outbox) -> int:
    """Send what is due to receivers that no other worker is sending to; return to how many."""
    rounds = await _claimed(sessions, worker, AT_ONCE, outbox)
    await asyncio.gather(*rounds)
    return len(rounds)


async def _claimed(
    sessions: ScopedSessions, worker: UUID, limit: int, outbox: Outbox
) -> list[Coroutine[None, None, None]]:
    if limit < 1:
        return []
    async with sessions(SYSTEM) as session:
        found = await dispatch.claim(session, worker, limit=limit)
    return [_deliver_to(sessions, worker, webhook_id, outbox) for webhook_id in found]


async def _deliver_to(sessions: ScopedSessions, worker: UUID, webhook_id: UUID, outbox: Outbox) -> None:
    """Send what is due to one receiver, until something fails or it has had its time; then others have their turn."""
    end = time.monotonic() + TURN_SECONDS
    try:
        while time.monotonic() < end:
            async with sessions(SYSTEM) as session:
                message = await dispatch.next_message(session, worker, webhook_id)
            if message is None or not await _send(sessions, message, outbox):
                return
    except Exception:
        log.exception("Could not deliver to webhook %s; it is tried again", webhook_id)
    finally:
        async with sessions(SYSTEM) as session:
            await dispatch.release(session, worker, webhook_id)


async def _send(sessions: ScopedSessions, message: Message, outbox: Outbox) -> bool:
    """Send one message, if its reader may still know of it; return whether the receiver works, as far as is known."""
    change = None
    if message.event != TEST:
        if message.subject:
            await following.catch_up(sessions, message.organisation_id, [message.subject])
        async with sessions(SYSTEM) as session:
            change = await dispatch.tellable(session, message.delivery_id)
        if change is None:
            return True
    content = body(message, change, outbox.address)
    signed = webhooks.headers(message.secret, str(message.delivery_id), int(time.time()), content)
    outcome = await sending.post(message.url, content, signed, local=outbox.local)
    async with sessions(SYSTEM) as session:
        await dispatch.settle(session, message.delivery_id, outcome)
    return outcome.problem is None


def body(message: Message, change: ChangeRow | None, address: str = "") -> bytes:
    """Return a message as JSON: what happened to what and where to read it, never the contents themselves."""
    data: dict[str, object] = {}
    if change is not None:
        gone = change.kind is Kind.UNSHARED
        data = {
            "id": str(change.subject_id),
            "fields": list(change.fields),
            "withdrawn": list(change.withdrawn),
            "link": None if gone else address + following.link(change.subject_type, change.subject_id),
        }
    happened = change.at if change else message.created_at
    written = {"type": message.event, "timestamp": _instant(happened), "data": data}
    return json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode()


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
