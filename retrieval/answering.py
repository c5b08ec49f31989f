"""Question to answer: find, read, decide, compose, verify. Works without a language model; one may word it better."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import time
import uuid
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace

from initiatives.access import SYSTEM, ScopedSessions, Viewer
from initiatives.errors import InvalidValue
from initiatives.swedish import today
from retrieval import conversations, gaps, models, prompts, smalltalk, widening
from retrieval.adaptation import adaptation
from retrieval.answers import Answer, Citation, Delta, Done, Event, Registered, Sources, Status, as_json
from retrieval.confirming import confirmed
from retrieval.embedding import Embedder, ModelUnavailable
from retrieval.finding import Found, find
from retrieval.language import LanguageModel, ModelDeclined, NoTools, SearchingModel
from retrieval.lexicon import lexicon
from retrieval.metering import ModelFailed
from retrieval.outcomes import Outcome, cut_off, is_silenced, joined, of_sources, refused, with_register
from retrieval.register import source
from retrieval.reranking import Reranker
from retrieval.spending import metered
from retrieval.stopping import Stopped, Ticket
from retrieval.turns import Turns
from retrieval.views import Shelf

LONGEST_QUESTION = 2_000
IN_TURN = "Din fråga står på tur …"
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
    turns: Turns = field(default_factory=Turns)


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
    ticket: Ticket | None = None,
) -> AsyncGenerator[Event]:
    """Answer a question, telling what happens on the way; the last event is `Done`.

    ``history`` holds the conversation's earlier questions, the latest last; it is read from the conversation when
    only ``conversation_id`` is given. With ``keep`` the turn is stored for a signed-in person. ``on`` is the day that
    the register takes for today. ``ticket`` is by which the answer is known and stopped. No database session is held
    while a language model writes. Raises `InvalidValue` for an empty or too long question and `NotFound` for somebody
    else's conversation.
    """
    started = time.perf_counter()
    text, ticket = _checked(question), ticket or Ticket()
    if conversation_id is not None and not history:
        async with assistant.sessions(person) as session:
            history = [turn.question for turn in await conversations.turns(session, person, conversation_id)]
    said = smalltalk.reply(text)
    outcome = Outcome(said or "", answered_by="regel")
    if said is None:
        looking = _looked_up(assistant, person, text, history, on=on or today(), ticket=ticket)
        async with contextlib.aclosing(looking) as steps:
            async for step in steps:
                if isinstance(step, Outcome):
                    outcome = step
                else:
                    yield step
    yield Delta(outcome.answer)
    answer = Answer(
        id=ticket.id,
        conversation_id=conversation_id,
        question=text,
        answer=outcome.answer,
        abstained=outcome.abstained,
        answered_by=outcome.answered_by,
        basis=outcome.basis,
        citations=outcome.citations,
        passages=outcome.passages,
        complete=outcome.complete,
        notice=outcome.notice,
        latency_ms=round((time.perf_counter() - started) * 1000, 1),
        register=outcome.register,
    )
    if keep and person.person_id is not None:
        answer = await _kept(assistant, person, answer, outcome.unsure)
    yield Done(answer)


async def _looked_up(
    assistant: Assistant, person: Viewer, text: str, history: Sequence[str], *, on: dt.date, ticket: Ticket
) -> AsyncGenerator[Event | Outcome]:
    """Ask register and documents; the last step is what they came to, also when that is stopped on the way."""
    heard: source.Heard | None = None
    found: Found | None = None
    async with assistant.sessions(person) as session:
        library = await assistant.shelf.library(session, person)
    yield Status(f"Söker i {len(library.views)} dokument …")
    if assistant.turns.taken:
        yield Status(IN_TURN)

    async def in_turn() -> Found:
        nonlocal heard
        async with assistant.turns:
            heard = await source.look_up(assistant.sessions, person, text, history, on)
            return await find(assistant, person, library, text, history)

    try:
        found = await ticket.unless_stopped(in_turn())
        if heard is not None and heard.answer is not None:
            yield Registered(heard.answer)
        yield Sources(found.passages)
        outcome = refused(library, found)
        if found.composed is not None and not is_silenced(heard, found):
            yield Status(f"Läser {len(found.composed.citations)} ställen …")
            outcome = await ticket.unless_stopped(_worded(assistant, person, text, history, found))
        elif isinstance(assistant.language, SearchingModel) and (heard is None or not heard.settled):
            yield Status("Söker vidare med språkmodellen …")
            desk = widening.Desk(assistant, person, library, text, on)
            outcome = await ticket.unless_stopped(_widened(assistant.language, desk, history, outcome, heard))
            if outcome.register is not None:
                yield Registered(outcome.register)
        if outcome.abstained and (heard is None or not (heard.answer or heard.instead)):
            heard = await ticket.unless_stopped(source.said(assistant.sessions, person, text, heard, on))
            if heard is not None and heard.answer is not None:
                yield Registered(heard.answer)
    except Stopped:
        outcome = cut_off(found, heard)
    outcome = with_register(outcome, heard, found.confidence if found else 1.0)
    yield replace(outcome, passages=found.passages if found else (), unsure=found.confidence if found else 0.0)


def _checked(question: str) -> str:
    text = question.replace("\x00", "").encode(errors="replace").decode().strip()
    if not any(map(str.isalnum, text)):
        raise InvalidValue("Skriv en fråga.", field="question")
    if len(text) > LONGEST_QUESTION:
        raise InvalidValue(f"Frågan är för lång. Skriv högst {LONGEST_QUESTION} tecken.", field="question")
    return text


async def _worded(assistant: Assistant, person: Viewer, text: str, history: Sequence[str], found: Found) -> Outcome:
    """The composed answer, in the language model's words where one is configured and its words hold."""
    composed = found.composed
    if composed is None:
        raise AssertionError("only a found answer is worded")
    own = of_sources(found, composed)
    if assistant.language is None or composed.computed:
        return own
    try:
        async with metered(assistant.sessions, person, assistant.language.limits) as meter:
            sources = [_source(citation) for citation in composed.citations]
            written = await assistant.language.write(text, history, sources, meter)
    except ModelDeclined as declined:
        return replace(own, notice=joined(found.notice, declined.detail))
    except ModelFailed as failure:
        return replace(own, notice=joined(found.notice, WORDED_BY_SOURCES, failure.detail))
    kept, dropped = confirmed(written, composed.citations, composed.contexts)
    if not kept:
        return replace(own, notice=joined(found.notice, WORDED_BY_SOURCES))
    notice = joined(found.notice, CUT if dropped else None)
    return replace(own, answer=kept, answered_by="språkmodell", notice=notice)


async def _widened(
    model: SearchingModel, desk: widening.Desk, history: Sequence[str], refusal: Outcome, heard: source.Heard | None
) -> Outcome:
    """What a model that searches came to, where there is no sure answer; what it did not come to is said."""
    found = await widening.widen(model, desk, history, register=heard is None or heard.answer is None)
    if isinstance(found.failure, NoTools | ModelDeclined):
        return refusal
    why = (NOT_SEARCHED, found.failure.detail) if found.failure else (UNCONFIRMED,)
    if not found.answer:
        return replace(refusal, notice=joined(refusal.notice, *why))
    by_model = bool(found.words)
    told = () if by_model else why
    return Outcome(
        found.answer,
        answered_by="språkmodell" if by_model else "register",
        basis=found.basis,
        citations=found.citations,
        notice=joined(refusal.notice, *told, SEARCHED_BY_MODEL, CUT if by_model and found.cut else None),
        register=found.register,
    )


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
