"""Deliveries: what is queued, who may send it, and what follows when it fails."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from initiatives import activity, deliveries, dispatch, feeds, webhooks
from initiatives.access import SYSTEM, Role, Viewer, set_scope
from initiatives.base import new_id, utcnow
from initiatives.deliveries import Delivery, State
from initiatives.dispatch import Outcome
from initiatives.errors import InvalidValue, NotFound
from initiatives.feeds import Fields, Subject
from initiatives.webhooks import Webhook
from tests import factories

ONE: Subject = ("initiative", new_id())
TWO: Subject = ("document", new_id())
WELL = Outcome(204, 12, "", None)
BROKEN = Outcome(500, 12, "aj", "Mottagaren svarade 500.")


async def seen(session: AsyncSession, organisation_id: UUID, fields: dict[Subject, Fields]) -> None:
    feed = await feeds.lock_feed(session, organisation_id)
    await deliveries.plan(session, feed, await feeds.note(session, feed, fields))


@pytest.fixture
async def webhook(session: AsyncSession) -> Webhook:
    organisation = await factories.organisation(session)
    await feeds.lock_feed(session, organisation.id)
    added, _ = await webhooks.register(session, SYSTEM, url="https://ekby.example.se/", organisation_id=organisation.id)
    return added


async def queued(session: AsyncSession, webhook: Webhook) -> list[Delivery]:
    query = select(Delivery).where(Delivery.webhook_id == webhook.id).order_by(Delivery.sequence)
    return list(await session.scalars(query.execution_options(populate_existing=True)))


async def again(session: AsyncSession, outcome: Outcome, delivery: Delivery, tries: int) -> None:
    for _ in range(tries):
        await dispatch.settle(session, delivery.id, outcome)


async def test_each_change_is_queued_once_for_those_who_want_it(session: AsyncSession, webhook: Webhook) -> None:
    await webhooks.revise(session, SYSTEM, webhook.id, events=["initiative.shared", "document.unshared"])
    await seen(session, webhook.organisation_id, {ONE: {"title": "A"}, TWO: {"title": "B"}})
    await seen(session, webhook.organisation_id, {ONE: {"title": "A"}})
    await seen(session, webhook.organisation_id, {ONE: {"title": "A"}})
    assert [one.event for one in await queued(session, webhook)] == ["initiative.shared", "document.unshared"]


async def test_nothing_is_queued_for_one_that_is_disabled_or_of_another_feed(
    session: AsyncSession, webhook: Webhook
) -> None:
    await seen(session, (await factories.organisation(session)).id, {ONE: {"title": "A"}})
    await webhooks.revise(session, SYSTEM, webhook.id, enabled=False)
    await seen(session, webhook.organisation_id, {ONE: {"title": "A"}})
    assert await queued(session, webhook) == []


async def test_one_worker_at_a_time_has_a_webhook(session: AsyncSession, webhook: Webhook) -> None:
    first, second = new_id(), new_id()
    assert await dispatch.claim(session, first) == []
    await seen(session, webhook.organisation_id, {ONE: {"title": "A"}})
    assert await dispatch.claim(session, first) == [webhook.id]
    assert await dispatch.claim(session, second) == []
    assert await dispatch.next_message(session, second, webhook.id) is None
    assert await dispatch.next_message(session, first, webhook.id)
    await session.execute(update(Webhook).values(claimed_until=utcnow() - timedelta(seconds=1)))
    assert await dispatch.next_message(session, first, webhook.id) is None
    assert await dispatch.claim(session, second) == [webhook.id]


async def test_two_workers_that_look_at_the_same_moment_do_not_both_get_it(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        organisation = await factories.organisation(session)
        await feeds.lock_feed(session, organisation.id)
        await webhooks.register(session, SYSTEM, url="https://ekby.example.se/", organisation_id=organisation.id)
        await seen(session, organisation.id, {ONE: {"title": "A"}})
    async with database.scoped(SYSTEM) as first, database.scoped(SYSTEM) as second:
        assert len(await dispatch.claim(first, new_id())) == 1
        assert await dispatch.claim(second, new_id()) == []


async def test_what_is_told_is_what_may_be_known_when_it_is_sent(session: AsyncSession, webhook: Webhook) -> None:
    await seen(session, webhook.organisation_id, {ONE: {"title": "A", "status": "B"}})
    await seen(session, webhook.organisation_id, {ONE: {"title": "C", "status": "D"}})
    _, changed = await queued(session, webhook)
    told = await dispatch.tellable(session, changed.id)
    assert told
    assert told.fields == ("status", "title")
    await seen(session, webhook.organisation_id, {ONE: {"title": "C"}})
    told = await dispatch.tellable(session, changed.id)
    assert told
    assert told.fields == ("title",)
    await seen(session, webhook.organisation_id, {})
    assert await dispatch.tellable(session, changed.id) is None
    states = [(one.event.partition(".")[2], one.state) for one in await queued(session, webhook)]
    assert states[1] == ("changed", State.WITHDRAWN)
    gone = (await queued(session, webhook))[-1]
    told = await dispatch.tellable(session, gone.id)
    assert told
    assert (told.subject_id, told.fields, told.withdrawn) == (ONE[1], (), ())


async def test_a_failure_is_tried_again_with_growing_pauses_over_a_day(session: AsyncSession, webhook: Webhook) -> None:
    await seen(session, webhook.organisation_id, {ONE: {"title": "A"}})
    (delivery,) = await queued(session, webhook)
    pauses = []
    for _ in range(dispatch.TRIES - 1):
        await dispatch.settle(session, delivery.id, BROKEN)
        assert delivery.next_try_at
        pauses.append(delivery.next_try_at - utcnow())
    assert all(2 < later / sooner < 6 for sooner, later in pairwise(pauses))
    assert timedelta(hours=20) < sum(pauses, timedelta()) < timedelta(hours=28)
    assert [one.state for one in await queued(session, webhook)] == [State.WAITING]
    await dispatch.settle(session, delivery.id, BROKEN)
    assert [(one.state, one.next_try_at) for one in await queued(session, webhook)] == [(State.FAILED, None)]


async def test_every_try_is_kept_with_what_was_answered(session: AsyncSession, webhook: Webhook) -> None:
    await seen(session, webhook.organisation_id, {ONE: {"title": "A"}})
    (delivery,) = await queued(session, webhook)
    await dispatch.settle(session, delivery.id, Outcome(None, 10_000, "", "Mottagaren svarade inte."))
    await dispatch.settle(session, delivery.id, Outcome(200, 7, "\0" + "x" * 900, None))
    rows, total = await deliveries.list_deliveries(session, SYSTEM, webhook.id)
    assert total == 1
    assert rows[0].state is State.DELIVERED
    assert [(a.number, a.status, a.milliseconds, a.answer, a.problem) for a in rows[0].attempts] == [
        (1, None, 10_000, "", "Mottagaren svarade inte."),
        (2, 200, 7, "�" + "x" * 499, None),
    ]


async def test_lasting_failure_disables_with_a_reason(session: AsyncSession, webhook: Webhook) -> None:
    await seen(session, webhook.organisation_id, {ONE: {"title": "A"}})
    (delivery,) = await queued(session, webhook)
    await again(session, BROKEN, delivery, dispatch.TRIES - 1)
    webhook.failing_since = utcnow() - dispatch.LASTING
    await dispatch.settle(session, delivery.id, BROKEN)
    assert not webhook.enabled
    assert "svarade 500" in (webhook.disabled_reason or "")
    rows, _ = await activity.list_activity(session, SYSTEM, subject_id=webhook.id)
    assert rows[0].action == "stängde av"
    with pytest.raises(InvalidValue, match="enabled"):
        await deliveries.test(session, SYSTEM, webhook.id)
    back = await webhooks.revise(session, SYSTEM, webhook.id, enabled=True)
    assert (back.enabled, back.failing_since) == (True, None)


async def test_a_success_in_between_keeps_it_alive(session: AsyncSession, webhook: Webhook) -> None:
    await seen(session, webhook.organisation_id, {ONE: {"title": "A"}, TWO: {"title": "B"}})
    first, second = await queued(session, webhook)
    await again(session, BROKEN, first, dispatch.TRIES - 1)
    webhook.failing_since = utcnow() - timedelta(days=1)
    await dispatch.settle(session, second.id, WELL)
    await dispatch.settle(session, first.id, BROKEN)
    assert webhook.enabled


async def test_a_receiver_that_says_it_is_gone_is_believed(session: AsyncSession, webhook: Webhook) -> None:
    await seen(session, webhook.organisation_id, {ONE: {"title": "A"}})
    (delivery,) = await queued(session, webhook)
    await dispatch.settle(session, delivery.id, Outcome(410, 1, "", "Mottagaren svarade 410."))
    assert not webhook.enabled
    assert delivery.state is State.FAILED


async def test_a_test_is_tried_once_and_disables_nothing(session: AsyncSession, webhook: Webhook) -> None:
    row = await deliveries.test(session, SYSTEM, webhook.id)
    await dispatch.settle(session, row.id, Outcome(410, 1, "", "Mottagaren svarade 410."))
    assert webhook.enabled
    assert [one.state for one in await queued(session, webhook)] == [State.FAILED]


async def test_a_message_is_sent_again_with_the_same_identifier(session: AsyncSession, webhook: Webhook) -> None:
    await seen(session, webhook.organisation_id, {ONE: {"title": "A"}})
    (delivery,) = await queued(session, webhook)
    await again(session, BROKEN, delivery, dispatch.TRIES)
    row = await deliveries.send_again(session, SYSTEM, webhook.id, delivery.id)
    assert (row.id, row.state, len(row.attempts)) == (delivery.id, State.WAITING, dispatch.TRIES)
    await dispatch.settle(session, delivery.id, BROKEN)
    assert delivery.state is State.WAITING
    with pytest.raises(NotFound):
        await deliveries.send_again(session, SYSTEM, webhook.id, new_id())


async def test_the_log_is_for_those_who_handle_the_webhook(session: AsyncSession, webhook: Webhook) -> None:
    await seen(session, webhook.organisation_id, {ONE: {"title": "A"}})
    (delivery,) = await queued(session, webhook)
    await dispatch.settle(session, delivery.id, BROKEN)
    own = Viewer(None, webhook.organisation_id, Role.PARTNER, "Nyckel", new_id())
    other = Viewer(None, (await factories.organisation(session)).id, Role.PARTNER, "Annan", new_id())
    for person, number in ((own, 1), (other, 0)):
        await set_scope(session, person)
        for table in ("webhook_delivery", "webhook_attempt"):
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == number, (person, table)
    with pytest.raises(NotFound):
        await deliveries.list_deliveries(session, other, webhook.id)
    await set_scope(session, own)
    assert (await deliveries.list_deliveries(session, own, webhook.id))[1] == 1


async def test_deliveries_are_kept_as_long_as_changes(session: AsyncSession, webhook: Webhook) -> None:
    await seen(session, webhook.organisation_id, {ONE: {"title": "A"}})
    await deliveries.forget(session)
    assert len(await queued(session, webhook)) == 1
    await session.execute(update(Delivery).values(created_at=utcnow() - feeds.KEPT - timedelta(minutes=1)))
    await deliveries.forget(session)
    assert await queued(session, webhook) == []


async def test_a_webhook_that_is_removed_meanwhile_is_no_error(session: AsyncSession, webhook: Webhook) -> None:
    await seen(session, webhook.organisation_id, {ONE: {"title": "A"}})
    (delivery,) = await queued(session, webhook)
    delivery_id = delivery.id
    await webhooks.remove(session, SYSTEM, webhook.id)
    session.expunge_all()
    await dispatch.settle(session, delivery_id, WELL)
    assert await dispatch.tellable(session, delivery_id) is None


async def test_to_remove_a_webhook_while_it_is_sent_to_holds_nobody_up(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        organisation = await factories.organisation(session)
        await feeds.lock_feed(session, organisation.id)
        added, _ = await webhooks.register(session, SYSTEM, url="https://ekby.se/", organisation_id=organisation.id)
        await seen(session, organisation.id, {ONE: {"title": "A"}})
        (delivery,) = await queued(session, added)

    async def settles() -> None:
        async with database.scoped(SYSTEM) as sending:
            await dispatch.settle(sending, delivery.id, WELL)

    async with database.scoped(SYSTEM) as removing:
        await webhooks.get(removing, SYSTEM, added.id, lock=True)
        settling = asyncio.create_task(settles())
        await asyncio.sleep(0.3)
        assert not settling.done()
        await webhooks.remove(removing, SYSTEM, added.id)
    await settling
