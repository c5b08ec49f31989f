import asyncio

import click
import pytest
from click.testing import CliRunner, Result

from api.cli.people import user
from api.database import Database
from initiatives import invitations, people
from initiatives.access import SYSTEM, Role
from initiatives.errors import AlreadyExists, InvalidValue, NotFound
from initiatives.memberships import LastAdministrator
from initiatives.organisations import OrganisationKind
from tests import factories
from tests.factories import PASSWORD

ADD = ["add", "asa@x.example", "--name", "Åsa Öberg", "--organisation", "Region X", "--password", PASSWORD]


@pytest.fixture(autouse=True)
def _installation(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARPLAN_DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("COLUMNS", "160")


def run(command: click.Command, *arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


async def run_beside(*arguments: str) -> Result:
    """Run a command where a loop runs already."""
    return await asyncio.to_thread(run, user, *arguments)


def test_a_person_is_added_listed_and_closed() -> None:
    assert run(user, *ADD, "--role", "programgrupp", "--kind", "region").exit_code == 0
    assert "asa@x.example" in run(user, "list").output
    assert "kan inte längre logga in" in run(user, "deactivate", "ASA@x.example").output
    assert "nej" in run(user, "list").output
    assert "nytt lösenord" in run(user, "password", "asa@x.example", "--password", "ett annat lösenord").output
    assert "nej" not in run(user, "list").output


def test_a_person_is_added_once_to_an_organisation_that_is_added_once() -> None:
    run(user, *ADD, "--role", "politiker")
    assert isinstance(run(user, *ADD, "--role", "politiker").exception, AlreadyExists)
    other = ["add", "bo@x.example", *ADD[2:], "--role", "programgrupp"]
    assert run(user, *other).exit_code == 0
    assert run(user, "list").output.count("Region X") == 2


def test_what_is_wrong_is_refused() -> None:
    assert run(user, *ADD, "--role", "system").exit_code == 2
    assert isinstance(run(user, *ADD[:-1], "kort", "--role", "politiker").exception, InvalidValue)
    assert isinstance(run(user, "deactivate", "nobody@x.example").exception, NotFound)


def test_a_list_in_a_file_keeps_the_whole_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    address = f"{'anna-karin.' * 5}lindstrom@vardforvaltningen.region.example"
    run(user, "add", address, *ADD[2:], "--role", "politiker")
    assert address in run(user, "list").output


def test_a_person_is_given_a_role_another_instead_and_one_more_elsewhere() -> None:
    run(user, *ADD, "--role", "programgrupp")
    run(user, "add", "bo@x.example", *ADD[2:4], "--organisation", "Ekby kommun", *ADD[-2:], "--role", "läsare")
    here = ("--organisation", "Region X", "--role")
    assert "är nu politiker i Region X" in run(user, "role", "ASA@x.example", *here, "politiker").output
    assert (
        "är nu läsare i Ekby"
        in run(user, "role", "asa@x.example", "--organisation", "Ekby kommun", "--role", "läsare").output
    )
    listed = run(user, "list").output
    assert "politiker i Region X, läsare i Ekby kommun" in listed
    assert "programgrupp" not in listed
    for wrong, problem in (
        (("asa@x.example", *here, "kommunpartner"), InvalidValue),
        (("asa@x.example", "--organisation", "Ingenstans", "--role", "läsare"), NotFound),
        (("nobody@x.example", *here, "läsare"), NotFound),
    ):
        assert isinstance(run(user, "role", *wrong).exception, problem)
    assert run(user, "role", "asa@x.example", *here, "system").exit_code == 2


def test_the_last_administrator_is_not_given_another_role() -> None:
    run(user, *ADD, "--role", "administratör")
    asa = ("asa@x.example", "--organisation", "Region X")
    assert isinstance(run(user, "role", *asa, "--role", "läsare").exception, LastAdministrator)
    assert isinstance(run(user, "leave", *asa).exception, LastAdministrator)


async def test_who_leaves_is_nothing_there_and_what_they_answer_for_is_told(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        region = await factories.organisation(session, "Region X", OrganisationKind.REGION)
        asa = await factories.person(session, organisation_id=region.id, email="asa@x.example")
        await factories.initiative(session, title="Läkarbil i öster", responsible_id=asa.id)
    leave = ("leave", "ASA@x.example", "--organisation")
    left = (await run_beside(*leave, "Region X")).output
    assert "Åsa Öberg är inte längre med i Region X." in left
    assert "- Läkarbil i öster" in left
    assert isinstance((await run_beside(*leave, "Region X")).exception, NotFound)
    assert isinstance((await run_beside(*leave, "Ingenstans")).exception, NotFound)
    async with database.scoped(SYSTEM) as session:
        assert await people.viewers_of(session, asa.id) == []


async def test_the_link_of_an_invitation_is_printed_alone_and_lets_in(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.scoped(SYSTEM) as session:
        await factories.organisation(session, "Ekby kommun")
    monkeypatch.setenv("NARPLAN_PUBLIC_URL", "https://narplan.region.example")
    invite = ("invite", "BO@x.example", "--organisation")
    invited = await run_beside(*invite, "Ekby kommun", "--role", "kommunpartner")
    address, _, token = invited.stdout.strip().rpartition("/")
    assert address == "https://narplan.region.example/inbjudan"
    assert "Skicka länken" in invited.stderr
    async with database.scoped(SYSTEM) as session:
        made = await invitations.accept(session, token, name="Bo Ek", password=PASSWORD)
        assert [one.role for one in await people.viewers_of(session, made.id)] == [Role.PARTNER]
    assert isinstance((await run_beside(*invite, "Ekby kommun", "--role", "läsare")).exception, AlreadyExists)
    assert isinstance((await run_beside(*invite, "Ekby kommun", "--role", "politiker")).exception, InvalidValue)
    assert isinstance((await run_beside(*invite, "Ingenstans", "--role", "läsare")).exception, NotFound)
