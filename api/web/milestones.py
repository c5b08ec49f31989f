"""Milestones on the page of an initiative: added, changed, reached and taken away."""

from typing import Any
from uuid import UUID

from litestar import Request, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.dependencies import Person, Session
from api.web import forms
from api.web.filled import Filled, day, everything, required_day, revision
from api.web.initiative import back, save
from initiatives import milestones, swedish
from initiatives.milestones import Fields

NAMES = {"title": "milstolpe", "due_on": "senast", "done_on": "klar", "responsible_id": "ansvarig"}
FORM = "milstolpe"
ONE = "/initiativ/{initiative_id:uuid}/milstolpe/{milestone_id:uuid}"


@post("/initiativ/{initiative_id:uuid}/milstolpe", include_in_schema=False)
async def add(
    request: Request[Any, Any, Any], session: Session, person: Person, initiative_id: FromPath[UUID]
) -> Template | Redirect:
    """Say what shall be done by which day."""
    form = await request.form()

    async def work() -> None:
        new = _fields(form)
        await milestones.add(
            session,
            person,
            initiative_id,
            title=new["title"],
            due_on=new["due_on"],
            done_on=new["done_on"],
            responsible_id=new["responsible_id"],
        )

    return await save(session, person, initiative_id, work, Filled(FORM, None, everything(form), NAMES))


@post(ONE, include_in_schema=False)
async def change(
    request: Request[Any, Any, Any],
    session: Session,
    person: Person,
    initiative_id: FromPath[UUID],
    milestone_id: FromPath[UUID],
) -> Template | Redirect:
    """Change a milestone; nothing is lost when two people change it at once."""
    form = await request.form()

    async def work() -> None:
        await milestones.change(session, person, initiative_id, milestone_id, revision=revision(form), **_fields(form))

    return await save(session, person, initiative_id, work, Filled(FORM, milestone_id, everything(form), NAMES))


@post(f"{ONE}/klar", include_in_schema=False)
async def reach(
    session: Session, person: Person, initiative_id: FromPath[UUID], milestone_id: FromPath[UUID]
) -> Redirect:
    """Say that a milestone was reached today."""
    await milestones.change(session, person, initiative_id, milestone_id, revision=None, done_on=swedish.today())
    return back(initiative_id, FORM)


@post(f"{ONE}/ta-bort", include_in_schema=False)
async def remove(
    session: Session, person: Person, initiative_id: FromPath[UUID], milestone_id: FromPath[UUID]
) -> Redirect:
    """Take a milestone away."""
    await milestones.remove(session, person, initiative_id, milestone_id)
    return back(initiative_id, FORM)


def _fields(form: FormMultiDict) -> Fields:
    return Fields(
        title=forms.text(form, "milstolpe"),
        due_on=required_day(form, "senast", field="due_on"),
        done_on=day(form, "klar", field="done_on"),
        responsible_id=forms.uuid(forms.text(form, "ansvarig")),
    )


ROUTES = (add, change, reach, remove)
