"""Obesvarade frågor: what the material could not answer, and how it is used, for the programme group."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER

from api.dependencies import Person, Session
from api.web.pages import page
from retrieval import gaps, usage


@get("/luckor", include_in_schema=False)
async def gaps_page(session: Session, person: Person) -> Template:
    """Show the questions that got no answer or a bad one by what they are about, without who asked them."""
    return page("gaps.html", topics=await gaps.topics(session, person), most=gaps.GROUPED)


@post("/luckor/{gap_id:uuid}/granska", include_in_schema=False)
async def open_finding(session: Session, person: Person, gap_id: FromPath[UUID]) -> Redirect:
    """Make a question something to do in the register of findings, and go there."""
    finding = await gaps.open_finding(session, person, gap_id)
    return Redirect(f"/uppfoljning/granskning/{finding}", status_code=HTTP_303_SEE_OTHER)


@get("/luckor/anvandning", include_in_schema=False)
async def usage_page(session: Session, person: Person) -> Template:
    """Show what the answers most often rest on, and the documents that no answer rests on."""
    return page(
        "usage.html",
        most_quoted=await usage.most_quoted(session, person),
        never_quoted=await usage.never_quoted(session, person),
    )


ROUTES = (gaps_page, open_finding, usage_page)
