"""An answer in the shape of the API: its words, quotations and passages, and what the register said."""

from typing import Literal
from uuid import UUID

import msgspec

from api.rest.register_answers import REGISTER, RegisterOut
from retrieval.answers import Answer
from retrieval.conversations import Turn


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


def answer_out(answer: Answer) -> AnswerOut:
    """Return the answer in the shape of the API."""
    return msgspec.convert(answer, AnswerOut, from_attributes=True)


def kept_out(turn: Turn) -> AnswerOut:
    """Return the answer of a kept turn in the shape of the API."""
    return msgspec.convert({**turn.answer, "conversation_id": str(turn.conversation_id)}, AnswerOut, strict=False)
