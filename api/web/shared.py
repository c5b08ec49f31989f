"""Delat med oss: what a partner sees, on one page."""

from litestar import get
from litestar.response import Template

from api.dependencies import Person, Session
from api.web.pages import page
from initiatives import organisations, overview
from initiatives.overview import Sort
from retrieval import documents

MOST = 100


@get("/delat", include_in_schema=False)
async def shared_page(session: Session, person: Person) -> Template:
    """List the initiatives and documents that the person sees, and say in whose name."""
    initiatives, initiative_count = await overview.list_initiatives(session, person, sort=Sort.UPDATED_DOWN, limit=MOST)
    found, document_count = await documents.list_documents(session, person, limit=MOST)
    organisation = (
        await organisations.get_organisation(session, person.organisation_id) if person.organisation_id else None
    )
    return page(
        "shared.html",
        organisation=organisation,
        initiatives=initiatives,
        initiative_count=initiative_count,
        documents=found,
        document_count=document_count,
    )


ROUTES = (shared_page,)
