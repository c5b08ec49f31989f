from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from initiatives import accesses, activity, audit, credentials, overview, personal_data
from initiatives.access import SYSTEM, Role, Viewer
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from initiatives.memberships import LastAdministrator
from initiatives.people import Person
from initiatives.personal_data import _RESPONSIBLE, FATES, Fate, Section
from tests import factories

NAME, EMAIL = "Anna Almqvist-Testsson", "anna.almqvist@kommun.example"
CONVERSATION = (
    "INSERT INTO conversation (id, person_id, title, created_at, updated_at) "
    "VALUES (gen_random_uuid(), :id, 'Min fråga', now(), now())"
)
TURN = (
    "INSERT INTO turn (id, conversation_id, question, answer, created_at) "
    "SELECT gen_random_uuid(), id, 'Min fråga', '{}', now() FROM conversation WHERE person_id = :id"
)


async def furnished(session: AsyncSession) -> tuple[Person, UUID]:
    """Return somebody who has done everything there is to do, and the initiative that they answer for."""
    anna = await factories.person(session, Role.POLITICIAN, name=NAME, email=EMAIL, password=factories.PASSWORD)
    where = (await factories.organisation(session)).id
    initiative = await factories.initiative(session, responsible_id=anna.id, shared_with=[where])
    await credentials.open_session(session, anna)
    await session.flush()
    for statement in (CONVERSATION, TURN):
        await session.execute(text(statement), {"id": anna.id})
    viewer = Viewer(anna.id, where, Role.POLITICIAN, NAME)
    await accesses.seen(session, viewer, "initiative", [initiative.id])
    accesses.asked(session, viewer, "Min fråga", conversation_id=None, turn_id=None)
    activity.record(session, viewer, "bytte lösenord", "person", anna.id)
    await session.flush()
    return anna, initiative.id


def rows_of(sections: list[Section] | tuple[Section, ...], name: str) -> int:
    return sum(len(one.rows) for one in sections if one.name == name)


async def everywhere(session: AsyncSession, needle: str) -> list[str]:
    """Return the tables in which some row holds the text anywhere."""
    tables = await session.scalars(
        text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    )
    query = "SELECT count(*) FROM {} t WHERE to_jsonb(t)::text ILIKE :needle"
    found = {name: await session.scalar(text(query.format(name)), {"needle": f"%{needle}%"}) for name in tables.all()}
    return sorted(name for name, count in found.items() if count)


async def test_for_everything_that_points_at_a_person_it_is_decided_what_becomes_of_it(session: AsyncSession) -> None:
    pointing = set(await personal_data.references(session))
    assert pointing - set(FATES) == set(), "say in FATES what becomes of it when a person is erased"
    handed = {name for (name, _), fate in FATES.items() if fate is Fate.HANDED_OVER}
    assert handed == {"initiative", *(column.class_.__tablename__ for column in _RESPONSIBLE.values())}


async def test_an_export_has_everything_and_no_secret(session: AsyncSession) -> None:
    anna, _ = await furnished(session)
    found = list(await personal_data.export(session, SYSTEM, anna.id))
    kinds = ("person", "activity", "asked", "conversation", "initiative", "login_session", "seen", "turn")
    assert {name: rows_of(found, name) for name in kinds} == dict.fromkeys(kinds, 1)
    assert rows_of(found, "about") == 2
    names = {name for section in found for row in section.rows for name in row}
    assert not {name for name in names if "hash" in name or "sha256" in name or "token" in name}
    written = personal_data.as_text(found)
    assert NAME in written
    assert "Min fråga" in written
    assert "$argon2" not in written


async def test_one_reads_ones_own_and_administrators_read_everybodys(session: AsyncSession) -> None:
    anna, _ = await furnished(session)
    for role in (Role.ADMINISTRATOR, Role.PROGRAMME_GROUP, Role.PARTNER):
        someone = await factories.viewer(session, role)
        if role is Role.ADMINISTRATOR:
            assert rows_of(list(await personal_data.export(session, someone, anna.id)), "person") == 1
        else:
            with pytest.raises(NotFound):
                await personal_data.export(session, someone, anna.id)
        assert someone.person_id is not None
        assert rows_of(list(await personal_data.export(session, someone, someone.person_id)), "person") == 1


@pytest.mark.parametrize("opened", [False, True], ids=["both walls", "the database alone"])
async def test_to_one_who_sees_less_now_their_former_work_is_named_but_not_told(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch, *, opened: bool
) -> None:
    anna = await factories.person(session)
    writer = await factories.acting_as(session, anna)
    made = await factories.initiative(session, title="Hemlig insats")
    activity.record(session, writer, "ändrade", "initiative", made.id, after={"title": "Hemlig insats"})
    await session.flush()
    if opened:
        monkeypatch.setattr(personal_data, "sees_all", lambda _: True)
    partner = Viewer(anna.id, (await factories.organisation(session)).id, Role.PARTNER, anna.name)
    for person, told in ((writer, True), (partner, False)):
        found = await personal_data.export(session, person, anna.id)
        assert rows_of(list(found), "activity") == 1
        assert ("Hemlig insats" in personal_data.as_text(found)) is told
    assert await session.scalar(text("SELECT narplan_role()")) == Role.SYSTEM


async def test_after_erasure_nobody_finds_the_person_and_the_chain_holds(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        anna, initiative = await furnished(session)
        heir = await factories.person(session)
        chief = await factories.viewer(session, Role.ADMINISTRATOR)
    async with database.scoped(SYSTEM) as session:
        assert await everywhere(session, EMAIL) == ["activity_detail", "person"]
        done = await personal_data.erase(session, chief, anna.id, confirm=f" {EMAIL.upper()} ", hand_over_to=heir.id)
    assert (done.handed_over, done.details) == (1, 1)
    assert {name for name, count in done.removed.items() if count} - {"login_session"} == {"asked", "conversation"}
    async with database.scoped(SYSTEM) as session:
        for needle in (EMAIL, NAME, "Min fråga"):
            assert await everywhere(session, needle) == [], needle
        responsible = (await overview.get(session, SYSTEM, initiative)).responsible
        assert responsible is not None
        assert responsible.id == heir.id
        verdict = await audit.verify(session, SYSTEM)
        assert (verdict.fault, verdict.erased) == (None, 1)
        rows, _ = await activity.list_activity(session, SYSTEM, filters=activity.Filters(person_id=anna.id))
        assert [row.person_name for row in rows] == ["Raderad person"]
        rows, _ = await activity.list_activity(session, SYSTEM, subject_type="person", subject_id=anna.id)
        assert [(row.action, row.erased, row.person_id) for row in rows] == [
            ("raderade", False, chief.person_id),
            ("stängde av", False, chief.person_id),
            ("bytte lösenord", False, anna.id),
            ("skapade", True, None),
        ]  # fmt: skip
        assert await session.scalar(text("SELECT count(*) FROM login_session")) == 0
        assert await session.scalar(text("SELECT count(*) FROM seen WHERE person_id = :id"), {"id": anna.id}) == 1
        with pytest.raises(NotAllowed, match="redan raderad"):
            await personal_data.erase(session, chief, anna.id, confirm=EMAIL)


async def test_one_who_is_erased_does_not_come_in_again(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        await furnished(session)
        anna = await credentials.with_address(session, EMAIL)
        assert anna is not None
        token = await credentials.open_session(session, anna)
        await session.flush()
        await personal_data.erase(session, SYSTEM, anna.id, confirm=EMAIL)
    async with database.scoped(SYSTEM) as session:
        assert await credentials.viewer_of_session(session, token) is None
        assert await credentials.with_address(session, EMAIL) is None


async def test_details_that_were_erased_beyond_what_the_diary_tells_are_found(database: Database) -> None:
    from tests.chains import tamper

    async with database.scoped(SYSTEM) as session:
        anna, _ = await furnished(session)
        await personal_data.erase(session, SYSTEM, anna.id, confirm=EMAIL)
    await tamper(
        database,
        "UPDATE activity_detail SET before = NULL, after = NULL, salt = NULL, erased_by = "
        "(SELECT erased_by FROM activity_detail WHERE erased_by IS NOT NULL) WHERE activity_id = "
        "(SELECT id FROM activity WHERE subject_type = 'initiative' LIMIT 1)",
    )
    async with database.scoped(SYSTEM) as session:
        fault = (await audit.verify(session, SYSTEM)).fault
    assert fault is not None
    assert "utan att dagboken säger det" in fault.reason


async def test_without_an_heir_nobody_answers_for_the_initiative(session: AsyncSession) -> None:
    anna, initiative = await furnished(session)
    await personal_data.erase(session, SYSTEM, anna.id, confirm=EMAIL)
    assert (await overview.get(session, SYSTEM, initiative)).responsible is None
    rows, _ = await activity.list_activity(session, SYSTEM, subject_type="initiative", subject_id=initiative)
    assert (rows[0].action, rows[0].before, rows[0].after) == (
        "ändrade", {"responsible_id": str(anna.id)}, {"responsible_id": None},
    )  # fmt: skip


async def test_the_last_administrator_stays(session: AsyncSession) -> None:
    last = await factories.person(session, Role.ADMINISTRATOR, email="sist@region.example")
    with pytest.raises(LastAdministrator, match="måste vara administratör"):
        await personal_data.erase(session, SYSTEM, last.id, confirm="sist@region.example")
    await factories.person(session, Role.ADMINISTRATOR)
    await session.flush()
    assert (await personal_data.erase(session, SYSTEM, last.id, confirm="sist@region.example")).details == 1


async def test_it_is_confirmed_by_the_address_and_done_by_administrators(session: AsyncSession) -> None:
    anna, initiative = await furnished(session)
    for confirm, heir, field in (("ja", None, "confirm"), (EMAIL, anna.id, "hand_over_to")):
        with pytest.raises(InvalidValue) as refusal:
            await personal_data.erase(session, SYSTEM, anna.id, confirm=confirm, hand_over_to=heir)
        assert refusal.value.field == field
    for role in (Role.PROGRAMME_GROUP, Role.POLITICIAN):
        with pytest.raises(NotAllowed):
            await personal_data.erase(session, await factories.viewer(session, role), anna.id, confirm=EMAIL)
    with pytest.raises(NotFound):
        await personal_data.erase(session, SYSTEM, initiative, confirm=EMAIL)
    assert await everywhere(session, EMAIL) == ["activity_detail", "person"]


async def test_one_who_does_not_see_everything_reads_no_words_of_the_register_in_their_export(
    session: AsyncSession,
) -> None:
    anna, initiative_id = await furnished(session)
    await session.execute(text('UPDATE turn SET answer = \'{"answer": "Hemligt stycke"}\''))
    town = (await factories.organisation(session)).id
    partner = Viewer(anna.id, town, Role.PARTNER, NAME)
    found = list(await personal_data.export(session, partner, anna.id))
    written = personal_data.as_text(found)
    assert "Läkarbil i öster" not in written
    assert "Hemligt stycke" not in written
    assert "Min fråga" in written
    assert NAME in written
    assert any(str(initiative_id) in str(row) for one in found if one.name == "initiative" for row in one.rows)
    whole = personal_data.as_text(list(await personal_data.export(session, SYSTEM, anna.id)))
    assert "Läkarbil i öster" in whole
    assert "Hemligt stycke" in whole
