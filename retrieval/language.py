"""The optional language model behind one small interface: any server that speaks OpenAI's protocol, through LangChain.

LangChain is imported at the first question, off the event loop, so that nothing else pays for it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable
from urllib.parse import urlsplit

from initiatives.errors import NarplanError
from retrieval.rounds import MOST_CALLS, ModelFailed, Tool, searched, written

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

PROVIDER = "openai:"
NO_TOOLS_SECONDS = 600.0
"""For how long a server that refused tools is not offered any."""
REFUSES_TOOLS = frozenset({400, 422, 501})
"""What servers answer that know no tools."""
log = logging.getLogger(__name__)


class ModelDeclined(ModelFailed):
    """The language model answered, and what it said is that the sources do not hold the answer."""

    title: ClassVar[str] = "Språkmodellen fann inget svar"


class NoTools(ModelFailed):
    """The model's server takes no tools, so the model cannot search."""

    title: ClassVar[str] = "Språkmodellen kan inte söka"


class BadLanguageModel(NarplanError):
    """The language model's settings cannot be used; `field` is the one to change."""

    title: ClassVar[str] = "Fel i inställningarna för språkmodellen"


@runtime_checkable
class LanguageModel(Protocol):
    """A model that words an answer from numbered sources."""

    async def write(self, question: str, history: Sequence[str], sources: Sequence[str]) -> str:
        """The whole answer with marks such as [1]. Raises `ModelFailed` for anything but a finished answer."""
        ...


@runtime_checkable
class SearchingModel(LanguageModel, Protocol):
    """A model that also may search for itself, with tools, where Närplan is not sure of an answer."""

    async def search(self, question: str, history: Sequence[str], tools: Sequence[Tool]) -> str:
        """The whole answer with marks for what the tools gave. Raises `ModelFailed`, as `NoTools` where it cannot."""
        ...


@dataclass(frozen=True, slots=True)
class LanguageConfig:
    """Which model to use and what it may take; no model means that answers are extractive.

    ``deadline_seconds`` is for the whole answer, waiting for one of the ``concurrency`` places included. ``tools``
    says whether the model may search where Närplan is not sure of an answer.
    """

    model: str | None = None
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    deadline_seconds: float = 20.0
    max_tokens: int = 1_500
    temperature: float = 0.0
    concurrency: int = 4
    tools: bool = False


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
    return ToolUsingModel(config) if config.tools else ServedModel(config)


class ServedModel:
    """A model on a server that speaks OpenAI's chat protocol, asked as a stream under one deadline."""

    def __init__(self, config: LanguageConfig) -> None:
        self._config = config
        self._loading: asyncio.Task[BaseChatModel] | None = None
        self._places = asyncio.Semaphore(config.concurrency)

    async def write(self, question: str, history: Sequence[str], sources: Sequence[str]) -> str:
        """See `LanguageModel`. Never tries again: the extractive answer is there already."""
        from retrieval import prompts

        messages = prompts.messages(question, history, sources)
        return await self._finished(lambda chat: written(chat, messages))

    async def warm(self) -> None:
        """Load what the first question would otherwise wait for; sends nothing."""
        await self._loaded()

    async def _finished(self, ask: Callable[[BaseChatModel], Awaitable[str]]) -> str:
        """What the model answers within the deadline, accepted as an answer; everything else is a `ModelFailed`."""
        try:
            async with asyncio.timeout(self._config.deadline_seconds), self._places:
                return await self._untraced(ask)
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

    async def _untraced(self, ask: Callable[[BaseChatModel], Awaitable[str]]) -> str:
        chat = await self._loaded()
        from langsmith import tracing_context

        from retrieval import replies

        with tracing_context(enabled=False):
            return replies.accepted(await ask(chat))

    async def _loaded(self) -> BaseChatModel:
        """The chat model; loading goes on when the question that began it runs out of time."""
        if self._loading is None:
            self._loading = asyncio.create_task(asyncio.to_thread(_connect, self._config))
        return await asyncio.shield(self._loading)


class ToolUsingModel(ServedModel):
    """A model on such a server that may search with tools, if its server knows what tools are."""

    def __init__(self, config: LanguageConfig) -> None:
        super().__init__(config)
        self._refused_until = 0.0

    async def search(self, question: str, history: Sequence[str], tools: Sequence[Tool]) -> str:
        """See `SearchingModel`."""
        from retrieval import prompts

        if time.monotonic() < self._refused_until:
            raise NoTools("Modellservern kan inte använda verktyg.")
        messages = prompts.searching(question, history, MOST_CALLS)
        try:
            return await self._finished(lambda chat: searched(chat, messages, tools))
        except ModelFailed as failure:
            if getattr(failure.__cause__, "status_code", None) not in REFUSES_TOOLS:
                raise
            self._refused_until = time.monotonic() + NO_TOOLS_SECONDS
            raise NoTools("Modellservern kan inte använda verktyg.") from failure


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
