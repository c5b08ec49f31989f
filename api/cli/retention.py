"""`narplan retention`: taking away what has been kept long enough."""

import asyncio
from collections.abc import Sequence

import click
from rich.table import Column, Table

from api import installation, settings
from api.cli.people import show
from initiatives import retention as rules
from initiatives.access import SYSTEM
from initiatives.retention import Removed


@click.group()
def retention() -> None:
    """Gallra det som har sparats tillräckligt länge."""


@retention.command("apply")
@click.option("--dry-run", is_flag=True, help="Visa vad som skulle gallras, och rör inget.")
def run(*, dry_run: bool) -> None:
    """Gallra det som är äldre än inställningarna NARPLAN_KEEP_… säger. Arbetaren gör det också varje dygn."""
    removed = asyncio.run(_apply(dry_run=dry_run))
    title = "Skulle gallras" if dry_run else "Gallrat"
    table = Table("Vad", Column("Sparas", justify="right"), "Äldre än", Column("Antal", justify="right"), title=title)
    for one in removed:
        words = one.kind.words
        table.add_row(words[0].upper() + words[1:], f"{one.days} dagar", f"{one.before:%Y-%m-%d}", str(one.count))
    show(table)


async def _apply(*, dry_run: bool) -> Sequence[Removed]:
    chosen = settings.load()
    async with installation.connected(chosen) as database, database.scoped(SYSTEM) as session:
        return await rules.apply(session, chosen.retention, dry_run=dry_run)
