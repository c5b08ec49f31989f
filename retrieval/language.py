"""The optional language model behind one small interface: any server that speaks OpenAI's protocol, through LangChain.

LangChain is imported at the first question, off the event loop, so that nothing else pays for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Protocol, cast, runtime_checkable
from urllib.parse import urlsplit

from initiatives.errors import NarplanError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

PROVIDER = "openai:"
LONGEST_REPLY = 8_000
"""Characters after which a reply counts as endless."""
log = logging.getLogger(__name__)


class ModelFailed(NarplanError):
    """The language model gave no usable answer; the extractive answer stands."""

    title: ClassVar[str] = "Språkmodellen svarade inte"


class ModelDeclined(ModelFailed):
    """The language model answered, and what it said is that the sources do not hold the answer."""

    title: ClassVar[str] = "Språkmodellen fann inget svar"


class BadLanguageModel(NarplanError):
    """The language model's settings cannot be used; `field` is the one to change."""

    title: ClassVar[str] = "Fel i inställningarna för språkmodellen"


@runtime_checkable
class LanguageModel(Protocol):
    """A model that words an answer from numbered sources."""

    async def write(self, question: str, history: Sequence[str], sources: Sequence[str]) -> str:
        """The whole answer with marks such as [1]. Raises `ModelFailed` for anything but a finished answer."""
        ...


@dataclass(frozen=True, slots=True)
class LanguageConfig:
    """Which model to use and what it may take; no model means that answers are extractive.

    ``deadline_seconds`` is for the whole answer, waiting for one of the ``concurrency`` places included.
    """

    model: str | None = None
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    deadline_seconds: float = 20.0
    max_tokens: int = 1_500
    temperature: float = 0.0
    concurrency: int = 4


def create(config: LanguageConfig) -> LanguageModel | None:
    """The configured model, or None when none is. Touches neither LangChain nor the network.

    Raises `BadLanguageModel` when the model has no address: there is no default, so that nothing is sent to a server
    that nobody chose.
    """
    if not config.model:
        return None
    if not config.model.removeprefix(PROVIDER):
        raise BadLanguageModel("Skriv modellens namn efter ”openai:”.", field="NARPLAN_LANGUAGE_MODEL")
    address = urlsplit(config.base_url or "")
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise BadLanguageModel(
            "Ange modellserverns adress i NARPLAN_LANGUAGE_BASE_URL, till exempel http://localhost:8000/v1.",
            field="NARPLAN_LANGUAGE_BASE_URL",
        )
    return ServedModel(config)


class ServedModel:
    """A model on a server that speaks OpenAI's chat protocol, asked as a stream under one deadline."""

    def __init__(self, config: LanguageConfig) -> None:
        self._config = config
        self._loading: asyncio.Task[BaseChatModel] | None = None
        self._places = asyncio.Semaphore(config.concurrency)

    async def write(self, question: str, history: Sequence[str], sources: Sequence[str]) -> str:
        """See `LanguageModel`. Never tries again: the extractive answer is there already."""
        try:
            async with asyncio.timeout(self._config.deadline_seconds), self._places:
                return await self._written(question, history, sources)
        except TimeoutError as error:
            seconds = f"{self._config.deadline_seconds:g}".replace(".", ",")
            raise ModelFailed(f"Modellen blev inte klar inom {seconds} s.") from error
        except ModelFailed:
            raise
        except Exception as error:
            from retrieval import replies

            reason = replies.reason(error)
            log.warning("The language model failed with %s: %s", type(error).__name__, reason)
            raise ModelFailed(reason) from error

    async def warm(self) -> None:
        """Load what the first question would otherwise wait for; sends nothing."""
        await self._loaded()

    async def _loaded(self) -> BaseChatModel:
        """The chat model; loading goes on when the question that began it runs out of time."""
        if self._loading is None:
            self._loading = asyncio.create_task(asyncio.to_thread(_connect, self._config))
        return await asyncio.shield(self._loading)

    async def _written(self, question: str, history: Sequence[str], sources: Sequence[str]) -> str:
        chat = await self._loaded()
        from langsmith import tracing_context

        from retrieval import prompts, replies

        with tracing_context(enabled=False):
            return replies.accepted(await _reply(chat, prompts.messages(question, history, sources)))


async def _reply(chat: BaseChatModel, messages: list[tuple[str, str]]) -> str:
    """The finished reply as the model wrote it. A stream that is cut looks finished, but for its missing reason."""
    reply, finish = "", None
    async with aclosing(cast("AsyncGenerator[AIMessageChunk, None]", chat.astream(messages))) as chunks:
        async for chunk in chunks:
            if chunk.tool_call_chunks or chunk.invalid_tool_calls:
                raise ModelFailed("Modellen försökte använda ett verktyg i stället för att svara.")
            reply += chunk.text
            if len(reply) > LONGEST_REPLY:
                raise ModelFailed("Modellens svar tog aldrig slut.")
            finish = chunk.response_metadata.get("finish_reason")
            if finish is not None:
                break
    if finish != "stop":
        raise ModelFailed("Modellens svar bröts innan det var klart.")
    return reply


def _connect(config: LanguageConfig) -> BaseChatModel:
    """The chat model. What the library would otherwise take from the environment is given, keys above all."""
    from langchain.chat_models import init_chat_model

    from retrieval import replies

    chat: BaseChatModel = init_chat_model(
        (config.model or "").removeprefix(PROVIDER),
        model_provider="openai",
        base_url=config.base_url,
        api_key=config.api_key or "ingen",
        temperature=config.temperature,
        extra_body={"max_tokens": config.max_tokens},
        max_retries=0,
        stream_chunk_timeout=None,
        stream_usage=False,
        use_responses_api=False,
        http_async_client=replies.bounded_client(),
    )
    return chat
