"""Passing an assignment on: one receiver on each line, each with an assignment of their own."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import sheets
from api.web.assignment_forms import TITLE
from api.web.assignments import at_assignment
from api.web.sheets import As, Input, Sheet
from initiatives import assignment_overview, assignments, organisations
from initiatives.access import require_writer
from initiatives.assignment_overview import AssignmentRow
from initiatives.assignments import Receiver
from initiatives.errors import InvalidValue


@get("/beslut/uppdrag/{assignment_id:uuid}/delegera", include_in_schema=False)
async def delegate_page(session: Session, person: Person, assignment_id: FromPath[UUID]) -> Template:
    """Show the form that passes an assignment on."""
    row = await assignment_overview.get_assignment(session, person, assignment_id)
    require_writer(person)
    return sheets.blank(_delegation(row), uppdrag=row.title, senast=str(row.due_on or ""))


@post("/beslut/uppdrag/{assignment_id:uuid}/delegera", include_in_schema=False)
async def delegate(
    request: Request[Any, Any, Any], session: Session, person: Person, assignment_id: FromPath[UUID]
) -> Template | Redirect:
    """Pass an assignment on to everyone who is named, each on a line, or show the form again with what is wrong."""
    row = await assignment_overview.get_assignment(session, person, assignment_id)
    require_writer(person)

    async def save(fields: dict[str, Any], _: int | None) -> str:
        receivers = await _receivers(session, fields.pop("receivers"))
        wanted = {name: value for name, value in fields.items() if value is not None}
        await assignments.delegate(session, person, assignment_id, receivers, **wanted)
        return at_assignment(assignment_id)

    return await sheets.submit(session, _delegation(row), await request.form(), save)


async def _receivers(session: AsyncSession, text: str) -> list[Receiver]:
    """Return whom the lines name: organisations of the register by name or short name, others in words."""
    rows = await organisations.list_organisations(session)
    known = {name.lower(): one.id for one in rows for name in (one.short_name, one.name)}
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if not lines:
        raise InvalidValue("Skriv minst en mottagare.", field="receivers")
    return [
        Receiver(receiver_organisation_id=known[line.lower()]) if line.lower() in known else Receiver(line)
        for line in lines
    ]


def _delegation(row: AssignmentRow) -> Sheet:
    return Sheet(
        title="Delegera uppdraget",
        lead=f"{row.title}. Varje mottagare får ett eget uppdrag. Det här kan avslutas först när alla har rapporterat.",
        back=f"/beslut/uppdrag/{row.id}",
        back_name="Till uppdraget",
        button="Delegera",
        inputs=(
            Input(
                name="mottagare",
                field="receivers",
                label="Mottagare",
                takes=As.TEXT,
                required=True,
                hint="En på varje rad. En organisation i registret känns igen på sitt namn.",
            ),
            TITLE,
            Input(
                name="senast",
                field="due_on",
                label="Senast",
                takes=As.DAY,
                hint="Tomt är samma som för det här uppdraget.",
            ),
            Input(
                name="gavs",
                field="given_on",
                label="Gavs",
                takes=As.DAY,
                hint="Tomt är samma som för det här uppdraget.",
            ),
        ),
    )


ROUTES = (delegate_page, delegate)
