from dataclasses import fields

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from initiatives import accesses, activity, credentials, retention
from initiatives.access import SYSTEM, Role
from initiatives.activity import Filters
from initiatives.retention import KINDS, Retention
from tests import factories

NAMES = ("seen", "asked", "conversations", "sessions", "gaps")
TABLES = ("seen", "asked", "conversation", "turn", "login_session", "knowledge_gap")
WRITTEN = (
    """INSERT INTO seen (id, at, day, person_id, item_type, item_id)
    SELECT gen_random_uuid(), {then}, current_date - {days}, id, 'initiative', gen_random_uuid() FROM person""",
    "INSERT INTO asked (id, at, person_id, question) SELECT gen_random_uuid(), {then}, id, 'Vad?' FROM person",
    """INSERT INTO conversation (id, person_id, title, created_at, updated_at)
    SELECT gen_random_uuid(), id, 'Vad?', {then}, {then} FROM person""",
    """INSERT INTO turn (id, conversation_id, question, answer, created_at)
    SELECT gen_random_uuid(), id, 'Vad?', '{{}}', updated_at FROM conversation""",
    """INSERT INTO login_session
    (id, browser, token_sha256, person_id, membership_id, created_at, last_seen_at, expires_at)
    SELECT gen_random_uuid(), '', sha256({days}::text::bytea), person_id, id, {then}, {then}, {then} FROM membership""",
    """INSERT INTO knowledge_gap (id, question, confidence, created_at, cause, reason)
    VALUES (gen_random_uuid(), 'Vad?', 0, {then}, 'obesvarad', '')""",
)


async def write(session: AsyncSession, days: int) -> None:
    """Write one row of every kind that came to its end so many days ago."""
    await session.execute(text("DELETE FROM turn"))
    for statement in WRITTEN:
        await session.execute(text(statement.format(days=days, then=f"now() - interval '{days} days'")))


async def counts(session: AsyncSession) -> dict[str, int]:
    return {table: await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in TABLES}


def test_every_kind_has_its_period() -> None:
    assert {field.name for field in fields(Retention)} == set(KINDS)


@pytest.mark.parametrize("field", KINDS)
async def test_each_kind_is_kept_for_its_own_time_and_no_longer(session: AsyncSession, field: str) -> None:
    await factories.person(session)
    await session.flush()
    kept = Retention(**{**dict.fromkeys(KINDS, 10_000), field: 30})
    for days, expected in ((29, 0), (31, 1)):
        await write(session, days)
        removed = await retention.apply(session, kept)
        assert {one.kind.name: one.count for one in removed} == {
            **dict.fromkeys(NAMES, 0), KINDS[field].name: expected,
        }  # fmt: skip


async def test_a_dry_run_tells_and_touches_nothing(session: AsyncSession) -> None:
    await factories.person(session)
    await session.flush()
    await write(session, 400)
    before, (_, rows) = await counts(session), await activity.list_activity(session, SYSTEM)
    removed = await retention.apply(session, Retention(), dry_run=True)
    assert [one.count for one in removed] == [1] * len(KINDS)
    assert await counts(session) == before
    assert (await activity.list_activity(session, SYSTEM))[1] == rows


async def test_what_was_taken_away_is_in_the_diary_in_numbers(session: AsyncSession) -> None:
    await factories.person(session)
    await session.flush()
    await write(session, 400)
    await retention.apply(session, Retention())
    assert set((await counts(session)).values()) == {0}
    [row], _ = await activity.list_activity(session, SYSTEM, filters=Filters(subject_type="retention"))
    assert (row.action, row.after) == ("gallrade", dict.fromkeys(NAMES, 1))


async def test_it_is_done_once_a_day_however_many_workers_there_are(database: Database) -> None:
    assert await retention.apply_daily(database.scoped, Retention()) is not None
    assert await retention.apply_daily(database.scoped, Retention()) is None
    async with database.scoped(SYSTEM) as session:
        await session.execute(text("SELECT pg_advisory_xact_lock(7306, 8)"))
        assert await retention.apply_daily(database.scoped, Retention()) is None


async def test_one_who_is_signed_in_stays_so(session: AsyncSession) -> None:
    person = await factories.person(session, Role.POLITICIAN)
    token = await credentials.open_session(session, person)
    accesses.asked(session, await factories.acting_as(session, person), "Vad?", conversation_id=None, turn_id=None)
    await session.flush()
    await retention.apply(session, Retention())
    assert await credentials.viewer_of_session(session, token) is not None
    assert (await accesses.list_asked(session, SYSTEM, Filters()))[1] == 1
