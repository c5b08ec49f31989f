"""The forms of the dialogue: a conversation and an agreement, made and changed without losing what anybody wrote."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from litestar.datastructures import FormMultiDict
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.web import forms
from api.web.pages import page
from initiatives import organisations, swedish
from initiatives.dialogue.follow_up import areas
from initiatives.errors import InvalidValue
from initiatives.merging import ConflictingChange
from initiatives.organisations import OrganisationKind

Options = Sequence[tuple[str, str]]
Written = Mapping[str, list[str]]
"""What stands in a form, field by field, as text: also what cannot be saved."""


class Takes(StrEnum):
    """What a field is filled in with."""

    LINE = "line"
    TEXT = "text"
    DAY = "day"
    ONE = "one"
    MANY = "many"


@dataclass(frozen=True, slots=True)
class Blank:
    """A field: its name in the form, the field of the register, what people read, and what there is to choose."""

    name: str
    field: str
    label: str
    takes: Takes = Takes.LINE
    required: bool = False
    hint: str = ""
    options: Options = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A page with one form. `revision` is that of what it changes, 0 for something new."""

    title: str
    lead: str
    button: str
    back: str
    blanks: tuple[Blank, ...]
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that both have changed, with both values in words."""

    name: str
    label: str
    saved: str
    written: str
    by: str | None


Save = Callable[[dict[str, Any], int], Awaitable[str]]
"""Saves what a form says, as one who read a revision, and returns the address to go on to."""
Saved = Callable[[], Awaitable[tuple[int, Mapping[str, Any]]]]
"""Returns the revision and the values that stand now."""


async def parties_and_areas(session: AsyncSession, hint: str) -> tuple[Blank, Blank]:
    """Return the fields for who is party, with who sees what is written, and for the delområden it is about."""
    known = await organisations.list_organisations(session)
    towns = {one.id for one in known if one.kind is OrganisationKind.MUNICIPALITY}
    parties = [(str(one.id), one.name) for one in known if one.id in towns or one.parent_id in towns]
    nodes = [(str(node.id), node.name) for node in await areas(session)]
    return (
        Blank("parter", "party_ids", "Parter", Takes.MANY, required=True, hint=hint, options=parties),
        Blank("delomraden", "node_ids", "Delområden", Takes.MANY, options=nodes),
    )


def empty(paper: Paper, **values: Any) -> Template:
    """Show a form with these values of the register in it."""
    return filled(paper, values)


def filled(paper: Paper, values: Mapping[str, Any]) -> Template:
    """Show a form with a thing of the register as it stands."""
    return _shown(paper, _as_written(paper, values), json.dumps(_as_written(paper, values)))


async def submit(
    session: AsyncSession, paper: Paper, form: FormMultiDict, save: Save, saved: Saved | None = None
) -> Template | Redirect:
    """Save a form and go on; or show it again with what is wrong, or with what somebody else has written meanwhile."""
    written, before = _written(paper, form), forms.text(form, "fore")
    paper = replace(paper, revision=forms.number(forms.text(form, "revision")) or 0)
    try:
        async with session.begin_nested():
            address = await save(_read(paper, form), paper.revision)
    except ConflictingChange as problem:
        if saved is None:
            raise
        revision, stands = await saved()
        return _conflict(
            replace(paper, revision=revision), written, _before(before), _as_written(paper, stands), problem
        )
    except InvalidValue as problem:
        return _shown(paper, written, before, problem=problem)
    return Redirect(address, status_code=HTTP_303_SEE_OTHER)


def _written(paper: Paper, form: FormMultiDict) -> Written:
    return {
        one.name: [value.strip() for value in form.getall(one.name, []) if isinstance(value, str) and value.strip()]
        for one in paper.blanks
    }


def _as_written(paper: Paper, values: Mapping[str, Any]) -> Written:
    return {one.name: _texts(values.get(one.field)) for one in paper.blanks}


def _texts(value: Any) -> list[str]:
    match value:
        case None | "":
            return []
        case list() | tuple():
            return [str(one) for one in value]
        case _:
            return [str(value)]


def _read(paper: Paper, form: FormMultiDict) -> dict[str, Any]:
    """Return what the form says, but for fields in which the person chose to keep what somebody else has saved."""
    kept = {one.name for one in paper.blanks if forms.text(form, f"valj_{one.name}") == "sparat"}
    written = _written(paper, form)
    return {one.field: _value(one, written[one.name]) for one in paper.blanks if one.name not in kept}


def _value(blank: Blank, texts: list[str]) -> Any:
    if blank.required and not texts:
        raise InvalidValue("Fyll i fältet.", field=blank.field)
    if blank.takes is Takes.MANY:
        return [found for text in texts if (found := forms.uuid(text))]
    text = texts[0] if texts else ""
    match blank.takes:
        case Takes.DAY:
            return _day(text, blank.field) if text else None
        case Takes.ONE if blank.field != "level":
            return forms.uuid(text) if text else None
        case _:
            return text


def _day(text: str, field: str) -> date:
    return swedish.parse_date(text, field=field)


def _conflict(paper: Paper, mine: Written, before: Written, saved: Written, problem: ConflictingChange) -> Template:
    known = {one.field: one for one in problem.conflicts}
    differences = [
        Difference(one.name, one.label, _words(one, saved[one.name]), _words(one, mine[one.name]), known[one.field].by)
        for one in paper.blanks
        if one.field in known
    ]
    merged = {name: saved[name] if mine[name] == before.get(name) else mine[name] for name in mine}
    return _shown(paper, merged, json.dumps(saved), differences=differences)


def _words(blank: Blank, values: list[str]) -> str:
    words = dict(blank.options)
    return ", ".join(words.get(value, value) for value in values) or "(tomt)"


def _before(text: str) -> Written:
    """Return what the form showed when it was opened; nothing if the browser sent something else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _shown(
    paper: Paper,
    written: Written,
    before: str,
    *,
    problem: InvalidValue | None = None,
    differences: Sequence[Difference] = (),
) -> Template:
    names = {one.field: one.name for one in paper.blanks}
    return page(
        "dialogue_form.html",
        HTTP_409_CONFLICT if differences else HTTP_422_UNPROCESSABLE_ENTITY if problem else 200,
        paper=paper,
        written=written,
        before=before,
        problem=problem,
        errors={names.get(problem.field or "", ""): problem.detail} if problem else {},
        differences=differences,
    )
