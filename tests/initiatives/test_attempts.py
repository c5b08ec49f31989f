import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from initiatives import attempts, credentials, passwords, tokens
from initiatives.access import SYSTEM
from initiatives.errors import SignInFailed
from initiatives.limits import TooOften
from tests import factories
from tests.factories import PASSWORD

VICTIM, HOME, AWAY = "asa@x.example", "192.0.2.1", "198.51.100.9"
HOLD = text("""
    UPDATE sign_in_gate SET opens_at = opens_at + interval '1 hour'
    WHERE failures > 5 AND kind IN ('known browser', 'address and network')
""")
CLOSED_FOR = text("""
    SELECT round(extract(epoch FROM opens_at - (forgotten_at - CAST(:memory AS interval)))) FROM sign_in_gate
    WHERE kind = :kind ORDER BY opens_at DESC LIMIT 1
""")
OPEN = text("UPDATE sign_in_gate SET opens_at = now() - interval '1 second'")


async def tries(session: AsyncSession, number: int, email: str = VICTIM, network: str = AWAY) -> None:
    for _ in range(number):
        await attempts.begin(session, email, network)


async def wait(
    session: AsyncSession, email: str = VICTIM, network: str = AWAY, gate: attempts.Gate = attempts.PLACE
) -> int:
    """Return for how many seconds the gate that closed last did so, and hold it closed however slow the test is."""
    closed_for = await session.scalar(CLOSED_FOR, {"kind": gate.kind, "memory": gate.memory})
    held = text(
        "UPDATE sign_in_gate SET opens_at = opens_at + interval '1 hour' WHERE kind = :kind AND failures > :free"
    )
    await session.execute(held, {"kind": gate.kind, "free": gate.free})
    with pytest.raises(TooOften) as refusal:
        await attempts.begin(session, email, network)
    assert refusal.value.seconds > 3000
    return int(closed_for or 0)


@pytest.mark.parametrize("email", [VICTIM, "nobody@x.example"])
async def test_the_wait_grows_alike_whether_or_not_the_address_exists(session: AsyncSession, email: str) -> None:
    await factories.person(session, email=VICTIM, password=PASSWORD)
    await tries(session, attempts.PLACE.free, email)
    waits = []
    for _ in range(12):
        await attempts.begin(session, email, AWAY)
        waits.append(await wait(session, email))
        await session.execute(OPEN)
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


async def test_the_address_is_the_same_however_it_is_written(session: AsyncSession) -> None:
    await tries(session, attempts.PLACE.free + 1, VICTIM)
    assert await wait(session, f"  {VICTIM.upper()}\0 ") == 2


async def test_one_who_guesses_from_elsewhere_does_not_keep_the_person_waiting(session: AsyncSession) -> None:
    await tries(session, attempts.PLACE.free + 1, network=AWAY)
    assert await wait(session, network=AWAY)
    await attempts.begin(session, VICTIM, HOME)


async def test_a_browser_that_is_known_is_let_through_whatever_others_guess_even_on_the_same_network(
    session: AsyncSession,
) -> None:
    person = await factories.person(session, email=VICTIM)
    token = await attempts.succeeded(session, await attempts.begin(session, VICTIM, HOME), person.id)
    await tries(session, attempts.PLACE.free + 1, network=HOME)
    assert await wait(session, network=HOME)
    again = await attempts.begin(session, VICTIM, HOME, token)
    assert await attempts.succeeded(session, again, person.id) == token


async def test_a_browser_is_known_for_its_own_person_only_and_has_a_gate_too(session: AsyncSession) -> None:
    person = await factories.person(session, email=VICTIM)
    await factories.person(session, email="other@x.example")
    token = await attempts.succeeded(session, await attempts.begin(session, VICTIM, HOME), person.id)
    for _ in range(attempts.PLACE.free + 1):
        await attempts.begin(session, "other@x.example", HOME, token)
    await session.execute(HOLD)
    with pytest.raises(TooOften):
        await attempts.begin(session, "other@x.example", HOME, token)
    for _ in range(attempts.BROWSER.free + 1):
        await attempts.begin(session, VICTIM, HOME, token)
    await session.execute(HOLD)
    with pytest.raises(TooOften):
        await attempts.begin(session, VICTIM, HOME, token)


async def test_one_network_may_not_try_every_address_nor_every_network_one_address(session: AsyncSession) -> None:
    for number in range(attempts.NETWORK.free + 1):
        await attempts.begin(session, f"{number}@x.example", AWAY)
    assert await wait(session, "one-more@x.example", gate=attempts.NETWORK) == 2
    for number in range(attempts.ADDRESS.free + 1):
        await attempts.begin(session, VICTIM, f"10.0.0.{number}")
    assert await wait(session, VICTIM, "10.0.1.1", attempts.ADDRESS) == 2


async def test_those_two_gates_never_close_for_more_than_a_minute(session: AsyncSession) -> None:
    for gate in (attempts.NETWORK, attempts.ADDRESS):
        assert gate.longest == timedelta(minutes=1)
    await session.execute(
        text("INSERT INTO sign_in_gate VALUES (:kind, :who, 100000, now(), now() + interval '1 hour')"),
        {"kind": attempts.NETWORK.kind, "who": tokens.digest(AWAY)},
    )
    await attempts.begin(session, VICTIM, AWAY)
    assert await wait(session, "other@x.example", gate=attempts.NETWORK) == 60


async def test_success_takes_back_what_was_counted(session: AsyncSession) -> None:
    person = await factories.person(session, email=VICTIM)
    for _ in range(3 * attempts.NETWORK.free):
        await attempts.succeeded(session, await attempts.begin(session, VICTIM, HOME), person.id)
    left = await session.execute(text("SELECT kind, failures FROM sign_in_gate ORDER BY kind"))
    assert left.all() == [("address", 0), ("network", 0)]


async def test_a_refused_attempt_counts_nowhere_else(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        await tries(session, attempts.PLACE.free + 1)
        await session.execute(HOLD)
    for _ in range(3):
        with pytest.raises(TooOften):
            async with database.scoped(SYSTEM) as session:
                await attempts.begin(session, VICTIM, AWAY)
    async with database.scoped(SYSTEM) as session:
        counted = set(await session.scalars(text("SELECT failures FROM sign_in_gate")))
    assert counted == {attempts.PLACE.free + 1}


async def test_many_at_once_are_no_way_around(database: Database) -> None:
    async def once() -> bool:
        try:
            async with database.scoped(SYSTEM) as session:
                await attempts.begin(session, VICTIM, AWAY)
        except TooOften:
            return False
        return True

    assert sum(await asyncio.gather(*(once() for _ in range(60)))) == attempts.PLACE.free + 1


async def test_old_failures_are_forgotten_and_removed(session: AsyncSession, monkeypatch: pytest.MonkeyPatch) -> None:
    short = replace(attempts.PLACE, memory=timedelta(0))
    monkeypatch.setattr(attempts, "PLACE", short)
    await tries(session, 3 * short.free)
    await attempts.sweep(session)
    assert set(await session.scalars(text("SELECT kind FROM sign_in_gate"))) == {"address", "network"}


async def test_a_browser_that_has_not_been_used_for_long_is_not_known(session: AsyncSession) -> None:
    person = await factories.person(session, email=VICTIM)
    token = await attempts.succeeded(session, await attempts.begin(session, VICTIM, HOME), person.id)
    await session.execute(text("UPDATE known_browser SET used_at = now() - interval '181 days'"))
    assert (await attempts.begin(session, VICTIM, HOME, token)).browser is None
    await attempts.sweep(session)
    assert await session.scalar(text("SELECT count(*) FROM known_browser")) == 0


async def test_what_is_typed_is_not_kept(session: AsyncSession) -> None:
    await attempts.begin(session, "hemligt lösenord i fel ruta", AWAY)
    kept = " ".join(await session.scalars(text("SELECT sign_in_gate::text FROM sign_in_gate")))
    assert "hemligt" not in kept
    assert b"hemligt".hex() not in kept


@pytest.mark.usefixtures("production_passwords")
async def test_a_wrong_password_takes_as_long_as_a_wrong_address(session: AsyncSession) -> None:
    """Without the work for nobody a wrong address is a hundred times quicker; a factor of two leaves room for noise."""
    found = await factories.person(session, email=VICTIM, password=PASSWORD)
    taken: dict[bool, list[float]] = {True: [], False: []}
    await passwords.matches("x", None)
    for _ in range(7):
        for exists, times in taken.items():
            began = time.perf_counter()
            with pytest.raises(SignInFailed):
                await credentials.check(found if exists else None, "fel lösenord")
            times.append(time.perf_counter() - began)
    known, unknown = (min(times) for times in taken.values())
    assert 0.5 < known / unknown < 2
