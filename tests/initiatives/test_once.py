import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from initiatives import once
from initiatives.access import SYSTEM, Role, Viewer, set_scope
from initiatives.base import new_id
from initiatives.once import AlreadyDone, Answer, KeyReused, StillWorking
from tests import factories

ANSWER = Answer(201, [["location", "/x"]], b'{"id": 1}')


@pytest.fixture
async def person(session: AsyncSession) -> Viewer:
    found = await factories.viewer(session, Role.PROGRAMME_GROUP)
    await set_scope(session, found)
    return found


async def test_what_was_answered_is_answered_again(session: AsyncSession, person: Viewer) -> None:
    assert await once.begin(session, person, "k", b"request") is None
    once.keep(session, person, "k", b"request", ANSWER)
    await session.flush()
    assert await once.begin(session, person, "k", b"request") == ANSWER
    with pytest.raises(KeyReused):
        await once.begin(session, person, "k", b"another request")


async def test_keys_are_each_persons_own(session: AsyncSession, person: Viewer) -> None:
    once.keep(session, person, "k", b"request", ANSWER)
    await session.flush()
    for other in (replace(person, person_id=new_id()), replace(person, key_id=new_id())):
        await set_scope(session, other)
        assert await once.begin(session, other, "k", b"another request") is None
        assert await session.scalar(text("SELECT count(*) FROM kept_answer")) == 0


async def test_a_secret_is_not_kept_and_not_made_twice(session: AsyncSession, person: Viewer) -> None:
    once.keep(session, person, "k", b"request", replace(ANSWER, body=None))
    await session.flush()
    with pytest.raises(AlreadyDone, match="bara visas en gång"):
        await once.begin(session, person, "k", b"request")


async def test_after_a_day_the_key_is_new_again_and_the_answer_is_removed(
    session: AsyncSession, person: Viewer
) -> None:
    for key in ("k", "old"):
        once.keep(session, person, key, b"request", ANSWER)
    await session.flush()
    await session.execute(text("UPDATE kept_answer SET created_at = now() - interval '25 hours'"))
    session.expire_all()
    assert await once.begin(session, person, "k", b"another request") is None
    once.keep(session, person, "k", b"another request", ANSWER)
    await session.flush()
    await set_scope(session, SYSTEM)
    await once.sweep(session)
    assert await session.scalar(text("SELECT count(*) FROM kept_answer")) == 1


async def test_while_one_works_the_others_are_told_at_once_and_what_fails_leaves_nothing(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        person = await factories.viewer(session, Role.PROGRAMME_GROUP)

    async def fail() -> None:
        async with database.scoped(person) as first:
            assert await once.begin(first, person, "k", b"request") is None
            once.keep(first, person, "k", b"request", ANSWER)
            await first.flush()
            with pytest.raises(StillWorking):
                await same_at_once()
            raise ZeroDivisionError

    async def same_at_once() -> None:
        async with asyncio.timeout(5), database.scoped(person) as second:
            await once.begin(second, person, "k", b"request")

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.scoped(person) as third:
        assert await once.begin(third, person, "k", b"request") is None
