"""`narplan taxonomy`: a region's own plan, brought in from a file."""

from datetime import datetime
from pathlib import Path

import click
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from api.cli.people import in_database, known, show
from initiatives.access import SYSTEM
from initiatives.errors import InvalidRows, InvalidValue
from initiatives.taxonomy import files, versions
from initiatives.taxonomy.files import Format, Report

DAY = click.DateTime(formats=["%Y-%m-%d"])
ENDINGS = {f".{one.value}": one for one in Format}


@click.group()
def taxonomy() -> None:
    """Läs in och visa taxonomier: strategier, delområden och andra indelningar."""


@taxonomy.command("import")
@click.argument("path", metavar="FIL", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", required=True, metavar="NAMN", help="Vems taxonomi det är.")
@click.option("--name", metavar="NAMN", help="Vad taxonomin heter, om filen inte säger det.")
@click.option("--from", "valid_from", type=DAY, metavar="DATUM", help="Första dagen den gäller.")
@click.option("--to", "valid_to", type=DAY, metavar="DATUM", help="Sista dagen den gäller.")
@click.option("--replaces", metavar="NAMN", help="Taxonomin som den ersätter; den slutar gälla dagen före.")
@click.option("--dry-run", is_flag=True, help="Visa bara vad som skulle ändras.")
def import_file(
    path: Path,
    *,
    organisation: str,
    name: str | None,
    valid_from: datetime | None,
    valid_to: datetime | None,
    replaces: str | None,
    dry_run: bool,
) -> None:
    """Läs in en taxonomi ur en fil: .json, .toml eller .csv. Allt läses in, eller inget."""
    kind = ENDINGS.get(path.suffix.lower())
    if kind is None:
        raise InvalidValue("Filen ska heta något på .json, .toml eller .csv.")
    head = {
        "name": name,
        "valid_from": valid_from and valid_from.date(),
        "valid_to": valid_to and valid_to.date(),
        "replaces": replaces,
    }
    try:
        data = files.read(path.read_text(encoding="utf-8-sig"), kind, head)
    except UnicodeDecodeError:
        raise InvalidValue("Filen är inte skriven i UTF-8. Spara den så och försök igen.") from None
    except InvalidRows as refused:
        for where, detail in refused.problems:
            click.echo(f"{where}: {detail}", err=True)
        raise

    async def bring_in(session: AsyncSession) -> Report:
        owner = await known(session, organisation)
        return await files.bring_in(session, SYSTEM, owner.id, data, dry_run=dry_run)

    done = in_database(bring_in)
    words = "skulle läsas in" if dry_run else "är inläst"
    added, changed = ", ".join(done.added) or "inga", ", ".join(done.changed) or "inga"
    click.echo(f"{data.name} {words}. Nya noder: {added}. Ändrade: {changed}.")
    if done.left:
        click.echo(f"Kvar, men inte i filen: {', '.join(done.left)}.")


@taxonomy.command("list")
def list_all() -> None:
    """Visa taxonomierna och när de gäller."""

    async def rows(session: AsyncSession) -> Table:
        table = Table("Namn", "Organisation", "Från", "Till", "Noder", "Gäller i dag")
        for one in await versions.list_taxonomies(session):
            days = (str(one.valid_from or ""), str(one.valid_to or ""))
            table.add_row(one.name, one.organisation, *days, str(one.nodes), "ja" if one.holds else "nej")
        return table

    show(in_database(rows))
