"""What the command line says of itself, of slips of the fingers and of the unforeseen: in Swedish, in sentences."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli import trouble
from api.cli.main import COMMANDS

ENGLISH = re.compile(
    r"\b(usage|options|commands|error|try|no such|invalid|show|missing|choose|integer)\b", re.IGNORECASE
)
BROKEN = """
from api.cli import main
@main.group.command("bryt")
def bryt():
    raise ExceptionGroup("tasks", [{raised}])
main.COMMANDS["bryt"] = main.Place("main:group.commands", "")
main.Commands.get_command = lambda self, ctx, name: self.commands.get(name)
main.main()
"""


def narplan(*arguments: str, code: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    start = ["-c", code] if code else ["-m", "api.cli.main"]
    environment = {**os.environ, "LANG": "C.UTF-8", **settings}
    command = [sys.executable, *start, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, input="")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ingst"], "Kommandot ingst finns inte."),
        (["user", "lst"], "Menade du 'list'?"),
        (["serve", "--prot", "1"], "Flaggan --prot finns inte."),
        (["serve", "--port"], "Flaggan --port ska följas av ett värde."),
        (["serve", "--port", "x"], "'--port': x är inte ett heltal."),
        (["serve", "--port", "0"], "0 ligger utanför"),
        (["restore"], "Det här saknas: 'FIL'"),
        (["restore", "finns-inte.dump"], "Filen finns-inte.dump finns inte."),
        (["user", "add", "a@b.se", "--role", "kung"], "kung är inget av 'administratör'"),
        (["doctor", "nu"], "Det här är för mycket: nu"),
    ],
)
def test_a_slip_is_told_in_swedish(arguments: list[str], said: str) -> None:
    done = narplan(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert not ENGLISH.search(done.stderr.replace("--help", "").replace("api.cli.main", "")), done.stderr


@pytest.mark.parametrize("arguments", [[], ["serve"], ["user"], ["key", "create"]])
def test_help_is_in_swedish(arguments: list[str]) -> None:
    done = narplan(*arguments, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("Användning: ")
    assert "Flaggor:" in done.stdout
    assert not ENGLISH.search(done.stdout), done.stdout


def test_the_first_help_names_every_command() -> None:
    assert set(COMMANDS) <= set(narplan("--help").stdout.split())


def test_the_unforeseen_is_a_sentence_with_the_way_to_the_details() -> None:
    code = BROKEN.format(raised="KeyError('np_01234567_hemlig')")
    done = narplan("bryt", code=code)
    assert done.returncode == 1
    assert done.stderr == f"Ett oväntat fel inträffade (KeyError) och kommandot avbröts. {trouble.DETAILS}\n"
    detailed = narplan("bryt", code=code, NARPLAN_LOG_LEVEL="debug")
    assert detailed.returncode == 1
    assert "Traceback" in detailed.stderr
    assert "hemlig" not in detailed.stderr


def test_a_refusal_among_tasks_is_still_a_refusal() -> None:
    code = BROKEN.format(raised="main.NarplanError('Gör så här.')")
    assert narplan("bryt", code=code).stderr == "Det gick inte att utföra: Gör så här.\n"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    place = tmp_path / "finns" / "inte" / "kopia.dump"
    done = narplan("backup", str(place))
    assert done.returncode == 1
    assert str(place.parent) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer_is_told() -> None:
    done = narplan("user", "list", NARPLAN_DATABASE_URL="postgresql://app:hemligt@127.0.0.1:1/d")
    assert done.returncode == 1
    assert "atabasen" in done.stderr
    assert "Traceback" not in done.stderr
    assert "hemligt" not in done.stderr
