import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from initiatives.access import SYSTEM
from retrieval import language
from retrieval.answering import Assistant, ask, stream
from retrieval.answers import Answer, Done, Event, Registered, Status
from retrieval.conversations import turns
from retrieval.gaps import KnowledgeGap
from retrieval.language import LanguageConfig
from retrieval.metering import Limits
from retrieval.outcomes import CUT_OFF, NOTHING_YET
from retrieval.stopping import Stopped, Ticket
from tests import model_server
from tests import site as sites
from tests.model_server import ModelServer, hangs, piece, repeats
from tests.retrieval import people

QUESTION = "Hur lång är uppsägningstiden i samverkansavtalet?"
LEFT = "Hur mycket är kvar av omställningsanslaget 2026?"


@pytest.fixture
async def dripping() -> AsyncIterator[ModelServer]:
    """Serve a model that never ends its answer."""
    async with model_server.running() as running:
        running.behaviour = repeats(piece("och "), 0.01)
        yield running


@pytest.fixture
def worded(solmark: Assistant, dripping: ModelServer) -> Assistant:
    return replace(solmark, language=language.create(LanguageConfig("m", dripping.base_url, limits=Limits(seconds=60))))


async def _until(told: AsyncIterator[Event], words: str) -> None:
    async for event in told:
        if isinstance(event, Status) and words in event.text:
            return


async def _rest(told: AsyncIterator[Event]) -> Answer:
    done = [event async for event in told][-1]
    assert isinstance(done, Done)
    return done.answer


async def _writing(server: ModelServer) -> None:
    while not server.open:
        await asyncio.sleep(0.005)


async def _silent(server: ModelServer) -> None:
    async with asyncio.timeout(5):
        while server.open:
            await asyncio.sleep(0.005)


async def test_who_stops_the_model_keeps_what_the_documents_say(worded: Assistant, dripping: ModelServer) -> None:
    ticket = Ticket()
    async with contextlib.aclosing(stream(worded, SYSTEM, QUESTION, keep=False, ticket=ticket)) as told:
        await _until(told, "Läser")
        rest = asyncio.create_task(_rest(told))
        await _writing(dripping)
        ticket.stop()
        answer = await rest
    await _silent(dripping)
    assert (answer.id, answer.complete, answer.answered_by) == (ticket.id, False, "extraktiv")
    assert "tolv månader" in answer.answer
    assert answer.citations
    assert answer.notice == CUT_OFF


async def test_who_stops_before_anything_is_found_gets_just_that(solmark: Assistant) -> None:
    ticket = Ticket()
    politician = await people.viewer(solmark, sites.POLITICIAN)
    question = "Vem vann curlingfinalen i Bern?"
    async with contextlib.aclosing(stream(solmark, politician, question, ticket=ticket)) as told:
        await _until(told, "Söker")
        ticket.stop()
        answer = await _rest(told)
    assert (answer.answer, answer.complete, answer.abstained) == (NOTHING_YET, False, False)
    assert not answer.citations
    assert not answer.passages
    async with solmark.sessions(SYSTEM) as session:
        assert question not in set(await session.scalars(select(KnowledgeGap.question)))


async def test_who_stops_after_the_register_keeps_what_it_said(solmark: Assistant) -> None:
    ticket = Ticket()
    async with contextlib.aclosing(stream(solmark, SYSTEM, LEFT, keep=False, ticket=ticket)) as told:
        async for event in told:
            if isinstance(event, Registered):
                break
        ticket.stop()
        answer = await _rest(told)
    assert not answer.complete
    assert answer.register is not None
    assert answer.register.text in answer.answer


async def test_a_stopped_answer_stays_in_its_conversation_as_what_it_is(
    worded: Assistant, dripping: ModelServer
) -> None:
    politician, ticket = await people.viewer(worded, sites.POLITICIAN), Ticket()
    async with contextlib.aclosing(stream(worded, politician, QUESTION, ticket=ticket)) as told:
        await _until(told, "Läser")
        ticket.stop()
        answer = await _rest(told)
    assert answer.conversation_id is not None
    async with worded.sessions(politician) as session:
        (turn,) = await turns(session, politician, answer.conversation_id)
    assert (turn.answer["id"], turn.answer["complete"]) == (str(ticket.id), False)


async def test_a_reader_who_goes_away_ends_the_model_too(worded: Assistant, dripping: ModelServer) -> None:
    dripping.behaviour = hangs
    asking = asyncio.create_task(ask(worded, SYSTEM, QUESTION, keep=False))
    await _writing(dripping)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await _silent(dripping)


async def test_work_is_done_or_has_ended() -> None:
    ended: list[str] = []

    async def work() -> str:
        try:
            await asyncio.sleep(0)
            return "klart"
        finally:
            ended.append("slut")

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("avbrutet")

    assert await Ticket().unless_stopped(work()) == "klart"
    ticket = Ticket()
    waiting = asyncio.create_task(ticket.unless_stopped(endless()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    ticket.stop()
    with pytest.raises(Stopped):
        await waiting
    assert ended == ["slut", "avbrutet"]
    with pytest.raises(Stopped):
        await ticket.unless_stopped(work())
    assert ended == ["slut", "avbrutet"]


async def test_an_error_in_the_work_comes_out() -> None:
    async def broken() -> None:
        raise ValueError("trasig")

    with pytest.raises(ValueError, match="trasig"):
        await Ticket().unless_stopped(broken())
