import click
import pytest
from click.testing import CliRunner, Result

from api.cli.people import user
from api.database import Database
from initiatives.errors import AlreadyExists, InvalidValue, NotFound
from tests.factories import PASSWORD

ADD = ["add", "asa@x.example", "--name", "Åsa Öberg", "--organisation", "Region X", "--password", PASSWORD]


@pytest.fixture(autouse=True)
def _installation(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARPLAN_DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("COLUMNS", "160")


def run(command: click.Command, *arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


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
