"""What an initiative waits for, on its page."""

from typing import Any
from uuid import UUID

from litestar import Request, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.dependencies import Person, Session
from api.web import forms
from api.web.filled import Filled, everything
from api.web.initiative import back, save
from initiatives import dependencies
from initiatives.errors import InvalidValue

NAMES = {"depends_on_id": "vantar_pa"}
FORM = "beroende"


@post("/initiativ/{initiative_id:uuid}/beroende", include_in_schema=False)
async def depend(
    request: Request[Any, Any, Any], session: Session, person: Person, initiative_id: FromPath[UUID]
) -> Template | Redirect:
    """Let the initiative wait for another one; a ring is refused, and the way round it named."""
    form = await request.form()

    async def work() -> None:
        if (other := forms.uuid(forms.text(form, "vantar_pa"))) is None:
            raise InvalidValue("Välj vilket initiativ det väntar på.", field="depends_on_id")
        await dependencies.depend(session, person, initiative_id, other)

    return await save(session, person, initiative_id, work, Filled(FORM, None, everything(form), NAMES))


@post("/initiativ/{initiative_id:uuid}/beroende/{depends_on_id:uuid}/ta-bort", include_in_schema=False)
async def stop_depending(
    session: Session, person: Person, initiative_id: FromPath[UUID], depends_on_id: FromPath[UUID]
) -> Redirect:
    """Let the initiative no longer wait for the other."""
    await dependencies.stop_depending(session, person, initiative_id, depends_on_id)
    return back(initiative_id, FORM)


ROUTES = (depend, stop_depending)
