"""Pages with one form each, written down as a list of inputs: shown empty, shown filled in, and read again.

Nothing that was written is lost: what is wrong is told beside its input, and when two have changed the same, both
values are shown to choose from, while the rest is brought together.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from litestar.datastructures import FormMultiDict
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.web import forms
from api.web.pages import page
from initiatives import swedish
from initiatives.clauses import AlreadyClosed
from initiatives.decisions import OnlyProposed
from initiatives.errors import AlreadyExists, InvalidValue, NarplanError, StaleVersion
from initiatives.funds import FundOverdrawn
from initiatives.merging import ConflictingChange

LARGEST_NUMBER = 10**9
YES = "ja"
REFUSED = (InvalidValue, FundOverdrawn, AlreadyExists, AlreadyClosed, OnlyProposed, StaleVersion)
"""What is told on the form itself; other errors have pages of their own."""


class As(StrEnum):
    """What an input takes."""

    LINE = "line"
    TEXT = "text"
    AMOUNT = "amount"
    DAY = "day"
    YEAR = "year"
    NUMBER = "number"
    DECIMAL = "decimal"
    CHOICE = "choice"
    THING = "thing"
    TICK = "tick"
    COSTS = "costs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input: its `name` in the form, the `field` of the register that it writes, and what people read beside it.

    `options` are the values and words of a choice, and of a thing, which is chosen by its identifier; `blank` is what
    it is called to choose no thing.
    """

    name: str
    field: str
    label: str
    takes: As = As.LINE
    hint: str = ""
    required: bool = False
    options: Sequence[tuple[str, str]] = ()
    blank: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page with one form. `back` is where the reader came from, and `back_name` what that is called.

    `remove` is the address that removes what is in the form, and `remove_name` what the button for it says.
    """

    title: str
    lead: str
    button: str
    back: str
    back_name: str
    inputs: tuple[Input, ...]
    remove: str = ""
    remove_name: str = "Ta bort"


@dataclass(frozen=True, slots=True)
class Difference:
    """An input that somebody else has changed meanwhile, with both values in words."""

    name: str
    label: str
    saved: str
    written: str
    by: str | None
    at: datetime | None


Written = Mapping[str, str]
Save = Callable[[dict[str, Any], int | None], Awaitable[str]]
"""Writes the fields, read at a revision, and returns the address to go on to."""


def blank(sheet: Sheet, **values: str) -> Template:
    """Show a form with these values in it, by name, and the others empty."""
    return _page(sheet, {one.name: values.get(one.name, "") for one in sheet.inputs})


def filled(sheet: Sheet, row: Any) -> Template:
    """Show a form with a thing as it stands."""
    written = as_written(sheet.inputs, row)
    return _page(sheet, written, revision=str(row.revision), before=json.dumps(written))


async def submit(
    session: AsyncSession,
    sheet: Sheet,
    form: FormMultiDict,
    save: Save,
    saved: Callable[[], Awaitable[Any]] | None = None,
) -> Template | Redirect:
    """Save the form and go on, or show it again with what is wrong; `saved` returns the thing as it now stands."""
    kept = {one.name for one in sheet.inputs if forms.text(form, f"valj_{one.name}") == "sparat"}
    try:
        async with session.begin_nested():
            fields = read([one for one in sheet.inputs if one.name not in kept], form)
            address = await save(fields, forms.number(forms.text(form, "revision")))
    except ConflictingChange as problem:
        if saved is None:
            raise
        return _conflict(sheet, form, await saved(), problem)
    except REFUSED as problem:
        mine = {one.name: forms.text(form, one.name) for one in sheet.inputs}
        revision, before = forms.text(form, "revision"), forms.text(form, "fore")
        return _page(sheet, mine, problem=problem, revision=revision, before=before)
    return Redirect(address, status_code=HTTP_303_SEE_OTHER)


def read(inputs: Sequence[Input], form: FormMultiDict) -> dict[str, Any]:
    """Return what the form says, by field; raise `InvalidValue` that names the field."""
    return {one.field: _read(one, forms.text(form, one.name)) for one in inputs}


def as_written(inputs: Sequence[Input], row: Any) -> dict[str, str]:
    """Return a thing as its form would hold it."""
    return {one.name: _written(one.takes, getattr(row, one.field)) for one in inputs}


def _read(one: Input, text: str) -> Any:
    if not text and one.required:
        raise InvalidValue("Fyll i fältet.", field=one.field)
    match one.takes:
        case As.LINE | As.TEXT | As.CHOICE:
            return text
        case As.TICK:
            return text == YES
        case As.THING:
            return forms.uuid(text) if text else None
        case As.COSTS:
            return _costs(one, text)
    return _value(one, text) if text else None


def _value(one: Input, text: str) -> int | date | Decimal:
    match one.takes:
        case As.AMOUNT:
            return swedish.parse_amount(text, field=one.field)
        case As.DAY:
            return swedish.parse_date(text, field=one.field)
        case As.DECIMAL:
            return swedish.parse_number(text, field=one.field)
    number = forms.number(text, largest=LARGEST_NUMBER)
    if number is None:
        example = "året med fyra siffror, till exempel 2026" if one.takes is As.YEAR else "ett heltal"
        raise InvalidValue(f"Skriv {example}.", field=one.field)
    return number


def _costs(one: Input, text: str) -> dict[int, int]:
    """Read a year and an amount on each line: "2026: 1,4 mnkr"."""
    costs: dict[int, int] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        year, _, amount = line.partition(":")
        number = forms.number(year.strip(), largest=9999)
        if number is None or not amount:
            raise InvalidValue(f"Skriv år och belopp som 2026: 1,4 mnkr, inte ”{line[:40]}”.", field=one.field)
        if number in costs:
            raise InvalidValue(f"Året {number} står två gånger.", field=one.field)
        costs[number] = swedish.parse_amount(amount, field=one.field)
    return costs


def _written(takes: As, value: Any) -> str:
    match value:
        case None | False:
            return ""
        case True:
            return YES
        case int() if takes is As.AMOUNT:
            return swedish.format_amount(value)
        case Mapping():
            return "\n".join(f"{year}: {swedish.format_amount(kronor)}" for year, kronor in value.items())
        case Decimal():
            return swedish.format_number(value)
        case _:
            return str(value)


def _conflict(sheet: Sheet, form: FormMultiDict, row: Any, problem: ConflictingChange) -> Template:
    """Show the form with what both have changed, and let the person choose where they changed the same."""
    saved = as_written(sheet.inputs, row)
    mine = {one.name: forms.text(form, one.name) for one in sheet.inputs}
    before = _before(form)
    known = {one.field: one for one in problem.conflicts}
    differences = [
        Difference(
            name=one.name,
            label=one.label,
            saved=_in_words(one, saved[one.name]),
            written=_in_words(one, mine[one.name]),
            by=known[one.field].by,
            at=known[one.field].at,
        )
        for one in sheet.inputs
        if one.field in known
    ]
    merged = {name: saved[name] if mine[name] == before.get(name) else mine[name] for name in saved}
    return _page(sheet, merged, revision=str(row.revision), before=json.dumps(saved), differences=differences)


def _before(form: FormMultiDict) -> Written:
    try:
        found = json.loads(forms.text(form, "fore"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _in_words(one: Input, value: str) -> str:
    return dict(one.options).get(value, value) or "(tomt)"


def _page(
    sheet: Sheet,
    written: Written,
    *,
    revision: str = "",
    before: str = "",
    problem: NarplanError | None = None,
    differences: Sequence[Difference] = (),
) -> Template:
    status = HTTP_200_OK
    if differences or problem:
        status = HTTP_422_UNPROCESSABLE_ENTITY if isinstance(problem, InvalidValue) else HTTP_409_CONFLICT
    names = {one.field: one.name for one in sheet.inputs}
    return page(
        "sheet.html",
        status,
        sheet=sheet,
        written=written,
        revision=revision,
        before=before,
        problem=problem,
        errors={names.get(problem.field or "", ""): problem.detail} if problem else {},
        differences=differences,
        yes=YES,
    )
