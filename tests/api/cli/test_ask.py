"""`narplan ask` as people and programs run it."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from api import postgres
from api.cli.ask import _read, ask
from api.database import Database
from ingest.pipeline import Pipeline
from ingest.sandbox import Sandbox
from retrieval.composing import NOT_IN_MATERIAL
from retrieval.embedding import Embedder
from tests.conftest import copied
from tests.ingest.steps import bring_in, count

CARS = """# Beslut om läkarbilar 2026

Regionstyrelsen beslutar

att avsätta 2,5 mnkr till läkarbilar i Granholma,

att avsätta 1,5 mnkr till läkarbilar i Älvbro.
"""
QUESTION = "Hur mycket avsätts till läkarbilar i Granholma?"


@pytest.fixture(scope="module")
async def environment(
    server: postgres.Server, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, str]]:
    """Return the environment of an installation that holds one document."""
    async with copied(server) as name:
        database, sandbox = Database(server.url(database=name)), Sandbox()
        await bring_in(Pipeline(database.scoped, embedder, sandbox), "läkarbilar.md", CARS)
        await sandbox.close()
        yield {
            "NARPLAN_HOME": str(tmp_path_factory.mktemp("home")),
            "NARPLAN_DATABASE_URL": server.url(database=name),
            "NARPLAN_EMBEDDING_CACHE": str(embedder._config.cache),
            "PATH": os.defpath,
            "PYTHONPATH": str(Path(__file__).parents[3]),
        }
        assert await count(database.scoped, "turn") == await count(database.scoped, "knowledge_gap") == 0
        await database.close()


def run(environment: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "api.cli.main", "ask", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)


def test_a_question_is_answered_with_basis_and_quotation(environment: dict[str, str]) -> None:
    done = run(environment, QUESTION)
    assert done.returncode == 0, done.stderr
    answer, basis, source, quote, *_ = [line for line in done.stdout.splitlines() if line.strip()]
    assert answer.startswith("2,5 mnkr")
    assert basis == "Beslut · Regionstyrelsen · 2026"
    assert source.startswith("[1] Beslut om läkarbilar 2026, s. 1")
    assert "”att avsätta 2,5 mnkr till läkarbilar i Granholma" in quote


def test_a_program_gets_one_json_object(environment: dict[str, str]) -> None:
    done = run(environment, "--json", QUESTION)
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    answer: dict[str, Any] = json.loads(line)
    assert answer["question"] == QUESTION
    assert "id" not in answer
    assert answer["answered_by"] == "extraktiv"
    (first, *_) = answer["citations"]
    assert first["source"] == answer["passages"][0]["source"] == "läkarbilar.md"
    assert CARS[first["start"] : first["end"]] == first["quote"]
    assert answer["latency_ms"] > 0


def test_a_batch_is_answered_line_by_line_in_order(environment: dict[str, str], tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = [
        {"id": "q3", "question": QUESTION},
        {"id": "q1", "question": "Och i Älvbro?", "history": [QUESTION], "svar": "okänt fält"},
        {"question": "Vem vann fotbolls-VM?"},
        {"id": "tom", "question": "  "},
        {"id": "lång", "question": "å" * 2_001},
        {"id": "sist", "question": "Hej!"},
    ]
    batch = tmp_path / "frågor.jsonl"
    batch.write_text("\n\n".join(json.dumps(line) for line in lines) + "\n")
    done = run(environment, "--batch", batch)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.get("id") for answer in answers] == ["q3", "q1", None, "tom", "lång", "sist"]
    assert [answer["question"] for answer in answers] == [line["question"] for line in lines]
    granholma, alvbro, refused, empty, long, hello = answers
    assert "2,5 mnkr" in granholma["answer"]
    assert alvbro["answer"].startswith("1,5 mnkr")
    assert refused["abstained"]
    assert refused["answer"].startswith(NOT_IN_MATERIAL)
    assert empty["error"] == "Skriv en fråga."
    assert "för lång" in long["error"]
    assert hello["answered_by"] == "regel"


@pytest.mark.parametrize("broken", ["inte json", '{"fråga": "Vad?"}', '{"question": 5}', "[]", '{"question": "Vad?"'])
def test_a_broken_line_is_named_by_its_number(tmp_path: Path, broken: str) -> None:
    batch = tmp_path / "frågor.jsonl"
    batch.write_text(f'{{"question": "Vad?"}}\n\n{broken}\n')
    with pytest.raises(click.UsageError, match=r"^Rad 3 i frågor.jsonl går inte att läsa"):
        _read(batch)


def test_bytes_that_are_no_text_are_named_too(tmp_path: Path) -> None:
    batch = tmp_path / "frågor.jsonl"
    batch.write_bytes(b'{"question": "V\xe5rd?"}\n')
    with pytest.raises(click.UsageError, match=r"^Rad 1"):
        _read(batch)


def test_a_batch_from_an_editor_of_windows_is_read(tmp_path: Path) -> None:
    batch = tmp_path / "frågor.jsonl"
    batch.write_bytes('{"question": "Vad kostar vård?"}\r\n\r\n{"question": "När?", "id": "b"}\r\n'.encode())
    assert [(one.question, one.id) for one in _read(batch)] == [("Vad kostar vård?", None), ("När?", "b")]


@pytest.mark.parametrize("arguments", [[], [QUESTION, "--batch", __file__]])
def test_either_a_question_or_a_batch_is_asked(arguments: list[str]) -> None:
    done = CliRunner().invoke(ask, arguments)
    assert done.exit_code == 2
    assert "Skriv en fråga, eller ange en fil med --batch." in done.output


def test_a_batch_that_is_not_there_is_named() -> None:
    done = CliRunner().invoke(ask, ["--batch", "saknas.jsonl"])
    assert done.exit_code == 2
    assert "saknas.jsonl" in done.output
