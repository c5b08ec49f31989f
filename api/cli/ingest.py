"""`narplan ingest`: files and folders in, and back when all of it can be searched."""

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from api import logs, settings
from api.cli.bringing import FAILED, PUBLISHED, SKIPPED, UNCHANGED, Outcome, bring_in
from api.cli.files import find
from api.installation import opened
from retrieval.documents import INTERNAL, PUBLIC

WORDS = {
    PUBLISHED: "[green]sökbar[/]",
    UNCHANGED: "[green]oförändrad[/]",
    SKIPPED: "[dim]hoppades över[/]",
    FAILED: "[red]misslyckades[/]",
}

_WIDTH_OF_A_FILE = 200


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="SÖKVÄG…", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Skriv resultatet som ett JSON-objekt.")
@click.option(
    "--visibility",
    type=click.Choice([INTERNAL, PUBLIC]),
    default=INTERNAL,
    show_default=True,
    help="internal: regionens egna och dem som dokumentet delas med. public: alla som loggar in.",
)
def ingest(paths: tuple[Path, ...], visibility: str, *, as_json: bool) -> None:
    """Läs in filer och mappar och vänta tills allt är sökbart.

    Närplan läser Word, Excel, PowerPoint, OpenDocument, pdf, bilder, webbsidor, e-brev, CSV, Markdown, text och
    zip-arkiv. Varje fil i ett zip-arkiv blir ett dokument för sig.
    Mappar gås igenom; dolda filer, andra filtyper och filer som beskriver mappen (README, INDEX) hoppas över. Samma
    innehåll en gång till ändrar ingenting; samma filnamn med nytt innehåll blir en ny version av dokumentet.
    Tabellen visar för varje fil hur många tabeller som hittades och hur många tecken som inte kom med (Borta).
    Slutkoden är 0 bara om varje fil är sökbar.
    """
    chosen = settings.load()
    logs.configure("error")
    begun = time.monotonic()
    outcomes = asyncio.run(_ingest(chosen, paths, visibility))
    seconds = time.monotonic() - begun
    if as_json:
        click.echo(_summary(outcomes, seconds))
    else:
        _show(outcomes, seconds)
    sys.exit(1 if any(one.state == FAILED for one in outcomes) else 0)


async def _ingest(chosen: settings.Settings, paths: Sequence[Path], visibility: str) -> list[Outcome]:
    files = find(paths)
    errors = Console(stderr=True)
    columns = (TextColumn("Läser in"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        bar = progress.add_task("ingest", total=len(files))
        async with opened(chosen) as installation:
            return await bring_in(installation, files, visibility, lambda done: progress.update(bar, completed=done))


def _summary(outcomes: Sequence[Outcome], seconds: float) -> str:
    counts = Counter(one.state for one in outcomes)
    named = {state: counts[state] for state in (PUBLISHED, UNCHANGED, SKIPPED, FAILED)}
    return msgspec.json.encode({"files": outcomes, **named, "seconds": round(seconds, 2)}).decode()


def _show(outcomes: Sequence[Outcome], seconds: float) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Fil", overflow="fold", ratio=3)
    table.add_column("Läge", no_wrap=True)
    table.add_column("Sidor", justify="right")
    table.add_column("Stycken", justify="right")
    table.add_column("Tabeller", justify="right")
    table.add_column("Borta", justify="right")
    table.add_column("Anmärkning", overflow="fold", ratio=4)
    above = os.path.commonpath([Path(one.file).absolute().parent for one in outcomes])
    for one in outcomes:
        name = os.path.relpath(one.file, above)
        card = one.quality or {}
        figures = (one.pages, one.passages, card.get("tables"), card.get("characters_lost"))
        counts = ["" if number is None else str(number) for number in figures]
        table.add_row(escape(name), WORDS[one.state], *counts, escape(remark(one)))
    counts_by_state = Counter(one.state for one in outcomes)
    console = Console() if sys.stdout.isatty() else Console(width=_WIDTH_OF_A_FILE)
    console.print(table)
    console.print(
        f"\n{counts_by_state[PUBLISHED]} nya, {counts_by_state[UNCHANGED]} oförändrade, "
        f"{counts_by_state[SKIPPED]} överhoppade, {counts_by_state[FAILED]} misslyckade på {seconds:.1f} s."
    )


def remark(one: Outcome) -> str:
    """Return what there is to say of a file: where and why it failed and what to do, or what was odd about it."""
    if one.reason is None:
        return " ".join(one.warnings)
    place = ", ".join(
        part for part in (one.stage.word if one.stage else "", f"sida {one.page}" if one.page else "") if part
    )
    verdict = " ".join(part for part in (one.reason, one.remedy) if part)
    return f"{place.capitalize()}: {verdict}" if place else verdict
