"""Delas med: what an initiative or a document is shared with, on what terms, and how it looks from there."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any, TypedDict
from uuid import UUID

from litestar import Request, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import documents as document_pages
from api.web import forms
from api.web import initiative as initiative_pages
from api.web.sharing import Sharing
from ingest import intake
from initiatives import overview, shares, swedish
from initiatives.access import acting_as, require_writer
from initiatives.errors import InvalidValue
from initiatives.sharing import DEFAULT_PROFILE
from retrieval import document_shares, documents

FORM_NAMES = {"organisation_id": "organisation", "profile": "profil", "from_on": "fran", "to_on": "till"}


class Days(TypedDict):
    """The first and last day of a share, None where the form is empty."""

    from_on: date | None
    to_on: date | None


@post("/initiativ/{initiative_id:uuid}/dela", include_in_schema=False)
async def share_initiative(
    request: Request[Any, Any, Any], session: Session, person: Person, initiative_id: FromPath[UUID]
) -> Template | Redirect:
    """Let an organisation see the initiative, as much and as long as the form says."""
    form = await request.form()
    await overview.get(session, person, initiative_id)
    require_writer(person)

    async def share() -> None:
        terms = {"profile": forms.text(form, "profil") or DEFAULT_PROFILE.value}
        await shares.share(session, person, initiative_id, _organisation(form), **terms, **_days(form))

    if problem := await _problem(session, share):
        sharing = Sharing(problem, _written(form))
        return await initiative_pages.show(session, person, initiative_id, sharing=sharing)
    return _back(f"/initiativ/{initiative_id}")


@post("/initiativ/{initiative_id:uuid}/sluta-dela", include_in_schema=False)
async def unshare_initiative(
    request: Request[Any, Any, Any], session: Session, person: Person, initiative_id: FromPath[UUID]
) -> Redirect:
    """Stop showing the initiative to an organisation."""
    await shares.unshare(session, person, initiative_id, _organisation(await request.form()))
    return _back(f"/initiativ/{initiative_id}")


@get("/initiativ/{initiative_id:uuid}/som/{organisation_id:uuid}", include_in_schema=False)
async def preview(
    session: Session, person: Person, initiative_id: FromPath[UUID], organisation_id: FromPath[UUID]
) -> Template:
    """Show the initiative as the organisation's people see it today; not found when they do not see it."""
    partner = await shares.as_seen_by(session, person, organisation_id)
    async with acting_as(session, partner, then=person):
        return await initiative_pages.show(session, partner, initiative_id, seen_as=partner)


@post("/dokument/{document_id:uuid}/dela", include_in_schema=False)
async def share_document(
    request: Request[Any, Any, Any], session: Session, person: Person, document_id: FromPath[UUID]
) -> Template | Redirect:
    """Let an organisation read the document, as long as the form says."""
    form = await request.form()
    await documents.get_summary(session, person, document_id)
    require_writer(person)

    async def share() -> None:
        await document_shares.share(session, person, document_id, _organisation(form), **_days(form))

    if problem := await _problem(session, share):
        sharing = Sharing(problem, _written(form))
        return await document_pages.show(request, session, person, document_id, sharing=sharing)
    return _back(f"/dokument/{document_id}")


@post("/dokument/{document_id:uuid}/sluta-dela", include_in_schema=False)
async def unshare_document(
    request: Request[Any, Any, Any], session: Session, person: Person, document_id: FromPath[UUID]
) -> Redirect:
    """Stop letting an organisation read the document."""
    await intake.stop_sharing(session, person, document_id, _organisation(await request.form()))
    return _back(f"/dokument/{document_id}")


async def _problem(session: AsyncSession, share: Callable[[], Awaitable[None]]) -> InvalidValue | None:
    """Share, or return what is wrong with the form."""
    try:
        async with session.begin_nested():
            await share()
    except InvalidValue as problem:
        return InvalidValue(problem.detail, field=FORM_NAMES.get(problem.field or "", problem.field))
    return None


def _organisation(form: FormMultiDict) -> UUID:
    if (organisation := forms.uuid(forms.text(form, "organisation"))) is None:
        raise InvalidValue("Välj vem du vill dela med.", field="organisation")
    return organisation


def _days(form: FormMultiDict) -> Days:
    return Days(from_on=_day(form, "fran"), to_on=_day(form, "till"))


def _day(form: FormMultiDict, name: str) -> date | None:
    text = forms.text(form, name)
    return swedish.parse_date(text, field=name) if text else None


def _written(form: FormMultiDict) -> Mapping[str, str]:
    return {name: forms.text(form, name) for name in FORM_NAMES.values()}


def _back(address: str) -> Redirect:
    return Redirect(f"{address}#delning", status_code=HTTP_303_SEE_OTHER)


ROUTES = (share_initiative, unshare_initiative, preview, share_document, unshare_document)
