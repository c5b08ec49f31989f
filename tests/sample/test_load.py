"""Loading the sample region: once, whole, and never over what people have done since."""

import time
from datetime import date

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.sample import money as sample_money
from api.sample.load import Loaded, load
from api.sample.register import read
from ingest.jobs import Ingestion, State
from initiatives import funds, initiatives, measure_frames, overview, portfolio, rounds
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.errors import InvalidValue, SignInFailed
from initiatives.initiatives import Initiative
from initiatives.organisations import Organisation
from initiatives.people import Person, find_by_email
from tests import factories

PASSWORD = "ett gemensamt lösenord"
TABLES = (
    "organisation", "person", "membership", "taxonomy", "taxonomy_node", "fund", "initiative", "initiative_node",
    "initiative_share", "budget_link", "activity", "stored_file", "ingestion", "pgqueuer",
)  # fmt: skip


@pytest.fixture
async def loaded(sessions: ScopedSessions) -> Loaded:
    return await load(sessions, password=PASSWORD)


async def counts(session: AsyncSession) -> dict[str, int]:
    found = {}
    for table in TABLES:
        found[table] = (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()
    found["revisions"] = (await session.execute(select(func.sum(Initiative.revision)))).scalar_one()
    return found


async def test_everything_in_the_files_ends_in_the_database(loaded: Loaded, sessions: ScopedSessions) -> None:
    register = read()
    async with sessions(SYSTEM) as session:
        found = await counts(session)
        queued = await session.scalars(select(Ingestion.file_name).where(Ingestion.state == State.QUEUED))
        assert sorted(queued) == [document.file for document in register.documents]
    assert loaded.created
    assert len(loaded.ingestions) == len(register.documents)
    assert found["organisation"] == len(register.organisations)
    assert found["person"] == len(register.people) == len(loaded.people)
    assert found["membership"] == sum(1 + len(one.also) for one in register.people) > found["person"]
    assert found["taxonomy_node"] == len(register.taxonomy.nodes)
    assert found["initiative"] == len(register.initiatives)
    assert found["budget_link"] == sum(len(one.budget) for one in register.initiatives)
    assert found["initiative_share"] == sum(len(one.shared_with) for one in register.initiatives)


async def test_a_second_load_changes_nothing_and_takes_less_than_a_second(
    loaded: Loaded, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        before = await counts(session)
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        again = await load(sessions, password=PASSWORD)
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 1
    async with sessions(SYSTEM) as session:
        after = await counts(session)
    assert after == before
    assert not again.created
    assert again.ingestions == ()
    assert again.people == loaded.people


async def test_what_people_have_changed_is_left_alone(loaded: Loaded, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        initiative = await session.scalar(select(Initiative).where(Initiative.title == "Mobilt närsjukvårdsteam"))
        assert initiative is not None
        await initiatives.revise(session, SYSTEM, initiative.id, title="Närsjukvårdsteamet", summary="")
    await load(sessions, password=PASSWORD)
    async with sessions(SYSTEM) as session:
        titles = (await session.scalars(select(Initiative.title))).all()
    assert "Närsjukvårdsteamet" in titles
    assert "Mobilt närsjukvårdsteam" not in titles


async def test_sample_people_sign_in_with_the_shared_password(loaded: Loaded, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        for person in (loaded.people[0], loaded.people[-1]):
            assert (await factories.authenticate(session, person.email, PASSWORD)).name == person.name


async def test_another_password_is_given_to_all_of_them(loaded: Loaded, sessions: ScopedSessions) -> None:
    await load(sessions, password="ett annat lösenord")
    async with sessions(SYSTEM) as session:
        for person in (loaded.people[0], loaded.people[-1]):
            assert (await factories.authenticate(session, person.email, "ett annat lösenord")).name == person.name
            with pytest.raises(SignInFailed):
                await factories.authenticate(session, person.email, PASSWORD)


async def test_a_password_that_is_too_short_leaves_nothing_behind(sessions: ScopedSessions) -> None:
    with pytest.raises(InvalidValue):
        await load(sessions, password="kort")
    async with sessions(SYSTEM) as session:
        assert await session.scalar(select(func.count()).select_from(Organisation)) == 0
        assert await session.scalar(select(func.count()).select_from(Person)) == 0


async def test_a_partner_sees_what_is_shared_with_the_municipality_and_no_money(
    loaded: Loaded, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        partner = await factories.acting_as(session, await find_by_email(session, "ida.forsell@stenmala.example.se"))
    shared = {one.title for one in read().initiatives if "Stenmåla kommun" in one.shared_with}
    async with sessions(partner) as session:
        rows, total = await overview.list_initiatives(session, partner, limit=100)
        assert {row.title for row in rows} == shared
        assert total == len(shared) < len(read().initiatives)
        assert {row.budget_kronor for row in rows} == {None}
        assert await funds.list_funds(session, partner) == ((), 0)


async def test_what_is_left_of_each_fund_is_what_the_progress_report_says(
    loaded: Loaded, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        rows, _ = await funds.list_funds(session, SYSTEM, limit=100)
    told = {(one.name, one.year) for one in read().funds}
    left = {(row.name, row.year): row.left_kronor for row in rows if row.left_kronor}
    assert {fund: kronor for fund, kronor in left.items() if fund in told} == {
        ("Omställningsanslaget", 2026): 500_000,
        ("Omställningsanslaget", 2027): 6_500_000,
    }
    assert sum(row.used_kronor for row in rows if (row.name, row.year) in told) == 108_165_000


async def test_the_discretionary_fund_is_given_away_as_the_board_decided(
    loaded: Loaded, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        rows, _ = await funds.list_funds(session, SYSTEM, kind=funds.FundKind.DISCRETIONARY)
        given, _ = await funds.list_allocations(session, SYSTEM, fund_id=rows[0].id)
    assert [one.amount_kronor for one in given] == [1_500_000, 900_000, 2_500_000, 15_100_000]
    assert [one.linked_kronor for one in given] == [one.amount_kronor for one in given]
    assert (rows[0].left_kronor, rows[0].linked_kronor, rows[0].recurring_kronor) == (0, 0, 900_000)


async def test_the_sample_has_money_to_apply_for_and_measures_without_a_ceiling(
    loaded: Loaded, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        opened, _ = await rounds.list_rounds(session, SYSTEM)
        together = await portfolio.portfolio(session, SYSTEM)
        [frame] = await measure_frames.list_frames(session, SYSTEM)
    states = {rounds.state_on(one, date(2026, 11, 30)) for one in opened}
    assert states == {rounds.RoundState.OPEN, rounds.RoundState.DECIDED}
    decided = next(one for one in opened if one.state is rounds.RoundState.DECIDED)
    assert (decided.awarded_kronor, decided.left_kronor) == (2_500_000, 0), "as the progress report says"
    assert (frame.ceiling_kronor, len(together.measures)) == (None, len(sample_money.read().measures))
