"""Personer och organisationer: who is what where, invitations, and what somebody who leaves has to hand over."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api import joining
from api.dependencies import Person, Session
from api.web import forms
from api.web.pages import page, with_query
from initiatives import invitations, leaving, memberships, organisations, people, roles
from initiatives.access import Viewer, may_administer, require_administrator
from initiatives.errors import AlreadyExists, InvalidValue, NarplanError, NotAllowed
from initiatives.invitations import InvitationRow
from initiatives.memberships import LastAdministrator
from initiatives.organisations import OrganisationKind, OrganisationRow

PAGE_LENGTH, MOST = 50, 200
Refused = (InvalidValue, AlreadyExists, NotAllowed, LastAdministrator)


@get("/personer", include_in_schema=False)
async def people_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Show people, open invitations and organisations; for those who may invite."""
    return await _people(session, person, forms.page_number(request.query_params.get("sida")))


@post("/personer/bjud-in", include_in_schema=False)
async def invite(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Invite somebody and show the link, this once; or show the form again with what is wrong."""
    form = await request.form()
    written = {name: forms.text(form, name) for name in ("epost", "organisation", "roll")}
    try:
        async with session.begin_nested():
            row, token = await invitations.invite(
                session,
                person,
                email=written["epost"],
                organisation_id=forms.uuid(written["organisation"]) or UUID(int=0),
                role=written["roll"],
            )
    except Refused as problem:
        return await _people(session, person, 1, written=written, problem=problem)
    return await _people(session, person, 1, invited=row, link=joining.link(request, token))


@post("/personer/inbjudan/{invitation_id:uuid}/aterkalla", include_in_schema=False)
async def withdraw(session: Session, person: Person, invitation_id: FromPath[UUID]) -> Redirect:
    """Make the link of an invitation useless."""
    await invitations.withdraw(session, person, invitation_id)
    return Redirect("/personer#inbjudningar", status_code=HTTP_303_SEE_OTHER)


@post("/personer/organisation", include_in_schema=False)
async def add_organisation(request: Request[Any, Any, Any], session: Session, person: Person) -> Template | Redirect:
    """Add an organisation, or show the form again with what is wrong."""
    form = await request.form()
    written = {name: forms.text(form, name) for name in ("namn", "slag", "hor_till")}
    try:
        async with session.begin_nested():
            await organisations.create_organisation(
                session, person, name=written["namn"], kind=written["slag"], parent_id=forms.uuid(written["hor_till"])
            )
    except (InvalidValue, AlreadyExists) as problem:
        return await _people(session, person, 1, written=written, problem=problem)
    return Redirect("/personer#organisationer", status_code=HTTP_303_SEE_OTHER)


@get("/personer/{person_id:uuid}", include_in_schema=False)
async def person_page(session: Session, person: Person, person_id: FromPath[UUID]) -> Template:
    """Show one person: what they are where, and what they answer for; for administrators."""
    return await _person(session, person, person_id)


@post("/personer/{person_id:uuid}", include_in_schema=False)
async def change(
    request: Request[Any, Any, Any], session: Session, person: Person, person_id: FromPath[UUID]
) -> Template | Redirect:
    """Do what the button says to the person, or show the page again with what is wrong."""
    require_administrator(person)
    form = await request.form()
    action, membership_id = forms.text(form, "gor"), forms.uuid(forms.text(form, "medlemskap")) or UUID(int=0)
    role, home = forms.text(form, "roll"), forms.uuid(forms.text(form, "organisation")) or UUID(int=0)
    try:
        async with session.begin_nested():
            match action:
                case "lagg-till":
                    await memberships.add(session, person, person_id=person_id, organisation_id=home, role=role)
                case "byt-roll":
                    await memberships.change_role(session, person, membership_id, role)
                case "avsluta":
                    await memberships.leave(session, person, membership_id)
                case "stang":
                    await leaving.close_account(session, person, person_id)
                case "oppna":
                    await leaving.reopen_account(session, person, person_id)
                case _:
                    raise InvalidValue("Välj vad som ska göras.")
    except Refused as problem:
        return await _person(session, person, person_id, problem=problem)
    return Redirect(f"/personer/{person_id}", status_code=HTTP_303_SEE_OTHER)


async def _people(
    session: AsyncSession,
    person: Viewer,
    number: int,
    *,
    written: dict[str, str] | None = None,
    problem: NarplanError | None = None,
    invited: InvitationRow | None = None,
    link: str = "",
) -> Template:
    pending, _ = await invitations.list_invitations(session, person, limit=MOST)
    rows, total = await people.list_people(
        session, person, active_only=False, limit=PAGE_LENGTH, offset=(number - 1) * PAGE_LENGTH
    )
    everywhere = await organisations.list_organisations(session)
    kinds = {one.id: one.kind for one in everywhere}
    return page(
        "people.html",
        _status(problem),
        people=rows,
        total=total,
        number=number,
        pages=-(-total // PAGE_LENGTH),
        address=lambda other: with_query("/personer", {}, sida=other),
        invitations=pending,
        organisations=everywhere,
        names={one.id: one.name for one in everywhere},
        places=[one for one in everywhere if roles.may_give(person, _place(one, kinds))],
        given=sorted({role for one in everywhere for role in roles.may_give(person, _place(one, kinds))}),
        kinds=list(OrganisationKind),
        administers=may_administer(person),
        written=written or {},
        problem=problem,
        invited=invited,
        link=link,
    )


async def _person(
    session: AsyncSession, person: Viewer, person_id: UUID, *, problem: NarplanError | None = None
) -> Template:
    require_administrator(person)
    shown = await people.get_person(session, person, person_id)
    ever, _ = await memberships.list_memberships(session, person, person_id=person_id, open_only=False, limit=MOST)
    everywhere = await organisations.list_organisations(session)
    kinds = {one.id: one.kind for one in everywhere}
    here = {one.organisation_id for one in shown.memberships}
    return page(
        "person.html",
        _status(problem),
        shown=shown,
        ended=[one for one in ever if one.left_at],
        held={one.id: sorted(roles.HELD[_place(one, kinds)]) for one in everywhere},
        given=sorted({role for held in roles.HELD.values() for role in held}),
        organisations=[one for one in everywhere if one.id not in here],
        responsibilities=await leaving.to_hand_over(session, person, person_id),
        problem=problem,
    )


def _place(one: OrganisationRow, kinds: dict[UUID, OrganisationKind]) -> roles.Place:
    return one.kind, kinds[one.parent_id] if one.parent_id else None


def _status(problem: NarplanError | None) -> int:
    if problem is None:
        return 200
    return HTTP_422_UNPROCESSABLE_ENTITY if isinstance(problem, InvalidValue) else HTTP_409_CONFLICT


ROUTES = (people_page, invite, withdraw, add_organisation, person_page, change)
