"""`narplan user`: who may sign in."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import click
from rich.console import Console
from rich.table import Column, Table
from sqlalchemy.ext.asyncio import AsyncSession

from api import installation, settings
from initiatives import credentials, invitations, leaving, memberships, organisations, people
from initiatives.access import SYSTEM, Role
from initiatives.errors import NotFound
from initiatives.organisations import Organisation, OrganisationKind
from initiatives.roles import HELD

Result = TypeVar("Result")

ROLES = click.Choice([role.value for role in Role if role is not Role.SYSTEM])
KINDS = click.Choice([kind.value for kind in OrganisationKind])
MOST = 10_000
WIDTH_OF_A_FILE = 400


@click.group()
def user() -> None:
    """Lägg till och ändra användare."""


@user.command("add")
@click.argument("email", metavar="E-POST")
@click.option("--name", prompt="Namn", help="För- och efternamn.")
@click.option("--role", type=ROLES, prompt="Roll", help="Vad personen får se och göra.")
@click.option("--organisation", prompt="Organisation", help="Organisationens namn; den läggs till om den inte finns.")
@click.option("--kind", type=KINDS, help="Slag, om organisationen är ny. Annars efter rollen: kommun eller region.")
@click.password_option(prompt="Lösenord", confirmation_prompt="Lösenordet en gång till", help="Frågas efter annars.")
def add_user(*, email: str, name: str, role: str, organisation: str, kind: str | None, password: str) -> None:
    """Lägg till en person som kan logga in."""

    async def add(session: AsyncSession) -> str:
        home = await _organisation(session, organisation, kind or _usual_kind(role))
        added = await people.create_person(
            session, SYSTEM, name=name, email=email, organisation_id=home.id, role=role, password=password
        )
        return f"{added.name} ({added.email}) kan nu logga in som {role}."

    click.echo(in_database(add))


@user.command("list")
def list_users() -> None:
    """Visa alla användare, även avstängda."""

    async def rows(session: AsyncSession) -> Table:
        found, _ = await people.list_people(session, SYSTEM, active_only=False, limit=MOST)
        table = Table(
            "Namn",
            Column("E-post", overflow="fold"),
            "Roll och organisation",
            "Kan logga in",
            title=f"{len(found)} användare",
        )
        for one in found:
            here = ", ".join(f"{own.role} i {own.organisation}" for own in one.memberships)
            table.add_row(one.name, one.email, here or "ingenting", "ja" if one.active and here else "nej")
        return table

    show(in_database(rows))


@user.command("password")
@click.argument("email", metavar="E-POST")
@click.password_option(
    prompt="Nytt lösenord", confirmation_prompt="Lösenordet en gång till", help="Frågas efter annars."
)
def change_password(email: str, password: str) -> None:
    """Ge någon ett nytt lösenord. Öppna inloggningar avslutas."""

    async def change(session: AsyncSession) -> str:
        changed = await credentials.set_password(session, SYSTEM, email, password)
        return f"{changed.name} har fått ett nytt lösenord."

    click.echo(in_database(change))


@user.command("deactivate")
@click.argument("email", metavar="E-POST")
def deactivate(email: str) -> None:
    """Stäng någons konto. Det personen har gjort finns kvar; ett nytt lösenord öppnar kontot igen."""

    async def close(session: AsyncSession) -> str:
        found = await people.find_by_email(session, email)
        closed = await leaving.close_account(session, SYSTEM, found.id)
        return f"{closed.name} kan inte längre logga in.{await _left(session, found.id)}"

    click.echo(in_database(close))


@user.command("role")
@click.argument("email", metavar="E-POST")
@click.option("--organisation", prompt="Organisation", help="Organisationens namn.")
@click.option("--role", type=ROLES, prompt="Roll", help="Vad personen ska få se och göra där.")
def give_role(email: str, organisation: str, role: str) -> None:
    """Ge någon en roll i en organisation, eller byt den. Det gäller genast."""

    async def give(session: AsyncSession) -> str:
        found = await people.find_by_email(session, email)
        home = await known(session, organisation)
        there, _ = await memberships.list_memberships(session, SYSTEM, organisation_id=home.id, person_id=found.id)
        if there:
            await memberships.change_role(session, SYSTEM, there[0].id, role)
        else:
            await memberships.add(session, SYSTEM, person_id=found.id, organisation_id=home.id, role=role)
        return f"{found.name} är nu {role} i {home.name}."

    click.echo(in_database(give))


@user.command("leave")
@click.argument("email", metavar="E-POST")
@click.option("--organisation", prompt="Organisation", help="Organisationens namn.")
def leave(email: str, organisation: str) -> None:
    """Avsluta någons roll i en organisation. Inloggningar där slutar gälla genast."""

    async def end(session: AsyncSession) -> str:
        found = await people.find_by_email(session, email)
        home = await known(session, organisation)
        there, _ = await memberships.list_memberships(session, SYSTEM, organisation_id=home.id, person_id=found.id)
        if not there:
            raise NotFound(f"{found.name} är inte med i {home.name}.")
        await memberships.leave(session, SYSTEM, there[0].id)
        return f"{found.name} är inte längre med i {home.name}.{await _left(session, found.id)}"

    click.echo(in_database(end))


@user.command("invite")
@click.argument("email", metavar="E-POST")
@click.option("--organisation", prompt="Organisation", help="Organisationens namn; den ska finnas.")
@click.option("--role", type=ROLES, prompt="Roll", help="Vad personen ska få se och göra där.")
def invite(email: str, organisation: str, role: str) -> None:
    """Bjud in någon. Länken skrivs ut en enda gång och gäller i 14 dagar; skicka den själv till personen."""

    async def ask(session: AsyncSession) -> str:
        home = await known(session, organisation)
        _, token = await invitations.invite(session, SYSTEM, email=email, organisation_id=home.id, role=role)
        return f"{settings.load().oidc.public_address}/inbjudan/{token}"

    click.echo(in_database(ask))
    click.echo("Skicka länken till personen. Står ingen adress först, sätt Närplans adress framför.", err=True)


def show(table: Table) -> None:
    """Print a table, wide enough for a file where nobody looks at it."""
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH_OF_A_FILE)
    console.print(table)


def _usual_kind(role: str) -> OrganisationKind:
    """Return the kind that an organisation most likely is, from what somebody is in it."""
    municipality = OrganisationKind.MUNICIPALITY
    return municipality if role in HELD[municipality, None] else OrganisationKind.REGION


async def _organisation(session: AsyncSession, name: str, kind: str) -> Organisation:
    found = await organisations.find_organisation(session, name)
    return found or await organisations.create_organisation(session, SYSTEM, name=name, kind=kind)


async def known(session: AsyncSession, name: str) -> Organisation:
    """Return the organisation with this name, or raise `NotFound`."""
    found = await organisations.find_organisation(session, name)
    if found is None:
        raise NotFound(f"Det finns ingen organisation som heter {name}. Kontrollera stavningen.")
    return found


async def _left(session: AsyncSession, person_id: UUID) -> str:
    """Return what to say of the initiatives that somebody who leaves answers for."""
    rows = await leaving.to_hand_over(session, SYSTEM, person_id)
    titles = "".join(f"\n- {row.title}" for row in rows)
    return f"\nPersonen står kvar som ansvarig. Välj någon annan på initiativens sidor:{titles}" if rows else ""


def in_database(work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    """Run `work` in one transaction with the system's scope, in the installation's database."""

    async def run() -> Result:
        async with installation.opened(settings.load()) as opened, opened.database.scoped(SYSTEM) as session:
            return await work(session)

    return asyncio.run(run())
