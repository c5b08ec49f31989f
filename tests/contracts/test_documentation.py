"""What the documents say is so: settings, commands, pages, links, and the calls that a reader will copy."""

import re
import shlex
import tomllib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import click
import httpx
import pytest
from litestar import Litestar
from sqlalchemy import select

from api import web
from api.cli.main import group
from api.database import Database
from api.sample import load as sample
from api.variables import PREFIX, SETTINGS
from ingest import pipeline
from ingest.jobs import Ingestion
from ingest.pipeline import Pipeline
from ingest.sandbox import Sandbox
from initiatives import keys, organisations
from initiatives.access import SYSTEM
from retrieval.embedding import Embedder
from retrieval.parameters import parameters
from tests.clients import connect

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
ASKED_ABOUT = ("02-protokoll-regionstyrelsen-2026-03-09.md", "09-lagesrapport-september-2026.md")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
SOURCE_FILE = re.compile(r"`((?:api|ingest|retrieval|initiatives|bench|tests)/[\w/-]+(?:\.\w+)?)`")
MODULE = re.compile(r"python -m ((?:api|bench|tests)\.[\w.]*\w)")
OF_A_MACHINE = re.compile(r"/(?:work|root|home|tmp)/|\b(?:TODO|FIXME)\b|(?:pypi|npmjs)\.\w+", re.IGNORECASE)
CALLS = tuple(line for line in README.splitlines() if line.startswith("curl "))

each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def test_every_setting_is_in_the_table_as_the_program_knows_it() -> None:
    table = (ROOT / "docs" / "configuration.md").read_text()
    rows = [line for line in table.splitlines() if line.startswith(f"| `{PREFIX}")]
    assert rows == [f"| `{setting.name}` | {setting.meaning} | {setting.default} |" for setting in SETTINGS]


@each_document
def test_every_setting_that_is_mentioned_exists(path: Path) -> None:
    compose = (ROOT / "docker-compose.yml").read_text()
    known = {setting.name for setting in SETTINGS} | set(re.findall(r"\{(NARPLAN_\w+)", compose))
    assert set(re.findall(r"NARPLAN_[A-Z_]*[A-Z]", path.read_text())) <= known


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its whole name, groups left out."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for part in command.list_commands(context):
            found = command.get_command(context, part)
            assert found is not None
            yield from commands(found, f"{name} {part}")
    else:
        yield name, command


def test_every_command_and_every_option_is_in_the_readme() -> None:
    rows = {line.split("`")[1]: line for line in README.splitlines() if line.startswith("| `narplan ")}
    found = dict(commands(group, "narplan"))
    for name, command in found.items():
        written = [row for title, row in rows.items() if title == name or title.startswith(f"{name} ")]
        assert len(written) == 1, name
        for option in command.params:
            assert not isinstance(option, click.Option) or f"`{option.opts[0]}" in written[0], (name, option.name)
    strangers = [title for title in rows if not any(title.startswith(name) for name in found)]
    assert strangers == ["narplan --version"]


def test_every_page_is_described() -> None:
    addresses = {
        re.sub(r"\{[^}]*\}", "{id}", path)
        for handler in web.ROUTES
        for path in handler.paths
        if "GET" in handler.http_methods and ":path}" not in path
    }
    table = (ROOT / "docs/sidor.md").read_text()
    assert set(re.findall(r"`(/[^`]*)`", table)) == addresses


@each_document
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in LINK.findall(path.read_text()):
        if not link.startswith(("http://", "https://")):
            name, _, anchor = link.partition("#")
            target = (path.parent / name).resolve() if name else path
            assert target.exists(), link
            assert target.is_relative_to(ROOT), link
            assert not anchor or anchor in {slug(title) for title in HEADING.findall(target.read_text())}, link


def slug(title: str) -> str:
    """Return the anchor that a heading gets when Markdown is shown."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


@each_document
def test_every_file_and_module_that_is_named_exists(path: Path) -> None:
    text = path.read_text()
    modules = [f"{name.replace('.', '/')}.py" for name in MODULE.findall(text)]
    assert [name for name in [*SOURCE_FILE.findall(text), *modules] if not (ROOT / name).exists()] == []


def test_the_accuracy_that_is_stated_is_that_of_the_weights() -> None:
    stated = (ROOT / "docs" / "answering.md").read_text().partition("### Mätt\n")[2].partition("\nMätt ")[0]
    measured = parameters().provenance
    answered, refused, unrefused = [int(share) for share in re.findall(r"\| (\d+) % \|", stated)]
    assert f"Korsvaliderat på {measured['questions']} frågor" in stated
    assert f"lärts av {measured['learned from']} frågor" in stated
    assert answered == round(100 * float(measured["cross-validated right of answerable"]))
    assert refused == round(100 * float(measured["cross-validated refused of unanswerable"]))
    assert unrefused == round(100 * float(measured["right if nothing were refused"]))


@each_document
def test_nothing_is_written_that_is_true_on_one_machine_only(path: Path) -> None:
    assert OF_A_MACHINE.findall(path.read_text()) == []


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = dict(re.findall(r"\| \[(\d{4})\]\(([^)]+)\)", (folder / "README.md").read_text()))
    assert sorted(index.values()) == sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert all(name.startswith(f"{number}-") for number, name in index.items())


def test_the_version_and_the_licence_are_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    catalogue = (ROOT / "publiccode.yml").read_text()
    assert f'softwareVersion: "{project["version"]}"' in catalogue
    assert f"license: {project['license']}\n" in catalogue
    assert f"## [{project['version']}] - " in (ROOT / "CHANGELOG.md").read_text()
    assert (ROOT / "LICENSE").read_text().startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")


@pytest.fixture
async def caller(app: Litestar, database: Database, embedder: Embedder) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the sample region, in which the documents that the calls ask about are searchable."""
    await sample.load(database.scoped, password="korrekt häst batteri")
    async with database.scoped(SYSTEM) as session:
        wanted = list(await session.scalars(select(Ingestion.id).where(Ingestion.file_name.in_(ASKED_ABOUT))))
    sandbox = Sandbox()
    for ingestion_id in wanted:
        await pipeline.run(Pipeline(database.scoped, embedder, sandbox), ingestion_id)
    await sandbox.close()
    async with connect(app) as client:
        yield client


async def test_the_calls_of_the_readme_work(caller: httpx.AsyncClient, database: Database) -> None:
    owner, name, role = re.findall(r'narplan key create "([^"]+)" --name (\w+) --role (\w+)', README)[0]
    async with database.scoped(SYSTEM) as session:
        home = await organisations.find_organisation(session, owner)
        assert home
        scopes = re.findall(r"--scope (\w+)", README)
        _, key = await keys.create_key(session, SYSTEM, organisation_id=home.id, name=name, role=role, scopes=scopes)
    about, answer, stream, initiatives, receipt = [await call(caller, line, key) for line in CALLS]
    assert about.json()["api_name"] == "Närplan"
    assert "Sandell" in answer.json()["answer"]
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert [line for line in stream.text.splitlines() if line.startswith("event:")][-1] == "event: done"
    assert {item["status"] for item in initiatives.json()["items"]} == {"beslutat"}
    assert receipt.json()["unchanged"] is True


async def call(client: httpx.AsyncClient, line: str, key: str) -> httpx.Response:
    """Make the call that a line of curl makes; an option that is not known here fails."""
    words = iter(shlex.split(line.replace("$NYCKEL", key))[1:])
    headers, fields, files = {}, {}, {}
    content, address = None, ""
    for word in words:
        match word:
            case "-N":
                pass
            case "-H":
                title, _, value = next(words).partition(": ")
                headers[title] = value
            case "--json":
                content = next(words).encode()
                headers = {"Accept": "application/json", "Content-Type": "application/json", **headers}
            case "-F":
                field, _, value = next(words).partition("=")
                if value.startswith("@"):
                    files[field] = (Path(value).name, (ROOT / value[1:]).read_bytes())
                else:
                    fields[field] = value
            case _:
                assert word.startswith("http://127.0.0.1:8000/"), word
                address = word.removeprefix("http://127.0.0.1:8000")
    method = "POST" if content or files else "GET"
    answer = await client.request(
        method, address, headers=headers, content=content, data=fields or None, files=files or None
    )
    assert answer.is_success, (line, answer.text)
    return answer
