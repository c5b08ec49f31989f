"""The forms of state grants, as tables: which fields each has, and how they are written and read.

A field is a column of the table in which grants come in and go out, so that forms and tables are read alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from litestar.datastructures import FormMultiDict

from api.web import forms
from initiatives import swedish
from initiatives.errors import InvalidValue
from initiatives.grants.columns import COLUMNS, YES, Cell, RowKind
from initiatives.grants.facts import CONDITION_KINDS, KINDS, AmountKind, Basis, ObligationKind, Whose

CELLS: Mapping[tuple[RowKind, str], Cell] = {
    (kind, column.name): cell for column in COLUMNS for kind, cell in column.cells.items()
}


class Widget(StrEnum):
    """How a field is shown."""

    LINE = "line"
    AREA = "area"
    TICK = "tick"
    MENU = "menu"


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a form. `options` are value and word of a menu, `suggestions` what may be written beside other words.

    `more` puts it among what is seldom needed.
    """

    name: str
    label: str
    hint: str = ""
    widget: Widget = Widget.LINE
    required: bool = False
    options: tuple[tuple[str, str], ...] = ()
    suggestions: tuple[str, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A form: what it is for, its fields, and the fields of the register that stand under other names in it."""

    kind: RowKind
    new: str
    change: str
    save: str
    fields: tuple[FormField, ...]
    names: Mapping[str, str]


def _menu(name: str, label: str, kind: type[StrEnum], words: Mapping[Any, str], **more: Any) -> FormField:
    options = tuple((one.value, words.get(one, one.value.capitalize())) for one in kind)
    return FormField(name, label, widget=Widget.MENU, options=options, **more)


_AMOUNT = "Till exempel 10,4 mnkr eller 900 tkr."
_ELSEWHERE = FormField(
    "annan_uppgift_i", "Var den andra uppgiften står", "Till exempel: löptexten, sidan 3.", more=True
)
_NOTE = FormField("anteckning", "Anteckning", widget=Widget.AREA)
_PART = FormField("del", "Gäller", widget=Widget.MENU)

FORMS: Mapping[RowKind, Form] = {
    RowKind.AGREEMENT: Form(
        RowKind.AGREEMENT,
        "Nytt statsbidrag",
        "Ändra statsbidraget",
        "Spara statsbidraget",
        (
            FormField("överenskommelse", "Namn", required=True),
            FormField("organisation", "Vem som får pengarna", widget=Widget.MENU, required=True),
            FormField("slag", "Slag", "Välj ett förslag eller skriv ett eget ord.", suggestions=KINDS),
            FormField("från", "Första året", required=True),
            FormField("till", "Sista året", "Tomt om det är samma år."),
            FormField("parter", "Parter", "Med | emellan: Staten | Sveriges Kommuner och Regioner"),
            FormField("nationellt", "Belopp i hela landet för ett år", _AMOUNT),
            FormField("till_regioner", "Därav till regionerna", _AMOUNT, more=True),
            FormField("till_skr", "Därav till SKR", _AMOUNT, more=True),
            FormField("delarna_enligt_text", "Vad källan säger att delarna är tillsammans", _AMOUNT, more=True),
            FormField("till_annan_uppgift", "Sista året, om källan säger olika", more=True),
            _ELSEWHERE,
            _NOTE,
        ),
        {"name": "överenskommelse", "organisation_id": "organisation", "from_year": "från"},
    ),
    RowKind.COMPONENT: Form(
        RowKind.COMPONENT,
        "Ny del",
        "Ändra delen",
        "Spara delen",
        (
            FormField("del", "Namn", required=True),
            FormField("år", "År", required=True),
            FormField("nationellt", "Belopp i hela landet", _AMOUNT),
            FormField("vår_del", "Vår del", "Flera utbetalningar skriver du 3,1 mnkr + 3,1 mnkr."),
            _menu("grund", "Fördelas efter", Basis, {}),
            _menu("vems", "Vems pengar", Whose, {Whose.REGION: "Regionens", Whose.COUNTY: "Hela länets"}),
            FormField("går_vidare_till", "Går vidare till", "Den som får pengarna av oss. Då är de inte egen intäkt."),
            FormField("gemensamma_krav", "Kraven på hela överenskommelsen gäller också delen", widget=Widget.TICK),
            FormField("prisregel", "Prisregel", "När beloppet beror på vad som görs.", Widget.AREA, more=True),
            FormField("pris", "Ersättning för varje", "Till exempel 5 500 kr.", more=True),
            FormField("antal", "Väntat antal", more=True),
            FormField("tak", "Högst", _AMOUNT, more=True),
            FormField("nationellt_annan_uppgift", "Belopp i hela landet, om källan säger olika", more=True),
            FormField("vår_del_annan_uppgift", "Vår del, om källan säger olika", more=True),
            _ELSEWHERE,
            FormField("klarlagd", "Beloppen är klarlagda och läses bara på ett sätt", widget=Widget.TICK, more=True),
            FormField("ordning", "Plats bland delarna", more=True),
            _NOTE,
        ),
        {"name": "del", "year": "år"},
    ),
    RowKind.OBLIGATION: Form(
        RowKind.OBLIGATION,
        "Nytt krav eller datum",
        "Ändra kravet",
        "Spara kravet",
        (
            _menu("slag", "Vad", ObligationKind, {}, required=True),
            _PART,
            FormField("datum", "Datum", "2026-10-31, eller 2026-10 för en hel månad."),
            FormField("datum_i_källan", "Så står det i källan", "När det inte är ett helt datum: 3 oktober."),
            FormField("mottagare", "Mottagare"),
            FormField("beslutas_av", "Beslutas av"),
            FormField("ansvarig", "Ansvarig", widget=Widget.MENU),
            FormField("klart", "Klart", "ja, eller dagen då det blev klart. Tomt om det inte är klart."),
            FormField("datum_annan_uppgift", "Datum, om källan säger olika", more=True),
            FormField("mottagare_annan_uppgift", "Mottagare, om källan säger olika", more=True),
            _ELSEWHERE,
            _NOTE,
        ),
        {"component_id": "del", "responsible_id": "ansvarig"},
    ),
    RowKind.CONDITION: Form(
        RowKind.CONDITION,
        "Nytt villkor",
        "Ändra villkoret",
        "Spara villkoret",
        (
            FormField("text", "Vad som ska vara uppfyllt", widget=Widget.AREA, required=True),
            FormField("slag", "Slag", suggestions=CONDITION_KINDS),
            _PART,
            FormField("gräns", "Gräns", "Talet som ska nås, till exempel 0,5 eller 10."),
            FormField("enhet", "Enhet", "Vad talet räknar, till exempel vårdförlopp."),
            FormField(
                "uppfyllt",
                "Uppfyllt",
                widget=Widget.MENU,
                options=(("", "Vet inte än"), (YES, "Ja"), ("nej", "Nej")),
            ),
            _NOTE,
        ),
        {"component_id": "del"},
    ),
    RowKind.AMOUNT: Form(
        RowKind.AMOUNT,
        "Nytt belopp",
        "Ändra beloppet",
        "Spara beloppet",
        (
            _menu("slag", "Slag", AmountKind, {AmountKind.STATED: "Summa som källan anger"}, required=True),
            FormField("år", "År", required=True),
            _PART,
            FormField("belopp", "Belopp", _AMOUNT, required=True),
            FormField("datum", "Kom in", "Dagen då pengarna kom, för ett utfall."),
            _NOTE,
        ),
        {"component_id": "del", "year": "år", "organisation_id": "organisation"},
    ),
}

Written = Mapping[str, str]
"""What stands in a form, by field, as text: also what cannot be saved, so that nothing is written twice."""


def written(form: Form, sent: FormMultiDict) -> dict[str, str]:
    """Return what was sent; a box that is not ticked says no."""
    return {one.name: _sent(one, sent) for one in form.fields}


def _sent(field: FormField, sent: FormMultiDict) -> str:
    text = forms.text(sent, field.name)
    return (YES if text else "nej") if field.widget is Widget.TICK else text


def as_written(form: Form, row: Any, **places: str) -> dict[str, str]:
    """Return a row as its form shows it; `places` are the fields that are no column of their own."""
    shown = dict(places)
    for one in form.fields:
        if cell := CELLS.get((form.kind, one.name)):
            shown[one.name] = _shown(cell, [getattr(row, name) for name in cell.fields])
    return shown


def _shown(cell: Cell, values: list[Any]) -> str:
    match cell.fields, values:
        case ("own_kronor",), [list() as amounts]:
            return " + ".join(swedish.format_amount(one) for one in amounts)
        case (name,), [int() as amount] if name.endswith(("kronor", "kronor_elsewhere")):
            return swedish.format_amount(amount)
        case ("is_done", "done_on"), [False, None]:
            return ""
        case _, [None]:
            return ""
        case _:
            return str(cell.write(*values))


def given(form: Form, filled: Written, *, new: bool) -> dict[str, Any]:
    """Return the values of the register's fields; raise `InvalidValue` with the form's own field for what is wrong."""
    found: dict[str, Any] = {}
    for one in form.fields:
        cell, text = CELLS.get((form.kind, one.name)), filled.get(one.name, "")
        if one.required and not text:
            raise InvalidValue("Fyll i fältet. Det får inte vara tomt.", field=one.name)
        if cell is None or (not text and (cell.keeps or new)):
            continue
        try:
            found |= dict(zip(cell.fields, cell.read(text), strict=True))
        except InvalidValue as problem:
            raise InvalidValue(problem.detail, field=one.name) from None
    return found


def year(filled: Written, name: str) -> int:
    """Return the year in a field; raise `InvalidValue` if there is none."""
    found = forms.number(filled.get(name), largest=9_999)
    if found is None:
        raise InvalidValue("Skriv året med fyra siffror, till exempel 2026.", field=name)
    return found


def field_of(form: Form, name: str) -> str:
    """Return where in the form a field of the register stands, or the name as it is."""
    if name in form.names:
        return form.names[name]
    held = (one.name for one in form.fields if (cell := CELLS.get((form.kind, one.name))) and name in cell.fields)
    return next(held, name)
