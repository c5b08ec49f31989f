"""Fråga: ask, follow the answer while it is found, and stop it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template
from litestar.status_codes import HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from api import streams
from api.dependencies import Person, Session, Sessions
from api.ongoing import Ongoing, answer_of
from api.sample import register
from api.web import answer_stream, answers, register_answers
from api.web.pages import TEMPLATES, page
from initiatives import organisations
from initiatives.access import Viewer
from initiatives.allowance import Kind
from initiatives.errors import InvalidValue
from retrieval import answering, conversations, related
from retrieval.answering import Assistant
from retrieval.answers import Answer
from retrieval.conversations import Conversation, Rating
from retrieval.documents import list_documents

LONGEST_QUESTION = 2000
SHOWN_CONVERSATIONS = 6
NO_RATINGS: Mapping[UUID, Rating | None] = MappingProxyType({})
GENERAL_EXAMPLES = (
    "Vilka delområden är prioriterade i den nära vården?",
    "Hur mycket avsattes till psykisk ohälsa?",
    "Vilka villkor gäller för statsbidraget?",
)

RECONNECTING = Markup(
    """hx-config='{"sse": {"reconnect": true, "reconnectDelay": 1000, "reconnectMaxDelay": 8000, """
    """"reconnectMaxAttempts": 5}}' hx-sse:close="over\""""
)
"""How a form that asks goes on when the connection is lost, until it is told that nothing more comes."""

_ENGINE = TEMPLATES.engine_instance.engine
_ENGINE.globals.update(
    anchor=answers.anchor,
    answer_markup=answers.answer_markup,
    answered_by=answers.answered_by,
    basis_look=answers.basis_look,
    document_text=register_answers.document_text,
    new_finding=register_answers.new_finding,
    register_chart=register_answers.chart,
    register_chart_rows=register_answers.chart_rows,
    register_cell=register_answers.cell,
    register_columns=register_answers.shown_columns,
    register_first=register_answers.register_first,
    says_from_documents=register_answers.says_from_documents,
    register_has_table=register_answers.has_table,
    register_is_number=register_answers.is_number,
    register_lead=register_answers.lead,
    place=answers.place,
    reconnecting=lambda: RECONNECTING,
    quoted=answers.quoted,
    text_markup=answers.text_markup,
    text_to_copy=answers.text_to_copy,
    where=answers.where,
)


@get("/", include_in_schema=False)
async def ask_page(session: Session, person: Person) -> Template:
    """Show the box for questions, examples, and the person's latest conversations."""
    return await _page(session, person)


@post("/fraga", include_in_schema=False, opt={"limit": Kind.QUESTIONS})
async def ask(
    request: Request[Any, Any, Any],
    sessions: Sessions,
    person: Person,
    assistant: NamedDependency[Assistant],
    ongoing: NamedDependency[Ongoing],
) -> Template | Redirect | Stream:
    """Answer a question: to htmx as a stream of page parts, with the rest of one that was cut off, else as a page."""
    form = await request.form()
    question, continued = str(form.get("fraga", "")).strip(), str(form.get("samtal", ""))
    try:
        _check(question)
        conversation_id = UUID(continued) if continued else None
        if "HX-Request" in request.headers:
            if after := streams.place(request.headers.get("last-event-id", "")):
                return await answer_stream.resumed(ongoing, sessions, person, question, after)
            course = ongoing.begin(assistant, person, question, conversation_id=conversation_id)
            return answer_stream.streamed(course, question)
        answer = await answering.ask(assistant, person, question, conversation_id=conversation_id)
    except (InvalidValue, ValueError) as problem:
        shown = problem if isinstance(problem, InvalidValue) else InvalidValue("Samtalet finns inte. Börja ett nytt.")
        async with sessions(person) as session:
            return await _page(session, person, question=question[:LONGEST_QUESTION], problem=shown)
    if answer.conversation_id is None:
        async with sessions(person) as session:
            return await _page(session, person, kept=[answer])
    return Redirect(f"/samtal/{answer.conversation_id}#{answers.anchor(answer.id)}", status_code=HTTP_303_SEE_OTHER)


@post("/fraga/{answer_id:uuid}/avbryt", include_in_schema=False, status_code=204)
async def stop(
    sessions: Sessions, person: Person, ongoing: NamedDependency[Ongoing], answer_id: FromPath[UUID]
) -> None:
    """Stop an answer under way; what had been found comes as its last part."""
    await answer_stream.stop(ongoing, sessions, person, answer_id)


@get("/fraga/{answer_id:uuid}/vidare", include_in_schema=False, opt={"limit": Kind.QUESTIONS})
async def onward(
    request: Request[Any, Any, Any],
    *,
    sessions: Sessions,
    person: Person,
    assistant: NamedDependency[Assistant],
    ongoing: NamedDependency[Ongoing],
    answer_id: FromPath[UUID],
) -> Template:
    """Show questions that go on from an answer and have one: to htmx as a part of its page, else as a page."""
    answer = await answer_of(ongoing, sessions, person, answer_id)
    found = await related.related(assistant, person, answer)
    name = "related_part.html" if "HX-Request" in request.headers else "related.html"
    return page(name, answer=answer, related=found)


async def conversation_template(
    session: AsyncSession, person: Viewer, conversation_id: UUID, *, problem: InvalidValue | None = None
) -> Template:
    """Return the page of one of the person's own conversations. Raises `NotFound`."""
    conversation = await conversations.get_conversation(session, person, conversation_id)
    turns = await conversations.turns(session, person, conversation_id)
    kept = [answers.kept_answer(turn) for turn in turns]
    ratings = {answer.id: turn.rating for answer, turn in zip(kept, turns, strict=True)}
    return await _page(session, person, conversation=conversation, kept=kept, ratings=ratings, renaming=problem)


async def _page(
    session: AsyncSession,
    person: Viewer,
    *,
    conversation: Conversation | None = None,
    kept: list[Answer] | None = None,
    ratings: Mapping[UUID, Rating | None] = NO_RATINGS,
    question: str = "",
    problem: InvalidValue | None = None,
    renaming: InvalidValue | None = None,
) -> Template:
    _, document_count = await list_documents(session, person, limit=1)
    earlier = await conversations.list_conversations(session, person, limit=SHOWN_CONVERSATIONS + 1)
    return page(
        "questions.html",
        HTTP_422_UNPROCESSABLE_ENTITY if problem else 200,
        conversation=conversation,
        answers=kept or [],
        ratings=ratings,
        renaming=renaming,
        question=question,
        problem=problem,
        document_count=document_count,
        conversations=earlier[:SHOWN_CONVERSATIONS],
        more_conversations=len(earlier) > SHOWN_CONVERSATIONS,
        examples=await _examples(session),
        longest_question=LONGEST_QUESTION,
    )


async def _examples(session: AsyncSession) -> tuple[str, ...]:
    """Return questions to try: those of the sample region where that is what stands here, otherwise general ones."""
    sample = register.read()
    here = {organisation.name for organisation in await organisations.list_organisations(session)}
    return sample.example_questions if sample.region in here else GENERAL_EXAMPLES


def _check(question: str) -> None:
    if not question:
        raise InvalidValue("Skriv en fråga först.", field="fraga")
    if len(question) > LONGEST_QUESTION:
        raise InvalidValue(
            f"Frågan är {len(question)} tecken lång. Den får vara högst {LONGEST_QUESTION}.", field="fraga"
        )


ROUTES = (ask_page, ask, stop, onward)
