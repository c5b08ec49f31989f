"""An answer and what it rests on, as values that pages, API and command line show, and the events on the way to it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from retrieval.register.shown import RegisterAnswer


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quotation: ``quote`` equals the version's text from ``start`` to ``end`` (characters)."""

    number: int
    document_id: uuid.UUID
    version_id: uuid.UUID
    source: str
    title: str
    kind: str
    page: int | None
    section: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage as shown: the unit with its neighbours, at most 1,100 characters; ``score`` is 0 to about 1."""

    passage_id: uuid.UUID
    document_id: uuid.UUID
    version_id: uuid.UUID
    source: str
    title: str
    page: int | None
    section: str
    text: str
    score: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with everything it rests on.

    ``answer`` is plain text with marks such as [1] that refer to ``citations``; ``basis`` says what kind of document
    it rests on; ``complete`` is False when something was cut off, and ``notice`` says what. ``latency_ms`` is in
    milliseconds. ``register`` is what the live register answers, if it does: its words are a part of ``answer``.
    """

    id: uuid.UUID
    conversation_id: uuid.UUID | None
    question: str
    answer: str
    abstained: bool
    answered_by: Literal["extraktiv", "språkmodell", "regel", "register"]
    basis: str | None
    citations: tuple[Citation, ...]
    passages: tuple[Hit, ...]
    complete: bool
    notice: str | None
    latency_ms: float
    register: RegisterAnswer | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """What the assistant is doing right now, in words."""

    text: str


@dataclass(frozen=True, slots=True)
class Sources:
    """The passages that were found, best first."""

    passages: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Registered:
    """What the register answers, with its rows, before the answer is put together."""

    register: RegisterAnswer


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of the answer; already verified."""

    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """The whole answer."""

    answer: Answer


Event = Status | Sources | Registered | Delta | Done


def as_json(answer: Answer) -> dict[str, Any]:
    """The answer as plain JSON values, for storing and sending."""
    built: dict[str, Any] = msgspec.to_builtins(answer)
    return built


def from_json(kept: dict[str, Any], conversation_id: uuid.UUID) -> Answer:
    """An answer that was stored as `as_json` gives it, in the conversation that it is kept in."""
    return msgspec.convert({**kept, "conversation_id": str(conversation_id)}, Answer, strict=False)
