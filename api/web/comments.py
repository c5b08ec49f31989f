"""Comments on the page of an initiative, written by the programme group and by partners."""

from typing import Any
from uuid import UUID

from litestar import Request, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER

from api.dependencies import Person, Session
from api.web import forms
from api.web.filled import Filled, attempt
from api.web.initiative import show
from initiatives import comments

NAMES = {"body": "kommentar", "organisation_id": "till"}


@post("/initiativ/{initiative_id:uuid}/kommentar", include_in_schema=False)
async def comment(
    request: Request[Any, Any, Any], session: Session, person: Person, initiative_id: FromPath[UUID]
) -> Template | Redirect:
    """Say something of the initiative, or show the form again with what is wrong."""
    form = await request.form()
    written = {name: forms.text(form, name) for name in NAMES.values()}

    async def work() -> None:
        to = forms.uuid(written["till"])
        await comments.comment(session, person, initiative_id, body=written["kommentar"], organisation_id=to)

    if problem := await attempt(session, work):
        return await show(session, person, initiative_id, filled=Filled("kommentar", None, written, NAMES, problem))
    return _back(initiative_id)


@post("/initiativ/{initiative_id:uuid}/kommentar/{comment_id:uuid}/ta-bort", include_in_schema=False)
async def remove(
    session: Session, person: Person, initiative_id: FromPath[UUID], comment_id: FromPath[UUID]
) -> Redirect:
    """Take a comment away."""
    await comments.remove(session, person, initiative_id, comment_id)
    return _back(initiative_id)


def _back(initiative_id: UUID) -> Redirect:
    return Redirect(f"/initiativ/{initiative_id}#kommentar", status_code=HTTP_303_SEE_OTHER)


ROUTES = (comment, remove)
