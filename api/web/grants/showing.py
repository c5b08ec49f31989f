"""Showing a form of state grants: filled in, with what is wrong, or with what somebody else has written meanwhile."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from litestar.datastructures import FormMultiDict
from litestar.response import Template
from litestar.status_codes import HTTP_200_OK, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_ENTITY

from api.web import forms
from api.web.grants.fields import FORMS, Form, Written, field_of
from api.web.pages import page
from initiatives.errors import NarplanError
from initiatives.grants.columns import RowKind
from initiatives.merging import ConflictingChange

Options = Mapping[str, Sequence[tuple[str, str]]]
"""Value and word of the choices in the menus that the register fills, by field."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed meanwhile: their value and this person's, in words; who and when, if known."""

    name: str
    label: str
    saved: str
    written: str
    by: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Shown:
    """All that a form's page needs: what it is, what stands in it, and where it leads back to."""

    form: Form
    title: str
    filled: Written
    back: str
    back_word: str
    options: Options
    revision: int | None = None
    before: str = ""


def of(
    kind: RowKind, filled: Written, *, back: tuple[str, str], options: Options, revision: int | None = None
) -> Shown:
    """Return the form for a kind of thing as it is opened; with a `revision` it changes what is there."""
    return with_form(FORMS[kind], filled, back=back, options=options, revision=revision)


def with_form(
    form: Form, filled: Written, *, back: tuple[str, str], options: Options, revision: int | None = None
) -> Shown:
    """Return a form as it is opened; `back` is where it leads back to, as address and word."""
    title = form.new if revision is None else form.change
    before = "" if revision is None else json.dumps(filled)
    return Shown(form, title, filled, back[0], back[1], options, revision, before)


def opened(shown: Shown) -> Template:
    """Return the page of a form."""
    return _page(shown, HTTP_200_OK)


def refused(shown: Shown, sent: FormMultiDict, filled: Written, problem: NarplanError) -> Template:
    """Return the page again with all that was written, the revision that it had, and what is wrong."""
    kept = replace(
        shown,
        filled={**filled, **{name: shown.filled[name] for name in filled if keeps_saved(sent, name)}},
        revision=None if shown.revision is None else forms.number(forms.text(sent, "version")) or 0,
        before=forms.text(sent, "fore"),
    )
    errors = {field_of(shown.form, problem.field or ""): problem.detail}
    status = HTTP_422_UNPROCESSABLE_ENTITY
    return _page(kept, status, problem=problem, errors=errors)


def conflicting(shown: Shown, sent: FormMultiDict, filled: Written, problem: NarplanError) -> Template:
    """Return the page with what both have changed in it, and a choice for each field that both changed differently.

    `shown` is what stands in the register now.
    """
    labels = {one.name: one.label for one in shown.form.fields}
    found = problem.conflicts if isinstance(problem, ConflictingChange) else ()
    known = {field_of(shown.form, one.field): one for one in found}
    differing = [name for name in labels if shown.filled.get(name, "") != filled.get(name, "")]
    words = {name: dict(choices) for name, choices in shown.options.items()}
    differences = [
        Difference(
            name,
            labels[name],
            _word(words, name, shown.filled.get(name, "")),
            _word(words, name, filled.get(name, "")),
            known[name].by if name in known else None,
            known[name].at if name in known else None,
        )
        for name in (known or differing)
        if name in labels
    ]
    before = _before(sent)
    merged = {
        name: shown.filled.get(name, "") if filled.get(name) == before.get(name) else filled.get(name, "")
        for name in labels
    }
    return _page(replace(shown, filled=merged), HTTP_409_CONFLICT, differences=differences)


def keeps_saved(sent: FormMultiDict, name: str) -> bool:
    """Tell whether the person chose to keep what somebody else has saved in a field."""
    return forms.text(sent, f"valj_{name}") == "sparat"


def _before(sent: FormMultiDict) -> Mapping[str, object]:
    try:
        found = json.loads(forms.text(sent, "fore"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _word(words: Mapping[str, Mapping[str, str]], name: str, text: str) -> str:
    return words.get(name, {}).get(text, text) or "(tomt)"


def _page(
    shown: Shown,
    status: int,
    *,
    problem: NarplanError | None = None,
    errors: Mapping[str, str] | None = None,
    differences: Sequence[Difference] | None = None,
) -> Template:
    return page("grant_form.html", status, shown=shown, problem=problem, errors=errors or {}, differences=differences)
