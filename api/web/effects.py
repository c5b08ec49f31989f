"""Expected effects on the page of an initiative."""

from typing import Any
from uuid import UUID

from litestar import Request, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.dependencies import Person, Session
from api.web import forms
from api.web.filled import Filled, everything, revision
from api.web.initiative import back, save
from initiatives import effects
from initiatives.effects import Fields

NAMES = {"description": "effekt", "indicator_id": "indikator"}
FORM = "effekt"
ONE = "/initiativ/{initiative_id:uuid}/effekt/{effect_id:uuid}"


@post("/initiativ/{initiative_id:uuid}/effekt", include_in_schema=False)
async def add(
    request: Request[Any, Any, Any], session: Session, person: Person, initiative_id: FromPath[UUID]
) -> Template | Redirect:
    """Say what the initiative is expected to lead to."""
    form = await request.form()

    async def work() -> None:
        new = _fields(form)
        await effects.add(
            session, person, initiative_id, description=new["description"], indicator_id=new["indicator_id"]
        )

    return await save(session, person, initiative_id, work, Filled(FORM, None, everything(form), NAMES))


@post(ONE, include_in_schema=False)
async def change(
    request: Request[Any, Any, Any],
    session: Session,
    person: Person,
    initiative_id: FromPath[UUID],
    effect_id: FromPath[UUID],
) -> Template | Redirect:
    """Say it otherwise."""
    form = await request.form()

    async def work() -> None:
        await effects.change(session, person, initiative_id, effect_id, revision=revision(form), **_fields(form))

    return await save(session, person, initiative_id, work, Filled(FORM, effect_id, everything(form), NAMES))


@post(f"{ONE}/ta-bort", include_in_schema=False)
async def remove(
    session: Session, person: Person, initiative_id: FromPath[UUID], effect_id: FromPath[UUID]
) -> Redirect:
    """Take an expected effect away."""
    await effects.remove(session, person, initiative_id, effect_id)
    return back(initiative_id, FORM)


def _fields(form: FormMultiDict) -> Fields:
    indicator_id = forms.uuid(forms.text(form, "indikator"))
    return Fields(description=forms.text(form, "effekt"), indicator_id=indicator_id)


ROUTES = (add, change, remove)
