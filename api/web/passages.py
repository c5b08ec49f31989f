"""What an initiative rests on: a quotation, tied to it on its own page or on the page of the document."""

from typing import Any
from uuid import UUID

from litestar import Request, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER

from api.dependencies import Person, Session
from api.web import documents as document_pages
from api.web import forms
from api.web.filled import Filled, attempt, everything
from api.web.initiative import back, save
from initiatives import sources
from initiatives.access import require_writer
from initiatives.errors import InvalidValue
from retrieval import documents

NAMES = {"document_id": "dokument", "quote": "citat", "subject_id": "initiativ"}


@post("/initiativ/{initiative_id:uuid}/kalla", include_in_schema=False)
async def tie(
    request: Request[Any, Any, Any], session: Session, person: Person, initiative_id: FromPath[UUID]
) -> Template | Redirect:
    """Let the initiative rest on a quotation that is pasted, or show the form again with what is wrong."""
    form = await request.form()
    written = everything(form)

    async def work() -> None:
        if (document_id := forms.uuid(forms.text(form, "dokument"))) is None:
            raise InvalidValue("Välj vilket dokument citatet står i.", field="document_id")
        await sources.attach(
            session, person, "initiative", initiative_id, document_id=document_id, quote=forms.text(form, "citat")
        )

    return await save(session, person, initiative_id, work, Filled("kalla", None, written, NAMES))


@post("/initiativ/{initiative_id:uuid}/kalla/{source_id:uuid}/ta-bort", include_in_schema=False)
async def untie(session: Session, person: Person, initiative_id: FromPath[UUID], source_id: FromPath[UUID]) -> Redirect:
    """Take a quotation away from the initiative; the document stays as it is."""
    await sources.detach(session, person, source_id)
    return back(initiative_id, "kalla")


@post("/dokument/{document_id:uuid}/knyt", include_in_schema=False)
async def tie_from_document(
    request: Request[Any, Any, Any], session: Session, person: Person, document_id: FromPath[UUID]
) -> Template | Redirect:
    """Let an initiative rest on words of the document, or show its page again with what is wrong."""
    form = await request.form()
    await documents.get_summary(session, person, document_id)
    require_writer(person)
    written = {name: forms.text(form, name) for name in ("initiativ", "citat")}

    async def work() -> None:
        if (initiative_id := forms.uuid(written["initiativ"])) is None:
            raise InvalidValue("Välj vilket initiativ som vilar på citatet.", field="subject_id")
        await sources.attach(
            session, person, "initiative", initiative_id, document_id=document_id, quote=written["citat"]
        )

    if problem := await attempt(session, work):
        tied = Filled("knyt", None, written, NAMES, problem)
        return await document_pages.show(request, session, person, document_id, tied=tied)
    return Redirect(f"/dokument/{document_id}#register", status_code=HTTP_303_SEE_OTHER)


ROUTES = (tie, untie, tie_from_document)
