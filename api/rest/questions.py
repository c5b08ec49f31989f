"""Questions: an answer as JSON, or as a stream of server-sent events while it is found."""

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Response, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import Body
from litestar.response import Stream

from api import streams
from api.dependencies import Person
from api.rest.register_answers import REGISTER, RegisterOut
from initiatives import values
from initiatives.access import Viewer
from initiatives.allowance import Kind
from initiatives.errors import InvalidValue, NarplanError
from initiatives.keys import Scope
from retrieval import answering
from retrieval.answering import Assistant
from retrieval.answers import Answer, Delta, Done, Event, Registered, Sources, Status

logger = logging.getLogger(__name__)

LONGEST_QUESTION = 2000
LONGEST_HISTORY = 50
EVENT_STREAM = "text/event-stream"


class QuestionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question, and what came before it: a conversation that is kept, or the earlier questions themselves."""

    question: str
    conversation_id: UUID | None = None
    history: tuple[str, ...] = ()


class CitationOut(msgspec.Struct, frozen=True):
    """A quotation that the mark `[number]` in the answer refers to: `text[start:end]` of the version, verbatim."""

    number: int
    document_id: UUID
    version_id: UUID
    source: str
    title: str
    kind: str
    page: int | None
    section: str
    quote: str
    start: int
    end: int


class PassageOut(msgspec.Struct, frozen=True):
    """A passage that the search found, best first."""

    passage_id: UUID
    document_id: UUID
    version_id: UUID
    source: str
    title: str
    page: int | None
    section: str
    text: str
    score: float
    start: int
    end: int


class AnswerOut(msgspec.Struct, frozen=True):
    """An answer with its grounds; `basis` says what kind of document it rests on, `notice` what else to know.

    `register` is what the live register answers, with typed rows; its words are a part of `answer`.
    """

    id: UUID
    conversation_id: UUID | None
    question: str
    answer: str
    abstained: bool
    answered_by: Literal["extraktiv", "språkmodell", "regel", "register"]
    basis: str | None
    citations: tuple[CitationOut, ...]
    passages: tuple[PassageOut, ...]
    complete: bool
    notice: str | None
    latency_ms: float
    register: RegisterOut | None = None


CITATION = {
    "number": 1,
    "document_id": "01976a10-0000-7000-8000-00000000000a",
    "version_id": "01976a10-0000-7000-8000-00000000000b",
    "source": "anslag-2026.txt",
    "title": "Fördelning av anslag 2026",
    "kind": "Beslut",
    "page": 1,
    "section": "Beslut",
    "quote": "Regionstyrelsen avsätter 2,5 mnkr till äldremottagningar.",
    "start": 412,
    "end": 469,
}
PASSAGE = {
    **{name: CITATION[name] for name in ("document_id", "version_id", "source", "title", "page", "section")},
    "passage_id": "01976a10-0000-7000-8000-00000000000c",
    "text": CITATION["quote"],
    "score": 0.91,
    "start": 412,
    "end": 469,
}
ANSWER = {
    "id": "01976a10-0000-7000-8000-00000000000d",
    "conversation_id": "01976a10-0000-7000-8000-00000000000e",
    "question": "Hur mycket avsätts till äldremottagningar?",
    "answer": "2,5 mnkr. [1]",
    "abstained": False,
    "answered_by": "extraktiv",
    "basis": "Beslut · Regionstyrelsen · 2026",
    "citations": [CITATION],
    "passages": [PASSAGE],
    "complete": True,
    "notice": None,
    "latency_ms": 38.5,
    "register": None,
}
FROM_REGISTER = {
    **ANSWER,
    "question": "Hur mycket är kvar av omställningsanslaget 2026?",
    "answer": REGISTER["text"],
    "answered_by": "register",
    "basis": None,
    "citations": [],
    "register": REGISTER,
}
STREAM = 'event: status\ndata: {"text": "Söker i 14 dokument …"}\n\nevent: delta\ndata: {"text": "2,5 mnkr. [1]"}\n\n'

ANSWERED = {
    200: ResponseSpec(
        AnswerOut,
        description=(
            "Svaret. Med `Accept: text/event-stream` kommer det som händelserna status, register, sources, delta, "
            "citation, done och error."
        ),
        examples=[
            Example(summary="Ur dokumenten", value=ANSWER),
            Example(summary="Ur registret", value=FROM_REGISTER),
            Example(summary="Händelser", value=STREAM),
        ],
    )
}


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
        person: Person,
        assistant: NamedDependency[Assistant],
        data: Annotated[QuestionIn, Body(examples=[Example(value={"question": ANSWER["question"]})])],
    ) -> Response[Any]:
        """Return the answer, whole or event by event."""
        question = values.line(data.question, field="question", longest=LONGEST_QUESTION)
        if len(data.history) > LONGEST_HISTORY:
            raise InvalidValue(f"Skicka högst {LONGEST_HISTORY} tidigare frågor.", field="history")
        if EVENT_STREAM in request.headers.get("accept", ""):
            events = _events(assistant, person, question, data)
            return Stream(events, media_type=EVENT_STREAM, headers=streams.HEADERS)
        answer = await answering.ask(
            assistant, person, question, conversation_id=data.conversation_id, history=data.history
        )
        return Response(answer_out(answer))


def answer_out(answer: Answer) -> AnswerOut:
    """Return the answer in the shape of the API."""
    return msgspec.convert(answer, AnswerOut, from_attributes=True)


async def _events(assistant: Assistant, person: Viewer, question: str, data: QuestionIn) -> AsyncIterator[bytes]:
    found = answering.stream(assistant, person, question, conversation_id=data.conversation_id, history=data.history)
    try:
        async for event in streams.with_pauses(found):
            for told in _told(event):
                yield told
    except NarplanError as error:
        yield _event("error", {"title": error.title, "detail": error.detail})
    except Exception:
        logger.exception("an answer could not be streamed")
        detail = "Något gick fel hos oss. Ställ frågan igen om en stund."
        yield _event("error", {"title": "Svaret kom inte fram", "detail": detail})


def _told(event: Event | None) -> Iterator[bytes]:
    """Yield what is sent of an event; a whole answer is sent after each of its citations."""
    match event:
        case None:
            yield streams.KEEP_ALIVE
        case Status():
            yield _event("status", {"text": event.text})
        case Registered():
            yield _event("register", msgspec.convert(event.register, RegisterOut, from_attributes=True))
        case Sources():
            yield _event("sources", msgspec.convert(event, SourcesOut, from_attributes=True))
        case Delta():
            yield _event("delta", {"text": event.text})
        case Done():
            answer = answer_out(event.answer)
            yield from (_event("citation", citation) for citation in answer.citations)
            yield _event("done", answer)


class SourcesOut(msgspec.Struct, frozen=True):
    """What the search found, before the answer is worded."""

    passages: tuple[PassageOut, ...]


def _event(name: str, data: object) -> bytes:
    return streams.event(msgspec.json.encode(data).decode(), name)
