import pytest

from initiatives import people
from initiatives.access import SYSTEM, Viewer
from retrieval.answering import Assistant, ask, stream
from retrieval.answers import Registered
from tests.site import PARTNER


async def partner(assistant: Assistant) -> Viewer:
    async with assistant.sessions(SYSTEM) as session:
        found = await people.find_by_email(session, PARTNER)
        return (await people.viewers_of(session, found.id))[0]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Hur många kom egentligen på de där gemensamma utbildningsdagarna?", "286 personer"),
        ("Vad sa Granholma om hur länge de kan hålla lokalerna på Linden?", "juni 2027"),
    ],
)
async def test_a_sentence_of_the_register_answers_where_nothing_else_does(
    solmark: Assistant, question: str, told: str
) -> None:
    answer = await ask(solmark, SYSTEM, question, keep=False)
    assert not answer.abstained
    assert answer.register is not None
    assert told in answer.answer


@pytest.mark.parametrize(
    "question",
    [
        "Hur många personer gick utbildningsdagarna i Vidbacka?",
        "Vad kostade lunchen på utbildningsdagarna?",
        "Hur många grader är det i lokalerna på Linden?",
    ],
)
async def test_a_sentence_that_lacks_something_of_the_question_does_not_answer_it(
    solmark: Assistant, question: str
) -> None:
    answer = await ask(solmark, SYSTEM, question, keep=False)
    assert "286" not in answer.answer
    assert "juni 2027" not in answer.answer


async def test_a_sentence_is_told_as_an_event_too(solmark: Assistant) -> None:
    told = stream(solmark, SYSTEM, "Vem drog tillbaka mätutrustningen för hjärtsvikt?", keep=False)
    registered = [event.register async for event in told if isinstance(event, Registered)]
    assert ["Leverantören drog tillbaka" in answer.text for answer in registered] == [True]


async def test_what_somebody_does_not_see_is_not_quoted_to_them(solmark: Assistant) -> None:
    question = "Vem drog tillbaka mätutrustningen för hjärtsvikt?"
    assert "Leverantören drog tillbaka" in (await ask(solmark, SYSTEM, question, keep=False)).answer
    assert "Leverantören" not in (await ask(solmark, await partner(solmark), question, keep=False)).answer
