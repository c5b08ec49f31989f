"""`narplan reembed`: rebuild the search index after a change of embedding model or of the analysis of words."""

import asyncio

import click
from rich.console import Console
from rich.progress import Progress

from api import logs, settings
from api.installation import opened
from ingest import reembedding, renewal, vectors


@click.command()
def reembed() -> None:
    """Bygg om sökindexet med den modell som är vald, och det som en äldre version av Närplan har byggt.

    Arbetaren gör det av sig själv i bakgrunden; kommandot gör det nu. Sökningen fungerar som förut tills allt är klart.
    """
    chosen = settings.load()
    logs.configure("error")
    passages, documents = asyncio.run(_reembed(chosen))
    if passages:
        click.echo(f"{passages} stycken har fått nya vektorer.")
    if documents:
        click.echo(f"{documents} dokument har fått sitt sökindex förnyat.")
    if not passages and not documents:
        click.echo("Sökindexet är redan byggt med vald modell.")


async def _reembed(chosen: settings.Settings) -> tuple[int, int]:
    """Return how many passages have new vectors, and how many documents were behind in anything else."""
    errors = Console(stderr=True)
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
        bar = progress.add_task("Bygger om", total=None)

        async def on_progress(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        async with opened(chosen) as installation:
            reached = installation.database.scoped, installation.embedder
            await vectors.want(*reached)
            return await reembedding.run(*reached, on_progress), await renewal.renew(*reached, on_progress)
