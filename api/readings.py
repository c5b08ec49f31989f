"""How the text of a setting becomes a value, or the sentence that says why it cannot be used."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from ipaddress import ip_network
from pathlib import Path
from typing import Any, ClassVar

from api.oidc.config import Rule, is_safe_address, read_rules
from initiatives.errors import InvalidValue, NarplanError

Read = Callable[[str, str], Any]
"""Takes a variable's name and its text; returns the value, or raises `BadSetting` with the name."""


class BadSetting(NarplanError):
    """A setting has a value that cannot be used, or a name that nobody knows; `field` is the variable."""

    title: ClassVar[str] = "Fel i inställningarna"


def plain(_: str, text: str) -> str:
    """Return the text as it is."""
    return text


def folder(_: str, text: str) -> Path:
    """Return the whole path of a file or folder; `~` is the user's own."""
    return Path(text).expanduser().absolute()


def whole_number(lowest: int, highest: int) -> Read:
    """Return what reads a whole number between two bounds, both included."""

    def read(name: str, text: str) -> int:
        if text.isascii() and text.isdigit() and lowest <= int(text) <= highest:
            return int(text)
        raise BadSetting(f"{name} ska vara ett heltal mellan {lowest} och {highest}, inte ”{text}”.", field=name)

    return read


def choice(*choices: str) -> Read:
    """Return what reads one of several words, in whatever case."""

    def read(name: str, text: str) -> str:
        if text.lower() in choices:
            return text.lower()
        raise BadSetting(f"{name} ska vara {', '.join(choices[:-1])} eller {choices[-1]}, inte ”{text}”.", field=name)

    return read


def either(yes: str, no: str) -> Read:
    """Return what reads one of two words: whether it is `yes`."""
    chosen = choice(yes, no)
    return lambda name, text: chosen(name, text) == yes


def address(name: str, text: str) -> str:
    """Return an https address."""
    if is_safe_address(text):
        return text
    raise BadSetting(f"{name} ska vara en https-adress, inte ”{text}”.", field=name)


def proxies(name: str, text: str) -> str:
    """Read addresses and networks with commas between; a mistaken one would be a proxy that nobody believes."""
    for one in text.split(",") if text != "*" else ():
        try:
            ip_network(one.strip())
        except ValueError as error:
            raise BadSetting(
                f"{name}: ”{one.strip()}” är ingen IP-adress och inget nät. Skriv till exempel 10.0.0.1,10.1.0.0/16.",
                field=name,
            ) from error
    return text


def rules(name: str, text: str) -> tuple[Rule, ...]:
    """Return the rules in the file that the text names."""
    try:
        return read_rules(folder(name, text))
    except InvalidValue as error:
        raise BadSetting(error.detail, field=name) from error


def contact(name: str, text: str) -> str:
    """Return an address to write to: of mail or of a page."""
    if text.startswith(("mailto:", "https://")) and text.isascii() and text.isprintable() and " " not in text:
        return text
    raise BadSetting(f"{name} ska börja med mailto: eller https://, inte ”{text}”.", field=name)


def last_instant(name: str, text: str) -> datetime:
    """Return the last instant of a day, in UTC."""
    try:
        return datetime.combine(date.fromisoformat(text), time.max, UTC)
    except ValueError as error:
        raise BadSetting(f"{name} ska vara ett datum som 2027-11-22, inte ”{text}”.", field=name) from error
