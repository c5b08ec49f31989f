"""Granskning: what the rules and people have found wrong or missing, and what came of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import forms
from api.web.pages import Look, page, with_query
from initiatives import examination, findings, kinds, people, sources, values
from initiatives.access import Viewer, require_writer, sees_all
from initiatives.checks import Severity
from initiatives.errors import InvalidValue, NarplanError, NotFound, StaleVersion
from initiatives.findings import Filters, State

ADDRESS = "/uppfoljning/granskning"
PAGE_LENGTH = 30
MOST_PEOPLE = 200
FILLED = {"titel": 200, "beskrivning": 2_000}
"""What of the form for a finding can come with the address, and how much of it."""
STATES: Mapping[State, Look] = {
    State.OPEN: Look("Öppen", "warning", "warn"),
    State.ACCEPTED: Look("Godtas", "ring", "calm"),
    State.SOLVED: Look("Åtgärdad", "check", "good"),
    State.REJECTED: Look("Avfärdad", "cross", "plain"),
    State.CEASED: Look("Upphörd", "pause", "plain"),
}
SEVERITIES: Mapping[Severity, Look] = {
    Severity.HIGH: Look("Hög vikt", "diamond", "bad"),
    Severity.MEDIUM: Look("Medelvikt", "square", "warn"),
    Severity.LOW: Look("Låg vikt", "ring", "plain"),
}


@get(ADDRESS, include_in_schema=False)
async def findings_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """List the findings, open ones first; the form for one's own may come filled in with the address."""
    query = request.query_params
    written = {name: query.get(name, "")[:longest].replace("\0", "") for name, longest in FILLED.items()}
    return await _list(query, session, person, written={**written, "vikt": Severity.MEDIUM.value})


@post(ADDRESS, include_in_schema=False)
async def add_finding(request: Request[Any, Any, Any], session: Session, person: Person) -> Template | Redirect:
    """Write a finding of one's own, or show the form again with what is wrong."""
    form = await request.form()
    written = {name: forms.text(form, name) for name in ("titel", "beskrivning", "vikt")}
    try:
        added = await findings.add(
            session, person, title=written["titel"], detail=written["beskrivning"], severity=written["vikt"]
        )
    except InvalidValue as problem:
        return await _list({}, session, person, written=written, problem=problem)
    return Redirect(f"{ADDRESS}/{added.id}", status_code=HTTP_303_SEE_OTHER)


@post(f"{ADDRESS}/granska", include_in_schema=False)
async def examine(session: Session, person: Person) -> Redirect:
    """Run the rules, and tell what they came to on the list."""
    done = await examination.examine(session, person)
    told = with_query(ADDRESS, {"nya": str(done.new), "kvar": str(done.standing), "upphorda": str(done.ceased)})
    return Redirect(told, status_code=HTTP_303_SEE_OTHER)


@get(f"{ADDRESS}/{{finding_id:uuid}}", include_in_schema=False)
async def finding_page(session: Session, person: Person, finding_id: FromPath[UUID]) -> Template:
    """Show a finding: what is wrong, where it stands, and what came of it."""
    return await _one(session, person, finding_id)


@post(f"{ADDRESS}/{{finding_id:uuid}}", include_in_schema=False)
async def revise_finding(
    request: Request[Any, Any, Any], session: Session, person: Person, finding_id: FromPath[UUID]
) -> Template | Redirect:
    """Save owner, state and resolution, or show the form again with what is wrong or what somebody else wrote."""
    form = await request.form()
    await findings.get(session, person, finding_id)
    try:
        async with session.begin_nested():
            await findings.revise(
                session,
                person,
                finding_id,
                revision=forms.number(forms.text(form, "version")) or 0,
                state=forms.text(form, "lage"),
                owner_id=forms.uuid(forms.text(form, "ansvarig")),
                resolution=forms.text(form, "slutsats"),
            )
    except (InvalidValue, StaleVersion) as problem:
        return await _one(session, person, finding_id, form=form, problem=problem)
    return Redirect(f"{ADDRESS}/{finding_id}", status_code=HTTP_303_SEE_OTHER)


@post(f"{ADDRESS}/{{finding_id:uuid}}/ta-bort", include_in_schema=False)
async def remove_finding(session: Session, person: Person, finding_id: FromPath[UUID]) -> Redirect:
    """Take away a finding that somebody has written."""
    await findings.remove(session, person, finding_id)
    return Redirect(ADDRESS, status_code=HTTP_303_SEE_OTHER)


async def _list(
    query: Mapping[str, str],
    session: AsyncSession,
    person: Viewer,
    *,
    written: Mapping[str, str] | None = None,
    problem: NarplanError | None = None,
) -> Template:
    if not sees_all(person):
        raise NotFound("Sidan finns inte.")
    wanted = {name: query.get(name, "").strip() for name in ("q", "lage", "vikt", "regel")}
    number = forms.page_number(query.get("sida"))
    found, total = await findings.list_findings(
        session, person, _filters(wanted), limit=PAGE_LENGTH, offset=(number - 1) * PAGE_LENGTH
    )
    return page(
        "findings.html",
        HTTP_422_UNPROCESSABLE_ENTITY if problem else HTTP_200_OK,
        findings=found,
        total=total,
        wanted=wanted,
        filtered=any(wanted.values()),
        number=number,
        pages=-(-total // PAGE_LENGTH),
        address=lambda sida: with_query(ADDRESS, wanted, sida=sida),
        rules=await findings.list_rules(session, person),
        states=STATES,
        severities=SEVERITIES,
        told=_told(query),
        written=written or {"vikt": Severity.MEDIUM.value},
        problem=problem,
    )


async def _one(
    session: AsyncSession,
    person: Viewer,
    finding_id: UUID,
    *,
    form: FormMultiDict | None = None,
    problem: NarplanError | None = None,
) -> Template:
    finding = await findings.get(session, person, finding_id)
    if problem:
        require_writer(person)
    refused = HTTP_409_CONFLICT if isinstance(problem, StaleVersion) else HTTP_422_UNPROCESSABLE_ENTITY
    stands = {"lage": finding.state.value, "ansvarig": str(finding.owner_id or ""), "slutsats": finding.resolution}
    subject = finding.subject_type and finding.subject_id and kinds.address(finding.subject_type, finding.subject_id)
    return page(
        "finding.html",
        refused if problem else HTTP_200_OK,
        finding=finding,
        subject=subject or None,
        sources=await sources.list_sources(session, person, "finding", [finding_id]),
        people=(await people.list_people(session, person, limit=MOST_PEOPLE))[0],
        written={name: forms.text(form, name) for name in stands} if form else stands,
        states=STATES,
        severities=SEVERITIES,
        chosen=[state for state in State if state is not State.CEASED or finding.state is State.CEASED],
        problem=problem,
    )


def _filters(wanted: Mapping[str, str]) -> Filters:
    return Filters(
        q=wanted["q"][:200].replace("\0", ""),
        states=(State(wanted["lage"]),) if wanted["lage"] in set(State) else (),
        severities=(Severity(wanted["vikt"]),) if wanted["vikt"] in set(Severity) else (),
        rule=wanted["regel"][:100].replace("\0", ""),
    )


def _told(query: Mapping[str, str]) -> dict[str, int] | None:
    """Return what an examination came to, when the address tells of one."""
    said = {name: forms.number(query.get(name), largest=values.LARGEST_AMOUNT) for name in ("nya", "kvar", "upphorda")}
    return {name: number for name, number in said.items() if number is not None} or None


ROUTES = (findings_page, add_finding, examine, finding_page, revise_finding, remove_finding)
