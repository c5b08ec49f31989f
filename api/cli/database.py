"""`narplan doctor`, `migrate`, `backup` and `restore`: looking after the database."""

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import click
from sqlalchemy.engine import URL

from api import checks, installation, postgres, settings
from api.checks import Finding
from api.database import Database, normalise
from api.settings import Settings
from initiatives.errors import NarplanError

BEGINNING, OWN_TABLE = b"PGDMP", b"CREATE TABLE public.knowledge_gap "
UNTOUCHED = "Databasen är oförändrad. Ange en fil som narplan backup har skrivit."


class CopyFailed(NarplanError):
    """A backup could not be written or read back; the text says why."""

    title: ClassVar[str] = "Säkerhetskopian gick inte att göra klart"


class NoBackup(NarplanError):
    """What was given for reading back is not a whole backup of Närplan; nothing has been touched."""

    title: ClassVar[str] = "Filen är ingen säkerhetskopia av Närplan"


@click.command()
def migrate() -> None:
    """Gör databasens tabeller aktuella. Körs efter varje uppgradering, av en process i taget."""
    with installation.addressed(settings.load()) as complete:
        asyncio.run(installation.migrate(complete))
    click.echo("Databasens tabeller är aktuella.")


@click.command()
def doctor() -> None:
    """Kontrollera att allt som behövs är på plats, och säg vad som ska göras åt det som inte är det."""
    chosen = settings.load()
    click.echo(f"Närplans mapp: {chosen.home}")
    with installation.addressed(chosen) as complete:
        findings = asyncio.run(_examine(complete))
    for finding in findings:
        click.echo(f"{'bra' if finding.well else 'FEL'}  {finding.subject}: {finding.text}")
    sys.exit(0 if all(finding.well for finding in findings) else 1)


async def _examine(complete: Settings) -> list[Finding]:
    database = Database(complete.database_url or "")
    try:
        found = await checks.examine(database)
        index = await _index(complete, database) if all(one.well for one in found) else ()
        asked = await _language(complete, database) if index else ()
        return [*found, await _model(complete), *index, *_reranker(complete), *asked, *_programs()]
    finally:
        await database.close()


async def _model(complete: Settings) -> Finding:
    from retrieval import embedding

    subject = "Inbäddningsmodellen"
    try:
        embedder = embedding.create(complete.embedding)
        try:
            stamp = await embedder.stamp()
        finally:
            embedder.close()
    except NarplanError as error:
        return Finding(well=False, subject=subject, text=error.detail)
    return Finding(well=True, subject=subject, text=f"{stamp.name} {stamp.revision}, {stamp.dimensions} dimensioner")


async def _index(complete: Settings, database: Database) -> tuple[Finding]:
    """Tell whose vectors answer, whether that model is here, and how far another has come."""
    from ingest import reembedding
    from initiatives.access import SYSTEM
    from retrieval import embedding, models

    subject = "Sökindexet"
    async with database.scoped(SYSTEM) as session:
        stands = await reembedding.standing(session, SYSTEM)
    if stands.answering is None:
        return (Finding(well=True, subject=subject, text="är tomt än"),)
    told = f"svarar med {stands.answering.named}"
    if stands.coming is not None:
        told += f", och byggs om med {stands.coming.named}: {stands.done} av {stands.total} stycken är klara"
    embedder = embedding.create(complete.embedding)
    try:
        await models.speaker(embedder, stands.answering)
    except NarplanError as gone:
        remedy = "Sökningen går på ord tills arbetaren, eller narplan reembed, har byggt om det."
        return (Finding(well=False, subject=subject, text=f"{told}. {gone.detail} {remedy}"),)
    finally:
        embedder.close()
    return (Finding(well=True, subject=subject, text=told),)


def _reranker(complete: Settings) -> Iterator[Finding]:
    from retrieval import reranking

    found = reranking.create(complete.reranking)
    if found is None:
        return
    try:
        found.warm()
    except NarplanError as error:
        yield Finding(well=False, subject="Omrangordningen", text=error.detail)
    else:
        yield Finding(well=True, subject="Omrangordningen", text=str(complete.reranking.model))


async def _language(complete: Settings, database: Database) -> Sequence[Finding]:
    """Tell which language model is chosen, and what it has been asked for today; sends nothing to it."""
    from initiatives.access import SYSTEM
    from initiatives.swedish import format_number
    from retrieval import language, spending

    subject = "Språkmodellen"
    try:
        if language.create(complete.language) is None:
            return ()
    except NarplanError as error:
        return (Finding(well=False, subject=subject, text=error.detail),)
    async with database.scoped(SYSTEM) as session:
        number, cost = await spending.spent_today(session)
    told = f"{complete.language.model} på {complete.language.base_url}, {number} svar i dag"
    if complete.language.limits.most:
        told += f" för högst {format_number(Decimal(cost) / 100, decimals=2)} kronor"
    return (Finding(well=True, subject=subject, text=told),)


def _programs() -> Iterator[Finding]:
    """Tell of the programs that reading makes use of; none of them must be there."""
    from ingest import conversion
    from ingest.readers import ocr

    office = conversion.program() or "saknas. Installera det om .doc, .xls, .ppt och .rtf ska läsas på den här datorn."
    yield Finding(well=True, subject="LibreOffice", text=office)
    scans = "saknas, eller saknar svenska. Installera tesseract-ocr och tesseract-ocr-swe om inskannat ska läsas här."
    yield Finding(well=True, subject="Tesseract", text="med svenska" if ocr.missing() is None else scans)


@click.command()
@click.argument("file", metavar="FIL", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Skriv en säkerhetskopia av hela databasen till FIL. Tjänsten kan vara igång."""
    with _own_file(file) as unfinished:
        with _tools() as tool:
            # The system's scope sees every row, so the owner need not stand above the policies.
            dump = ("--format=custom", "--enable-row-security", "--exclude-extension=vector", "--no-owner")
            tool("pg_dump", *dump, "--no-privileges", f"--file={unfinished}")
        unfinished.replace(file)
    click.echo(f"Säkerhetskopian är skriven: {file}")


@click.command()
@click.argument("file", metavar="FIL", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--yes", is_flag=True, help="Fråga inte först.")
def restore(file: Path, *, yes: bool) -> None:
    """Ersätt allt i databasen med säkerhetskopian i FIL, eller ingenting. Stoppa tjänsten först."""
    _require_backup(file)
    if not yes and click.prompt("Allt i databasen ersätts med kopian. Fortsätta? (ja/nej)").strip().lower() != "ja":
        raise click.Abort
    with installation.addressed(settings.load()) as complete:
        with _own_file(file) as script, _tools() as tool:
            try:
                tool("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(file.absolute()))
            except CopyFailed as error:
                raise NoBackup(f"{file} är skadad eller inte hel. {UNTOUCHED}") from error
            _require_own_tables(file, script)
            tool("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
                 "--command=DROP OWNED BY CURRENT_USER", "--command=CREATE EXTENSION IF NOT EXISTS vector",
                 f"--file={script}")  # fmt: skip
        asyncio.run(installation.migrate(complete))
    click.echo("Databasen är återläst.")


def _require_backup(file: Path) -> None:
    with file.open("rb") as opened:
        if opened.read(len(BEGINNING)) != BEGINNING:
            raise NoBackup(f"{file} är inte skriven av narplan backup. {UNTOUCHED}")


def _require_own_tables(file: Path, script: Path) -> None:
    with script.open("rb") as lines:
        if not any(line.startswith(OWN_TABLE) for line in lines):
            raise NoBackup(f"{file} är en kopia av en annan databas. {UNTOUCHED}")


@contextlib.contextmanager
def _own_file(beside: Path) -> Iterator[Path]:
    """Give an empty file that only we can read, removed afterwards unless it was moved."""
    descriptor, name = tempfile.mkstemp(prefix=f"{beside.name}.", dir=beside.absolute().parent)
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


@contextlib.contextmanager
def _tools() -> Iterator[Callable[..., None]]:
    """Give what runs one of PostgreSQL's own programs against the owner's database; it raises `CopyFailed`."""
    with installation.addressed(settings.load()) as complete:
        environment = _environment(normalise(complete.owner_database_url or ""))

        def tool(name: str, *options: str) -> None:
            command = [str(postgres.wheel_binaries() / name), *options]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                raise CopyFailed(f"{name}: {done.stderr.strip() or 'okänt fel'}")

        yield tool


def _environment(address: URL) -> dict[str, str]:
    """Return the address as PostgreSQL's programs read it; a password on the command line would be seen by others."""
    query = address.normalized_query
    given = {
        "PGHOST": address.host or ",".join(query.get("host", ())),
        "PGPORT": str(address.port or ""),
        "PGUSER": address.username,
        "PGPASSWORD": address.password,
        "PGDATABASE": address.database,
        "PGSSLMODE": ",".join(query.get("ssl", ())),
        "PGOPTIONS": "-c narplan.role=system",
        "PATH": os.defpath,
    }
    return {name: str(value) for name, value in given.items() if value}
