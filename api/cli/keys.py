"""`narplan key`: the keys of organisations' programs."""

from datetime import timedelta

import click
from rich.table import Column, Table
from sqlalchemy.ext.asyncio import AsyncSession

from api.cli.people import in_database, known, show
from initiatives import keys
from initiatives.access import SYSTEM
from initiatives.base import utcnow
from initiatives.keys import KeyRow, Scope

MOST = 10_000
ROLES = click.Choice([role.value for role in keys.ROLES])
SCOPES = click.Choice([scope.value for scope in Scope])


@click.group()
def key() -> None:
    """Skapa och spärra API-nycklar."""


@key.command("create")
@click.argument("organisation", metavar="ORGANISATION")
@click.option("--name", prompt="Vad ska nyckeln användas till", help="Vad nyckeln används till.")
@click.option("--role", type=ROLES, prompt="Roll", help="Vad nyckeln ser och får.")
@click.option("--scope", "scopes", type=SCOPES, multiple=True, default=[Scope.READ.value, Scope.ASK.value],
              show_default=True, help="Vad nyckeln får användas till; kan anges flera gånger.")  # fmt: skip
@click.option("--days", metavar="DAGAR", type=click.IntRange(1, keys.LONGEST_LIFETIME.days),
              default=keys.LIFETIME.days, show_default=True, help="Hur många dagar nyckeln gäller.")  # fmt: skip
def create_key(organisation: str, name: str, role: str, scopes: tuple[str, ...], days: int) -> None:
    """Ge en organisation en nyckel. Den skrivs ut en enda gång."""

    async def create(session: AsyncSession) -> str:
        owner = await known(session, organisation)
        _, secret = await keys.create_key(
            session,
            SYSTEM,
            organisation_id=owner.id,
            name=name,
            role=role,
            scopes=scopes,
            lifetime=timedelta(days=days),
        )
        return secret

    click.echo(in_database(create))
    click.echo("Spara nyckeln nu. Den går inte att visa igen.", err=True)


@key.command("list")
@click.argument("organisation", metavar="[ORGANISATION]", required=False)
def list_keys(organisation: str | None) -> None:
    """Visa nycklar: allas, eller en organisations."""

    async def rows(session: AsyncSession) -> Table:
        found, _ = await keys.list_keys(session, SYSTEM, limit=MOST)
        prefix = Column("Börjar med", no_wrap=True)
        owner = Column("Organisation", overflow="fold")
        table = Table(prefix, "Används till", owner, "Roll", "Får", "Skapad", "Senast använd", "Gäller")
        for one in found:
            if organisation in {None, one.organisation}:
                used = f"{one.last_used_at:%Y-%m-%d}" if one.last_used_at else "aldrig"
                made = f"{one.created_at:%Y-%m-%d}"
                may = ", ".join(one.scopes)
                table.add_row(one.prefix, one.name, one.organisation, one.role, may, made, used, _validity(one))
        return table

    show(in_database(rows))


@key.command("revoke")
@click.argument("prefix", metavar="BÖRJAN")
def revoke_key(prefix: str) -> None:
    """Spärra nyckeln som börjar så. Det gäller genast och kan inte ångras."""

    async def revoke(session: AsyncSession) -> str:
        revoked = await keys.revoke_key(session, SYSTEM, prefix)
        return f"Nyckeln {revoked.prefix} ({revoked.name}) är spärrad."

    click.echo(in_database(revoke))


def _validity(key: KeyRow) -> str:
    if key.revoked_at:
        return "spärrad"
    return f"{'till' if key.expires_at > utcnow() else 'gick ut'} {key.expires_at:%Y-%m-%d}"
