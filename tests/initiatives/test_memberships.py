import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from initiatives import credentials, keys, leaving, memberships, organisations, people
from initiatives.access import SYSTEM, Role, Viewer, set_scope
from initiatives.errors import AlreadyExists, InvalidValue, NotAllowed, NotFound
from initiatives.memberships import LastAdministrator
from initiatives.organisations import OrganisationKind
from initiatives.people import MembershipRow
from initiatives.roles import GIVEN, HELD
from tests import factories

R, M, U = OrganisationKind.REGION, OrganisationKind.MUNICIPALITY, OrganisationKind.UNIT
RISE = "UPDATE membership SET role = 'administratör'"
JOIN = (
    "INSERT INTO membership (id, person_id, organisation_id, role, joined_at) "
    "SELECT gen_random_uuid(), person_id, organisation_id, 'läsare', now() FROM membership"
)
PEOPLE = [role for role in Role if role is not Role.SYSTEM]


def test_nobody_gives_a_role_above_their_own() -> None:
    order = [Role.READER, Role.PARTNER, Role.POLITICIAN, Role.PROGRAMME_GROUP, Role.ADMINISTRATOR, Role.SYSTEM]
    for giver, places in GIVEN.items():
        for place, given in places.items():
            assert given <= HELD[place]
            assert all(order.index(role) <= order.index(giver) for role in given)


@pytest.mark.parametrize(
    ("kind", "parent", "held"),
    [
        (R, None, {"administratör", "programgrupp", "politiker", "läsare"}),
        (U, R, {"programgrupp", "läsare"}),
        (M, None, {"kommunpartner", "läsare"}),
        (U, M, {"kommunpartner", "läsare"}),
        (U, None, {"läsare"}),
    ],
)
async def test_an_organisation_holds_the_roles_of_its_kind_and_no_others(
    session: AsyncSession, kind: OrganisationKind, parent: OrganisationKind | None, held: set[str]
) -> None:
    above = await factories.organisation(session, kind=parent) if parent else None
    place = await organisations.create_organisation(
        session, SYSTEM, name="Platsen", kind=kind, parent_id=above.id if above else None
    )
    got, fields = set(), set()
    for role in PEOPLE:
        try:
            await factories.person(session, role, organisation_id=place.id)
        except InvalidValue as refused:
            fields.add(refused.field)
        else:
            got.add(role.value)
    assert got == held
    assert fields == {"role"}


@pytest.mark.parametrize("kind", [R, M])
async def test_only_units_belong_to_others_and_only_to_a_region_or_a_municipality(
    session: AsyncSession, kind: OrganisationKind
) -> None:
    region = await factories.organisation(session, kind=R)
    unit = await organisations.create_organisation(session, SYSTEM, name="E", kind=U, parent_id=region.id)
    for wrong, parent in ((kind, region.id), (U, unit.id)):
        with pytest.raises(InvalidValue) as refused:
            await organisations.create_organisation(session, SYSTEM, name="X", kind=wrong, parent_id=parent)
        assert refused.value.field == "parent_id"


async def test_a_person_is_in_an_organisation_once_at_a_time(session: AsyncSession) -> None:
    town = await factories.organisation(session)
    person = await factories.person(session, Role.PARTNER, organisation_id=town.id)

    async def join() -> MembershipRow:
        return await memberships.add(session, SYSTEM, person_id=person.id, organisation_id=town.id, role=Role.READER)

    with pytest.raises(AlreadyExists):
        await join()
    first = (await people.viewers_of(session, person.id))[0]
    assert first.membership_id is not None
    await memberships.leave(session, SYSTEM, first.membership_id)
    back = await join()
    assert back.id != first.membership_id
    assert [one.role for one in await people.viewers_of(session, person.id)] == [Role.READER]


@pytest.mark.parametrize("role", [role for role in PEOPLE if role is not Role.ADMINISTRATOR])
async def test_only_administrators_see_to_memberships(session: AsyncSession, role: Role) -> None:
    someone = await factories.viewer(session, role)
    other = await factories.viewer(session, role, organisation_id=someone.organisation_id)
    assert other.membership_id is not None
    assert other.organisation_id is not None
    assert other.person_id is not None
    with pytest.raises(NotAllowed):
        await memberships.change_role(session, someone, other.membership_id, Role.READER)
    with pytest.raises(NotAllowed):
        await memberships.leave(session, someone, other.membership_id)
    with pytest.raises(NotAllowed):
        await memberships.add(
            session, someone, person_id=other.person_id, organisation_id=other.organisation_id, role=role
        )
    with pytest.raises(NotAllowed):
        await leaving.close_account(session, someone, other.person_id)


async def test_a_partner_sees_the_open_memberships_here_and_their_own(session: AsyncSession) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    assert partner.person_id is not None
    elsewhere = await factories.organisation(session)
    own = await memberships.add(
        session, SYSTEM, person_id=partner.person_id, organisation_id=elsewhere.id, role=Role.READER
    )
    colleague = await factories.viewer(session, Role.PARTNER, organisation_id=partner.organisation_id)
    left = await factories.viewer(session, Role.PARTNER, organisation_id=partner.organisation_id)
    stranger = await factories.viewer(session, Role.PARTNER)
    assert left.membership_id is not None
    assert stranger.membership_id is not None
    await memberships.leave(session, SYSTEM, left.membership_id)
    seen = {partner.membership_id, colleague.membership_id, own.id}
    rows, total = await memberships.list_memberships(session, partner, open_only=False)
    assert ({row.id for row in rows}, total) == (seen, 3)
    for hidden in (left.membership_id, stranger.membership_id):
        with pytest.raises(NotFound):
            await memberships.get_membership(session, partner, hidden)
        with pytest.raises(NotFound):
            await memberships.leave(session, partner, hidden)
    await session.flush()
    await set_scope(session, partner)
    assert set(await session.scalars(text("SELECT id FROM membership"))) == seen


async def test_in_raw_sql_one_can_leave_but_neither_rise_nor_join(session: AsyncSession) -> None:
    reader = await factories.viewer(session, Role.READER)
    await session.flush()
    await set_scope(session, reader)
    for statement in (RISE, JOIN):
        with pytest.raises(DBAPIError, match="row-level security"):
            async with session.begin_nested():
                await session.execute(text(statement))
    assert (await session.execute(text("DELETE FROM membership RETURNING 1"))).all() == []
    assert len((await session.execute(text("UPDATE membership SET left_at = now() RETURNING 1"))).all()) == 1
    await set_scope(session, SYSTEM)
    with pytest.raises(DBAPIError, match="of_a_person"):
        await session.execute(text("UPDATE membership SET role = 'system'"))


async def test_a_new_role_holds_at_the_next_request_and_in_the_same_session(session: AsyncSession) -> None:
    person = await factories.person(session, Role.PROGRAMME_GROUP)
    token = await credentials.open_session(session, person)
    before = await credentials.viewer_of_session(session, token)
    assert before is not None
    assert before.membership_id is not None
    await memberships.change_role(session, SYSTEM, before.membership_id, Role.READER)
    after = await credentials.viewer_of_session(session, token)
    assert after is not None
    assert (before.role, after.role) == (Role.PROGRAMME_GROUP, Role.READER)


async def test_leaving_ends_what_acts_there_and_nothing_else(session: AsyncSession) -> None:
    person = await factories.person(session, Role.PARTNER, email="bo@x.example")
    town = await factories.organisation(session)
    other = await memberships.add(session, SYSTEM, person_id=person.id, organisation_id=town.id, role=Role.READER)
    here, there = [await credentials.open_session(session, person, one) for one in (None, other.id)]
    first = await credentials.viewer_of_session(session, here)
    assert first is not None
    assert first.membership_id is not None
    _, secret = await factories.key(session, Role.PARTNER, organisation_id=first.organisation_id)
    await memberships.leave(session, first, first.membership_id)
    assert await credentials.viewer_of_session(session, here) is None
    assert await keys.open_with(session, secret) is None, "nobody is left to answer for it"
    kept = await credentials.viewer_of_session(session, there)
    assert kept is not None
    assert kept.membership_id == other.id


async def test_the_last_administrator_stays(session: AsyncSession) -> None:
    last = await factories.viewer(session, Role.ADMINISTRATOR)
    shut = await factories.person(session, Role.ADMINISTRATOR)
    await leaving.close_account(session, last, shut.id)
    assert last.membership_id is not None
    assert last.person_id is not None
    with pytest.raises(LastAdministrator):
        await memberships.leave(session, last, last.membership_id)
    with pytest.raises(LastAdministrator):
        await memberships.change_role(session, last, last.membership_id, Role.READER)
    with pytest.raises(LastAdministrator):
        await leaving.close_account(session, SYSTEM, last.person_id)
    await factories.viewer(session, Role.ADMINISTRATOR)
    assert (await memberships.leave(session, last, last.membership_id)).left_at is not None


async def test_two_administrators_who_leave_at_once_do_not_both(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        both = [await factories.viewer(session, Role.ADMINISTRATOR) for _ in range(2)]

    async def leave(one: Viewer) -> None:
        assert one.membership_id is not None
        async with database.scoped(one) as session:
            await memberships.leave(session, one, one.membership_id)

    done = await asyncio.gather(*map(leave, both), return_exceptions=True)
    assert sorted(type(result).__name__ for result in done) == ["LastAdministrator", "NoneType"]


async def test_a_closed_account_that_is_opened_has_its_roles_but_no_old_session(session: AsyncSession) -> None:
    person = await factories.person(session, Role.PARTNER, email="bo@x.example")
    token = await credentials.open_session(session, person)
    administrator = await factories.viewer(session, Role.ADMINISTRATOR)
    await session.flush()
    await set_scope(session, administrator)
    await leaving.close_account(session, administrator, person.id)
    await leaving.reopen_account(session, administrator, person.id)
    await session.flush()
    await set_scope(session, SYSTEM)
    assert await credentials.viewer_of_session(session, token) is None
    assert [one.role for one in await people.viewers_of(session, person.id)] == [Role.PARTNER]


async def test_what_somebody_answers_for_is_told_and_stays_as_it_is(session: AsyncSession) -> None:
    person = await factories.person(session)
    mine = await factories.initiative(session, title="Läkarbil", responsible_id=person.id, status="pågår")
    await factories.initiative(session, title="Färdigt", responsible_id=person.id, status="avslutat")
    await factories.initiative(session, title="Annans")
    await leaving.close_account(session, SYSTEM, person.id)
    rows = await leaving.to_hand_over(session, SYSTEM, person.id)
    assert [(row.id, row.responsible.id if row.responsible else None) for row in rows] == [(mine.id, person.id)]
