from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import invitations, memberships, organisations, people
from initiatives.access import SYSTEM, Role, set_scope
from initiatives.base import utcnow
from initiatives.errors import AlreadyExists, InvalidValue, NotAllowed, NotFound
from initiatives.invitations import Invitation, InvitationRow
from initiatives.organisations import OrganisationKind
from tests import factories
from tests.factories import PASSWORD

BO = "bo@x.example"
INSERT = text(
    "INSERT INTO invitation (id, email, organisation_id, role, token_sha256, created_at, expires_at) "
    "VALUES (gen_random_uuid(), 'bo@x.example', :organisation, :role, :digest, now(), now())"
)
GIVEN = [
    (Role.ADMINISTRATOR, OrganisationKind.REGION, Role.ADMINISTRATOR, True),
    (Role.ADMINISTRATOR, OrganisationKind.MUNICIPALITY, Role.PARTNER, True),
    (Role.PROGRAMME_GROUP, OrganisationKind.MUNICIPALITY, Role.PARTNER, True),
    (Role.PROGRAMME_GROUP, OrganisationKind.MUNICIPALITY, Role.READER, True),
    (Role.PROGRAMME_GROUP, OrganisationKind.REGION, Role.READER, False),
    (Role.PROGRAMME_GROUP, OrganisationKind.REGION, Role.PROGRAMME_GROUP, False),
    (Role.PROGRAMME_GROUP, OrganisationKind.REGION, Role.ADMINISTRATOR, False),
    (Role.POLITICIAN, OrganisationKind.MUNICIPALITY, Role.READER, False),
    (Role.PARTNER, OrganisationKind.MUNICIPALITY, Role.READER, False),
    (Role.READER, OrganisationKind.MUNICIPALITY, Role.READER, False),
]


@pytest.mark.parametrize(("giver", "kind", "role", "allowed"), GIVEN)
async def test_who_may_invite_whom_is_the_same_in_the_code_and_in_the_database(
    session: AsyncSession, giver: Role, kind: OrganisationKind, role: Role, *, allowed: bool
) -> None:
    place = await factories.organisation(session, kind=kind)
    person = await factories.viewer(session, giver)
    await session.flush()
    await set_scope(session, person)
    row = {"organisation": place.id, "role": role.value, "digest": b"raw"}
    if allowed:
        await invitations.invite(session, person, email=BO, organisation_id=place.id, role=role)
        await session.execute(INSERT, row)
        return
    with pytest.raises(NotAllowed):
        await invitations.invite(session, person, email=BO, organisation_id=place.id, role=role)
    with pytest.raises(DBAPIError, match="row-level security"):
        await session.execute(INSERT, row)


@pytest.mark.parametrize("role", [Role.POLITICIAN, Role.PARTNER, Role.READER])
async def test_who_invites_nobody_sees_no_invitations(session: AsyncSession, role: Role) -> None:
    someone = await factories.viewer(session, role)
    town = await factories.organisation(session)
    row, _ = await invitations.invite(session, SYSTEM, email=BO, organisation_id=town.id, role=Role.READER)
    await set_scope(session, someone)
    for attempt in (
        invitations.list_invitations(session, someone),
        invitations.get_invitation(session, someone, row.id),
        invitations.withdraw(session, someone, row.id),
    ):
        with pytest.raises(NotAllowed):
            await attempt
    assert await session.scalar(text("SELECT count(*) FROM invitation")) == 0
    assert (await session.execute(text("UPDATE invitation SET role = 'läsare' RETURNING 1"))).all() == []


async def test_the_programme_group_withdraws_only_what_it_may_give(session: AsyncSession) -> None:
    region = await factories.organisation(session, kind=OrganisationKind.REGION)
    writer = await factories.viewer(session, Role.PROGRAMME_GROUP)
    row, _ = await invitations.invite(session, SYSTEM, email=BO, organisation_id=region.id, role=Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        await invitations.withdraw(session, writer, row.id)


async def test_a_link_makes_an_account_once(session: AsyncSession) -> None:
    town = await factories.organisation(session, "Ekby kommun")
    row, token = await invitations.invite(session, SYSTEM, email="BO@x.example", organisation_id=town.id, role="läsare")
    assert row.expires_at - row.created_at == invitations.LIFETIME == timedelta(days=14)
    assert len(token) >= 43, "256 bits"
    stored = await session.scalar(text("SELECT encode(token_sha256, 'escape') FROM invitation"))
    assert token not in str(stored)
    offered = await invitations.offer(session, token)
    assert (offered.email, offered.organisation, offered.role) == (BO, "Ekby kommun", Role.READER)
    assert not offered.has_account
    made = await invitations.accept(session, token, name="Bo Ek", password=PASSWORD)
    assert (await factories.authenticate(session, BO, PASSWORD)).id == made.id
    assert [(one.role, one.organisation_id) for one in await people.viewers_of(session, made.id)] == [
        (Role.READER, town.id)
    ]
    with pytest.raises(NotFound):
        await invitations.accept(session, token, name="Bo Ek", password=PASSWORD)


async def test_every_link_that_does_not_hold_looks_the_same(session: AsyncSession) -> None:
    town = await factories.organisation(session)

    async def invite(email: str) -> tuple[InvitationRow, str]:
        return await invitations.invite(session, SYSTEM, email=email, organisation_id=town.id, role=Role.READER)

    tokens = {}
    for state in ("used", "withdrawn", "replaced", "expired"):
        row, tokens[state] = await invite(f"{state}@x.example")
        if state == "used":
            await invitations.accept(session, tokens[state], name="N", password=PASSWORD)
        elif state == "withdrawn":
            await invitations.withdraw(session, SYSTEM, row.id)
        elif state == "replaced":
            await invite(f"{state}@x.example")
        else:
            past = utcnow() - timedelta(seconds=1)
            await session.execute(update(Invitation).where(Invitation.id == row.id).values(expires_at=past))
    texts = set()
    for token in (*tokens.values(), "unknown", "", "\udc00"):
        with pytest.raises(NotFound) as refused:
            await invitations.offer(session, token)
        texts.add((refused.value.detail, refused.value.field))
        with pytest.raises(NotFound) as refused:
            await invitations.accept(session, token, name="N", password=PASSWORD)
        texts.add((refused.value.detail, refused.value.field))
    assert len(texts) == 1


async def test_a_link_dies_with_the_right_of_the_one_who_sent_it(session: AsyncSession) -> None:
    town = await factories.organisation(session)
    writer = await factories.viewer(session, Role.PROGRAMME_GROUP)
    assert writer.membership_id is not None
    _, token = await invitations.invite(session, writer, email=BO, organisation_id=town.id, role=Role.PARTNER)
    assert (await invitations.offer(session, token)).email == BO
    await memberships.change_role(session, SYSTEM, writer.membership_id, Role.READER)
    with pytest.raises(NotFound):
        await invitations.offer(session, token)


async def test_one_who_has_an_account_gets_a_membership_after_signing_in(session: AsyncSession) -> None:
    town = await factories.organisation(session)
    person = await factories.person(session, Role.POLITICIAN, email=BO, password=PASSWORD)
    other = await factories.person(session, Role.POLITICIAN)
    _, token = await invitations.invite(session, SYSTEM, email=BO, organisation_id=town.id, role=Role.PARTNER)
    assert (await invitations.offer(session, token)).has_account
    with pytest.raises(AlreadyExists):
        await invitations.accept(session, token, name="Någon annan", password="ett eget lösenord")
    with pytest.raises(NotAllowed):
        await invitations.accept_as(session, token, other)
    membership_id = await invitations.accept_as(session, token, person)
    assert [one.membership_id for one in await people.viewers_of(session, person.id)][1:] == [membership_id]
    assert (await factories.authenticate(session, BO, PASSWORD)).id == person.id
    with pytest.raises(NotFound):
        await invitations.accept_as(session, token, person)
    with pytest.raises(AlreadyExists):
        await invitations.invite(session, SYSTEM, email=BO, organisation_id=town.id, role=Role.READER)


async def test_what_cannot_be_is_not_invited_to(session: AsyncSession) -> None:
    town = await factories.organisation(session)
    unit = await organisations.create_organisation(session, SYSTEM, name="Enheten", kind="enhet")
    for email, place, role, field in (
        ("ingen adress", town.id, Role.READER, "email"),
        (BO, unit.id, Role.PARTNER, "role"),
        (BO, town.id, "chef", "role"),
        (BO, town.id, "system", "role"),
    ):
        with pytest.raises(InvalidValue) as refused:
            await invitations.invite(session, SYSTEM, email=email, organisation_id=place, role=role)
        assert refused.value.field == field


async def test_the_list_shows_what_is_open(session: AsyncSession) -> None:
    town = await factories.organisation(session)
    administrator = await factories.viewer(session, Role.ADMINISTRATOR)
    for email in ("a@x.example", "b@x.example"):
        await invitations.invite(session, administrator, email=email, organisation_id=town.id, role=Role.READER)
    rows, total = await invitations.list_invitations(session, administrator)
    assert ([row.email for row in rows], total) == (["b@x.example", "a@x.example"], 2)
    assert {row.invited_by for row in rows} == {"Åsa Öberg"}
    await invitations.withdraw(session, administrator, rows[0].id)
    assert (await invitations.list_invitations(session, administrator))[1] == 1
    assert (await invitations.list_invitations(session, administrator, open_only=False))[1] == 2
