"""`narplan demo`: everything in one process, with a sample region to ask about."""

import asyncio
import os
import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy import func, select

from api import doors, logs, settings
from api.cli.serve import address_of, listening, run
from api.database import Database
from api.installation import Installation, opened
from api.oidc.config import LOOPBACK
from api.sample import load as sample
from api.sample.register import SamplePerson
from api.settings import Settings
from ingest.jobs import FINISHED, Ingestion, State
from initiatives.access import SYSTEM

PASSWORD = "nara-vard-demo"  # noqa: S105 - a password for made-up people, on this computer only
PORTS_TO_TRY = 20
ROLES = {
    "administratör": "administratör",
    "programgrupp": "programgruppen",
    "politiker": "förtroendevald",
    "kommunpartner": "kommunpartner",
    "läsare": "läsare",
}


@click.command()
@click.option(
    "--port", metavar="PORT", type=click.IntRange(1, 65535), help="Port att lyssna på, i stället för NARPLAN_PORT."
)
def demo(port: int | None) -> None:
    """Starta Närplan med exempelregionen: databas, webbplats och inläsning i ett. Ctrl-C avslutar allt."""
    chosen = settings.load()
    logs.configure("warning")
    if port:
        chosen = replace(chosen, port=port, port_is_chosen=True)
    asyncio.run(_demo(chosen))


async def _demo(chosen: Settings) -> None:
    begun = time.monotonic()
    with listening(chosen.host, chosen.port, 1 if chosen.port_is_chosen else PORTS_TO_TRY) as door:
        click.echo("Startar databasen …")
        async with opened(chosen) as installation:
            click.echo("Läser in exempelregionen …")
            password = _password(chosen)
            loaded = await sample.load(installation.database.scoped, password=password)
            address = address_of(chosen.host, door)
            guide = asyncio.create_task(_guide(installation, address, loaded.people, password, begun))
            try:
                ways_in = doors.of_demo(chosen, loaded.people)
                await run(installation, door, with_worker=True, on_ready=lambda: None, ways_in=ways_in)
            finally:
                guide.cancel()
                click.echo("\nNärplan är avslutat.")


async def _guide(
    installation: Installation, address: str, people: Sequence[SamplePerson], password: str, begun: float
) -> None:
    """Tell how the reading goes, and at last where to go and who to sign in as."""
    failed = await _follow(installation.database)
    seconds = max(1, round(time.monotonic() - begun))
    click.echo(f"\nNärplan är igång efter {seconds} {'sekund' if seconds == 1 else 'sekunder'}.\n\n    {address}\n")
    click.echo(f"Logga in som någon av dem, alla med lösenordet {password}\n")
    for person in people:
        click.echo(f"    {person.email:<40} {ROLES[person.role]}, {person.organisation}")
    if failed:
        click.echo(f"\n{failed} dokument gick inte att läsa in; se Dokument på webbplatsen.")
    click.echo("\nCtrl-C avslutar.")


async def _follow(database: Database) -> int:
    """Show how many documents are read until all are; returns how many failed."""
    shown = ""
    while True:
        async with database.scoped(SYSTEM) as session:
            counts = await session.execute(select(Ingestion.state, func.count()).group_by(Ingestion.state))
            states: dict[State, int] = {state: number for state, number in counts}  # noqa: C416 - rows, not pairs
        done, total = sum(states.get(state, 0) for state in FINISHED), sum(states.values())
        line = f"Läser dokument: {done} av {total} är klara"
        if done < total and line != shown:
            click.echo(line)
            shown = line
        if done == total:
            return states.get(State.FAILED, 0)
        await asyncio.sleep(0.5)


def _password(chosen: Settings) -> str:
    """Return the sample people's password; one that cannot be guessed where other computers reach the demo."""
    if chosen.host in LOOPBACK:
        return PASSWORD
    kept: Path = chosen.home / "demo-password"
    if not kept.exists():
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(12))
    return kept.read_text()
