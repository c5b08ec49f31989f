"""`narplan reembed`: rebuild the search index after a change of embedding model."""

import asyncio

import click
from rich.console import Console
from rich.progress import Progress

from api import logs, settings
from api.installation import opened
from ingest import vectors


@click.command()
def reembed() -> None:
    """Bygg om sökindexet med den modell som är vald. Sökningen fungerar som förut tills allt är klart."""
    chosen = settings.load()
    logs.configure("error")
    count = asyncio.run(_reembed(chosen))
    click.echo(f"{count} stycken har fått nya vektorer." if count else "Sökindexet är redan byggt med vald modell.")


async def _reembed(chosen: settings.Settings) -> int:
    errors = Console(stderr=True)
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
        bar = progress.add_task("Bygger om", total=None)

        async def on_progress(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        async with opened(chosen) as installation:
            return await vectors.reembed(installation.database.scoped, installation.embedder, on_progress)
