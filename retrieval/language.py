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
from retrieval.metering import Limits, Meter, ModelFailed

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from retrieval.rounds import Tool

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

    @property
    def limits(self) -> Limits:
        """What its answers may take; a meter is of one answer."""
        ...

    async def write(
        self, question: str, history: Sequence[str], sources: Sequence[str], meter: Meter | None = None
    ) -> str:
        """The whole answer with marks such as [1]. Raises `ModelFailed` for anything but a finished answer."""
        ...


@runtime_checkable
class SearchingModel(LanguageModel, Protocol):
    """A model that also may search for itself, with tools, where Närplan is not sure of an answer."""

    async def search(
        self, question: str, history: Sequence[str], tools: Sequence[Tool], meter: Meter | None = None
    ) -> str:
        """The whole answer with marks for what the tools gave. Raises `ModelFailed`, as `NoTools` where it cannot."""
        ...


@dataclass(frozen=True, slots=True)
class LanguageConfig:
    """Which model to use and what it may take; no model means that answers are extractive.

    ``tools`` says whether the model may search where Närplan is not sure of an answer.
    """

    model: str | None = None
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    temperature: float = 0.0
    tools: bool = False
    limits: Limits = field(default_factory=Limits)


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

    @property
    def limits(self) -> Limits:
        """See `LanguageModel`."""
        return self._config.limits

    async def write(
        self, question: str, history: Sequence[str], sources: Sequence[str], meter: Meter | None = None
    ) -> str:
        """See `LanguageModel`. Never tries again: the extractive answer is there already."""
        from retrieval import prompts, rounds

        messages, counted = prompts.messages(question, history, sources), meter or self.limits.meter()
        return await self._finished(lambda chat: rounds.written(chat, messages, counted), counted)

    async def warm(self) -> None:
        """Load what the first question would otherwise wait for; sends nothing."""
        await self._loaded()

    async def _finished(self, ask: Callable[[BaseChatModel], Awaitable[str]], meter: Meter) -> str:
        """What the model answers within the deadline, accepted as an answer; everything else is a `ModelFailed`."""
        try:
            async with asyncio.timeout(self.limits.seconds):
                return await self._untraced(ask)
        except TimeoutError as error:
            seconds = f"{self.limits.seconds:g}".replace(".", ",")
            raise ModelFailed(f"Modellen blev inte klar inom {seconds} s.") from error
        except ModelFailed:
            raise
        except Exception as error:
            from retrieval import replies

            meter.refused = meter.turns == 1 and replies.took_nothing(error)
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

    async def search(
        self, question: str, history: Sequence[str], tools: Sequence[Tool], meter: Meter | None = None
    ) -> str:
        """See `SearchingModel`."""
        from retrieval import prompts, rounds

        if time.monotonic() < self._refused_until:
            raise NoTools("Modellservern kan inte använda verktyg.")
        messages, counted = prompts.searching(question, history, rounds.MOST_CALLS), meter or self.limits.meter()
        try:
            return await self._finished(lambda chat: rounds.searched(chat, messages, tools, counted), counted)
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
        extra_body={"max_tokens": config.limits.written},
        max_retries=0,
        stream_chunk_timeout=None,
        stream_usage=False,
        use_responses_api=False,
        http_async_client=replies.bounded_client(),
    )
    return chat
