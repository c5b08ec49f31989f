import asyncio
import contextlib
from datetime import date
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from api.database import Database
from initiatives import funds, initiatives, overview
from initiatives.access import SYSTEM, Role, Viewer
from initiatives.errors import InvalidValue, NotFound
from initiatives.overview import Filters, Sort
from initiatives.workflow import Status
from tests import factories


async def titles(
    session: AsyncSession, filters: Filters, person: Viewer = SYSTEM, sort: Sort = Sort.TITLE
) -> list[str]:
    rows, total = await overview.list_initiatives(session, person, filters, sort=sort, limit=100)
    assert total == len(rows)
    return [row.title for row in rows]


async def test_a_partner_sees_what_is_shared_with_their_own_without_money_and_without_the_others(
    session: AsyncSession,
) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    other = await factories.organisation(session)
    mine = await factories.initiative(session, title="Mitt", shared_with=[partner.organisation_id, other.id])
    foreign = await factories.initiative(session, title="Annans", shared_with=[other.id])
    fund = await factories.fund(session)
    await funds.link(session, SYSTEM, mine.id, fund_id=fund.id, amount_kronor=5, year=2026)
    assert await titles(session, Filters(), partner) == ["Mitt"]
    assert await titles(session, Filters(shared_with=other.id), partner) == []
    shown = await overview.get(session, partner, mine.id)
    assert shown.budget_kronor is None
    assert [one.id for one in shown.shared_with] == [partner.organisation_id]
    assert sum((await overview.count_by_status(session, partner)).values()) == 1
    with pytest.raises(NotFound):
        await overview.get(session, partner, foreign.id)


@pytest.mark.parametrize("role", [Role.PROGRAMME_GROUP, Role.POLITICIAN])
async def test_the_programme_group_and_politicians_see_everything(session: AsyncSession, role: Role) -> None:
    initiative = await factories.initiative(session)
    fund = await factories.fund(session)
    await funds.link(session, SYSTEM, initiative.id, fund_id=fund.id, amount_kronor=5, year=2026)
    shown = await overview.get(session, await factories.viewer(session, role), initiative.id)
    assert shown.budget_kronor == 5


async def test_filters_narrow_the_list(session: AsyncSession) -> None:
    nodes = await factories.nodes(session)
    lead, partner = await factories.organisation(session), await factories.organisation(session)
    responsible = await factories.person(session)
    await factories.initiative(
        session,
        title="Läkarbil 100 % dygnet runt",
        status="pågår",
        lead_organisation_id=lead.id,
        responsible_id=responsible.id,
        starts_on=date(2026, 5, 1),
        ends_on=date(2027, 4, 30),
        node_ids=[nodes[1].id, nodes[3].id],
        shared_with=[partner.id],
    )
    await factories.initiative(
        session, title="Äldremottagning", summary="Läkare i bil", node_ids=[nodes[1].id], ends_on=date(2025, 1, 1)
    )
    both, car = ["Läkarbil 100 % dygnet runt", "Äldremottagning"], ["Läkarbil 100 % dygnet runt"]
    assert await titles(session, Filters()) == both
    assert await titles(session, Filters(q="läkar BIL")) == both
    assert await titles(session, Filters(q="100 %")) == car
    assert await titles(session, Filters(q="_")) == []
    assert await titles(session, Filters(statuses=(Status.ONGOING, Status.PAUSED))) == car
    assert await titles(session, Filters(node_ids=(nodes[1].id,))) == both
    assert await titles(session, Filters(node_ids=(nodes[1].id, nodes[3].id))) == car
    assert await titles(session, Filters(organisation_id=lead.id)) == car
    assert await titles(session, Filters(responsible_id=responsible.id)) == car
    assert await titles(session, Filters(year=2027)) == car
    assert await titles(session, Filters(year=2024)) == ["Äldremottagning"]
    assert await titles(session, Filters(shared_with=partner.id)) == car


@pytest.mark.parametrize("filters", [Filters(q="\0"), Filters(q="x" * 1000), Filters(year=2**70)])
async def test_a_filter_that_means_nothing_is_refused(session: AsyncSession, filters: Filters) -> None:
    with pytest.raises(InvalidValue):
        await titles(session, filters)


async def test_order_is_swedish_turns_around_and_puts_missing_dates_last(session: AsyncSession) -> None:
    for title, starts_on, status in (
        ("Öppen vård", date(2026, 1, 1), "förslag"),
        ("Ambulans", None, "pausat"),
        ("Åldrande", date(2025, 1, 1), "beslutat"),
    ):
        await factories.initiative(session, title=title, starts_on=starts_on, status=status)
    assert await titles(session, Filters(), sort=Sort.TITLE) == ["Ambulans", "Åldrande", "Öppen vård"]
    assert await titles(session, Filters(), sort=Sort.TITLE_DOWN) == ["Öppen vård", "Åldrande", "Ambulans"]
    assert await titles(session, Filters(), sort=Sort.STARTS) == ["Åldrande", "Öppen vård", "Ambulans"]
    assert await titles(session, Filters(), sort=Sort.STARTS_DOWN) == ["Öppen vård", "Åldrande", "Ambulans"]
    assert await titles(session, Filters(), sort=Sort.STATUS) == ["Öppen vård", "Åldrande", "Ambulans"]
    assert await titles(session, Filters(), sort=Sort.UPDATED_DOWN) == ["Åldrande", "Ambulans", "Öppen vård"]


async def test_pages_count_everything_even_beyond_the_end(session: AsyncSession) -> None:
    for number in range(3):
        await factories.initiative(session, title=f"Nummer {number}")
    rows, total = await overview.list_initiatives(session, SYSTEM, limit=2, offset=2)
    assert ([row.title for row in rows], total) == (["Nummer 2"], 3)
    assert await overview.list_initiatives(session, SYSTEM, limit=2, offset=4) == ([], 3)


async def test_a_list_costs_two_statements_however_long_it_is(
    session: AsyncSession, connection: AsyncConnection
) -> None:
    nodes = await factories.nodes(session)
    for number in range(5):
        await factories.initiative(session, title=f"Nummer {number}", node_ids=[node.id for node in nodes])
    await session.flush()
    statements: list[str] = []
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await overview.list_initiatives(session, SYSTEM)
    with driver.query_logger(lambda query: statements.append(query.query)):
        rows, _ = await overview.list_initiatives(session, SYSTEM)
        await asyncio.sleep(0)  # The driver tells of a statement in the loop's next turn.
    assert [len(row.nodes or ()) for row in rows] == [4] * 5
    assert len(statements) == 2


async def test_statuses_are_counted_with_zeros_and_in_their_order(session: AsyncSession) -> None:
    await factories.initiative(session, status="pågår")
    counts = await overview.count_by_status(session, SYSTEM)
    assert list(counts) == list(Status)
    assert counts[Status.ONGOING] == 1
    assert sum(counts.values()) == 1


async def test_totals_are_kept_until_something_is_written_and_never_from_what_is_not_committed(
    database: Database,
) -> None:
    """Every way of writing here tells the diary; the next list, also of a filter met before, counts anew."""
    node: Any = None
    writer: Any = None

    async def totals() -> tuple[int, ...]:
        filters = (Filters(), Filters(statuses=(Status.CANCELLED,)), Filters(q="vård"), Filters(node_ids=(node.id,)))
        async with database.scoped(writer) as session:
            return tuple([(await overview.list_initiatives(session, writer, each))[1] for each in filters])

    async with database.scoped(SYSTEM) as session:
        [node, *_] = await factories.nodes(session)
        writer = await factories.viewer(session, Role.PROGRAMME_GROUP)
        given: Any = {"lead_organisation_id": writer.organisation_id, "node_ids": [node.id]}
    async with database.scoped(writer) as session:
        first = await initiatives.create(session, writer, title="Vård", **given)
    assert await totals() == (1, 0, 1, 1) == await totals()
    with contextlib.suppress(ZeroDivisionError):
        async with database.scoped(writer) as session:
            await initiatives.create(session, writer, title="Undone", **given)
            assert (await overview.list_initiatives(session, writer))[1] == 2
            1 / 0  # noqa: B018 - it is undone
    assert await totals() == (1, 0, 1, 1)
    async with database.scoped(writer) as session:
        await initiatives.create(session, writer, title="Omsorg", **given)
    assert await totals() == (2, 0, 1, 2)
    async with database.scoped(writer) as session:
        found = await overview.get(session, writer, first.id)
        changed: Any = {"title": "Skola", "node_ids": [], "status": Status.CANCELLED, "reason": "Ingen vill."}
        await initiatives.revise(session, writer, first.id, revision=found.revision, **changed)
    assert await totals() == (2, 1, 0, 1)
