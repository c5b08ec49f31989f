import asyncio
import time
from datetime import timedelta

import pytest
from argon2 import Type, extract_parameters
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from initiatives import credentials, passwords
from initiatives.access import SYSTEM, Role, Viewer, set_scope
from initiatives.base import new_id, utcnow
from initiatives.credentials import SESSION_IDLE, SESSION_LIFETIME, LoginSession
from initiatives.errors import InvalidValue, NotFound, SignInFailed
from tests import factories
from tests.factories import PASSWORD


@pytest.mark.usefixtures("production_passwords")
async def test_the_right_password_opens_and_the_hash_is_argon2id_and_costs_enough(session: AsyncSession) -> None:
    person = await factories.person(session, email="a@x.example", password=PASSWORD)
    assert person.password_hash is not None
    parameters = extract_parameters(person.password_hash)
    assert parameters.type is Type.ID
    assert (parameters.memory_cost >= 19 * 1024, parameters.time_cost >= 2) == (True, True), "OWASP's least, 2026"
    assert (await factories.authenticate(session, " A@X.example ", PASSWORD)).id == person.id


@pytest.mark.usefixtures("production_passwords")
async def test_every_failure_looks_and_takes_the_same(session: AsyncSession) -> None:
    await factories.person(session, email="open@x.example", password=PASSWORD)
    await factories.person(session, email="nopassword@x.example")
    await factories.person(session, email="closed@x.example", password=PASSWORD)
    await factories.closed(session, "closed@x.example")
    await passwords.matches("warm", None)
    details, times = set(), []
    for email, password in (
        ("open@x.example", "fel lösenord"),
        ("nopassword@x.example", PASSWORD),
        ("closed@x.example", PASSWORD),
        ("nobody@x.example", PASSWORD),
        ("open@x.example\0", "\0"),
        ("open@x.example", "x" * 100_000),
    ):
        start = time.perf_counter()
        with pytest.raises(SignInFailed) as refused:
            await factories.authenticate(session, email, password)
        times.append(time.perf_counter() - start)
        details.add(refused.value.detail)
    assert len(details) == 1
    assert min(times) > 0.01, "a hash is computed in every case"


@pytest.mark.usefixtures("production_passwords")
async def test_other_work_in_threads_does_not_wait_for_passwords() -> None:
    checks = [asyncio.create_task(passwords.matches("fel lösenord", None)) for _ in range(34)]
    await asyncio.sleep(0)
    await asyncio.to_thread(int)
    done = sum(check.done() for check in checks)
    await asyncio.gather(*checks)
    assert done < 8, "no more than 32 of the common threads are ever there to wait behind"


@pytest.mark.parametrize("password", ["kort", "x" * 501])
async def test_a_password_is_neither_short_nor_endless(session: AsyncSession, password: str) -> None:
    with pytest.raises(InvalidValue):
        await factories.person(session, password=password)


async def test_a_session_lasts_until_it_is_closed_or_too_old(session: AsyncSession) -> None:
    person = await factories.person(session)
    first, second = [await credentials.open_session(session, person) for _ in range(2)]
    assert first != second
    assert len(first) >= 43, "256 bits"
    assert await credentials.viewer_of_session(session, first) == await factories.acting_as(session, person)
    await credentials.close_session(session, first)
    assert await credentials.viewer_of_session(session, first) is None
    await session.execute(update(LoginSession).values(expires_at=utcnow() - timedelta(seconds=1)))
    assert await credentials.viewer_of_session(session, second) is None


async def test_only_the_digest_of_a_token_is_stored(session: AsyncSession) -> None:
    token = await credentials.open_session(session, await factories.person(session))
    await session.flush()
    stored = await session.scalar(text("SELECT string_agg(encode(token_sha256, 'escape'), '') FROM login_session"))
    assert token not in str(stored)


async def test_a_new_password_and_a_closed_account_end_open_sessions(session: AsyncSession) -> None:
    person = await factories.person(session, email="a@x.example", password=PASSWORD)
    token = await credentials.open_session(session, person)
    await credentials.set_password(session, SYSTEM, "a@x.example", "ett helt nytt lösenord")
    assert await credentials.viewer_of_session(session, token) is None
    assert (await factories.authenticate(session, "a@x.example", "ett helt nytt lösenord")).id == person.id
    token = await credentials.open_session(session, person)
    await factories.closed(session, "a@x.example")
    assert await credentials.viewer_of_session(session, token) is None


@pytest.mark.parametrize("what", ["closed", "replaced"])
async def test_what_happens_between_the_check_and_the_opening_leaves_nothing_open(
    database: Database, what: str
) -> None:
    async with database.scoped(SYSTEM) as session:
        await factories.person(session, email="a@x.example", password=PASSWORD)
    async with database.scoped(SYSTEM) as session:
        found = await credentials.with_address(session, "a@x.example")
    checked = await credentials.check(found, PASSWORD)
    mine = Viewer(checked.id, None, Role.PROGRAMME_GROUP, checked.name)
    hashed = await passwords.hash_password("lösenordet som en tjuv vill ha")

    async def open_one() -> None:
        async with database.scoped(SYSTEM) as session:
            await credentials.open_session(session, checked)

    async def renew() -> None:
        async with database.scoped(SYSTEM) as session:
            await credentials.renew_password(session, mine, checked, hashed)

    async with database.scoped(SYSTEM) as session:
        if what == "closed":
            await factories.closed(session, "a@x.example")
        else:
            await credentials.set_password(session, SYSTEM, "a@x.example", "ett helt nytt lösenord")
        waiting = [asyncio.create_task(work()) for work in (open_one, renew)]
        assert not (await asyncio.wait(waiting, timeout=0.3))[0], "they wait to see what becomes of it"
    assert [type(one) for one in await asyncio.gather(*waiting, return_exceptions=True)] == [SignInFailed] * 2
    async with database.scoped(SYSTEM) as session:
        assert await session.scalar(select(func.count()).select_from(LoginSession)) == 0
        if what == "replaced":
            assert (await factories.authenticate(session, "a@x.example", "ett helt nytt lösenord")).id == checked.id


async def test_a_session_that_is_opened_while_an_account_closes_is_ended_with_the_others(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        person = await factories.person(session, email="a@x.example")

    async def close() -> None:
        async with database.scoped(SYSTEM) as session:
            await factories.closed(session, "a@x.example")

    async with database.scoped(SYSTEM) as session:
        token = await credentials.open_session(session, person)
        closing = asyncio.create_task(close())
        assert not (await asyncio.wait([closing], timeout=0.3))[0], "the account stays open until the session is there"
    await closing
    async with database.scoped(SYSTEM) as session:
        assert await credentials.viewer_of_session(session, token) is None
        assert await session.scalar(select(func.count()).select_from(LoginSession)) == 0


async def test_a_session_that_nobody_uses_ends_before_its_day_is_over(session: AsyncSession) -> None:
    token = await credentials.open_session(session, await factories.person(session))
    await session.flush()
    idle = LoginSession.last_seen_at
    await session.execute(update(LoginSession).values(last_seen_at=utcnow() - SESSION_IDLE + timedelta(minutes=1)))
    assert await credentials.viewer_of_session(session, token) is not None
    noted = await session.scalar(select(idle))
    assert noted
    assert noted > utcnow() - timedelta(minutes=1), "its use is noted"
    await session.execute(update(LoginSession).values(last_seen_at=utcnow() - SESSION_IDLE))
    assert await credentials.viewer_of_session(session, token) is None


async def test_using_a_session_does_not_make_it_last_longer_than_its_day(session: AsyncSession) -> None:
    token = await credentials.open_session(session, await factories.person(session))
    await session.flush()
    await session.execute(update(LoginSession).values(expires_at=utcnow()))
    assert await credentials.viewer_of_session(session, token) is None
    assert timedelta(hours=12) == SESSION_LIFETIME


async def test_sessions_that_are_over_are_cleared_away_at_the_next_sign_in(session: AsyncSession) -> None:
    person = await factories.person(session)
    await credentials.open_session(session, person)
    await credentials.open_session(session, await factories.person(session))
    await session.flush()
    await session.execute(update(LoginSession).values(last_seen_at=utcnow() - SESSION_IDLE))
    await credentials.open_session(session, person)
    await session.flush()
    mine = LoginSession.person_id == person.id
    assert await session.scalar(select(func.count()).select_from(LoginSession).where(mine)) == 1


async def test_one_sees_and_ends_ones_own_sessions_only(session: AsyncSession) -> None:
    person, other = [await factories.person(session) for _ in range(2)]
    mine = await factories.acting_as(session, person)
    here = await credentials.open_session(session, person, browser="Firefox på Linux")
    away = await credentials.open_session(session, person)
    theirs = await credentials.open_session(session, other)
    await session.flush()
    rows = await credentials.list_sessions(session, mine, here)
    assert [(row.browser, row.current) for row in rows if row.current] == [("Firefox på Linux", True)]
    assert len(rows) == 2
    foreign = await credentials.list_sessions(session, await factories.acting_as(session, other), theirs)
    await set_scope(session, mine)
    with pytest.raises(NotFound):
        await credentials.end_own_session(session, mine, foreign[0].id)
    await credentials.end_own_session(session, mine, next(row.id for row in rows if not row.current))
    await set_scope(session, SYSTEM)
    assert await credentials.viewer_of_session(session, away) is None
    assert await credentials.viewer_of_session(session, here) == mine
    await credentials.end_own_sessions(session, mine)
    assert await credentials.viewer_of_session(session, here) is None
    assert await credentials.viewer_of_session(session, theirs) is not None


async def test_a_key_has_no_sessions(session: AsyncSession) -> None:
    key, _ = await factories.key(session, Role.READER)
    await credentials.open_session(session, await factories.person(session))
    await session.flush()
    viewer = Viewer(None, key.organisation_id, key.role, "Nyckeln", key_id=key.id)
    assert await credentials.list_sessions(session, viewer, "") == []
    with pytest.raises(NotFound):
        await credentials.end_own_sessions(session, viewer)
    with pytest.raises(NotFound):
        await credentials.end_own_session(session, viewer, new_id())
