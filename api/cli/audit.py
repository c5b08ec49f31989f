"""`narplan audit`: whether the diary is as it was written, and the head to note outside."""

import asyncio
import sys
from pathlib import Path

import click

from api import backups, installation, settings
from initiatives import audit as chain
from initiatives.access import SYSTEM
from initiatives.audit import Fault, Head, Verdict


@click.group()
def audit() -> None:
    """Kontrollera att händelseloggen inte har ändrats."""


@audit.command()
@click.argument("file", metavar="[FIL]", required=False, type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--head", "noted", metavar="HUVUD", help="Ett huvud som antecknats förut; visar om slutet saknas.")
def verify(file: Path | None, noted: str | None) -> None:
    """Kontrollera händelseloggens kedja, i databasen eller i säkerhetskopian FIL. Slutkod 0 bara om den är hel."""
    known = None if noted is None else chain.parse_head(noted)
    verdict = asyncio.run(_verify(known)) if file is None else backups.verify(file, known)
    if verdict.fault is not None:
        click.echo(f"FEL  {_told(verdict.fault)}. {verdict.rows} rader före den är hela.")
        sys.exit(1)
    click.echo(f"bra  Händelseloggen är hel: {verdict.rows} rader, {verdict.erased} med raderade uppgifter.")
    if verdict.head is not None:
        click.echo(f"Huvud: {verdict.head}")


@audit.command()
def head() -> None:
    """Skriv kedjans huvud. Anteckna det utanför Närplan; det avslöjar om något tas bort på slutet."""
    found = asyncio.run(_head())
    click.echo(found if found is not None else "Händelseloggen är tom.")


def _told(fault: Fault) -> str:
    place = "En rad" if fault.sequence is None else f"Rad {fault.sequence}"
    identity = "" if fault.id is None else f" ({fault.id})"
    return f"{place}{identity}: {fault.reason}"


async def _verify(noted: Head | None) -> Verdict:
    async with installation.connected(settings.load()) as database, database.scoped(SYSTEM) as session:
        return await chain.verify(session, SYSTEM, noted)


async def _head() -> Head | None:
    async with installation.connected(settings.load()) as database, database.scoped(SYSTEM) as session:
        return await chain.head(session, SYSTEM)
