"""Samtal: one's own conversations to find, rename, share, judge, take along and take away; and those others share."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY

from api.dependencies import Person, Session
from api.web import answers, forms
from api.web.pages import page
from api.web.questions import conversation_template
from initiatives.errors import InvalidValue
from retrieval import conversations

PAGE_LENGTH = 30
ALL = "/samtal"
ONE = ALL + "/{conversation_id:uuid}"


@get(ALL, include_in_schema=False)
async def conversations_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """List the person's conversations, the latest first, or those with the words that are sought."""
    number = forms.page_number(request.query_params.get("sida"))
    q = request.query_params.get("q", "")[:200].replace("\0", "").strip()
    offset = (number - 1) * PAGE_LENGTH
    found = await conversations.list_conversations(session, person, q=q, limit=PAGE_LENGTH + 1, offset=offset)
    return page(
        "conversations.html",
        conversations=found[:PAGE_LENGTH],
        more_conversations=len(found) > PAGE_LENGTH,
        number=number,
        q=q,
    )


@get(ONE, include_in_schema=False)
async def conversation_page(session: Session, person: Person, conversation_id: FromPath[UUID]) -> Template:
    """Show one of the person's own conversations, with a box for the next question."""
    return await conversation_template(session, person, conversation_id)


@get(ONE + "/delat", include_in_schema=False)
async def shared_page(session: Session, person: Person, conversation_id: FromPath[UUID]) -> Template:
    """Show a conversation that somebody has shared, to read."""
    conversation, turns = await conversations.shared(session, person, conversation_id)
    return page(
        "conversation_shared.html", conversation=conversation, answers=[answers.kept_answer(turn) for turn in turns]
    )


@get(ONE + "/text", include_in_schema=False)
async def text(session: Session, person: Person, conversation_id: FromPath[UUID]) -> Response[str]:
    """Return one's own conversation as a text file: questions, answers and quotations."""
    conversation = await conversations.get_conversation(session, person, conversation_id)
    turns = await conversations.turns(session, person, conversation_id)
    parts = [conversation.title, *(answers.text_to_copy(answers.kept_answer(turn)) for turn in turns)]
    headers = {"Content-Disposition": 'attachment; filename="samtal.txt"'}
    return Response("\n\n\n".join(parts) + "\n", media_type="text/plain", headers=headers)


@post(ONE, include_in_schema=False)
async def revise(
    request: Request[Any, Any, Any], session: Session, person: Person, conversation_id: FromPath[UUID]
) -> Template | Redirect:
    """Rename a conversation, or share it or no longer."""
    form = await request.form()
    title = forms.text(form, "rubrik") if "rubrik" in form else None
    shared = forms.text(form, "delat") == "ja" if "delat" in form else None
    try:
        await conversations.revise(session, person, conversation_id, title=title, shared=shared)
    except InvalidValue as problem:
        shown = await conversation_template(session, person, conversation_id, problem=problem)
        shown.status_code = HTTP_422_UNPROCESSABLE_ENTITY
        return shown
    return _to(conversation_id)


@post(ONE + "/ta-bort", include_in_schema=False)
async def remove(session: Session, person: Person, conversation_id: FromPath[UUID]) -> Redirect:
    """Take a conversation away for good."""
    await conversations.remove(session, person, conversation_id)
    return Redirect(ALL, status_code=HTTP_303_SEE_OTHER)


@post(ONE + "/svar/{answer_id:uuid}", include_in_schema=False)
async def rate(
    request: Request[Any, Any, Any],
    session: Session,
    person: Person,
    conversation_id: FromPath[UUID],
    answer_id: FromPath[UUID],
) -> Redirect:
    """Note what an answer was worth."""
    form = await request.form()
    rating, reason = forms.text(form, "omdome") or None, forms.text(form, "skal")
    await conversations.rate(session, person, conversation_id, answer_id, rating=rating, reason=reason)
    return _to(conversation_id, f"#{answers.anchor(answer_id)}")


def _to(conversation_id: UUID, place: str = "") -> Redirect:
    return Redirect(f"{ALL}/{conversation_id}{place}", status_code=HTTP_303_SEE_OTHER)


ROUTES = (conversations_page, conversation_page, shared_page, text, revise, remove, rate)
