"""One agreement about state grants: its parts, what it demands and when, its conditions, its money, and its history."""

from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from api.dependencies import Person, Session
from api.web.grants.editing import ADDRESS
from api.web.grants.listing import AMOUNT_WORDS, helpers, ids_of
from api.web.pages import page
from initiatives import activity, sources
from initiatives.grants import reading, years

SHOWN_ACTIVITY = 10


@get(f"{ADDRESS}/{{grant_id:uuid}}", include_in_schema=False)
async def grant_page(session: Session, person: Person, grant_id: FromPath[UUID]) -> Template:
    """Show an agreement with all that belongs to it, and what does not fit in it."""
    grant = await reading.get_grant(session, person, grant_id)
    ids = ids_of(grant)
    spans = sorted({grant.from_year, *(one.year for one in grant.components)}, reverse=True)
    found = [await years.of(session, person, year, organisation_id=grant.organisation_id) for year in spans]
    checks = [one for year in found for one in year.checks if one.subject and one.subject.id in ids]
    done, _ = await activity.list_activity(
        session, person, subject_type="grant_agreement", subject_id=grant_id, limit=SHOWN_ACTIVITY
    )
    return page(
        "grant.html",
        grant=grant,
        checks=list(dict.fromkeys(checks)),
        shares={one.component_id: one for year in found for one in year.shares},
        names={one.id: one.name for one in grant.components},
        sources=await sources.list_sources(session, person, "grant_agreement", [grant_id]),
        activity=done,
        amount_words=AMOUNT_WORDS,
        **helpers(),
    )


ROUTES = (grant_page,)
