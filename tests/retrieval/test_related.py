import json
from pathlib import Path

import pytest

from initiatives import naming
from initiatives.access import SYSTEM, Viewer
from retrieval.answering import Assistant, ask
from retrieval.answers import Answer
from retrieval.conversations import turns
from retrieval.related import MOST, related
from tests import site as sites
from tests.retrieval import people

NOTICE = "Hur lång är uppsägningstiden i samverkansavtalet?"
LEFT = "Hur mycket är kvar av omställningsanslaget 2026?"
PAUSED = "Varför pausades hjärtsviktsmottagningen på distans?"
ASKED = [
    json.loads(line)["question"]
    for line in (Path(__file__).parents[2] / "api/sample/questions.jsonl").read_text(encoding="utf-8").splitlines()
]


async def _onward(assistant: Assistant, person: Viewer, question: str) -> tuple[Answer, list[str]]:
    answer = await ask(assistant, person, question, keep=False)
    return answer, [one.question for one in await related(assistant, person, answer)]


@pytest.mark.parametrize("question", [NOTICE, LEFT, PAUSED])
async def test_every_question_has_an_answer_of_its_own(solmark: Assistant, question: str) -> None:
    politician = await people.viewer(solmark, sites.POLITICIAN)
    answer, found = await _onward(solmark, politician, question)
    assert 0 < len(found) <= MOST
    assert question not in found
    told = {answer.answer}
    for one in found:
        again = await ask(solmark, politician, one, keep=False)
        assert not again.abstained, one
        assert again.citations or again.register, one
        assert again.answer not in told, one
        told.add(again.answer)


async def test_where_documents_answer_the_headings_beside_lead_on(solmark: Assistant) -> None:
    _, found = await _onward(solmark, SYSTEM, NOTICE)
    assert any(one.startswith("Vad står det om") for one in found)


async def test_where_the_register_answers_its_fields_lead_on(solmark: Assistant) -> None:
    politician = await people.viewer(solmark, sites.POLITICIAN)
    answer = await ask(solmark, politician, LEFT, keep=False)
    found = await related(solmark, politician, answer)
    assert found[0].from_register


async def test_a_partner_is_led_to_nothing_that_is_hidden(solmark: Assistant) -> None:
    partner = await people.viewer(solmark, sites.PARTNER)
    async with solmark.sessions(SYSTEM) as session:
        every = {one.name.casefold() for one in await naming.list_names(session, SYSTEM)}
    async with solmark.sessions(partner) as session:
        seen = {one.name.casefold() for one in await naming.list_names(session, partner)}
        library = await solmark.shelf.library(session, partner)
    readable_text = " ".join(f"{view.title} {view.text}" for view in library.views).casefold()
    hidden = {name for name in every - seen if len(name) > len("Läkarbil") and name not in readable_text}
    assert len(hidden) > 10
    readable = {view.document_id for view in library.views}
    tried = 0
    for question in ASKED:
        for one in (await _onward(solmark, partner, question))[1]:
            tried += 1
            assert not [name for name in hidden if name in one.casefold() and name not in question.casefold()], one
            again = await ask(solmark, partner, one, keep=False)
            assert not again.abstained, one
            assert {citation.document_id for citation in again.citations} <= readable
    assert tried > len(ASKED)


async def test_what_others_have_asked_leads_nobody(solmark: Assistant) -> None:
    politician = await people.viewer(solmark, sites.POLITICIAN)
    programme = await people.viewer(solmark, sites.PROGRAMME)
    private = "Hur lång är egentligen uppsägningstiden i samverkansavtalet, undrar min granne?"
    await ask(solmark, politician, private)
    _, found = await _onward(solmark, programme, NOTICE)
    assert private not in found


async def test_what_was_asked_before_is_not_offered_again(solmark: Assistant) -> None:
    politician = await people.viewer(solmark, sites.POLITICIAN)
    first = await ask(solmark, politician, LEFT)
    offered = (await related(solmark, politician, first))[0].question
    await ask(solmark, politician, offered, conversation_id=first.conversation_id)
    assert offered not in [one.question for one in await related(solmark, politician, first)]


async def test_small_talk_leads_nowhere(solmark: Assistant) -> None:
    assert (await _onward(solmark, SYSTEM, "Hej!"))[1] == []


async def test_nothing_is_kept_of_what_is_tried(solmark: Assistant) -> None:
    politician = await people.viewer(solmark, sites.POLITICIAN)
    answer = await ask(solmark, politician, NOTICE)
    assert answer.conversation_id is not None
    await related(solmark, politician, answer)
    async with solmark.sessions(politician) as session:
        assert len(await turns(session, politician, answer.conversation_id)) == 1


async def test_who_waits_for_an_answer_goes_before_questions_that_nobody_asked(
    solmark: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.related.PATIENCE", 2)
    answer = await ask(solmark, SYSTEM, LEFT, keep=False)
    async with solmark.turns:
        assert await related(solmark, SYSTEM, answer) == []
    assert await related(solmark, SYSTEM, answer) != []
