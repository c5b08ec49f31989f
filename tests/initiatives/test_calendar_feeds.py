import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import calendar_feeds, memberships, tokens
from initiatives.access import SYSTEM, Role, Viewer, set_scope
from initiatives.base import new_id
from initiatives.calendar_feeds import MOST_FEEDS, CalendarFeed, TooManyFeeds
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from initiatives.organisations import OrganisationKind
from tests import factories


async def _as(session: AsyncSession, role: Role) -> Viewer:
    somebody = await factories.viewer(session, role)
    await set_scope(session, somebody)
    return somebody


async def test_a_calendar_shows_what_its_owner_sees(session: AsyncSession) -> None:
    partner = await _as(session, Role.PARTNER)
    row, token = await calendar_feeds.create(session, partner)
    assert (row.person_id, row.organisation_id, row.days_before) == (
        partner.person_id,
        partner.organisation_id,
        (14, 3),
    )
    await set_scope(session, SYSTEM)
    opened = await calendar_feeds.open_with(session, token)
    assert opened is not None
    assert opened.viewer == partner
    assert opened.filters.involving == partner


async def test_only_a_digest_of_the_address_is_kept(session: AsyncSession) -> None:
    row, token = await calendar_feeds.create(session, await _as(session, Role.POLITICIAN))
    kept = await session.get_one(CalendarFeed, row.id)
    assert kept.token_sha256 == tokens.digest(token)
    assert token not in str(vars(kept))


async def test_another_token_opens_nothing(session: AsyncSession) -> None:
    await calendar_feeds.create(session, await _as(session, Role.POLITICIAN))
    await set_scope(session, SYSTEM)
    assert await calendar_feeds.open_with(session, tokens.new()) is None
    assert await calendar_feeds.open_with(session, "\ud800") is None


async def test_it_ends_with_the_membership_that_it_was_made_in(session: AsyncSession) -> None:
    partner = await _as(session, Role.PARTNER)
    _, token = await calendar_feeds.create(session, partner)
    await set_scope(session, SYSTEM)
    assert partner.membership_id is not None
    await memberships.leave(session, SYSTEM, partner.membership_id)
    assert await calendar_feeds.open_with(session, token) is None


async def test_it_ends_when_it_is_taken_away_by_its_owner_and_nobody_else(session: AsyncSession) -> None:
    partner = await _as(session, Role.PARTNER)
    row, token = await calendar_feeds.create(session, partner)
    await set_scope(session, SYSTEM)
    stranger = await factories.viewer(session, Role.PARTNER)
    await set_scope(session, stranger)
    with pytest.raises(NotFound):
        await calendar_feeds.remove(session, stranger, row.id)
    assert await calendar_feeds.list_feeds(session, stranger) == []
    await set_scope(session, partner)
    await calendar_feeds.remove(session, partner, row.id)
    await set_scope(session, SYSTEM)
    assert await calendar_feeds.open_with(session, token) is None


@pytest.mark.parametrize(
    ("kind", "role"), [(OrganisationKind.REGION, Role.POLITICIAN), (OrganisationKind.MUNICIPALITY, Role.READER)]
)
async def test_an_organisations_own_calendar_reads_and_no_more(
    session: AsyncSession, kind: OrganisationKind, role: Role
) -> None:
    organisation = await factories.organisation(session, kind=kind)
    administrator = await _as(session, Role.ADMINISTRATOR)
    row, token = await calendar_feeds.create(session, administrator, organisation_id=organisation.id)
    assert row in await calendar_feeds.list_feeds(session, administrator)
    await set_scope(session, SYSTEM)
    opened = await calendar_feeds.open_with(session, token)
    assert opened is not None
    assert (opened.viewer.role, opened.viewer.organisation_id, opened.viewer.person_id) == (role, organisation.id, None)
    assert opened.filters.organisation_id == organisation.id


async def test_only_administrators_make_an_organisations_calendar(session: AsyncSession) -> None:
    organisation = await factories.organisation(session)
    administrator, writer = [
        await factories.viewer(session, role) for role in (Role.ADMINISTRATOR, Role.PROGRAMME_GROUP)
    ]
    await set_scope(session, administrator)
    row, _ = await calendar_feeds.create(session, administrator, organisation_id=organisation.id)
    with pytest.raises(InvalidValue):
        await calendar_feeds.create(session, administrator, organisation_id=new_id())
    await set_scope(session, writer)
    with pytest.raises(NotAllowed):
        await calendar_feeds.create(session, writer, organisation_id=organisation.id)
    assert await calendar_feeds.list_feeds(session, writer) == []
    with pytest.raises(NotFound):
        await calendar_feeds.remove(session, writer, row.id)


@pytest.mark.parametrize("days", [[-1], [91], [1, 2, 3, 4, 5, 6]])
async def test_reminders_are_few_and_near(session: AsyncSession, days: list[int]) -> None:
    with pytest.raises(InvalidValue) as refused:
        await calendar_feeds.create(session, await _as(session, Role.POLITICIAN), days_before=days)
    assert refused.value.field == "days_before"


async def test_a_key_and_a_collector_of_calendars_are_refused(session: AsyncSession) -> None:
    politician = await factories.viewer(session, Role.POLITICIAN)
    key, _ = await factories.key(session, Role.POLITICIAN)
    with pytest.raises(NotAllowed):
        await calendar_feeds.create(
            session, Viewer(None, key.organisation_id, Role.POLITICIAN, "Nyckel", key_id=key.id)
        )
    await set_scope(session, politician)
    for _ in range(MOST_FEEDS):
        await calendar_feeds.create(session, politician)
    with pytest.raises(TooManyFeeds, match="Ta bort"):
        await calendar_feeds.create(session, politician)
