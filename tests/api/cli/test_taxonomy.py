from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from api.cli.people import user
from api.cli.taxonomy import taxonomy
from api.database import Database
from initiatives.errors import InvalidRows, InvalidValue, NotFound
from tests.factories import PASSWORD

REGION = "Region X"
PLAN = "slag;kod;namn\nmål;M1;Trygghet\nmål;M2;Tillgänglighet\n"


@pytest.fixture(autouse=True)
def _installation(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARPLAN_DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("COLUMNS", "200")
    arguments = ("--name", "N N", "--organisation", REGION, "--role", "programgrupp", "--password", PASSWORD)
    assert run(user, "add", "a@x.example", *arguments).exit_code == 0


def run(command: click.Command, *arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_a_file_is_tried_then_brought_in_and_listed(tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    file.write_text(PLAN, encoding="utf-8-sig")
    command = ["import", str(file), "--organisation", REGION, "--name", "Plan", "--from", "2026-01-01"]
    tried = run(taxonomy, *command, "--dry-run")
    assert "Plan skulle läsas in. Nya noder: M1, M2. Ändrade: inga." in tried.output
    assert "Plan" not in run(taxonomy, "list").output
    assert "Plan är inläst" in run(taxonomy, *command).output
    listed = run(taxonomy, "list").output
    assert "2026-01-01" in listed
    file.write_text(PLAN.replace("Trygghet", "Trygg vård").replace("mål;M2;Tillgänglighet\n", ""))
    again = run(taxonomy, *command).output
    assert "Nya noder: inga. Ändrade: M1." in again
    assert "Kvar, men inte i filen: M2." in again


def test_what_is_wrong_is_told_row_by_row(tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    file.write_text("slag;kod;namn\nmål;;\n")
    wrong = run(taxonomy, "import", str(file), "--organisation", REGION, "--name", "Plan")
    assert isinstance(wrong.exception, InvalidRows)
    assert "rad 2, kod: Fyll i kolumnen." in wrong.stderr
    file.write_text(PLAN)
    stranger = run(taxonomy, "import", str(file), "--organisation", "Region Y", "--name", "Plan")
    assert isinstance(stranger.exception, NotFound)
    file.write_bytes("mål".encode("latin-1"))
    assert isinstance(run(taxonomy, "import", str(file), "--organisation", REGION).exception, InvalidValue)
    other = tmp_path / "plan.xlsx"
    other.touch()
    assert isinstance(run(taxonomy, "import", str(other), "--organisation", REGION).exception, InvalidValue)
