from collections.abc import AsyncIterator

import pytest
from langchain_core.runnables import RunnableLambda

from api import postgres
from initiatives.access import SYSTEM, Role
from retrieval.answering import Assistant, ask
from retrieval.embedding import Embedder
from retrieval.retriever import NarplanRetriever, OnlyAsync
from tests import factories
from tests.retrieval import region

QUESTION = "Hur mycket får Region Solmark från Socialstyrelsen under 2026?"


@pytest.fixture(scope="module")
async def reader(server: postgres.Server, embedder: Embedder) -> AsyncIterator[Assistant]:
    async with region.reading(server, embedder, letter="public") as opened:
        yield opened


async def test_a_question_brings_the_passage_that_answers_it_first(reader: Assistant) -> None:
    found = await NarplanRetriever(assistant=reader, person=SYSTEM).ainvoke(QUESTION)
    first = found[0]
    assert "14 565 000 kronor" in first.page_content
    assert first.metadata["source"] == region.LETTER
    assert first.metadata["section"]
    assert first.metadata["end"] - first.metadata["start"] == len(first.page_content)
    scores = [document.metadata["score"] for document in found]
    assert scores == sorted(scores, reverse=True)


async def test_the_same_search_stands_behind_the_retriever_and_the_answers(reader: Assistant) -> None:
    found = await NarplanRetriever(assistant=reader, person=SYSTEM).ainvoke(QUESTION)
    answer = await ask(reader, SYSTEM, QUESTION, keep=False)
    assert [document.id for document in found] == [str(passage.passage_id) for passage in answer.passages]


async def test_the_limit_is_the_most_that_comes(reader: Assistant) -> None:
    assert len(await NarplanRetriever(assistant=reader, person=SYSTEM, limit=2).ainvoke("psykisk ohälsa")) == 2


async def test_a_partner_finds_only_in_what_the_partner_may_see(reader: Assistant) -> None:
    async with reader.sessions(SYSTEM) as session:
        partner = await factories.viewer(session, Role.PARTNER)
    found = await NarplanRetriever(assistant=reader, person=partner).ainvoke("avsätta medel för psykisk ohälsa")
    assert {document.metadata["source"] for document in found} == {region.LETTER}


async def test_the_retriever_is_a_link_in_a_chain(reader: Assistant) -> None:
    chain = NarplanRetriever(assistant=reader, person=SYSTEM) | RunnableLambda(len)
    assert await chain.ainvoke(QUESTION) > 1


def test_a_call_that_would_block_the_event_loop_is_refused(reader: Assistant) -> None:
    with pytest.raises(OnlyAsync, match="ainvoke"):
        NarplanRetriever(assistant=reader, person=SYSTEM).invoke(QUESTION)
