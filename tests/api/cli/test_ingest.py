"""`narplan ingest` as people run it: every file accounted for, and an exit status that can be trusted."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from api.database import Database
from initiatives.access import SYSTEM
from retrieval.embedding import Embedder
from tests.ingest.pdfs import pdf, scanned
from tests.ingest.steps import DECISION, count

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def narplan(database: Database, embedder: Embedder, tmp_path: Path) -> Run:
    """Return what runs a command against the test's database."""
    environment = {
        "NARPLAN_HOME": str(tmp_path / "home"),
        "NARPLAN_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "NARPLAN_EMBEDDING_CACHE": str(embedder._config.cache),
        "PATH": os.defpath,
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "api.cli.main", *map(str, arguments)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder as folders are: two good files, two that cannot be read, and things that are no documents."""
    files = tmp_path / "handlingar"
    files.mkdir()
    (files / "beslut.md").write_text(DECISION)
    (files / "protokoll.pdf").write_bytes(pdf(["Protokoll från nämnden", "", "Nämnden beslutar om vård."]))
    (files / "inskannat.pdf").write_bytes(scanned(2))
    (files / "tom.txt").write_bytes(b"")
    (files / "INDEX.rst").write_text("a\tb")
    return files


def result(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_file_is_accounted_for_and_failures_show_in_the_exit_status(narplan: Run, folder: Path) -> None:
    done = narplan("ingest", folder, "--json")
    assert done.returncode == 1, done.stderr
    summary = result(done)
    assert {key: summary[key] for key in ("published", "unchanged", "skipped", "failed")} == {
        "published": 2, "unchanged": 0, "skipped": 1, "failed": 2,
    }  # fmt: skip
    by_name = {Path(row["file"]).name: row for row in summary["files"]}
    assert by_name["beslut.md"]["state"] == "published"
    assert by_name["beslut.md"]["document_id"]
    assert by_name["protokoll.pdf"]["pages"] == 1
    assert by_name["protokoll.pdf"]["passages"] > 0
    assert (by_name["inskannat.pdf"]["stage"], by_name["inskannat.pdf"]["page"]) == ("reading", 1)
    assert "OCR" in by_name["inskannat.pdf"]["remedy"]
    assert by_name["tom.txt"]["reason"] == "Filen är tom."
    assert done.stderr == ""


def test_again_nothing_changes_and_it_is_quick(narplan: Run, folder: Path) -> None:
    good = [folder / "beslut.md", folder / "protokoll.pdf"]
    assert narplan("ingest", *good).returncode == 0
    before = os.times()
    again = narplan("ingest", *good, "--json")
    after = os.times()
    # Processor time, since the clock also counts what other programs do: no model is loaded and no child started.
    assert sum(after[2:4]) - sum(before[2:4]) < 4
    assert again.returncode == 0
    assert result(again)["unchanged"] == 2


async def test_the_table_names_each_file_and_what_to_do(narplan: Run, folder: Path, database: Database) -> None:
    done = narplan("ingest", folder / "inskannat.pdf", folder / "beslut.md", folder / "INDEX.rst", folder / "borta.txt")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    rows = {line.split()[0]: line for line in done.stdout.splitlines() if line.strip()}
    assert "Läsning, sida 1: Alla 2 sidor är bilder utan text" in rows["inskannat.pdf"]
    assert "sökbar" in rows["beslut.md"]
    assert "Filtypen .rst kan inte läsas" in rows["INDEX.rst"]
    assert "finns inte" in rows["borta.txt"]
    assert "1 nya, 0 oförändrade, 0 överhoppade, 3 misslyckade" in done.stdout
    assert await count(database.scoped, "document", "visibility = 'internal'") == 1


def test_reembedding_with_nothing_to_do_says_so(narplan: Run) -> None:
    done = narplan("reembed")
    assert (done.returncode, done.stdout) == (0, "Sökindexet är redan byggt med vald modell.\n")


async def test_reembedding_renews_what_an_older_release_has_made(
    narplan: Run, folder: Path, database: Database
) -> None:
    assert narplan("ingest", folder / "beslut.md").returncode == 0
    async with database.scoped(SYSTEM) as session:
        await session.execute(text("UPDATE document_version SET analysis = 1"))
    done = narplan("reembed")
    assert (done.returncode, done.stdout) == (0, "1 dokument har fått sitt sökindex förnyat.\n")
    assert await count(database.scoped, "document_version", "analysis = 1") == 0
