"""The tools that search and ask."""

from typing import Annotated

import msgspec
from msgspec import Meta

from api.assistants.calls import Asked
from api.assistants.cited import place
from api.assistants.messages import MOST_BEFORE
from api.rest.register_answers import RegisterOut
from initiatives import values
from retrieval import answering
from retrieval.answering import LONGEST_QUESTION
from retrieval.finding import SHOWN, find

Text = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": LONGEST_QUESTION})]


class SearchIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to search for."""

    query: Annotated[Text, Meta(description="Fråga eller sökord, gärna på svenska.")]
    limit: Annotated[int, Meta(ge=1, le=SHOWN, description="Högst så många ställen.")] = 6


class PassageOut(msgspec.Struct, frozen=True):
    """A place in a document, verbatim."""

    title: str
    source: str
    page: int | None
    section: str
    text: str
    score: float
    address: str


class SearchOut(msgspec.Struct, frozen=True):
    """The places that were found, best first."""

    passages: list[PassageOut]


class AskIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question, and the ones before it in the same conversation."""

    question: Annotated[Text, Meta(description="Frågan, gärna på svenska.")]
    history: Annotated[list[Text], Meta(description="Tidigare frågor i samma samtal, den senaste sist.")] = []


class SourceOut(msgspec.Struct, frozen=True):
    """What the mark `[number]` in an answer refers to; `quote` is verbatim, `kind` says what kind of document it is."""

    number: int
    title: str
    kind: str
    page: int | None
    section: str
    quote: str
    address: str


class AskOut(msgspec.Struct, frozen=True):
    """An answer with its sources; `basis` says what kind of document it rests on, `notice` what else to know.

    `register` is what the live register answers, with typed rows; its words are a part of `answer`.
    """

    answer: str
    abstained: bool
    answered_by: str
    basis: str | None
    notice: str | None
    sources: list[SourceOut]
    register: RegisterOut | None


async def search(asked: Asked, wanted: SearchIn) -> SearchOut:
    """Return the passages that an answer to the question rests on; raise `InvalidValue` for an empty one."""
    text = values.line(wanted.query, field="query", longest=LONGEST_QUESTION)
    async with asked.sessions(asked.person) as session:
        library = await asked.assistant.shelf.library(session, asked.person)
    found = await find(asked.assistant, asked.person, library, text)
    return SearchOut(
        [
            PassageOut(
                title=one.title,
                source=one.source,
                page=one.page,
                section=one.section,
                text=one.text,
                score=one.score,
                address=place(one, asked.base),
            )
            for one in found.passages[: wanted.limit]
        ]
    )


async def ask(asked: Asked, wanted: AskIn) -> AskOut:
    """Return the answer; raise `InvalidValue` for an empty question."""
    text = values.line(wanted.question, field="question", longest=LONGEST_QUESTION)
    before = [one[:LONGEST_QUESTION] for one in wanted.history[-MOST_BEFORE:]]
    answer = await answering.ask(asked.assistant, asked.person, text, history=before)
    return AskOut(
        answer=answer.answer,
        abstained=answer.abstained,
        answered_by=answer.answered_by,
        basis=answer.basis,
        notice=answer.notice,
        sources=[
            SourceOut(
                number=one.number,
                title=one.title,
                kind=one.kind,
                page=one.page,
                section=one.section,
                quote=one.quote,
                address=place(one, asked.base),
            )
            for one in answer.citations
        ],
        register=msgspec.convert(answer.register, RegisterOut | None, from_attributes=True),
    )
