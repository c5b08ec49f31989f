from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import organisations, people
from initiatives.access import SYSTEM, Role
from initiatives.base import new_id
from initiatives.errors import AlreadyExists, InvalidValue, NotAllowed, NotFound
from initiatives.organisations import OrganisationKind
from tests import factories


@pytest.mark.parametrize("role", [Role.PROGRAMME_GROUP, Role.POLITICIAN, Role.PARTNER, Role.READER])
async def test_only_administrators_add_people_and_organisations(session: AsyncSession, role: Role) -> None:
    someone = await factories.viewer(session, role)
    with pytest.raises(NotAllowed):
        await organisations.create_organisation(session, someone, name="Ny", kind="kommun")
    with pytest.raises(NotAllowed):
        await people.create_person(session, someone, name="N", email="n@x.example", organisation_id=new_id(), role=role)


async def test_names_of_organisations_and_addresses_of_people_are_taken_once(session: AsyncSession) -> None:
    home = await factories.organisation(session, "Ekby kommun")
    with pytest.raises(AlreadyExists):
        await factories.organisation(session, "Ekby kommun")
    await factories.person(session, Role.PARTNER, organisation_id=home.id, email="Asa.Oberg@Region.Example")
    with pytest.raises(AlreadyExists) as refused:
        await factories.person(session, Role.PARTNER, organisation_id=home.id, email="asa.oberg@region.example")
    assert refused.value.field == "email"
    assert (await people.find_by_email(session, " ASA.OBERG@region.example")).name == "Åsa Öberg"


@pytest.mark.parametrize(
    ("field", "value"), [("email", "ingen adress"), ("role", "system"), ("role", "chef"), ("name", " ")]
)
async def test_a_wrong_value_is_refused_by_name(session: AsyncSession, field: str, value: str) -> None:
    home = await factories.organisation(session)
    right: dict[str, Any] = {"name": "N", "email": "n@x.example", "organisation_id": home.id, "role": Role.PARTNER}
    with pytest.raises(InvalidValue) as refused:
        await people.create_person(session, SYSTEM, **{**right, field: value})
    assert refused.value.field == field


async def test_organisations_come_in_swedish_order(session: AsyncSession) -> None:
    for name in ("Åby kommun", "Öby kommun", "Aby kommun", "Äby kommun"):
        await factories.organisation(session, name)
    await factories.organisation(session, "Region Nord", OrganisationKind.REGION)
    rows = await organisations.list_organisations(session, kind=OrganisationKind.MUNICIPALITY)
    assert [row.name for row in rows] == ["Aby kommun", "Åby kommun", "Äby kommun", "Öby kommun"]


async def test_a_partner_sees_colleagues_and_nobody_else(session: AsyncSession) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    colleague = await factories.person(session, Role.PARTNER, organisation_id=partner.organisation_id, name="Bo")
    stranger = await factories.person(session, name="Cai")
    rows, total = await people.list_people(session, partner)
    assert {row.name for row in rows} == {"Åsa Öberg", "Bo"}
    assert total == 2
    assert (await people.get_person(session, partner, colleague.id)).name == "Bo"
    with pytest.raises(NotFound):
        await people.get_person(session, partner, stranger.id)
    politician = await factories.viewer(session, Role.POLITICIAN)
    assert (await people.get_person(session, politician, stranger.id)).name == "Cai"
