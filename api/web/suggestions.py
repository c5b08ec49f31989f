"""Förslag till registret: what rules have read out of documents, each beside its words, to be added or rejected."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import forms, sheets
from api.web.pages import page, with_query
from api.web.suggestion_fields import CONFIDENCES, INPUTS, KINDS, PARTS, STATES, UNDER, as_written, options, read
from initiatives.access import Viewer, may_write
from initiatives.errors import AlreadyExists, InvalidValue, NarplanError, NotFound
from initiatives.funds import FundOverdrawn
from initiatives.suggestions import judging, listing
from initiatives.suggestions.drafts import Kind
from initiatives.suggestions.judging import AlreadyJudged
from initiatives.suggestions.listing import Filters, SuggestionRow
from initiatives.suggestions.tables import State

ADDRESS = "/forslag"
PAGE_LENGTH = 25
REFUSED = (InvalidValue, AlreadyExists, AlreadyJudged, FundOverdrawn)
"""What is told beside the suggestion; other errors have pages of their own."""


@get(ADDRESS, include_in_schema=False)
async def suggestions_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """List the suggestions by document, those that wait unless something else is asked for."""
    return await _list(session, person, request.query_params)


@post(f"{ADDRESS}/{{suggestion_id:uuid}}", include_in_schema=False)
async def judge(
    request: Request[Any, Any, Any], session: Session, person: Person, suggestion_id: FromPath[UUID]
) -> Template | Redirect:
    """Add the suggestion, reject it or open it again, as the button says; or show the list with what is wrong."""
    row = await listing.get(session, person, suggestion_id)
    form = await request.form()
    try:
        async with session.begin_nested():
            await _judge(session, person, row, form)
    except REFUSED as problem:
        return await _list(session, person, request.query_params, refused=(row.id, form, problem))
    wanted = {**_wanted(request.query_params), "nyss": str(suggestion_id)}
    return Redirect(with_query(ADDRESS, wanted), status_code=HTTP_303_SEE_OTHER)


async def _judge(session: AsyncSession, person: Viewer, row: SuggestionRow, form: FormMultiDict) -> None:
    match forms.text(form, "gor"):
        case "avvisa":
            await judging.reject(session, person, row.id, reason=forms.text(form, "skal"))
        case "oppna":
            await judging.reopen(session, person, row.id)
        case asked:
            await judging.accept(
                session,
                person,
                row.id,
                fields=read(row.kind, form),
                under_id=forms.uuid(forms.text(form, UNDER)),
                parts=asked == "allt",
            )


def _wanted(query: Mapping[str, str]) -> dict[str, str]:
    return {name: query.get(name, "").strip() for name in ("dokument", "slag", "lage", "sida")}


async def _list(
    session: AsyncSession,
    person: Viewer,
    query: Mapping[str, str],
    *,
    refused: tuple[UUID, FormMultiDict, NarplanError] | None = None,
) -> Template:
    if not may_write(person):
        raise NotFound("Sidan finns inte.")
    wanted, number = _wanted(query), forms.page_number(query.get("sida"))
    filters = Filters(
        document_id=forms.uuid(wanted["dokument"]),
        kinds=(Kind(wanted["slag"]),) if wanted["slag"] in set(Kind) else (),
        states=(State(wanted["lage"]),) if wanted["lage"] in set(State) else (State.OPEN,),
    )
    rows, total = await listing.list_suggestions(
        session, person, filters, limit=PAGE_LENGTH, offset=(number - 1) * PAGE_LENGTH
    )
    known = await options(session, person)
    wrong, form, problem = refused or (None, None, None)
    unreadable = HTTP_422_UNPROCESSABLE_ENTITY if isinstance(problem, InvalidValue) else HTTP_409_CONFLICT
    return page(
        "suggestions.html",
        unreadable if problem else HTTP_200_OK,
        groups=[(document, list(group)) for document, group in groupby(rows, _document)],
        total=total,
        written={row.id: _written(row, form if row.id == wrong else None, known.chosen(row)) for row in rows},
        inputs={row.id: [*filter(None, [known.under(row)]), *INPUTS[row.kind]] for row in rows},
        wrong=wrong,
        problem=problem,
        wanted=wanted,
        filtered=any(wanted[name] for name in ("dokument", "slag", "lage")),
        just=await _just(session, person, query.get("nyss", "")),
        places={row.id: await listing.place(session, row.became_type, row.became_id) for row in rows},
        looks=(STATES, CONFIDENCES),
        kinds=KINDS,
        parts=PARTS,
        open=State.OPEN,
        address=lambda sida: with_query(ADDRESS, wanted, sida=sida),
        number=number,
        pages=-(-total // PAGE_LENGTH),
        here=lambda identifier: with_query(f"{ADDRESS}/{identifier}", wanted),
        yes=sheets.YES,
    )


def _document(row: SuggestionRow) -> tuple[UUID, str]:
    return row.document_id, row.document


def _written(row: SuggestionRow, form: FormMultiDict | None, under: str) -> dict[str, str]:
    """Return what stands in the inputs of a suggestion: what was just written, else what was read."""
    if form is not None:
        return {name: forms.text(form, name) for name in (UNDER, *(one.name for one in INPUTS[row.kind]))}
    return {UNDER: under, **as_written(row)}


async def _just(session: AsyncSession, person: Viewer, identifier: str) -> tuple[SuggestionRow, str | None] | None:
    """Return the suggestion that was judged a moment ago, and where it now stands in the register."""
    if (suggestion_id := forms.uuid(identifier)) is None:
        return None
    try:
        row = await listing.get(session, person, suggestion_id)
    except NotFound:
        return None
    return row, await listing.place(session, row.became_type, row.became_id)


ROUTES = (suggestions_page, judge)
