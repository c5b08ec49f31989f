"""`narplan evaluate`: questions with their expected answers, put to the documents and measured."""

import asyncio
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api import logs, settings
from api.cli.ask import Asked, as_line
from api.cli.measured import show
from api.installation import opened
from retrieval.answering import warm
from retrieval.comparison import Comparison, compare
from retrieval.evaluation import GoldQuestion, read_questions
from retrieval.measures import Report, report
from retrieval.trials import Tried, missing, put, searched

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
NEW_FILE = click.Path(path_type=Path, dir_okay=False, writable=True)


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FIL.jsonl…", type=FILE)
@click.option("--answers", type=NEW_FILE, metavar="FIL.jsonl", help="Skriv svaren, ett JSON-objekt per rad.")
@click.option("--save", type=NEW_FILE, metavar="FIL.json", help="Spara mätningen, att jämföra med senare.")
@click.option("--compare", "earlier", type=FILE, metavar="FIL.json", help="Jämför med en sparad mätning.")
@click.option("--json", "as_json", is_flag=True, help="Skriv mätningen som ett JSON-objekt.")
@click.option(
    "--misses",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    metavar="ANTAL",
    help="Hur många av frågorna som gick fel som visas.",
)
def evaluate(
    files: tuple[Path, ...],
    answers: Path | None,
    save: Path | None,
    earlier: Path | None,
    misses: int,
    *,
    as_json: bool,
) -> None:
    """Mät hur bra frågorna i en fil med facit besvaras ur dokumenten som är inlästa.

    Varje rad är ett JSON-objekt med id, question, answerable och det som ett rätt svar känns igen på. Ingenting sparas
    av frågorna. Formen och måtten beskrivs i docs/answering.md.
    """
    chosen = settings.load()
    logs.configure("error")
    golds = _questions(files)
    before = _earlier(earlier) if earlier else None
    tried, measured = asyncio.run(_measure(chosen, golds))
    if answers:
        lines = (as_line(Asked(one.gold.question, one.gold.id, one.gold.history), one.outcome) for one in tried)
        answers.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    if save:
        save.write_bytes(msgspec.json.format(msgspec.json.encode(measured)) + b"\n")
    change = compare(before, measured) if before else None
    if as_json:
        click.echo(_as_json(measured, change))
    else:
        show(measured, change, misses)


def _questions(files: Sequence[Path]) -> list[GoldQuestion]:
    golds = read_questions(files)
    if not golds:
        raise click.UsageError("Det finns inga frågor att mäta med: filen är tom.")
    return golds


def _earlier(path: Path) -> Report:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Report)
    except msgspec.DecodeError:
        raise click.UsageError(f"{path.name} är ingen sparad mätning. Ange en fil som skrevs med --save.") from None


async def _measure(chosen: settings.Settings, golds: Sequence[GoldQuestion]) -> tuple[list[Tried], Report]:
    errors = Console(stderr=True)
    columns = (TextColumn("Frågar"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    tried: list[Tried] = []
    async with opened(chosen) as installation:
        await warm(installation.assistant)
        library = await searched(installation.assistant)
        with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
            bar = progress.add_task("evaluate", total=len(golds))
            async for one in put(installation.assistant, golds):
                tried.append(one)
                progress.advance(bar)
    made = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return tried, report([one.judged for one in tried], made, len(library.views), missing(library, golds))


def _as_json(measured: Report, change: Comparison | None) -> str:
    built = msgspec.to_builtins(measured)
    return msgspec.json.encode(built | ({"comparison": change} if change else {})).decode()
