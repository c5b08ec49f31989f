"""Initiativ: the list with its filters, and one initiative with all that stands around it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Template
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import follow, forms
from api.web.pages import page, with_query
from api.web.sharing import BLANK, PROFILE_WORDS, Sharing
from initiatives import activity, funds, organisations, overview, shares, swedish, taxonomy
from initiatives.access import Viewer, may_write
from initiatives.errors import NarplanError
from initiatives.indicators import standing
from initiatives.indicators.targets import amount
from initiatives.overview import Filters, Sort
from initiatives.sharing import PROFILES
from initiatives.workflow import Status

PAGE_LENGTH = 20
SHOWN_ACTIVITY = 20
MOST_FUNDS = 200
SORTS = {
    Sort.TITLE: "Titel, A till Ö",
    Sort.UPDATED_DOWN: "Senast ändrade först",
    Sort.STATUS: "Läge",
    Sort.ENDS: "Slutdatum, närmast först",
    Sort.STARTS_DOWN: "Startdatum, senast först",
}


@get("/initiativ", include_in_schema=False)
async def initiatives_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """List the initiatives that the person sees, with filters, order and pages."""
    query = request.query_params
    wanted = {name: query.get(name, "").strip() for name in ("q", "lage", "delomrade", "organisation", "ordning")}
    sort = Sort(wanted["ordning"]) if wanted["ordning"] in SORTS else Sort.TITLE
    number = forms.page_number(query.get("sida"))
    found, total = await overview.list_initiatives(
        session, person, _filters(wanted), sort=sort, limit=PAGE_LENGTH, offset=(number - 1) * PAGE_LENGTH
    )
    return page(
        "initiatives.html",
        initiatives=found,
        total=total,
        filters=wanted,
        filtered=any(value for name, value in wanted.items() if name != "ordning"),
        sorts=SORTS,
        number=number,
        pages=-(-total // PAGE_LENGTH),
        address=lambda sida: with_query("/initiativ", wanted, sida=sida),
        counts=await overview.count_by_status(session, person),
        nodes=await taxonomy.list_nodes(session),
        organisations=await organisations.list_organisations(session),
        statuses=tuple(Status),
    )


@get("/initiativ/{initiative_id:uuid}", include_in_schema=False)
async def initiative_page(session: Session, person: Person, initiative_id: FromPath[UUID]) -> Template:
    """Show an initiative: its state, people and dates, what it stands under, its money and what has been done to it."""
    return await show(session, person, initiative_id)


async def show(
    session: AsyncSession,
    person: Viewer,
    initiative_id: UUID,
    *,
    money: Mapping[str, str] | None = None,
    problem: NarplanError | None = None,
    sharing: Sharing = BLANK,
    seen_as: Viewer | None = None,
    status_code: int = HTTP_200_OK,
) -> Template:
    """Return the page of an initiative.

    `money` is what stands in the form for money and `problem` what is wrong with it, `sharing` the form for sharing;
    `seen_as` is for whom it is shown when somebody looks at it through another's eyes.
    """
    initiative = await overview.get(session, person, initiative_id)
    links = await funds.list_links(session, person, initiative_id=initiative_id)
    done, _ = await activity.list_activity(
        session, person, subject_type="initiative", subject_id=initiative_id, limit=SHOWN_ACTIVITY
    )
    return page(
        "initiative.html",
        HTTP_422_UNPROCESSABLE_ENTITY if sharing.problem else status_code,
        initiative=initiative,
        funds=(await funds.list_funds(session, person, limit=MOST_FUNDS))[0] if may_write(person) else [],
        allocations=(await funds.list_allocations(session, person, limit=MOST_FUNDS))[0] if may_write(person) else [],
        money=money or {},
        problem=problem,
        links=links,
        activity=done,
        shows_money=initiative.budget_kronor is not None,
        shows=lambda field: initiative.profile is None or field in PROFILES[initiative.profile],
        shares=await shares.list_shares(session, person, initiative_id),
        successors=await taxonomy.successors(session, [node.id for node in initiative.nodes or ()]),
        indicators=(await standing.list_indicators(session, person, standing.Filters(initiative_id=initiative_id)))[0],
        verdicts=follow.VERDICTS,
        spark=follow.spark,
        amount=amount,
        sharing=sharing,
        profiles=PROFILE_WORDS,
        seen_as=seen_as,
        organisations=await organisations.list_organisations(session) if may_write(person) else [],
        today=swedish.today(),
    )


def _filters(wanted: Mapping[str, str]) -> Filters:
    node = forms.uuid(wanted["delomrade"])
    return Filters(
        q=wanted["q"][:200].replace("\0", ""),
        statuses=(Status(wanted["lage"]),) if wanted["lage"] in set(Status) else (),
        node_ids=(node,) if node else (),
        organisation_id=forms.uuid(wanted["organisation"]),
    )


ROUTES = (initiatives_page, initiative_page)
