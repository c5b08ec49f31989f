"""`narplan person`: everything that is stored about somebody, and taking it away."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import click
from sqlalchemy.ext.asyncio import AsyncSession

from api import installation, settings
from initiatives import people, personal_data
from initiatives.access import SYSTEM
from retrieval import erasing

Result = TypeVar("Result")


@click.group()
def person() -> None:
    """Ta ut eller radera det som är lagrat om en person."""


@person.command("export")
@click.argument("email", metavar="E-POST")
@click.option("--text", "readable", is_flag=True, help="Skriv läsbar text i stället för JSON.")
def export(email: str, *, readable: bool) -> None:
    """Skriv allt som är lagrat om en person, utan lösenord och nycklar."""

    async def read(session: AsyncSession) -> str:
        found = await personal_data.export(session, SYSTEM, (await people.find_by_email(session, email)).id)
        if readable:
            return personal_data.as_text(found)
        sections = {one.name: {"title": one.title, "rows": list(one.rows)} for one in found}
        return json.dumps(sections, ensure_ascii=False, indent=2)

    click.echo(_in_database(read))


@person.command("erase")
@click.argument("email", metavar="E-POST")
@click.option("--hand-over-to", "heir", metavar="E-POST", help="Vem som tar över ansvaret för personens initiativ.")
@click.option("--yes", is_flag=True, help="Fråga inte först.")
def erase(email: str, heir: str | None, *, yes: bool) -> None:
    """Radera namn, adress, lösenord, samtal och uppgifter om en person. Det går inte att ångra."""
    if not yes:
        written = click.prompt("Det går inte att ångra. Skriv e-postadressen en gång till")
        if written.strip().lower() != email.strip().lower():
            raise click.Abort

    async def remove(session: AsyncSession) -> str:
        found = await people.find_by_email(session, email)
        to: UUID | None = (await people.find_by_email(session, heir)).id if heir else None
        done = await erasing.erase(session, SYSTEM, found.id, confirm=email, hand_over_to=to)
        return (
            f"Personen är raderad; kvar är id {done.person_id}. {done.removed['conversation']} samtal och uppgifterna "
            f"i {done.details} rader av händelseloggen är borta, {done.handed_over} initiativ har bytt ansvarig."
        )

    click.echo(_in_database(remove))


def _in_database(work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        async with installation.connected(settings.load()) as database, database.scoped(SYSTEM) as session:
            return await work(session)

    return asyncio.run(run())
