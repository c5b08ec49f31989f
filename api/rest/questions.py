"""Questions: an answer as JSON, or as a stream of server-sent events while it is found; and answers under way."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath

from api import streams
from api.dependencies import Person, Sessions
from api.ongoing import Ongoing, answer_of
from api.rest.answer_events import EVENT_STREAM, STREAM, resumed, streamed
from api.rest.answers import ANSWER, FROM_REGISTER, AnswerOut, answer_out
from api.rest.examples import shows
from initiatives import values
from initiatives.allowance import Kind
from initiatives.errors import InvalidValue
from initiatives.keys import Scope
from retrieval import answering, conversations, related
from retrieval.answering import Assistant

LONGEST_QUESTION = 2000
LONGEST_HISTORY = 50


class QuestionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question, and what came before it: a conversation that is kept, or the earlier questions themselves."""

    question: str
    conversation_id: UUID | None = None
    history: tuple[str, ...] = ()


class RelatedOut(msgspec.Struct, frozen=True):
    """A question that has an answer, from the register or from documents."""

    question: str
    from_register: bool


RELATED = {"question": "Vem ansvarar för initiativet Läkarbil i Granholma?", "from_register": True}


def _answered(description: str) -> Mapping[int, ResponseSpec]:
    examples = [
        Example(summary="Ur dokumenten", value=ANSWER),
        Example(summary="Ur registret", value=FROM_REGISTER),
        Example(summary="Händelser", value=STREAM),
    ]
    return {200: ResponseSpec(AnswerOut, description=description, examples=examples)}


ANSWERED = _answered(
    "Svaret. Med `Accept: text/event-stream` kommer det som händelserna status, register, sources, delta, citation, "
    "table, done och error. Varje händelse har ett id, och `Content-Location` är svarets adress: den som tappar "
    "anslutningen hämtar resten där med `Last-Event-ID`, eller skickar om frågan med det. Frågan ställs inte igen."
)
FOLLOWED = _answered(
    "Svaret, när det är klart. Med `Accept: text/event-stream` kommer händelserna efter `Last-Event-ID`, eller alla. "
    "Finns de inte kvar kommer bara done, med hela svaret."
)


class QuestionController(Controller):
    """Ask a question of the documents and the register, as far as the person may see them."""

    path = "/questions"
    tags = ("Frågor",)

    @post(
        summary="Ställ en fråga",
        operation_id="ask",
        status_code=200,
        responses=ANSWERED,
        opt={"scope": Scope.ASK, "limit": Kind.QUESTIONS},
    )
    async def ask(
        self,
        request: Request[Any, Any, Any],
        *,
        person: Person,
        sessions: Sessions,
        assistant: NamedDependency[Assistant],
        ongoing: NamedDependency[Ongoing],
        data: Annotated[QuestionIn, Body(examples=[Example(value={"question": ANSWER["question"]})])],
    ) -> Response[Any]:
        """Return the answer, whole or event by event."""
        question = values.line(data.question, field="question", longest=LONGEST_QUESTION)
        if len(data.history) > LONGEST_HISTORY:
            raise InvalidValue(f"Skicka högst {LONGEST_HISTORY} tidigare frågor.", field="history")
        if EVENT_STREAM in request.headers.get("accept", ""):
            if after := streams.place(request.headers.get("last-event-id", "")):
                return await resumed(ongoing, sessions, person, after)
            return streamed(
                ongoing.begin(assistant, person, question, conversation_id=data.conversation_id, history=data.history)
            )
        answer = await answering.ask(
            assistant, person, question, conversation_id=data.conversation_id, history=data.history
        )
        return Response(answer_out(answer))


class AnswerController(Controller):
    """Answers that the person has asked for, under way or kept."""

    path = "/answers/{answer_id:uuid}"
    tags = ("Frågor",)

    @get(
        summary="Hämta ett svar, eller resten av det",
        operation_id="getAnswer",
        opt={"scope": Scope.ASK},
        responses=FOLLOWED,
    )
    async def get_answer(
        self,
        request: Request[Any, Any, Any],
        person: Person,
        sessions: Sessions,
        ongoing: NamedDependency[Ongoing],
        answer_id: FromPath[UUID],
    ) -> Response[Any]:
        """Return the answer once it is there, or the events that the reader has not had."""
        if EVENT_STREAM in request.headers.get("accept", ""):
            after = streams.place(request.headers.get("last-event-id", ""))
            started = after if after and after.answer_id == answer_id else streams.Place(answer_id, 0)
            return await resumed(ongoing, sessions, person, started)
        return Response(answer_out(await answer_of(ongoing, sessions, person, answer_id)))

    @get(
        "/related",
        summary="Frågor att gå vidare med",
        operation_id="listRelated",
        opt={"scope": Scope.ASK, "limit": Kind.QUESTIONS},
        responses=shows(list[RelatedOut], [RELATED]),
    )
    async def list_related(
        self,
        person: Person,
        sessions: Sessions,
        assistant: NamedDependency[Assistant],
        ongoing: NamedDependency[Ongoing],
        answer_id: FromPath[UUID],
    ) -> list[RelatedOut]:
        """Return at most three questions near an answer, each tried and found to have an answer for the person."""
        answer = await answer_of(ongoing, sessions, person, answer_id)
        found = await related.related(assistant, person, answer)
        return msgspec.convert(found, list[RelatedOut], from_attributes=True)

    @post(
        "/stop",
        summary="Avbryt ett svar",
        operation_id="stopAnswer",
        status_code=204,
        opt={"scope": Scope.ASK},
    )
    async def stop(
        self, person: Person, sessions: Sessions, ongoing: NamedDependency[Ongoing], answer_id: FromPath[UUID]
    ) -> None:
        """End the work on an answer; what had been verified becomes it, with `complete` false."""
        if course := ongoing.find(person, answer_id):
            course.stop()
            return
        async with sessions(person) as session:
            await conversations.get_turn(session, person, answer_id)
