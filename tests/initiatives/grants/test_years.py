from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import deadlines, examination
from initiatives.access import SYSTEM, Role
from initiatives.grants import agreements, amounts, components, obligations, years
from tests import factories


async def test_an_examination_names_what_does_not_add_up_year_by_year(session: AsyncSession) -> None:
    home = (await factories.organisation(session)).id
    grant = await agreements.create(
        session, SYSTEM, organisation_id=home, name="Cancervård", from_year=2026, to_year=2027, national_kronor=5
    )
    for year in (2026, 2027):
        await components.create(session, SYSTEM, grant.id, name="Del", year=year, national_kronor=6, own_kronor=[1])
        await amounts.create(session, SYSTEM, organisation_id=home, year=year, kind="budget", kronor=3)
    await obligations.create(session, SYSTEM, grant.id, kind="handlingsplan")
    found = await years.check(session, SYSTEM)
    assert sorted(one.title for one in found) == [
        "Datum saknas",
        "Delarna är mer än totalen (2026)",
        "Delarna är mer än totalen (2027)",
        "Krav utan ansvarig",
        "Väntade statsbidrag skiljer sig från budget (2026)",
        "Väntade statsbidrag skiljer sig från budget (2027)",
    ]
    first = await examination.examine(session, SYSTEM)
    again = await examination.examine(session, SYSTEM)
    assert first.new >= len(found)
    assert (again.new, again.standing) == (0, first.new)


async def test_a_partner_has_no_year(session: AsyncSession) -> None:
    grant = await agreements.create(
        session, SYSTEM, organisation_id=(await factories.organisation(session)).id, name="A", from_year=2026
    )
    await components.create(session, SYSTEM, grant.id, name="Del", own_kronor=[1])
    partner = await factories.viewer(session, Role.PARTNER)
    year = await years.of(session, partner, 2026)
    assert (year.grants, year.general, year.checks) == ([], [], [])
    assert await years.check(session, partner) == []


async def test_the_calendar_has_the_dates_of_state_grants() -> None:
    assert obligations.due in deadlines.ROOMS
