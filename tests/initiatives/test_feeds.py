"""Feeds: what is new is written once, in order, and a cursor reads on from where it stood."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import changes, feeds
from initiatives.access import SYSTEM, Role, Viewer, set_scope
from initiatives.base import new_id, utcnow
from initiatives.changes import NOW, CursorTooOld
from initiatives.errors import InvalidValue, NotAllowed
from initiatives.feeds import Change, ChangeFeed, Fields, Kind, Subject
from tests import factories

ONE, TWO = ("initiative", new_id()), ("document", new_id())
CAR = {"title": "Läkarbil", "status": "förslag"}


@pytest.fixture
async def partner(session: AsyncSession) -> Viewer:
    return await factories.viewer(session, Role.PARTNER)


async def see(
    session: AsyncSession, person: Viewer, seen: Mapping[Subject, Fields], only: list[Subject] | None = None
) -> list[Kind]:
    feed = await feeds.lock_feed(session, feeds.audience(person))
    return [change.kind for change in await feeds.note(session, feed, seen, only)]


async def read(
    session: AsyncSession, person: Viewer, cursor: str | None = None
) -> list[tuple[Kind, UUID, tuple[str, ...]]]:
    await set_scope(session, person)
    found = await changes.since(session, person, cursor)
    await set_scope(session, SYSTEM)
    return [(row.kind, row.subject_id, row.fields) for row in found.items]


async def cursor_of(session: AsyncSession, person: Viewer) -> str:
    return (await changes.since(session, person, NOW)).cursor


async def test_what_is_new_is_told_once_and_in_order(session: AsyncSession, partner: Viewer) -> None:
    assert await see(session, partner, {ONE: CAR}) == [Kind.SHARED]
    assert await see(session, partner, {ONE: CAR}) == []
    begun = await cursor_of(session, partner)
    assert await see(session, partner, {ONE: {**CAR, "status": "beslutat"}, TWO: {"title": "Plan"}}) == [
        Kind.SHARED,
        Kind.CHANGED,
    ]
    assert await see(session, partner, {ONE: {**CAR, "status": "beslutat"}}) == [Kind.UNSHARED]
    assert await read(session, partner, begun) == [
        (Kind.CHANGED, ONE[1], ("status",)),
        (Kind.UNSHARED, TWO[1], ()),
    ]


async def test_of_what_is_taken_back_only_that_is_told(session: AsyncSession, partner: Viewer) -> None:
    await see(session, partner, {})
    begun = await cursor_of(session, partner)
    await see(session, partner, {ONE: CAR})
    await see(session, partner, {ONE: {**CAR, "title": "Bil"}})
    await see(session, partner, {})
    assert await read(session, partner, begun) == [(Kind.UNSHARED, ONE[1], ())]
    await see(session, partner, {ONE: CAR})
    assert [kind for kind, *_ in await read(session, partner, begun)][-2:] == [
        Kind.UNSHARED,
        Kind.SHARED,
    ]


async def test_a_field_that_is_withdrawn_is_named_as_that_and_its_changes_are_not_told(
    session: AsyncSession, partner: Viewer
) -> None:
    await see(session, partner, {ONE: CAR})
    begun = await cursor_of(session, partner)
    await see(session, partner, {ONE: {**CAR, "status": "pågår"}})
    await see(session, partner, {ONE: {"title": "Läkarbil"}})
    (row,) = (await changes.since(session, partner, begun)).items
    assert (row.fields, row.withdrawn) == ((), ("status",))
    await see(session, partner, {ONE: CAR})
    shown = (await changes.since(session, partner, begun)).items
    assert [(row.fields, row.withdrawn) for row in shown] == [(("status",), ()), (("status",), ())]


async def test_looking_at_one_thing_says_nothing_of_the_others(session: AsyncSession, partner: Viewer) -> None:
    await see(session, partner, {ONE: CAR, TWO: {"title": "Plan"}})
    assert await see(session, partner, {ONE: {**CAR, "title": "Bil"}}, [ONE]) == [Kind.CHANGED]
    assert await see(session, partner, {}, [TWO]) == [Kind.UNSHARED]
    assert await see(session, partner, {}, []) == []


async def test_pages_follow_each_other_without_gap_or_repeat(session: AsyncSession, partner: Viewer) -> None:
    things: dict[Subject, Fields] = {("initiative", new_id()): CAR for _ in range(7)}
    await see(session, partner, things)
    told: list[UUID] = []
    cursor, more = None, True
    while more:
        page = await changes.since(session, partner, cursor, limit=3)
        told += [row.subject_id for row in page.items]
        cursor, more = page.cursor, page.more
    assert told == sorted(id for _, id in things)
    assert (await changes.since(session, partner, cursor)).cursor == cursor


async def test_numbers_and_cursors_tell_nothing_of_other_feeds(session: AsyncSession, partner: Viewer) -> None:
    other = await factories.viewer(session, Role.PARTNER)
    await see(session, partner, {ONE: CAR})
    before = await cursor_of(session, partner)
    for title in ("A", "B", "C"):
        await see(session, other, {ONE: {"title": title}})
    assert await cursor_of(session, partner) == before


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "é", "A" * 32, "A" * 5000, "\0", "NOW", "1", "==="])
async def test_garbage_is_no_cursor(session: AsyncSession, partner: Viewer, cursor: str) -> None:
    await see(session, partner, {ONE: CAR})
    with pytest.raises(InvalidValue) as refusal:
        await changes.since(session, partner, cursor)
    assert refusal.value.field == "since"


async def test_neither_a_cursor_of_somebody_elses_nor_one_that_was_altered_is_taken(
    session: AsyncSession, partner: Viewer
) -> None:
    other = await factories.viewer(session, Role.READER)
    everything = await factories.viewer(session, Role.POLITICIAN)
    for person in (partner, other, everything):
        await see(session, person, {ONE: CAR})
    mine = await cursor_of(session, partner)
    for person in (other, everything):
        with pytest.raises(InvalidValue):
            await changes.since(session, person, mine)
    forged = urlsafe_b64encode((0).to_bytes(8, "big") + bytes(16)).decode()
    for wrong in (forged, mine[:-1] + ("A" if mine[-1] != "A" else "B"), mine + "AAAA"):
        with pytest.raises(InvalidValue):
            await changes.since(session, partner, wrong)


async def test_a_colleague_goes_on_from_the_same_cursor(session: AsyncSession, partner: Viewer) -> None:
    colleague = await factories.viewer(session, Role.READER, organisation_id=partner.organisation_id)
    await see(session, partner, {})
    cursor = await cursor_of(session, partner)
    await see(session, partner, {ONE: CAR})
    assert [kind for kind, *_ in await read(session, colleague, cursor)] == [Kind.SHARED]


async def test_after_ninety_days_changes_are_forgotten_and_older_cursors_refused(
    session: AsyncSession, partner: Viewer
) -> None:
    await see(session, partner, {})
    oldest = await cursor_of(session, partner)
    await see(session, partner, {ONE: CAR})
    old = await cursor_of(session, partner)
    await session.execute(update(Change).values(at=utcnow() - timedelta(days=91)))
    await see(session, partner, {ONE: {**CAR, "title": "Bil"}})
    with pytest.raises(CursorTooOld, match="since=now"):
        await changes.since(session, partner, oldest)
    assert [kind for kind, *_ in await read(session, partner, old)] == [Kind.CHANGED]
    assert [kind for kind, *_ in await read(session, partner)] == [Kind.CHANGED]
    assert await session.scalar(text("SELECT count(*) FROM change")) == 1


async def test_after_a_restored_backup_a_cursor_from_the_future_begins_anew(
    session: AsyncSession, partner: Viewer
) -> None:
    await see(session, partner, {ONE: CAR})
    cursor = await cursor_of(session, partner)
    await session.execute(update(ChangeFeed).values(last=0))
    with pytest.raises(CursorTooOld):
        await changes.since(session, partner, cursor)


async def test_one_who_belongs_nowhere_follows_nothing() -> None:
    with pytest.raises(NotAllowed):
        feeds.audience(Viewer(None, None, Role.PARTNER, "Vilse"))


async def test_a_feed_is_read_by_its_organisation_alone_and_written_by_nobody(
    session: AsyncSession, partner: Viewer
) -> None:
    await see(session, partner, {ONE: CAR})
    await see(session, SYSTEM, {ONE: CAR, TWO: CAR})
    other = await factories.viewer(session, Role.PARTNER)
    politician = await factories.viewer(session, Role.POLITICIAN)
    for person, expected in ((partner, 1), (other, 0), (politician, 3)):
        await set_scope(session, person)
        for table in ("change", "followed"):
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == expected, (person, table)
        assert (await session.execute(text("UPDATE change_feed SET last = 0 RETURNING id"))).all() == []
        assert (await session.execute(text("DELETE FROM change RETURNING sequence"))).all() == []


def test_the_same_values_give_the_same_digest_whatever_they_are_made_of() -> None:
    assert feeds._digest(("a", 1)) == feeds._digest(["a", 1])
    assert feeds._digest(Kind.SHARED) == feeds._digest("shared")
    assert len({feeds._digest(value) for value in (None, "", "None", 0, False, [], ["a"], "a")}) == 8
