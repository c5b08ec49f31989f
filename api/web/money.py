"""The money of an initiative: sums out of funds, put in and taken away on its page by the programme group."""

from typing import Any
from uuid import UUID

from litestar import Request, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import forms
from api.web.filled import Filled, attempt
from api.web.initiative import show
from initiatives import funds, swedish
from initiatives.access import Viewer, require_writer
from initiatives.errors import InvalidValue

NAMES = {"fund_id": "anslag", "allocation_id": "anslag", "amount_kronor": "belopp", "year": "ar"}
LAST_YEAR = 9999


@post("/initiativ/{initiative_id:uuid}/pengar", include_in_schema=False)
async def add_money(
    request: Request[Any, Any, Any], session: Session, person: Person, initiative_id: FromPath[UUID]
) -> Template | Redirect:
    """Let the initiative use part of a fund, or show the form again with what is wrong."""
    require_writer(person)
    form = await request.form()
    written = {name: forms.text(form, name) for name in NAMES.values()}
    if problem := await attempt(session, lambda: _link(session, person, initiative_id, written)):
        filled = Filled("pengar", written=written, names=NAMES, problem=problem)
        return await show(session, person, initiative_id, filled=filled)
    return _back(initiative_id)


@post("/initiativ/{initiative_id:uuid}/pengar/{link_id:uuid}/ta-bort", include_in_schema=False)
async def remove_money(
    session: Session, person: Person, initiative_id: FromPath[UUID], link_id: FromPath[UUID]
) -> Redirect:
    """Take a sum away from the initiative."""
    await funds.unlink(session, person, initiative_id, link_id)
    return _back(initiative_id)


async def _link(session: AsyncSession, person: Viewer, initiative_id: UUID, written: dict[str, str]) -> None:
    of_fund, _, within = written["anslag"].partition("/")  # An allocation is named after its fund.
    if (fund_id := forms.uuid(of_fund)) is None:
        raise InvalidValue("Välj ett anslag.", field="anslag")
    amount = swedish.parse_amount(written["belopp"], field="belopp")
    if amount <= 0:
        raise InvalidValue("Beloppet ska vara större än noll.", field="belopp")
    year = forms.number(written["ar"], largest=LAST_YEAR)
    if year is None and written["ar"]:
        raise InvalidValue("Skriv året med fyra siffror, till exempel 2026.", field="ar")
    if year is None:
        year = (await funds.get_fund(session, person, fund_id)).year
    await funds.link(
        session,
        person,
        initiative_id,
        fund_id=fund_id,
        allocation_id=forms.uuid(within),
        amount_kronor=amount,
        year=year,
    )


def _back(initiative_id: UUID) -> Redirect:
    return Redirect(f"/initiativ/{initiative_id}#pengar", status_code=HTTP_303_SEE_OTHER)


ROUTES = (add_money, remove_money)
