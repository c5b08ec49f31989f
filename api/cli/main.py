"""`narplan`: one command for each thing to do. A command's own file is read only when that command is used."""

import ctypes
import importlib
import signal
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from types import FrameType

import click

from api.cli import swedish
from initiatives.errors import NarplanError

STOPPED = 130
_ARENA_MAX = -8
"""M_ARENA_MAX of glibc's malloc.h."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command is (`module:attribute` below `api.cli`) and what it does, in a line."""

    where: str
    help: str


COMMANDS = {
    "demo": Place("demo:demo", "Starta med exempelregionen, allt i ett."),
    "serve": Place("serve:serve", "Starta webbplatsen, API:et och inläsningen."),
    "worker": Place("serve:worker", "Läs in dokument ur kön, utan webbplats."),
    "ingest": Place("ingest:ingest", "Läs in filer och mappar och vänta tills allt är sökbart."),
    "reembed": Place("reembed:reembed", "Bygg om sökindexet efter byte av inbäddningsmodell."),
    "ask": Place("ask:ask", "Ställ en fråga till dokumenten."),
    "evaluate": Place("evaluate:evaluate", "Mät hur bra frågor med facit besvaras."),
    "user": Place("people:user", "Lägg till och ändra användare."),
    "key": Place("keys:key", "Skapa och spärra API-nycklar."),
    "taxonomy": Place("taxonomy:taxonomy", "Läs in er egen indelning av arbetet från en fil."),
    "person": Place("personal_data:person", "Ta ut eller radera det som är lagrat om en person."),
    "audit": Place("audit:audit", "Kontrollera att händelseloggen inte har ändrats."),
    "retention": Place("retention:retention", "Gallra det som har sparats tillräckligt länge."),
    "doctor": Place("database:doctor", "Kontrollera att allt som behövs är på plats."),
    "migrate": Place("database:migrate", "Gör databasens tabeller aktuella."),
    "backup": Place("database:backup", "Skriv en säkerhetskopia av databasen till en fil."),
    "restore": Place("database:restore", "Läs tillbaka en säkerhetskopia."),
}


class Commands(click.Group):
    """The commands of `COMMANDS`, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        """Return the names in the order that a newcomer needs them."""
        return [name for name, place in COMMANDS.items() if find_spec(_module(place))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, or None if there is none with this name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        place = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(_module(place)), place.where.partition(":")[2])
        assert isinstance(command, click.Command)  # noqa: S101 - the table above is ours
        swedish.mark(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any of them."""
        with formatter.section("Kommandon"):
            formatter.write_dl([(name, COMMANDS[name].help) for name in self.list_commands(ctx)])


def _module(place: Place) -> str:
    return f"api.cli.{place.where.partition(':')[0]}"


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="narplan", message="Närplan %(version)s", help="Visa versionen.")
def group() -> None:
    """Närplan: fråga handlingarna om nära vård, få svar med källa, och följ initiativ och pengar.

    Inställningar görs med miljövariabler som börjar på NARPLAN_.
    """


def main() -> None:
    """Run the command line, in Swedish: an error becomes one sentence on standard error, every way to stop is clean."""
    for end in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(end, _stop)
    _keep_to_few_heaps()
    swedish.speak()
    swedish.mark(group)
    try:
        group.main(standalone_mode=False)
    except NarplanError as error:
        click.echo(f"{error.title}: {error.detail}", err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Avbrutet.", err=True)
        sys.exit(STOPPED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the last place where anything can be told in words
        from api.cli import trouble

        click.echo(trouble.sentence(error), err=True)
        sys.exit(1)


def _keep_to_few_heaps() -> None:
    """Let all threads share two heaps where the C library is glibc, which else grows one for each and keeps them."""
    tune = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if tune is not None:
        tune(_ARENA_MAX, 2)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
