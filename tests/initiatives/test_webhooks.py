"""Webhooks: who handles them, what they may be, and how a message is signed."""

import base64
import hashlib
import hmac
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, feeds, webhooks
from initiatives.access import SYSTEM, Role, Viewer, set_scope
from initiatives.base import new_id
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from initiatives.organisations import OrganisationKind
from initiatives.webhooks import TooMany
from tests import factories

URL = "https://ekby.example.se/narplan"


@pytest.fixture
async def administrator(session: AsyncSession) -> Viewer:
    region = await factories.organisation(session, kind=OrganisationKind.REGION)
    await feeds.lock_feed(session, None)
    return await factories.viewer(session, Role.ADMINISTRATOR, organisation_id=region.id)


async def key(session: AsyncSession, role: Role = Role.PARTNER) -> Viewer:
    """Return the key of a new organisation, which already has a feed."""
    organisation = await factories.organisation(session)
    await feeds.lock_feed(session, organisation.id)
    return Viewer(None, organisation.id, role, "Nyckel", new_id())


async def test_a_webhook_is_registered_with_a_secret_that_is_shown_once(
    session: AsyncSession, administrator: Viewer
) -> None:
    added, secret = await webhooks.register(session, administrator, url=f" {URL} ", events=["document.shared"] * 2)
    assert base64.b64decode(secret.removeprefix("whsec_")) == added.secret
    assert len(added.secret) == 32
    assert (added.url, added.events, added.enabled) == (URL, ["document.shared"], True)
    rows, _ = await activity.list_activity(session, SYSTEM, subject_id=added.id)
    assert [row.action for row in rows] == ["skapade"]
    assert rows[0].after
    assert rows[0].after["host"] == "ekby.example.se"
    assert "narplan" not in str(rows[0].after)


@pytest.mark.parametrize(
    ("url", "events", "field"),
    [("http://ekby.example.se/", [], "url"), ("https://10.0.0.1/", [], "url"), (URL, ["initiative.deleted"], "events")],
)
async def test_what_cannot_be_a_webhook(
    session: AsyncSession, administrator: Viewer, url: str, events: list[str], field: str
) -> None:
    with pytest.raises(InvalidValue) as refusal:
        await webhooks.register(session, administrator, url=url, events=events)
    assert refusal.value.field == field


@pytest.mark.parametrize("role", [Role.PROGRAMME_GROUP, Role.POLITICIAN, Role.PARTNER, Role.READER])
async def test_people_who_do_not_administer_handle_none(session: AsyncSession, role: Role) -> None:
    person = await factories.viewer(session, role)
    await feeds.lock_feed(session, feeds.audience(person))
    with pytest.raises(NotAllowed):
        await webhooks.register(session, person, url=URL)
    with pytest.raises(NotAllowed):
        await webhooks.list_webhooks(session, person)


async def test_an_administrator_handles_all_and_a_key_those_of_its_organisation(
    session: AsyncSession, administrator: Viewer
) -> None:
    mine, other = await key(session), await key(session)
    own, _ = await webhooks.register(session, administrator, url=URL, organisation_id=mine.organisation_id)
    foreign, _ = await webhooks.register(session, administrator, url=URL, organisation_id=other.organisation_id)
    everything, _ = await webhooks.register(session, administrator, url=URL)
    assert {own.id, foreign.id, everything.id} <= {
        row.id for row in (await webhooks.list_webhooks(session, administrator))[0]
    }
    await set_scope(session, mine)
    assert [row.id for row in (await webhooks.list_webhooks(session, mine))[0]] == [own.id]
    for hidden in (foreign.id, everything.id, new_id()):
        with pytest.raises(NotFound, match="Webhooken finns inte"):
            await webhooks.get(session, mine, hidden)
    assert await session.scalar(text("SELECT count(*) FROM webhook")) == 1


async def test_a_key_registers_for_its_own_organisation(session: AsyncSession) -> None:
    mine = await key(session)
    await set_scope(session, mine)
    added, _ = await webhooks.register(session, mine, url=URL)
    assert added.organisation_id == mine.organisation_id
    await webhooks.revise(session, mine, added.id, enabled=False)
    await webhooks.renew_secret(session, mine, added.id)
    await webhooks.remove(session, mine, added.id)
    await set_scope(session, SYSTEM)
    rows, total = await activity.list_activity(session, SYSTEM, subject_id=added.id)
    assert total == 4
    assert {row.key_id for row in rows} == {mine.key_id}


async def test_a_key_names_no_other_organisation(session: AsyncSession) -> None:
    mine, other = await key(session), await key(session)
    with pytest.raises(InvalidValue) as refusal:
        await webhooks.register(session, mine, url=URL, organisation_id=other.organisation_id)
    assert refusal.value.field == "organisation_id"


async def test_a_key_that_sees_less_does_not_handle_what_tells_of_everything(
    session: AsyncSession, administrator: Viewer
) -> None:
    """Else it could send to itself what it may not see."""
    everything, _ = await webhooks.register(session, administrator, url=URL)
    weak = Viewer(None, administrator.organisation_id, Role.READER, "Svag nyckel", new_id())
    await feeds.lock_feed(session, weak.organisation_id)
    with pytest.raises(NotFound):
        await webhooks.revise(session, weak, everything.id, url="https://annan.example.se/")
    await set_scope(session, weak)
    changed = await session.execute(text("UPDATE webhook SET url = 'https://annan.example.se/' RETURNING id"))
    assert changed.all() == []
    await set_scope(session, strong := replace(weak, role=Role.PROGRAMME_GROUP))
    assert (await webhooks.get(session, strong, everything.id)).url == URL


async def test_an_organisation_that_is_not_there(session: AsyncSession, administrator: Viewer) -> None:
    with pytest.raises(InvalidValue):
        await webhooks.register(session, administrator, url=URL, organisation_id=new_id())


async def test_no_more_than_anyone_needs(session: AsyncSession, administrator: Viewer) -> None:
    for _ in range(webhooks.MOST):
        await webhooks.register(session, administrator, url=URL)
    with pytest.raises(TooMany):
        await webhooks.register(session, administrator, url=URL)


async def test_a_webhook_is_changed_disabled_enabled_and_removed(session: AsyncSession, administrator: Viewer) -> None:
    added, _ = await webhooks.register(session, administrator, url=URL)
    await webhooks.revise(session, administrator, added.id)
    off = await webhooks.revise(session, administrator, added.id, events=["initiative.shared"], enabled=False)
    assert (off.enabled, off.events) == (False, ["initiative.shared"])
    assert off.disabled_reason
    on = await webhooks.revise(session, administrator, added.id, enabled=True)
    assert (on.enabled, on.disabled_reason) == (True, None)
    await webhooks.remove(session, administrator, added.id)
    with pytest.raises(NotFound):
        await webhooks.get(session, administrator, added.id)
    rows, _ = await activity.list_activity(session, SYSTEM, subject_id=added.id)
    assert sorted(row.action for row in rows) == ["skapade", "tog bort", "ändrade", "ändrade"]


async def test_another_secret(session: AsyncSession, administrator: Viewer) -> None:
    added, first = await webhooks.register(session, administrator, url=URL)
    again, second = await webhooks.renew_secret(session, administrator, added.id)
    assert first != second
    assert again.id == added.id


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The example of the specification's own libraries, worked out here once more by hand."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = webhooks.headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    signed = b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'
    by_hand = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert made["webhook-signature"] == f"v1,{by_hand}"
