"""The worker's rounds, from what is written in the register to a receiver on this computer."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from api.database import Database
from ingest import outbox
from ingest.outbox import Outbox
from initiatives import feeds, initiatives, shares, webhooks
from initiatives.access import SYSTEM, Role, Viewer
from initiatives.base import utcnow
from initiatives.deliveries import Delivery, State
from initiatives.webhooks import Webhook
from retrieval import following
from tests import factories
from tests.receiver import Receiver, receiving, says

OUTBOX = Outbox("https://narplan.example.se", local=True)


@pytest.fixture
async def partner(database: Database) -> Viewer:
    async with database.scoped(SYSTEM) as session:
        return await factories.viewer(session, Role.PARTNER)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


async def register(database: Database, person: Viewer, url: str, *events: str) -> tuple[UUID, str]:
    await following.catch_up(database.scoped, feeds.audience(person))
    async with database.scoped(SYSTEM) as session:
        added, secret = await webhooks.register(
            session, SYSTEM, url=url, events=events, organisation_id=person.organisation_id, local=True
        )
    return added.id, secret


async def share(database: Database, person: Viewer, title: str = "Läkarbil") -> UUID:
    assert person.organisation_id
    async with database.scoped(SYSTEM) as session:
        made = await factories.initiative(session, title=title, shared_with=[person.organisation_id])
    await following.tell(database.scoped, [("initiative", made.id)])
    return made.id


async def states(database: Database) -> list[State]:
    async with database.scoped(SYSTEM) as session:
        return list(await session.scalars(select(Delivery.state).order_by(Delivery.id)))


async def due_now(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        await session.execute(update(Delivery).where(Delivery.state == State.WAITING).values(next_try_at=utcnow()))


async def test_a_change_reaches_the_receiver_signed_and_without_its_contents(
    database: Database, partner: Viewer, receiver: Receiver
) -> None:
    _, secret = await register(database, partner, receiver.url)
    made = await share(database, partner)
    assert await outbox.deliver(database.scoped, uuid4(), OUTBOX) == 1
    (got,) = receiver.requests
    said = json.loads(got.body)
    assert said["type"] == "initiative.shared"
    assert said["data"] == {
        "id": str(made),
        "fields": [],
        "withdrawn": [],
        "link": f"https://narplan.example.se/api/v1/initiatives/{made}",
    }
    assert "Läkarbil" not in got.body.decode()
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert got.headers["webhook-signature"] == f"v1,{expected}"
    assert await states(database) == [State.DELIVERED]
    assert await outbox.deliver(database.scoped, uuid4(), OUTBOX) == 0


async def test_what_was_unshared_before_it_was_sent_is_told_of_as_that_alone(
    database: Database, partner: Viewer, receiver: Receiver
) -> None:
    assert partner.organisation_id
    await register(database, partner, receiver.url)
    made = await share(database, partner)
    async with database.scoped(SYSTEM) as session:
        await shares.unshare(session, SYSTEM, made, partner.organisation_id)
    while await outbox.deliver(database.scoped, uuid4(), OUTBOX):
        pass
    assert [json.loads(got.body)["type"] for got in receiver.requests] == ["initiative.unshared"]
    assert json.loads(receiver.requests[0].body)["data"] == {
        "id": str(made),
        "fields": [],
        "withdrawn": [],
        "link": None,
    }
    assert sorted(await states(database)) == [State.DELIVERED, State.WITHDRAWN]


async def test_only_what_was_asked_for_is_sent(database: Database, partner: Viewer, receiver: Receiver) -> None:
    await register(database, partner, receiver.url, "initiative.changed")
    made = await share(database, partner)
    async with database.scoped(SYSTEM) as session:
        await initiatives.revise(session, SYSTEM, made, ends_on=date(2027, 1, 1))
    await outbox.notice(database.scoped)
    await outbox.deliver(database.scoped, uuid4(), OUTBOX)
    (got,) = receiver.requests
    said = json.loads(got.body)
    assert (said["type"], said["data"]["fields"]) == ("initiative.changed", ["ends_on"])


async def test_a_failure_comes_again_with_the_same_identifier_and_a_new_signature(
    database: Database, partner: Viewer, receiver: Receiver
) -> None:
    await register(database, partner, receiver.url)
    await share(database, partner)
    receiver.answer = lambda _: says(503, "Kom igen senare")
    await outbox.deliver(database.scoped, uuid4(), OUTBOX)
    assert await outbox.deliver(database.scoped, uuid4(), OUTBOX) == 0
    await due_now(database)
    receiver.answer = lambda _: says(200)
    await outbox.deliver(database.scoped, uuid4(), OUTBOX)
    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert await states(database) == [State.DELIVERED]


async def test_several_workers_send_each_message_once_and_one_at_a_time(
    database: Database, partner: Viewer, receiver: Receiver
) -> None:
    receiver.seconds = 0.02
    await register(database, partner, receiver.url)
    for number in range(10):
        await share(database, partner, f"Initiativ {number}")
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(4):
            await stack.enter_async_context(working(database))
        await receiver.until(10)
        await asyncio.sleep(0.3)
    told = [got.headers["webhook-id"] for got in receiver.requests]
    assert len(told) == len(set(told)) == 10
    assert receiver.most_at_once == 1
    assert await states(database) == [State.DELIVERED] * 10


async def test_a_worker_that_dies_holds_nobody_up_for_long(
    database: Database, partner: Viewer, receiver: Receiver
) -> None:
    webhook_id, _ = await register(database, partner, receiver.url)
    await share(database, partner)
    receiver.seconds = 30
    dying = asyncio.create_task(outbox.deliver(database.scoped, uuid4(), OUTBOX))
    async with asyncio.timeout(10):
        while not receiver.at_once:
            await asyncio.sleep(0.02)
    assert await outbox.deliver(database.scoped, uuid4(), OUTBOX) == 0
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    async with database.scoped(SYSTEM) as session:
        past = utcnow() - timedelta(seconds=1)
        await session.execute(update(Webhook).where(Webhook.id == webhook_id).values(claimed_until=past))
    receiver.seconds = 0
    assert await outbox.deliver(database.scoped, uuid4(), OUTBOX) == 1
    assert await states(database) == [State.DELIVERED]


async def test_a_slow_receiver_holds_up_no_other(database: Database, partner: Viewer, receiver: Receiver) -> None:
    async with receiving() as slow:
        slow.answer = lambda _: None
        await register(database, partner, slow.url)
        await register(database, partner, receiver.url)
        async with working(database):
            for number in range(3):
                await share(database, partner, f"Initiativ {number}")
                await receiver.until(number + 1, seconds=8)
        assert len(slow.requests) == 1


async def test_a_round_that_fails_is_followed_by_the_next(
    database: Database, partner: Viewer, receiver: Receiver, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    await register(database, partner, receiver.url)
    await share(database, partner)
    noticing, calls = outbox.notice, []

    async def fails_once(sessions: object) -> None:
        calls.append(sessions)
        if len(calls) == 1:
            raise ConnectionError
        await noticing(database.scoped)

    monkeypatch.setattr(outbox, "notice", fails_once)
    async with working(database):
        await receiver.until(1)
    assert "A round of webhooks failed" in caplog.text


async def test_without_the_setting_nothing_on_this_computer_is_called(
    database: Database, partner: Viewer, receiver: Receiver
) -> None:
    await register(database, partner, receiver.url)
    await share(database, partner)
    await outbox.deliver(database.scoped, uuid4(), Outbox())
    assert receiver.requests == []
    assert await states(database) == [State.WAITING]


async def test_one_who_sees_all_is_told_of_all(database: Database, partner: Viewer, receiver: Receiver) -> None:
    async with database.scoped(SYSTEM) as session:
        chief = await factories.viewer(session, Role.ADMINISTRATOR)
    await following.catch_up(database.scoped, feeds.audience(chief))
    async with database.scoped(chief) as session:
        await webhooks.register(session, chief, url=receiver.url, local=True)
    await share(database, partner)
    await outbox.deliver(database.scoped, uuid4(), OUTBOX)
    assert len(receiver.requests) == 1
    async with database.scoped(SYSTEM) as session:
        assert await feeds.audiences(session) == [None]


@contextlib.asynccontextmanager
async def working(database: Database) -> AsyncIterator[None]:
    task = asyncio.create_task(outbox.run(database.scoped, OUTBOX))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
