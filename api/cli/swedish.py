"""Click's own words in Swedish. Click asks gettext for them, which reads compiled files only."""

import sys

import click

WORDS = {
    "Usage:": "Användning:",
    "Options": "Flaggor",
    "Commands": "Kommandon",
    "Show this message and exit.": "Visa den här hjälpen.",
    "default: {default}": "förval: {default}",
    "file": "FIL",
    "Error: {message}": "Fel: {message}",
    "Error: The two entered values do not match.": "Det blev inte samma båda gångerna. Försök igen.",
    "Try '{command} {option}' for help.": "{command} {option} visar hur det skrivs.",
    "Did you mean {possibility}?": "Menade du {possibility}?",
    "(Did you mean one of: {possibilities}?)": "Menade du någon av {possibilities}?",
    "No such command {name!r}.": "Kommandot {name} finns inte.",
    "No such option {name!r}.": "Flaggan {name} finns inte.",
    "Missing command.": "Kommandot saknas.",
    "Missing argument": "Det här saknas:",
    "Missing option": "Flaggan saknas:",
    "Choose from:\n\t{choices}": "Välj bland:\n\t{choices}",
    "Invalid value: {message}": "{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint}: {message}",
    "Option {name!r} requires an argument.": "Flaggan {name} ska följas av ett värde.",
    "Option {name!r} does not take a value.": "Flaggan {name} tar inget värde.",
    "Got unexpected extra argument ({args})": "Det här är för mycket: {args}",
    "Got unexpected extra arguments ({args})": "Det här är för mycket: {args}",
    "{value!r} is not {choice}.": "{value} är inte {choice}.",
    "{value!r} is not one of {choices}.": "{value} är inget av {choices}.",
    "{value!r} is not a valid {number_type}.": "{value} är inte ett heltal.",
    "{value} is not in the range {range}.": "{value} ligger utanför {range}.",
    "{name} {filename!r} does not exist.": "Filen {filename} finns inte.",
    "{name} {filename!r} is a directory.": "{filename} är en mapp, inte en fil.",
    "{name} {filename!r} is not readable.": "Filen {filename} går inte att läsa.",
}


def speak() -> None:
    """Give click's modules these words in place of what gettext would find for them."""
    for name, module in list(sys.modules.items()):
        if name.startswith("click.") and hasattr(module, "_"):
            vars(module).update({"_": said, "ngettext": counted})


def said(text: str) -> str:
    """Return the text in Swedish; as it is when it is not in `WORDS`."""
    return WORDS.get(text, text)


def counted(one: str, many: str, number: int) -> str:
    """Return the form for the number, in Swedish."""
    return said(one if number == 1 else many)


def mark(command: click.Command) -> None:
    """Name the parts of a command's usage line in Swedish, and those of the commands in it."""
    command.options_metavar = "[FLAGGOR]"
    if isinstance(command, click.Group):
        command.subcommand_metavar = "KOMMANDO …"
        for inner in command.commands.values():
            mark(inner)
