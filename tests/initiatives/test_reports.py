from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import overview, reports
from initiatives.access import SYSTEM, Role, Viewer, set_scope
from initiatives.base import new_id, utcnow
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from initiatives.initiatives import Initiative
from initiatives.overview import Filters
from initiatives.reports import CORRECTED_WITHIN, Health, ProgressReport
from initiatives.swedish import today
from tests import factories


@pytest.fixture
async def asa(session: AsyncSession) -> Viewer:
    return await factories.viewer(session, Role.PROGRAMME_GROUP)


@pytest.fixture
async def initiative(session: AsyncSession) -> Initiative:
    return await factories.initiative(session, status="pågår")


@pytest.mark.parametrize("role", [Role.POLITICIAN, Role.PARTNER])
async def test_only_writers_report(session: AsyncSession, role: Role) -> None:
    someone = await factories.viewer(session, role)
    mine = await factories.initiative(session, shared_with=[someone.organisation_id])
    with pytest.raises(NotAllowed):
        await reports.report(session, someone, mine.id, health="risk", done="Allt")
    with pytest.raises(NotFound):
        await reports.report(session, someone, new_id(), health="risk", done="Allt")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("health", "grönt"),
        ("done", "  "),
        ("next", "a\0b"),
        ("reported_on", today() + timedelta(days=1)),
        ("reported_on", date(1800, 1, 1)),
    ],
)
async def test_a_wrong_value_is_refused_by_name(
    session: AsyncSession, asa: Viewer, initiative: Initiative, field: str, value: Any
) -> None:
    given: dict[str, Any] = {"health": "risk", "done": "Allt", field: value}
    with pytest.raises(InvalidValue) as refused:
        await reports.report(session, asa, initiative.id, **given)
    assert refused.value.field == field


async def test_the_newest_day_comes_first_and_says_how_it_goes(
    session: AsyncSession, asa: Viewer, initiative: Initiative
) -> None:
    for days, health in ((7, "risk"), (0, "försenat"), (30, "enligt plan")):
        day = today() - timedelta(days=days)
        await reports.report(session, asa, initiative.id, health=health, done="Något", reported_on=day)
    rows, total = await reports.list_reports(session, asa, initiative.id, limit=2)
    assert ([row.health for row in rows], total) == ([Health.LATE, Health.AT_RISK], 3)
    assert {row.written_by for row in rows} == {asa.name}
    shown = await overview.get(session, asa, initiative.id)
    assert (shown.health, shown.reported_on, shown.revision) == (Health.LATE, today(), 4)
    found, _ = await overview.list_initiatives(session, asa, Filters(health=Health.LATE))
    assert [one.id for one in found] == [initiative.id]
    assert (await overview.list_initiatives(session, asa, Filters(health=Health.AT_RISK)))[1] == 0


async def test_a_report_is_put_right_by_its_author_within_a_day(
    session: AsyncSession, asa: Viewer, initiative: Initiative
) -> None:
    made = await reports.report(session, asa, initiative.id, health="risk", done="Något")
    other = await factories.viewer(session, Role.PROGRAMME_GROUP)
    for someone in (other, SYSTEM):
        with pytest.raises(NotAllowed, match="Skriv en ny"):
            await reports.correct(session, someone, initiative.id, made.id, revision=1, done="Annat")
    fixed = await reports.correct(session, asa, initiative.id, made.id, revision=1, done="Annat")
    assert (fixed.done, fixed.health, fixed.revision) == ("Annat", Health.AT_RISK, 2)
    fixed.created_at = utcnow() - CORRECTED_WITHIN
    await session.flush()
    with pytest.raises(NotAllowed, match="24 timmar"):
        await reports.correct(session, asa, initiative.id, made.id, revision=2, done="För sent")
    rows, _ = await reports.list_reports(session, asa, initiative.id)
    assert [row.correctable for row in rows] == [False]


@pytest.mark.parametrize(("profile", "count"), [("översikt", 0), ("plan", 1)])
async def test_a_partner_reads_them_where_the_profile_shows_them_but_not_who_wrote(
    session: AsyncSession, initiative: Initiative, asa: Viewer, profile: str, count: int
) -> None:
    from initiatives import shares

    partner = await factories.viewer(session, Role.PARTNER)
    assert partner.organisation_id is not None
    await reports.report(session, asa, initiative.id, health="risk", done="Något")
    await shares.share(session, SYSTEM, initiative.id, partner.organisation_id, profile=profile)
    await set_scope(session, partner)
    rows, total = await reports.list_reports(session, partner, initiative.id)
    assert (len(rows), total) == (count, count)
    assert [row.written_by for row in rows] == [None] * count
    assert ((await overview.get(session, partner, initiative.id)).health is not None) is bool(count)
    await set_scope(session, SYSTEM)
    kept = await session.get(ProgressReport, (await reports.list_reports(session, asa, initiative.id))[0][0].id)
    assert kept is not None
