"""The table in which state grants come in and go out: one row for each thing, one table of what the columns mean.

The column `rad` says what a row is. `överenskommelse` and `från` say to which agreement it belongs, `del` and `år` to
which of its parts. What a row has no use for stays empty.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from initiatives import swedish
from initiatives.errors import InvalidValue
from initiatives.grants.facts import Basis
from initiatives.grants.obligations import parse_due

YES, NO = "ja", "nej"


class RowKind(StrEnum):
    """What a row of the table is."""

    AGREEMENT = "överenskommelse"
    COMPONENT = "del"
    OBLIGATION = "krav"
    CONDITION = "villkor"
    AMOUNT = "belopp"


Read = Callable[[str], Any]
Write = Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class Cell:
    """Which fields a column holds in one kind of row, and how they are read from and written as text.

    `read` returns the values of the fields in their order, `write` takes them. An empty cell that `keeps` leaves the
    fields as they are; any other empties them.
    """

    fields: tuple[str, ...]
    read: Callable[[str], tuple[Any, ...]]
    write: Callable[..., object]
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column, its meaning in Swedish, and what it is in each kind of row that uses it."""

    name: str
    meaning: str
    cells: Mapping[RowKind, Cell]


def _one(field: str, read: Read, write: Write = lambda value: value, *, keeps: bool = False) -> Cell:
    return Cell((field,), lambda text: (read(text) if text else None,), write, keeps)


def _text(field: str) -> Cell:
    return Cell((field,), lambda text: (text,), str)


def _word(field: str) -> Cell:
    return _one(field, str, str, keeps=True)


def _amount(field: str) -> Cell:
    return _one(field, swedish.parse_amount)


def _whole(text: str) -> int:
    plain = re.sub(r"\s", "", text)
    if not re.fullmatch(r"[0-9]{1,10}", plain):
        raise InvalidValue(f"”{text[:40]}” är inte ett heltal. Skriv bara siffror.")
    return int(plain)


def _yes(text: str) -> bool:
    if text.lower() not in {YES, NO}:
        raise InvalidValue(f"Skriv {YES} eller {NO}.")
    return text.lower() == YES


def _truth(field: str) -> Cell:
    return _one(field, _yes, lambda value: YES if value else NO, keeps=True)


def _instalments(text: str) -> tuple[list[int]]:
    return ([swedish.parse_amount(one) for one in text.split("+")] if text else [],)


def _month_or_day(text: str) -> tuple[date | None, bool]:
    return parse_due(text, field="datum") if text else (None, False)


def _due(on: date | None, whole_month: bool) -> str:  # noqa: FBT001 - a field, not a switch
    return "" if on is None else f"{on:%Y-%m}" if whole_month else str(on)


def _done(text: str) -> tuple[bool, date | None]:
    if text.lower() in {YES, NO, ""}:
        return text.lower() == YES, None
    return True, swedish.parse_date(text)


def _date(field: str) -> Cell:
    return _one(field, swedish.parse_date, lambda day: str(day or ""))


def _written(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}".replace(".", ",")


A, D, K, V, B = RowKind
_PARTIES = Cell(("parties",), lambda text: (text.split("|"),), " | ".join)
_OWN = Cell(("own_kronor",), _instalments, lambda amounts: " + ".join(map(str, amounts)))
_DUE = Cell(("due_on", "whole_month"), _month_or_day, _due)
_DONE = Cell(("is_done", "done_on"), _done, lambda done, on: str(on) if on else YES if done else NO)
_MET = _one("is_met", _yes, lambda met: "" if met is None else YES if met else NO)
_NOTE = dict.fromkeys(RowKind, _text("note"))

COLUMNS: tuple[Column, ...] = (
    Column(
        "slag",
        "Överenskommelsens, kravets, villkorets eller beloppets slag.",
        {A: _word("kind"), K: _word("kind"), V: _text("kind"), B: _word("kind")},
    ),
    Column("till", "Sista året.", {A: _one("to_year", _whole, keeps=True)}),
    Column("till_annan_uppgift", "Sista året på ett annat ställe i källan.", {A: _one("to_year_elsewhere", _whole)}),
    Column("parter", "Parterna, med lodrätt streck emellan.", {A: _PARTIES}),
    Column("nationellt", "Beloppet i hela landet.", {A: _amount("national_kronor"), D: _amount("national_kronor")}),
    Column("nationellt_annan_uppgift", "Samma på ett annat ställe.", {D: _amount("national_kronor_elsewhere")}),
    Column("till_regioner", "Hur mycket av det som går till regionerna.", {A: _amount("to_regions_kronor")}),
    Column("till_skr", "Hur mycket av det som går till SKR.", {A: _amount("to_skr_kronor")}),
    Column("delarna_enligt_text", "Vad källan säger att delarna är tillsammans.", {A: _amount("parts_kronor")}),
    Column("vår_del", "Vårt belopp; flera utbetalningar skrivs 3,1 mnkr + 3,1 mnkr.", {D: _OWN}),
    Column("vår_del_annan_uppgift", "Vårt belopp på ett annat ställe.", {D: _amount("own_kronor_elsewhere")}),
    Column("prisregel", "Regeln, när beloppet beror på vad som görs.", {D: _text("price_rule")}),
    Column("pris", "Ersättningen för varje.", {D: _amount("price_kronor")}),
    Column("antal", "Hur många det väntas bli.", {D: _one("volume", _whole)}),
    Column("tak", "Högsta belopp.", {D: _amount("cap_kronor")}),
    Column("grund", f"Fördelas efter: {', '.join(Basis)}.", {D: _word("basis")}),
    Column("vems", "region, eller län när det är för kommunerna också.", {D: _word("whose")}),
    Column("går_vidare_till", "Den som får pengarna av oss; då är de inte egen intäkt.", {D: _text("passes_on_to")}),
    Column("gemensamma_krav", "ja om hela överenskommelsens krav gäller delen.", {D: _truth("common_obligations")}),
    Column("klarlagd", "ja när beloppen bara kan läsas på ett sätt.", {D: _truth("settled")}),
    Column("ordning", "Delens plats bland delarna.", {D: _one("position", _whole, keeps=True)}),
    Column(
        "datum",
        "2026-10-31, eller 2026-10 för en hel månad. För ett belopp: dagen då pengarna kom.",
        {K: _DUE, B: _date("received_on")},
    ),
    Column("datum_i_källan", "Som källan skriver, när det inte är ett helt datum.", {K: _text("due_text")}),
    Column("datum_annan_uppgift", "Datumet på ett annat ställe.", {K: _date("due_on_elsewhere")}),
    Column("klart", "ja, nej eller dagen då det blev klart.", {K: _DONE}),
    Column("mottagare", "Vem som ska ha det.", {K: _text("recipient")}),
    Column("mottagare_annan_uppgift", "Vem, enligt ett annat ställe.", {K: _text("recipient_elsewhere")}),
    Column("beslutas_av", "Vem som beslutar.", {K: _text("decided_by")}),
    Column("text", "Vad som ska vara uppfyllt.", {V: _word("text")}),
    Column("gräns", "Talet som ska nås.", {V: _one("threshold", swedish.parse_number, _written)}),
    Column("enhet", "Vad talet räknar.", {V: _text("unit")}),
    Column("uppfyllt", "ja, nej, eller tomt när ingen vet.", {V: _MET}),
    Column("belopp", "Beloppet.", {B: _one("kronor", swedish.parse_amount, keeps=True)}),
    Column("annan_uppgift_i", "Var de andra uppgifterna står.", dict.fromkeys((A, D, K), _text("elsewhere"))),
    Column("anteckning", "Fritt.", _NOTE),
)
"""All columns but those that say which row it is and to what it belongs."""


@dataclass(frozen=True, slots=True)
class Place:
    """A column that says which row it is, or to whom and what it belongs; `kinds` are the rows that may have it."""

    name: str
    meaning: str
    kinds: frozenset[RowKind] = frozenset(RowKind)


PLACES: tuple[Place, ...] = (
    Place("rad", f"Vad raden är: {', '.join(RowKind)}."),
    Place("id", "Tomt på en ny rad. I en export står vilken rad det är, så att den ändras och inte läggs till igen."),
    Place("version", "Vilken version exporten hade. Det som andra har ändrat sedan dess skrivs inte över."),
    Place("organisation", "Den som får pengarna.", frozenset({A, B})),
    Place("överenskommelse", "Överenskommelsens namn. Tomt på ett belopp som gäller alla tillsammans."),
    Place("från", "Första året. På andra rader behövs det bara när två överenskommelser heter lika."),
    Place("del", "Delens namn. Tomt på det som gäller hela överenskommelsen.", frozenset({D, K, V, B})),
    Place("år", "Året som delen eller beloppet gäller.", frozenset({D, K, V, B})),
    Place("ansvarig", "Den ansvarigas e-postadress.", frozenset({K})),
)
MEANING: Mapping[str, str] = {
    **{one.name: one.meaning for one in PLACES},
    **{one.name: one.meaning for one in COLUMNS},
}
"""What each column of the table means, in Swedish."""
HEADS: tuple[str, ...] = tuple(MEANING)
