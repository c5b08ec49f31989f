"""Obesvarade frågor: what the material could not answer, for the programme group."""

from typing import Any

from litestar import Request, get
from litestar.response import Template

from api.dependencies import Person, Session
from api.web import forms
from api.web.pages import page, with_query
from retrieval import conversations

PAGE_LENGTH = 30


@get("/luckor", include_in_schema=False)
async def gaps_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """List the questions that got no answer, newest first, without who asked them."""
    number = forms.page_number(request.query_params.get("sida"))
    found, total = await conversations.list_gaps(session, person, limit=PAGE_LENGTH, offset=(number - 1) * PAGE_LENGTH)
    return page(
        "gaps.html",
        gaps=found,
        total=total,
        number=number,
        pages=-(-total // PAGE_LENGTH),
        address=lambda sida: with_query("/luckor", {}, sida=sida),
    )


ROUTES = (gaps_page,)
