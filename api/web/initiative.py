"""Ett initiativ: all that stands around one, on one page, and the forms that change it there."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import follow
from api.web.decision_looks import grouped, outcome_look
from api.web.filled import NOTHING, Filled, attempt
from api.web.pages import HEALTH_LOOKS, page
from api.web.sharing import BLANK, PROFILE_WORDS, Sharing
from initiatives import (
    activity,
    comments,
    decision_links,
    dependencies,
    effects,
    funds,
    milestones,
    organisations,
    overview,
    people,
    reports,
    shares,
    sources,
    surroundings,
    swedish,
    taxonomy,
    workflow,
)
from initiatives.access import Viewer, may_write, require_writer
from initiatives.indicators import standing
from initiatives.indicators.targets import amount
from initiatives.overview import InitiativeRow
from initiatives.sharing import PROFILES
from retrieval import documents
from retrieval.documents import DocumentSummary

SHOWN_ACTIVITY, SHOWN_REPORTS, SHOWN_COMMENTS = 20, 10, 50
MOST_CHOICES = 200
MOST_INITIATIVES = 1_000


@get("/initiativ/{initiative_id:uuid}", include_in_schema=False)
async def initiative_page(session: Session, person: Person, initiative_id: FromPath[UUID]) -> Template:
    """Show an initiative: its state, people and dates, how it goes, what it rests on and leads to, and its history."""
    return await show(session, person, initiative_id)


async def show(
    session: AsyncSession,
    person: Viewer,
    initiative_id: UUID,
    *,
    filled: Filled = NOTHING,
    sharing: Sharing = BLANK,
    seen_as: Viewer | None = None,
) -> Template:
    """Return the page of an initiative.

    `filled` is a form on it that could not be saved, `sharing` the form for sharing; `seen_as` is for whom it is shown
    when somebody looks at it through another's eyes.
    """
    initiative = await overview.get(session, person, initiative_id)
    around = activity.Filters(subject_ids=await surroundings.around(session, person, initiative_id))
    done, _ = await activity.list_activity(session, person, filters=around, limit=SHOWN_ACTIVITY)
    told, report_count = await reports.list_reports(session, person, initiative_id, limit=SHOWN_REPORTS)
    said, comment_count = await comments.list_comments(session, person, initiative_id, limit=SHOWN_COMMENTS)
    pairs = await dependencies.list_dependencies(session, person, initiative_id)
    return page(
        "initiative.html",
        HTTP_422_UNPROCESSABLE_ENTITY if sharing.problem else filled.status_code,
        initiative=initiative,
        here=f"/initiativ/{initiative_id}",
        filled=filled,
        links=await funds.list_links(session, person, initiative_id=initiative_id),
        reports=told,
        report_count=report_count,
        milestones=await milestones.list_milestones(session, person, initiative_id),
        effects=await effects.list_effects(session, person, initiative_id),
        waits_for=[one for one in pairs if one.initiative_id == initiative_id],
        holds_up=[one for one in pairs if one.depends_on_id == initiative_id],
        outcome_look=outcome_look,
        sources=await sources.list_sources(session, person, "initiative", [initiative_id]),
        comments=said,
        comment_count=comment_count,
        may_comment=seen_as is None and comments.may_comment(person),
        activity=done,
        moves=workflow.moves(person, initiative.status),
        healths=HEALTH_LOOKS,
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
        today=swedish.today(),
        **await _decided_about(session, person, initiative_id),
        **(await _choices(session, person, initiative_id) if may_write(person) else _NO_CHOICES),
    )


async def save(
    session: AsyncSession, person: Viewer, initiative_id: UUID, work: Callable[[], Awaitable[object]], form: Filled
) -> Template | Redirect:
    """Do what a form on the page asks for and go back to its place there, or show it again with what is wrong."""
    await overview.get(session, person, initiative_id)
    require_writer(person)
    if problem := await attempt(session, work):
        return await show(session, person, initiative_id, filled=replace(form, problem=problem))
    return back(initiative_id, form.name)


def back(initiative_id: UUID, place: str) -> Redirect:
    """Return the way back to a place on the page."""
    return Redirect(f"/initiativ/{initiative_id}#{place}", status_code=HTTP_303_SEE_OTHER)


async def _decided_about(session: AsyncSession, person: Viewer, initiative_id: UUID) -> dict[str, object]:
    """Return what is proposed and decided about an initiative, and the words that it rests on."""
    links = await decision_links.list_links(session, person, initiative_id=initiative_id)
    of_clauses = [link.clause_id for link in links if link.clause_id]
    of_decisions = [link.decision_id for link in links if not link.clause_id]
    quotes = [
        *await sources.list_sources(session, person, "clause", of_clauses),
        *await sources.list_sources(session, person, "decision", of_decisions),
    ]
    return {"decided_about": links, "decided_quotes": grouped(quotes, "subject_id")}


_NO_CHOICES = dict[str, Sequence[object]](
    funds=(), allocations=(), organisations=(), people=(), readers=(), documents=(), others=(), measured_by=()
)


async def _choices(session: AsyncSession, person: Viewer, initiative_id: UUID) -> dict[str, Sequence[object]]:
    """Return what there is to choose from in the forms, for those who write."""
    colleagues, _ = await people.list_people(session, person, limit=MOST_CHOICES)
    papers, _ = await documents.list_documents(session, person, limit=MOST_CHOICES)
    measured, _ = await standing.list_indicators(session, person, limit=MOST_CHOICES)
    return {
        "funds": (await funds.list_funds(session, person, limit=MOST_CHOICES))[0],
        "allocations": (await funds.list_allocations(session, person, limit=MOST_CHOICES))[0],
        "organisations": await organisations.list_organisations(session),
        "people": colleagues,
        "readers": await comments.readers(session, person, initiative_id),
        "documents": sorted(papers, key=_by_title),
        "others": [one for one in await titled(session, person) if one.id != initiative_id],
        "measured_by": measured,
    }


async def titled(session: AsyncSession, person: Viewer) -> Sequence[InitiativeRow]:
    """Return the initiatives to choose from, by title."""
    return (await overview.list_initiatives(session, person, limit=MOST_INITIATIVES))[0]


def _by_title(paper: DocumentSummary) -> str:
    return swedish.sort_key(paper.title)


ROUTES = (initiative_page,)
