import click
import pytest
from click.testing import CliRunner, Result

from api.cli.keys import key
from api.cli.people import user
from api.database import Database
from initiatives.errors import InvalidValue, NotFound
from tests.factories import PASSWORD

REGION, TOWN = "Region X", "Havsunda kommun"
CREATE = ["create", REGION, "--name", "Kalkylblad", "--role", "politiker"]


@pytest.fixture(autouse=True)
def _installation(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARPLAN_DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("COLUMNS", "200")
    for email, organisation, role in (("a@x.example", REGION, "programgrupp"), ("b@x.example", TOWN, "kommunpartner")):
        added = run(user, "add", email, "--name", "N N", "--organisation", organisation, "--role", role,
                    "--password", PASSWORD)  # fmt: skip
        assert added.exit_code == 0, added.output


def run(command: click.Command, *arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_a_key_is_shown_once_and_then_known_by_its_beginning() -> None:
    secret = run(key, *CREATE, "--days", "30").stdout.strip()
    assert secret.startswith("np_")
    prefix = secret[:11]
    listed = run(key, "list", REGION).output
    assert prefix in listed
    assert "read, ask" in listed
    assert secret not in listed
    assert prefix not in run(key, "list", TOWN).output
    assert "spärrad" in run(key, "revoke", prefix).output
    assert "spärrad" in run(key, "list").output


def test_a_key_may_write_only_where_its_role_does() -> None:
    writing = ("--scope", "read", "--scope", "write")
    assert run(key, "create", REGION, "--name", "N", "--role", "programgrupp", *writing).exit_code == 0
    assert isinstance(run(key, *CREATE, *writing).exception, InvalidValue)
    assert isinstance(run(key, "create", TOWN, "--name", "N", "--role", "politiker").exception, InvalidValue)
    assert run(key, "create", REGION, "--name", "N", "--role", "administratör").exit_code == 2
    assert run(key, *CREATE, "--days", "0").exit_code == 2


def test_what_does_not_exist_is_a_sentence() -> None:
    assert isinstance(run(key, "create", "Ingenstans", "--name", "N", "--role", "läsare").exception, NotFound)
    assert isinstance(run(key, "revoke", "np_00000000").exception, NotFound)
