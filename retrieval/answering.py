"""Question to answer: find, read, decide, compose, verify. Works without a language model; one may word it better."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import time
import uuid
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from initiatives.access import SYSTEM, ScopedSessions, Viewer
from initiatives.base import new_id
from initiatives.errors import InvalidValue
from initiatives.swedish import today
from retrieval import conversations, gaps, models, prompts, smalltalk, widening
from retrieval.adaptation import adaptation
from retrieval.answers import Answer, Citation, Delta, Done, Event, Hit, Registered, Sources, Status, as_json
from retrieval.composing import NOT_IN_MATERIAL
from retrieval.confirming import confirmed
from retrieval.embedding import Embedder, ModelUnavailable
from retrieval.finding import Found, find
from retrieval.language import LanguageModel, ModelDeclined, NoTools, SearchingModel
from retrieval.lexicon import lexicon
from retrieval.metering import ModelFailed
from retrieval.register import beside, source
from retrieval.register.shown import RegisterAnswer
from retrieval.reranking import Reranker
from retrieval.spending import metered
from retrieval.views import Library, Shelf

LONGEST_QUESTION = 2_000
NO_DOCUMENTS = "Det finns inga dokument att söka i än. Lägg till dokument, så kan jag svara på frågor om dem."
AT_ONCE = 3
"""Questions that are looked into at the same time, so that a crowd of them leaves the database to others too."""
MANY_ASK = "Många frågar just nu. Din fråga står på tur …"
WORDED_BY_SOURCES = "Språkmodellen kunde inte användas den här gången. Svaret är hämtat direkt ur dokumenten."
CUT = "Delar av språkmodellens svar gick inte att belägga och är borttagna."
SEARCHED_BY_MODEL = "Språkmodellen har valt vad som söktes. Kontrollera att svaret gäller det du frågade om."
NOT_SEARCHED = "Språkmodellen kunde inte användas till att söka vidare den här gången."
UNCONFIRMED = "Det som språkmodellen skrev gick inte att belägga och visas inte."


@dataclass(frozen=True)
class Assistant:
    """What answering needs; made once per process."""

    sessions: ScopedSessions
    embedder: Embedder
    language: LanguageModel | None = None
    shelf: Shelf = field(default_factory=Shelf)
    reranker: Reranker | None = None
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))


async def warm(assistant: Assistant) -> None:
    """Load what the first question would otherwise wait for: the word list, the model and the documents."""
    await asyncio.to_thread(lexicon)
    await asyncio.to_thread(adaptation)
    if assistant.reranker is not None:
        await asyncio.to_thread(assistant.reranker.warm)
    async with assistant.sessions(SYSTEM) as session:
        library = await assistant.shelf.library(session, SYSTEM)
    reader = assistant.embedder
    if library.model is not None:
        with contextlib.suppress(ModelUnavailable):
            reader = await models.speaker(reader, library.model)
    await reader.warm()
    await asyncio.to_thread(lambda: library.vocabulary)


async def ask(
    assistant: Assistant,
    person: Viewer,
    question: str,
    *,
    conversation_id: uuid.UUID | None = None,
    history: Sequence[str] = (),
    keep: bool = True,
    on: dt.date | None = None,
) -> Answer:
    """Answer a question; see `stream`."""
    answer: Answer | None = None
    told = stream(assistant, person, question, conversation_id=conversation_id, history=history, keep=keep, on=on)
    async with contextlib.aclosing(told) as events:
        async for event in events:
            if isinstance(event, Done):
                answer = event.answer
    if answer is None:
        raise AssertionError("a stream always ends with Done")
    return answer


async def stream(
    assistant: Assistant,
    person: Viewer,
    question: str,
    *,
    conversation_id: uuid.UUID | None = None,
    history: Sequence[str] = (),
    keep: bool = True,
    on: dt.date | None = None,
) -> AsyncGenerator[Event]:
    """Answer a question, telling what happens on the way; the last event is `Done`.

    ``history`` holds the conversation's earlier questions, the latest last; it is read from the conversation when
    only ``conversation_id`` is given. With ``keep`` the turn is stored for a signed-in person. ``on`` is the day that
    the register takes for today. No database session is held while a language model writes. Raises `InvalidValue` for
    an empty or too long question and `NotFound` for somebody else's conversation.
    """
    started = time.perf_counter()
    text = _checked(question)
    if conversation_id is not None and not history:
        async with assistant.sessions(person) as session:
            history = [turn.question for turn in await conversations.turns(session, person, conversation_id)]
    said = smalltalk.reply(text)
    passages: tuple[Hit, ...] = ()
    unsure = 0.0
    if said is not None:
        outcome = _Outcome(said, answered_by="regel")
    else:
        async with assistant.sessions(person) as session:
            library = await assistant.shelf.library(session, person)
        yield Status(f"Söker i {len(library.views)} dokument …")
        if assistant.turns.locked():
            yield Status(MANY_ASK)
        async with assistant.turns:
            heard = await source.look_up(assistant.sessions, person, text, history, on or today())
            found = await find(assistant, person, library, text, history)
        if heard is not None and heard.answer is not None:
            yield Registered(heard.answer)
        passages, unsure = found.passages, found.confidence
        yield Sources(passages)
        if found.composed is None or (heard is not None and _is_silenced(heard, found)):
            outcome = _Outcome(_refusal(library, found), abstained=True, notice=found.notice)
            if isinstance(assistant.language, SearchingModel) and (heard is None or not heard.settled):
                yield Status("Söker vidare med språkmodellen …")
                desk = widening.Desk(assistant, person, library, text, on or today())
                outcome = await _widened(assistant.language, desk, history, outcome, heard)
                if outcome.register is not None:
                    yield Registered(outcome.register)
        else:
            yield Status(f"Läser {len(found.composed.citations)} ställen …")
            outcome = await _worded(assistant, person, text, history, found)
        outcome = _with_register(outcome, heard)
    yield Delta(outcome.answer)
    answer = Answer(
        id=new_id(),
        conversation_id=conversation_id,
        question=text,
        answer=outcome.answer,
        abstained=outcome.abstained,
        answered_by=outcome.answered_by,
        basis=outcome.basis,
        citations=outcome.citations,
        passages=passages,
        complete=True,
        notice=outcome.notice,
        latency_ms=round((time.perf_counter() - started) * 1000, 1),
        register=outcome.register,
    )
    if keep and person.person_id is not None:
        answer = await _kept(assistant, person, answer, unsure)
    yield Done(answer)


@dataclass(frozen=True, slots=True)
class _Outcome:
    answer: str
    abstained: bool = False
    answered_by: Literal["extraktiv", "språkmodell", "regel", "register"] = "extraktiv"
    basis: str | None = None
    citations: tuple[Citation, ...] = ()
    notice: str | None = None
    register: RegisterAnswer | None = None


def _is_silenced(heard: source.Heard, found: Found) -> bool:
    """Whether the register answers so surely that documents with nothing to compare it with are left out."""
    composed = found.composed
    if composed is None or not heard.silences(found.confidence):
        return False
    return heard.alone or not beside.tells_the_same(heard, composed.answer, composed.citations)


def _with_register(outcome: _Outcome, heard: source.Heard | None) -> _Outcome:
    """The answer of the documents with that of the register beside it, each marked as what it is."""
    if heard is None:
        return outcome
    if heard.answer is None:
        return replace(outcome, answer=f"{outcome.answer} {heard.instead}") if outcome.abstained else outcome
    if outcome.abstained:
        return _Outcome(heard.answer.text, answered_by="register", notice=outcome.notice, register=heard.answer)
    text, register = beside.together(heard, outcome.answer, outcome.citations)
    return replace(outcome, answer=text, register=register)


def _checked(question: str) -> str:
    text = question.replace("\x00", "").encode(errors="replace").decode().strip()
    if not any(map(str.isalnum, text)):
        raise InvalidValue("Skriv en fråga.", field="question")
    if len(text) > LONGEST_QUESTION:
        raise InvalidValue(f"Frågan är för lång. Skriv högst {LONGEST_QUESTION} tecken.", field="question")
    return text


def _refusal(library: Library, found: Found) -> str:
    if not library.views:
        return NO_DOCUMENTS
    nearest_title = f" Närmast ligger ”{found.passages[0].title}”." if found.passages else ""
    return f"{NOT_IN_MATERIAL} Jag har sökt i {len(library.views)} dokument.{nearest_title}"


async def _worded(assistant: Assistant, person: Viewer, text: str, history: Sequence[str], found: Found) -> _Outcome:
    """The composed answer, in the language model's words where one is configured and its words hold."""
    composed = found.composed
    if composed is None:
        raise AssertionError("only a found answer is worded")
    own = _Outcome(composed.answer, basis=composed.basis, citations=composed.citations, notice=found.notice)
    if assistant.language is None or composed.computed:
        return own
    try:
        async with metered(assistant.sessions, person, assistant.language.limits) as meter:
            sources = [_source(citation) for citation in composed.citations]
            written = await assistant.language.write(text, history, sources, meter)
    except ModelDeclined as declined:
        return replace(own, notice=_joined(found.notice, declined.detail))
    except ModelFailed as failure:
        return replace(own, notice=_joined(found.notice, WORDED_BY_SOURCES, failure.detail))
    kept, dropped = confirmed(written, composed.citations, composed.contexts)
    if not kept:
        return replace(own, notice=_joined(found.notice, WORDED_BY_SOURCES))
    notice = _joined(found.notice, CUT if dropped else None)
    return replace(own, answer=kept, answered_by="språkmodell", notice=notice)


async def _widened(
    model: SearchingModel, desk: widening.Desk, history: Sequence[str], refusal: _Outcome, heard: source.Heard | None
) -> _Outcome:
    """What a model that searches came to, where there is no sure answer; what it did not come to is said."""
    found = await widening.widen(model, desk, history, register=heard is None or heard.answer is None)
    if isinstance(found.failure, NoTools | ModelDeclined):
        return refusal
    why = (NOT_SEARCHED, found.failure.detail) if found.failure else (UNCONFIRMED,)
    if not found.answer:
        return replace(refusal, notice=_joined(refusal.notice, *why))
    by_model = bool(found.words)
    told = () if by_model else why
    return _Outcome(
        found.answer,
        answered_by="språkmodell" if by_model else "register",
        basis=found.basis,
        citations=found.citations,
        notice=_joined(refusal.notice, *told, SEARCHED_BY_MODEL, CUT if by_model and found.cut else None),
        register=found.register,
    )


def _joined(*notices: str | None) -> str | None:
    return " ".join(filter(None, notices)) or None


def _source(citation: Citation) -> str:
    return prompts.source(citation.number, citation.title, citation.kind, citation.section, citation.quote)


async def _kept(assistant: Assistant, person: Viewer, answer: Answer, unsure: float) -> Answer:
    async with assistant.sessions(person) as session:
        if answer.abstained:
            await gaps.note(session, person, answer.question, unsure)
        conversation_id = await conversations.keep_turn(
            session, person, answer.conversation_id, answer.question, as_json(answer)
        )
    return replace(answer, conversation_id=conversation_id)
