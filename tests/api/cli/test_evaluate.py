"""`narplan evaluate` as people and programs run it."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api import postgres
from api.database import Database
from ingest.pipeline import Pipeline
from ingest.sandbox import Sandbox
from retrieval.embedding import Embedder
from tests.conftest import copied
from tests.ingest.steps import bring_in, count

CARS = """# Beslut om läkarbilar 2026

Regionstyrelsen beslutar

att avsätta 2,5 mnkr till läkarbilar i Granholma,

att avsätta 1,5 mnkr till läkarbilar i Älvbro.
"""
FIRST = "Hur mycket avsätts till läkarbilar i Granholma?"
EVIDENCE = [{"file": "läkarbilar.md", "quote": "att avsätta 2,5 mnkr till läkarbilar i Granholma"}]
ELSEWHERE = [{"file": "borta.md", "quote": "att bygga en bro"}]
GOLD: list[dict[str, Any]] = [
    {"id": "q1", "question": FIRST, "answerable": True, "type": "amount", "style": "lexical", "evidence": EVIDENCE,
     "answer_regex": "2,5 mnkr", "answers": ["2,5 mnkr"]},
    {"id": "q2", "question": "Och i Älvbro?", "history": [FIRST], "answerable": True, "type": "amount",
     "style": "conversational", "evidence": ELSEWHERE, "answer_regex": "9 mnkr", "answers": ["9 mnkr"]},
    {"id": "q3", "question": "Vem vann fotbolls-VM?", "answerable": False, "type": "unanswerable", "style": "lexical"},
    {"id": "q4", "question": "   ", "answerable": False, "type": "unanswerable", "style": "lexical"},
]  # fmt: skip


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


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """Return a file with four questions: one right, one with gold that is not there, two without an answer."""
    path = tmp_path / "frågor.jsonl"
    path.write_text("\n".join(json.dumps(question) for question in GOLD))
    return path


def run(environment: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "api.cli.main", "evaluate", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)


def test_the_report_has_totals_parts_and_what_went_wrong(environment: dict[str, str], gold: Path) -> None:
    done = run(environment, gold)
    assert done.returncode == 0, done.stderr
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert lines[0] == "4 frågor till 1 dokument"
    assert "Facit hänvisar till dokument som inte är inlästa: borta.md" in lines
    shown = {line.rpartition("  ")[0].strip(): line.rpartition("  ")[2].strip() for line in lines}
    assert shown["Rätt svar på frågor som går att besvara"] == "50,0 %"
    assert shown["Rätt avböjt bland frågor som inte går att besvara"] == "100,0 %"
    assert shown["Citat som står ordagrant i dokumentet"] == "100,0 %"
    assert "1 rätt svar, 1 fel svar, 2 rätt avböjda." in lines
    assert any(line.startswith("belopp ") for line in lines)
    assert any(line.startswith("följdfrågor ") for line in lines)
    wrong = lines.index("q2 Och i Älvbro?")
    assert lines[wrong + 1] == "väntat: 9 mnkr"
    assert lines[wrong + 2].startswith("svar:   1,5 mnkr")


def test_a_measurement_is_saved_and_compared_with(environment: dict[str, str], gold: Path, tmp_path: Path) -> None:
    saved, answers = tmp_path / "före.json", tmp_path / "svar.jsonl"
    first = run(environment, gold, "--save", saved, "--answers", answers, "--misses", "0")
    assert first.returncode == 0, first.stderr
    assert "Frågor som gick fel" not in first.stdout
    lines = [json.loads(line) for line in answers.read_text().splitlines()]
    assert [line["id"] for line in lines] == ["q1", "q2", "q3", "q4"]
    assert lines[0]["citations"][0]["quote"] in CARS
    assert lines[3]["error"] == "Skriv en fråga."
    gold.write_text(gold.read_text().replace("9 mnkr", "1,5 mnkr"))
    second = run(environment, gold, "--compare", saved)
    assert "Jämfört med den tidigare mätningen (gemensamma frågor: 4)" in second.stdout
    assert "Blev rätt: q2" in second.stdout
    third = run(environment, gold, "--compare", saved, "--json")
    report = json.loads(third.stdout)
    assert report["figures"]["correct"] == 1
    assert report["comparison"]["won"] == ["q2"]
    assert report["comparison"]["changes"]["refused"]["verdict"] == "same"
    assert report["comparison"]["changes"]["correct"]["verdict"] == "unclear"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"id": "a", "question": "Vad?"}', "Rad 1 i fel.jsonl: fältet answerable saknas."),
        ("\n\n", "Det finns inga frågor att mäta med"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_words(
    environment: dict[str, str], tmp_path: Path, content: str, said: str
) -> None:
    (tmp_path / "fel.jsonl").write_text(content)
    done = run(environment, tmp_path / "fel.jsonl")
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_no_saved_measurement_is_told_apart(environment: dict[str, str], gold: Path) -> None:
    done = run(environment, gold, "--compare", gold)
    assert done.returncode == 2
    assert "frågor.jsonl är ingen sparad mätning." in done.stderr
