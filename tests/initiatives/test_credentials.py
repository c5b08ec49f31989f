import asyncio
import time
from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import credentials, passwords
from initiatives.access import SYSTEM, Role
from initiatives.base import utcnow
from initiatives.credentials import ApiKey, LoginSession
from initiatives.errors import InvalidValue, NotFound, SignInFailed
from tests import factories
from tests.factories import PASSWORD


async def test_the_right_password_opens_and_the_hash_is_argon2id(session: AsyncSession) -> None:
    person = await factories.person(session, email="a@x.example", password=PASSWORD)
    assert person.password_hash is not None
    assert person.password_hash.startswith("$argon2id$")
    assert (await credentials.authenticate(session, " A@X.example ", PASSWORD)).id == person.id


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
            await credentials.authenticate(session, email, password)
        times.append(time.perf_counter() - start)
        details.add(refused.value.detail)
    assert len(details) == 1
    assert min(times) > 0.01, "a hash is computed in every case"


async def test_other_work_in_threads_does_not_wait_for_passwords() -> None:
    checks = [asyncio.create_task(passwords.matches("fel lösenord", None)) for _ in range(40)]
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
    assert (await credentials.authenticate(session, "a@x.example", "ett helt nytt lösenord")).id == person.id
    token = await credentials.open_session(session, person)
    await factories.closed(session, "a@x.example")
    assert await credentials.viewer_of_session(session, token) is None


async def test_a_key_opens_until_it_is_revoked_or_too_old(session: AsyncSession) -> None:
    person = await factories.person(session, Role.POLITICIAN, email="a@x.example")
    key, secret = await credentials.create_key(session, SYSTEM, email="a@x.example", name="Kalkylblad")
    _, short = await credentials.create_key(
        session, SYSTEM, email="a@x.example", name="Kort", lifetime=timedelta(days=1)
    )
    assert secret.startswith(key.prefix)
    assert await credentials.viewer_of_key(session, secret) == await factories.acting_as(session, person)
    await session.refresh(key)
    assert key.last_used_at is not None
    await credentials.revoke_key(session, SYSTEM, key.prefix)
    await session.flush()
    assert await credentials.viewer_of_key(session, secret) is None
    assert await credentials.viewer_of_key(session, short) == await factories.acting_as(session, person)
    await session.execute(update(ApiKey).values(expires_at=utcnow() - timedelta(seconds=1)))
    assert await credentials.viewer_of_key(session, short) is None
    assert [found.name for found, _ in await credentials.list_keys(session, "a@x.example")] == ["Kalkylblad", "Kort"]


async def test_the_key_of_a_closed_account_opens_nothing(session: AsyncSession) -> None:
    await factories.person(session, email="a@x.example")
    _, secret = await credentials.create_key(session, SYSTEM, email="a@x.example", name="N")
    await factories.closed(session, "a@x.example")
    await session.flush()
    assert await credentials.viewer_of_key(session, secret) is None
    assert await credentials.viewer_of_key(session, "np_nonsense\0") is None


async def test_a_key_that_does_not_exist_cannot_be_revoked(session: AsyncSession) -> None:
    with pytest.raises(NotFound):
        await credentials.revoke_key(session, SYSTEM, "np_00000000")
