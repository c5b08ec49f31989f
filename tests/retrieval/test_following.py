"""Following: nothing is missed however transactions cross, and nothing is told of what is not seen."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from initiatives import activity, changes, feeds, funds, initiatives, shares
from initiatives.access import SYSTEM, Role, Viewer
from initiatives.activity import WRITTEN
from initiatives.base import new_id, utcnow
from initiatives.changes import ChangeRow
from initiatives.feeds import Change, ChangeFeed, Kind
from initiatives.initiatives import Initiative
from initiatives.people import Person
from initiatives.sharing import PROFILES, InitiativeShare, Profile
from initiatives.swedish import today
from retrieval import document_shares, following
from retrieval.documents import Document, DocumentVersion, StoredFile
from tests import factories


@pytest.fixture
async def partner(database: Database) -> Viewer:
    async with database.scoped(SYSTEM) as session:
        return await factories.viewer(session, Role.PARTNER)


async def follow(database: Database, person: Viewer, cursor: str | None) -> tuple[list[ChangeRow], str]:
    await following.catch_up(database.scoped, feeds.audience(person))
    async with database.scoped(person) as session:
        found = await changes.since(session, person, cursor)
    assert not found.more
    return list(found.items), found.cursor


def told(rows: list[ChangeRow]) -> list[tuple[Kind, UUID, tuple[str, ...]]]:
    return [(row.kind, row.subject_id, row.fields) for row in rows]


async def shared(database: Database, *organisations: UUID, title: str = "Läkarbil") -> UUID:
    async with database.scoped(SYSTEM) as session:
        return (await factories.initiative(session, title=title, shared_with=organisations)).id


def home(person: Viewer) -> UUID:
    assert person.organisation_id
    return person.organisation_id


async def test_a_row_that_is_committed_late_is_not_skipped(database: Database, partner: Viewer) -> None:
    early, late = [await shared(database, home(partner), title=title) for title in ("Tidigt", "Sent")]
    _, cursor = await follow(database, partner, changes.NOW)
    async with database.scoped(SYSTEM) as first:
        await initiatives.revise(first, SYSTEM, late, ends_on=date(2027, 1, 1))
        await first.flush()
        async with database.scoped(SYSTEM) as second:
            await initiatives.revise(second, SYSTEM, early, ends_on=date(2027, 1, 1))
        rows, cursor = await follow(database, partner, cursor)
        assert told(rows) == [(Kind.CHANGED, early, ("ends_on",))]
    rows, cursor = await follow(database, partner, cursor)
    assert told(rows) == [(Kind.CHANGED, late, ("ends_on",))]
    assert (await follow(database, partner, cursor))[0] == []


async def test_many_readers_and_writers_at_once_miss_nothing_and_tell_nothing_twice(
    database: Database, partner: Viewer
) -> None:
    _, cursor = await follow(database, partner, changes.NOW)
    done = asyncio.Event()

    async def write(number: int) -> UUID:
        await asyncio.sleep(number / 200)
        return await shared(database, home(partner), title=f"Initiativ {number}")

    async def read() -> list[UUID]:
        found: list[UUID] = []
        at = cursor
        while True:
            last = done.is_set()
            rows, at = await follow(database, partner, at)
            found += [row.subject_id for row in rows]
            if last:
                return found

    readers = [asyncio.create_task(read()) for _ in range(3)]
    written = await asyncio.gather(*(write(number) for number in range(12)))
    done.set()
    for found in await asyncio.gather(*readers):
        assert sorted(found) == sorted(written)
        assert len(found) == len(set(found))


async def wrote(session: AsyncSession) -> None:
    """Note in the diary what a test has done past the rooms."""
    activity.record(session, SYSTEM, "ändrade", "prov", new_id())


async def test_nothing_is_read_when_nothing_can_have_happened(database: Database, partner: Viewer) -> None:
    mine = await shared(database, home(partner))
    _, cursor = await follow(database, partner, changes.NOW)
    async with database.scoped(SYSTEM) as session:
        await session.execute(update(Initiative).values(title="Förbi dagboken"))
    assert await follow(database, partner, cursor) == ([], cursor)
    async with database.scoped(SYSTEM) as session:
        await session.execute(update(ChangeFeed).values(looked_at=utcnow() - feeds.LOOK_AGAIN))
    assert told((await follow(database, partner, cursor))[0]) == [(Kind.CHANGED, mine, ("title",))]


@pytest.mark.parametrize(("minutes", "head", "fresh"), [(0, 5, True), (0, 6, False), (11, 5, False), (None, 5, False)])
def test_a_feed_is_fresh_until_something_is_written_or_time_has_passed(
    minutes: int | None, head: int, fresh: bool
) -> None:
    looked = None if minutes is None else utcnow() - timedelta(minutes=minutes)
    assert feeds.is_fresh(ChangeFeed(looked_at=looked, looked_head=5), head) is fresh


def test_a_feed_is_not_fresh_on_another_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "today", lambda: today() + timedelta(days=1))
    assert not feeds.is_fresh(ChangeFeed(looked_at=utcnow(), looked_head=5), 5)


async def test_what_is_not_seen_leaves_no_trace(database: Database, partner: Viewer) -> None:
    mine, foreign = await shared(database, home(partner)), await shared(database)
    _, cursor = await follow(database, partner, changes.NOW)
    async with database.scoped(SYSTEM) as session:
        other = await factories.organisation(session)
        fund = await factories.fund(session)
        await initiatives.revise(session, SYSTEM, foreign, title="Något annat")
        await shares.share(session, SYSTEM, mine, other.id)
        await funds.link(session, SYSTEM, mine, fund_id=fund.id, amount_kronor=5, year=2026)
        await initiatives.revise(session, SYSTEM, mine, title="Läkarbil")
    assert await follow(database, partner, cursor) == ([], cursor)
    rows, _ = await follow(database, SYSTEM, None)
    assert {row.subject_id for row in rows} == {mine, foreign}


async def test_one_who_sees_all_is_told_of_money_and_of_shares(database: Database, partner: Viewer) -> None:
    mine = await shared(database)
    _, cursor = await follow(database, SYSTEM, changes.NOW)
    async with database.scoped(SYSTEM) as session:
        fund = await factories.fund(session)
        await shares.share(session, SYSTEM, mine, home(partner))
        await funds.link(session, SYSTEM, mine, fund_id=fund.id, amount_kronor=5, year=2026)
    rows, _ = await follow(database, SYSTEM, cursor)
    assert told(rows) == [(Kind.CHANGED, mine, ("budget_kronor", "shared_with"))]


async def test_a_name_that_is_shown_with_an_initiative_is_one_of_its_fields(
    database: Database, partner: Viewer
) -> None:
    mine = await shared(database, home(partner))
    async with database.scoped(SYSTEM) as session:
        responsible = await factories.person(session, name="Åsa Öberg")
        await initiatives.revise(session, SYSTEM, mine, responsible_id=responsible.id)
    _, cursor = await follow(database, partner, changes.NOW)
    async with database.scoped(SYSTEM) as session:
        await session.execute(update(Person).where(Person.id == responsible.id).values(name="Åsa Öberg Ek"))
        await wrote(session)
    rows, _ = await follow(database, partner, cursor)
    assert told(rows) == [(Kind.CHANGED, mine, ("responsible",))]


async def test_unsharing_and_sharing_again(database: Database, partner: Viewer) -> None:
    mine = await shared(database, home(partner))
    _, cursor = await follow(database, partner, changes.NOW)
    async with database.scoped(SYSTEM) as session:
        await shares.unshare(session, SYSTEM, mine, home(partner))
    rows, cursor = await follow(database, partner, cursor)
    assert told(rows) == [(Kind.UNSHARED, mine, ())]
    async with database.scoped(SYSTEM) as session:
        await initiatives.revise(session, SYSTEM, mine, title="Medan ingen såg")
    assert await follow(database, partner, cursor) == ([], cursor)
    async with database.scoped(SYSTEM) as session:
        await shares.share(session, SYSTEM, mine, home(partner))
    rows, _ = await follow(database, partner, cursor)
    assert told(rows) == [(Kind.SHARED, mine, ())]


async def test_a_share_that_begins_and_ends_by_its_date_is_told_of(database: Database, partner: Viewer) -> None:
    mine, tomorrow = await shared(database), today() + timedelta(days=1)
    _, cursor = await follow(database, partner, changes.NOW)
    async with database.scoped(SYSTEM) as session:
        await shares.share(session, SYSTEM, mine, home(partner), from_on=tomorrow, to_on=tomorrow)
    assert await follow(database, partner, cursor) == ([], cursor)
    await move(database, -1)
    rows, cursor = await follow(database, partner, cursor)
    assert told(rows) == [(Kind.SHARED, mine, ())]
    await move(database, -1)
    rows, _ = await follow(database, partner, cursor)
    assert told(rows) == [(Kind.UNSHARED, mine, ())]


async def move(database: Database, days: int) -> None:
    """Let days pass, by moving what is shared."""
    async with database.scoped(SYSTEM) as session:
        moved = {"from_on": InitiativeShare.from_on + days, "to_on": InitiativeShare.to_on + days}
        await session.execute(update(InitiativeShare).values(moved))
        await wrote(session)


async def test_what_the_profile_does_not_show_is_not_told_of(database: Database, partner: Viewer) -> None:
    mine = await shared(database, home(partner))
    async with database.scoped(SYSTEM) as session:
        await shares.share(session, SYSTEM, mine, home(partner), profile="översikt")
    _, cursor = await follow(database, partner, changes.NOW)
    async with database.scoped(SYSTEM) as session:
        await initiatives.revise(session, SYSTEM, mine, summary="Hemligt", node_ids=[])
    assert await follow(database, partner, cursor) == ([], cursor)
    async with database.scoped(SYSTEM) as session:
        await initiatives.revise(session, SYSTEM, mine, summary="Ändrat igen", ends_on=date(2027, 1, 1))
    rows, cursor = await follow(database, partner, cursor)
    assert told(rows) == [(Kind.CHANGED, mine, ("ends_on",))]


async def test_a_wider_and_a_narrower_profile_are_changes_of_the_fields_they_touch(
    database: Database, partner: Viewer
) -> None:
    mine = await shared(database, home(partner))
    _, cursor = await follow(database, partner, changes.NOW)
    for profile in ("ekonomi", "översikt"):
        async with database.scoped(SYSTEM) as session:
            await shares.share(session, SYSTEM, mine, home(partner), profile=profile)
        await following.tell(database.scoped, [("initiative", mine)])
    rows, _ = await follow(database, partner, cursor)
    assert [(row.fields, row.withdrawn) for row in rows] == [
        (("shared_with",), ()),
        (("shared_with",), tuple(sorted(PROFILES[Profile.ECONOMY] - PROFILES[Profile.OVERVIEW]))),
    ]


async def test_what_is_written_is_told_at_once_so_that_steps_do_not_become_one(
    database: Database, partner: Viewer
) -> None:
    _, cursor = await follow(database, partner, changes.NOW)
    mine = await shared(database)
    for ends_on in (None, date(2027, 1, 1), date(2027, 2, 1)):
        async with database.scoped(SYSTEM) as session:
            if ends_on:
                await initiatives.revise(session, SYSTEM, mine, ends_on=ends_on)
            else:
                await shares.share(session, SYSTEM, mine, home(partner))
        assert session.info[WRITTEN] == {("initiative", mine)}
        await following.tell(database.scoped, session.info[WRITTEN])
    async with database.scoped(partner) as session:
        found = await changes.since(session, partner, cursor)
    assert told(list(found.items)) == [
        (Kind.SHARED, mine, ()),
        (Kind.CHANGED, mine, ("ends_on",)),
        (Kind.CHANGED, mine, ("ends_on",)),
    ]


async def test_telling_wakes_no_feed_that_nobody_follows(database: Database, partner: Viewer) -> None:
    mine = await shared(database, home(partner))
    await following.tell(database.scoped, {("initiative", mine), ("person", mine)})
    async with database.scoped(SYSTEM) as session:
        assert await session.scalar(select(func.count()).select_from(Change)) == 0
        assert await feeds.audiences(session) == []


async def test_a_failure_to_tell_is_only_logged(caplog: pytest.LogCaptureFixture, partner: Viewer) -> None:
    nowhere = Database("postgresql://narplan@127.0.0.1:1/nowhere")
    await following.tell(nowhere.scoped, {("initiative", home(partner))})
    await nowhere.close()
    assert "could not tell" in caplog.text


async def test_documents_that_become_and_cease_to_be_seen(database: Database, partner: Viewer) -> None:
    document = await published(database, "Internt.md")
    _, cursor = await follow(database, partner, changes.NOW)
    async with database.scoped(SYSTEM) as session:
        await document_shares.share(session, SYSTEM, document, home(partner))
    rows, cursor = await follow(database, partner, cursor)
    assert told(rows) == [(Kind.SHARED, document, ())]
    async with database.scoped(SYSTEM) as session:
        await session.execute(update(Document).where(Document.id == document).values(title="Ny rubrik"))
        await wrote(session)
    rows, cursor = await follow(database, partner, cursor)
    assert told(rows) == [(Kind.CHANGED, document, ("title",))]
    async with database.scoped(SYSTEM) as session:
        found = await session.get_one(Document, document)
        await session.delete(found)
        await wrote(session)
    rows, cursor = await follow(database, partner, cursor)
    assert told(rows) == [(Kind.UNSHARED, document, ())]


async def published(database: Database, file_name: str) -> UUID:
    """Return a document with one version and no text, as if it had been read in."""
    document_id, version_id = new_id(), new_id()
    async with database.scoped(SYSTEM) as session:
        session.add(StoredFile(sha256=version_id.bytes, size=1, data=b"a"))
        session.add(document := Document(id=document_id, title=file_name, kind="plan"))
        await session.flush()
        fields = {"file_name": file_name, "media_type": "text/plain", "text": "a", "pages": [], "passage_count": 0}
        session.add(
            DocumentVersion(
                id=version_id, document_id=document_id, sha256=version_id.bytes, lexicon=b"", analysis=1, **fields
            )
        )
        await session.flush()
        document.current_version_id = version_id
    return document_id
