"""OpenAI's protocol: one model, `narplan`, whose answers come with their sources. Nothing is kept of a conversation."""

import logging
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from api import streams
from api.assistants.cited import answer_text, sources_text
from api.assistants.messages import Message, asked
from api.auth import keys_only
from api.dependencies import Person
from api.foreign_shapes import openai_error
from api.rest.requests import ApiRequest
from initiatives.access import Viewer
from initiatives.allowance import Kind
from initiatives.base import new_id
from initiatives.errors import NarplanError, NotFound
from initiatives.keys import Scope
from retrieval import answering
from retrieval.answering import Assistant
from retrieval.answers import Answer, Done

logger = logging.getLogger(__name__)

MODEL = "narplan"
_MODEL = {"id": MODEL, "object": "model", "created": 1764547200, "owned_by": "narplan"}
_END = b"data: [DONE]\n\n"


class StreamOptions(msgspec.Struct, frozen=True):
    """What more a stream is to tell."""

    include_usage: bool | None = None


class ChatIn(msgspec.Struct, frozen=True):
    """A conversation. What else clients send, such as a temperature, is for language models and changes nothing."""

    messages: list[Message]
    model: str = MODEL
    stream: bool | None = None
    stream_options: StreamOptions | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """The head that an answer and every piece of it share."""

    id: str = field(default_factory=lambda: f"chatcmpl-{new_id().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def of(self, kind: str, choices: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        """Return an object of the protocol with these choices."""
        head = {"id": self.id, "object": kind, "created": self.created, "model": MODEL}
        return {**head, "system_fingerprint": None, "choices": choices, **more}

    def piece(self, delta: dict[str, Any], **more: Any) -> bytes:
        """Return an event with the next piece of the answer."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": None, **more}
        return _event(self.of("chat.completion.chunk", [choice]))


@get("/v1/models", include_in_schema=False, guards=[keys_only], opt={"scope": Scope.ASK}, sync_to_thread=False)
def list_models() -> dict[str, Any]:
    """Return the one model that there is."""
    return {"object": "list", "data": [_MODEL]}


@get(
    "/v1/models/{model:str}",
    include_in_schema=False,
    guards=[keys_only],
    opt={"scope": Scope.ASK},
    sync_to_thread=False,
)
def show_model(model: FromPath[str]) -> dict[str, Any]:
    """Return the one model that there is."""
    _require_ours(model)
    return _MODEL


@post(
    "/v1/chat/completions",
    include_in_schema=False,
    status_code=200,
    guards=[keys_only],
    request_class=ApiRequest,
    opt={"scope": Scope.ASK, "limit": Kind.QUESTIONS},
)
async def chat_completion(
    request: Request[Any, Any, Any], person: Person, assistant: NamedDependency[Assistant], data: JSONBody[ChatIn]
) -> Response[Any]:
    """Answer the user's last message, whole or piece by piece."""
    _require_ours(data.model)
    question, history = asked(data.messages)
    base = str(request.base_url).rstrip("/")
    if data.stream:
        counted = bool(data.stream_options and data.stream_options.include_usage)
        pieces = _pieces(assistant, person, question, history, base, counted=counted)
        return Stream(pieces, media_type="text/event-stream", headers=streams.HEADERS)
    answer = await answering.ask(assistant, person, question, history=history)
    text = "".join(_texts(answer, base))
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(answer)}
    whole = Completion().of("chat.completion", [choice], usage=_usage(question, history, text))
    return Response(whole)


async def _pieces(
    assistant: Assistant, person: Viewer, question: str, history: tuple[str, ...], base: str, *, counted: bool
) -> AsyncIterator[bytes]:
    """Yield the events of a stream: the answer when it is verified, then its sources; comments while it is found."""
    completion = Completion()
    yield completion.piece({"role": "assistant", "content": ""})
    try:
        found = answering.stream(assistant, person, question, history=history)
        async with aclosing(streams.with_pauses(found)) as events:
            async for event in events:
                if event is None:
                    yield streams.KEEP_ALIVE
                elif isinstance(event, Done):
                    for text in (texts := _texts(event.answer, base)):
                        yield completion.piece({"content": text})
                    yield completion.piece({}, finish_reason=_finish(event.answer))
                    if counted:
                        usage = _usage(question, history, "".join(texts))
                        yield _event(completion.of("chat.completion.chunk", [], usage=usage))
                    yield _END
    except NarplanError as error:
        yield _event(openai_error(422, error.detail, error.field))
    except Exception:
        logger.exception("an answer could not be streamed")
        yield _event(openai_error(500, "Något gick fel hos oss. Ställ frågan igen om en stund."))


def _texts(answer: Answer, base: str) -> list[str]:
    """Return the answer, and its sources if it has any."""
    sources = sources_text(answer, base)
    return [answer_text(answer, base), *([f"\n\n{sources}"] if sources else [])]


def _require_ours(model: str) -> None:
    if model != MODEL:
        raise NotFound(f"Det finns ingen modell som heter så. Använd {MODEL}.", field="model")


def _finish(answer: Answer) -> str:
    return "stop" if answer.complete else "length"


def _usage(question: str, history: tuple[str, ...], text: str) -> dict[str, int]:
    """Return what was read and written, in words: there is no language model here to count tokens by."""
    read, written = len(" ".join((*history, question)).split()), len(text.split())
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _event(data: object) -> bytes:
    return streams.event(msgspec.json.encode(data).decode())
