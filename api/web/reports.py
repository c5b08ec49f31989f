"""Progress reports on the page of an initiative: told, and put right within a day by whoever told."""

from typing import Any
from uuid import UUID

from litestar import Request, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.dependencies import Person, Session
from api.web import forms
from api.web.filled import Filled, day, everything, revision
from api.web.initiative import save
from initiatives import reports, swedish
from initiatives.reports import Fields

NAMES = {"health": "halsa", "done": "gjort", "next": "harnast", "obstacles": "hinder", "reported_on": "dag"}
FORM = "lagesrapport"


@post("/initiativ/{initiative_id:uuid}/lagesrapport", include_in_schema=False)
async def report(
    request: Request[Any, Any, Any], session: Session, person: Person, initiative_id: FromPath[UUID]
) -> Template | Redirect:
    """Tell how the initiative goes."""
    form = await request.form()

    async def work() -> None:
        told = _fields(form)
        await reports.report(
            session,
            person,
            initiative_id,
            health=told["health"],
            done=told["done"],
            next=told["next"],
            obstacles=told["obstacles"],
            reported_on=told["reported_on"],
        )

    return await save(session, person, initiative_id, work, Filled(FORM, None, everything(form), NAMES))


@post("/initiativ/{initiative_id:uuid}/lagesrapport/{report_id:uuid}", include_in_schema=False)
async def correct(
    request: Request[Any, Any, Any],
    session: Session,
    person: Person,
    initiative_id: FromPath[UUID],
    report_id: FromPath[UUID],
) -> Template | Redirect:
    """Put right what one told within the last day."""
    form = await request.form()

    async def work() -> None:
        await reports.correct(session, person, initiative_id, report_id, revision=revision(form), **_fields(form))

    return await save(session, person, initiative_id, work, Filled(FORM, report_id, everything(form), NAMES))


def _fields(form: FormMultiDict) -> Fields:
    return Fields(
        health=forms.text(form, "halsa"),
        done=forms.text(form, "gjort"),
        next=forms.text(form, "harnast"),
        obstacles=forms.text(form, "hinder"),
        reported_on=day(form, "dag", field="reported_on") or swedish.today(),
    )


ROUTES = (report, correct)
