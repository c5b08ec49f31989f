"""Personer och organisationer, invitations, and the switch between memberships."""

import re
from collections.abc import AsyncIterator
from functools import partial

import httpx
import pytest

from api import postgres
from api.app import create_app
from api.database import Database
from initiatives import memberships
from initiatives.access import SYSTEM, Role
from initiatives.organisations import OrganisationKind
from tests import factories
from tests import site as sites
from tests.conftest import copied
from tests.factories import PASSWORD
from tests.site import Site
from tests.web import html

ADMINISTRATOR, WRITER, ANNA = "admin@x.example", "skriver@x.example", "anna@x.example"


@pytest.fixture
async def town(server: postgres.Server) -> AsyncIterator[Site]:
    """Return the application over a region and a municipality, with an administrator, a writer and Anna in both."""
    async with copied(server) as name:
        database = Database(server.url(database=name))
        async with database.scoped(SYSTEM) as session:
            region = await factories.organisation(session, "Region Nord", OrganisationKind.REGION)
            ekby = await factories.organisation(session, "Ekby kommun")
            person = partial(factories.person, session, organisation_id=region.id, password=sites.PASSWORD)
            await person(Role.ADMINISTRATOR, email=ADMINISTRATOR, name="Ada Admin")
            await person(Role.PROGRAMME_GROUP, email=WRITER, name="Per Program")
            anna = await person(Role.POLITICIAN, email=ANNA, name="Anna Alm")
            await memberships.add(session, SYSTEM, person_id=anna.id, organisation_id=ekby.id, role=Role.PARTNER)
            await factories.initiative(session, title="Läkarbil", responsible_id=anna.id)
        yield Site(create_app(database.scoped, None), database)
        await database.close()


async def invite(client: httpx.AsyncClient, email: str, place: str, role: str) -> httpx.Response:
    """Fill in the form as a person would."""
    page = (await client.get("/personer")).text
    found = re.search(rf'<option value="([0-9a-f-]+)">{place}</option>', page)
    assert found, place
    return await client.post("/personer/bjud-in", data={"epost": email, "organisation": found[1], "roll": role})


def link_in(page: str) -> str:
    """Return the path of the link that is shown."""
    found = re.search(r'<code class="secret">http://narplan.example(/inbjudan/[^<]+)</code>', page)
    assert found
    return found[1]


async def test_the_programme_group_invites_to_municipalities_and_the_link_lets_in_once(town: Site) -> None:
    async with town.browser(WRITER) as client:
        made = await invite(client, "bo@x.example", "Ekby kommun", "kommunpartner")
        assert "Region Nord</option>" not in made.text
        assert "/personer/organisation" not in made.text
        assert not html.links(made.text, "/personer/[0-9a-f-]{36}")
        link = link_in(made.text)
        assert link not in (await client.get("/personer")).text
    async with town.browser() as client:
        offer = await client.get(link)
        assert "Ekby kommun" in offer.text
        short = await client.post(link, data={"namn": "Bo Ek", "losenord": "kort"})
        assert (short.status_code, 'value="Bo Ek"' in short.text) == (422, True)
        accepted = await client.post(link, data={"namn": "Bo Ek", "losenord": PASSWORD})
        assert accepted.headers["location"] == "/delat"
        assert "Bo Ek" in (await client.get("/delat")).text
        used, unknown = await client.get(link), await client.get("/inbjudan/finns-inte")
        assert used.status_code == unknown.status_code == 404
        assert used.text == unknown.text


async def test_a_wrong_invitation_says_what_is_wrong_and_keeps_what_was_written(town: Site) -> None:
    async with town.browser(ADMINISTRATOR) as client:
        answer = await invite(client, "bo@x.example", "Ekby kommun", "politiker")
        assert answer.status_code == 422
        assert "kan inte ha rollen politiker" in answer.text
        assert 'value="bo@x.example"' in answer.text


async def test_an_invitation_is_withdrawn(town: Site) -> None:
    async with town.browser(ADMINISTRATOR) as client:
        link = link_in((await invite(client, "bo@x.example", "Region Nord", "politiker")).text)
        action = re.search(r'action="(/personer/inbjudan/[^"]+)"', (await client.get("/personer")).text)
        assert action
        assert (await client.post(action[1])).status_code == 303
    async with town.browser() as client:
        assert (await client.get(link)).status_code == 404


async def test_one_who_has_an_account_signs_in_to_accept(town: Site) -> None:
    async with town.browser(ADMINISTRATOR) as client:
        link = link_in((await invite(client, WRITER, "Ekby kommun", "läsare")).text)
    async with town.browser() as client:
        assert (await client.post(link, data={"losenord": "fel lösenord"})).status_code == 401
    async with town.browser(ANNA) as client:
        assert "Du har redan ett konto" in (await client.get(link)).text
    async with town.browser(WRITER) as client:
        assert "Du är inloggad" in (await client.get(link)).text
        assert (await client.post(link)).headers["location"] == "/delat"
        assert "Byt till programgruppen, Region Nord" in (await client.get("/delat")).text


async def test_who_has_two_memberships_switches_in_the_header(town: Site) -> None:
    async with town.browser(ANNA) as client:
        page = (await client.get("/initiativ")).text
        found = re.search(r'name="medlemskap" value="([^"]+)">Byt till kommunpartner, Ekby kommun', page)
        assert found
        switched = await client.post("/byt", data={"medlemskap": found[1]})
        assert switched.headers["location"] == "/delat"
        page = (await client.get("/delat")).text
        assert "Byt till förtroendevald, Region Nord" in page
        assert "Läkarbil" not in page
        assert (await client.post("/byt", data={"medlemskap": "x"})).status_code == 404
    async with town.browser(WRITER) as client:
        assert "Byt till" not in (await client.get("/initiativ")).text
        assert (await client.post("/byt", data={"medlemskap": found[1]})).status_code == 404


async def test_an_administrator_sees_to_a_person_and_what_is_left_is_told(town: Site) -> None:
    async with town.browser(ADMINISTRATOR) as client:
        listed = (await client.get("/personer")).text
        address = re.search(r'href="(/personer/[0-9a-f-]{36})">Anna Alm', listed)
        assert address
        page = (await client.get(address[1])).text
        assert "behöver lämnas över" not in page
        membership = re.findall(r'name="medlemskap" value="([^"]+)"', page)[0]
        wrong = await client.post(
            address[1], data={"gor": "byt-roll", "medlemskap": membership, "roll": "kommunpartner"}
        )
        assert wrong.status_code == 422
        for form in (
            {"gor": "byt-roll", "medlemskap": membership, "roll": "läsare"},
            {"gor": "avsluta", "medlemskap": membership},
            {"gor": "stang"},
        ):
            assert (await client.post(address[1], data=form)).status_code == 303
        page = (await client.get(address[1])).text
        assert "behöver lämnas över" in page
        assert "Läkarbil" in page
        assert "Läsare i Region Nord" in page
        assert (await client.post(address[1], data={"gor": "oppna"})).status_code == 303
        own = re.search(r'href="(/personer/[0-9a-f-]{36})">Ada Admin', listed)
        assert own
        last = await client.post(own[1], data={"gor": "stang"})
        assert (last.status_code, "Den sista administratören" in last.text) == (409, True)


async def test_an_organisation_is_added(town: Site) -> None:
    async with town.browser(ADMINISTRATOR) as client:
        new = {"namn": "Hemtjänsten", "slag": "enhet", "hor_till": ""}
        assert (await client.post("/personer/organisation", data=new)).status_code == 303
        again = await client.post("/personer/organisation", data=new)
        assert (again.status_code, 'value="Hemtjänsten"' in again.text) == (409, True)


@pytest.mark.parametrize("email", [ANNA, WRITER])
async def test_others_do_not_get_there(town: Site, email: str) -> None:
    async with town.browser(email) as client:
        assert (await client.get("/personer")).status_code == (200 if email == WRITER else 403)
        assert (await client.post("/personer/organisation", data={"namn": "X", "slag": "kommun"})).status_code == 403
        async with town.database.scoped(SYSTEM) as session:
            person = await factories.person(session)
        assert (await client.get(f"/personer/{person.id}")).status_code == 403
        assert (await client.post(f"/personer/{person.id}", data={"gor": "stang"})).status_code == 403
