from initiatives.access import SYSTEM
from retrieval.answering import Assistant, ask
from retrieval.register.nearby import UNSURE


async def test_where_it_is_not_understood_what_is_asked_of_a_thing_it_is_told_how_that_stands(
    solmark: Assistant,
) -> None:
    answer = await ask(solmark, SYSTEM, "Eftervård hemma efter förlossning, känns det vettigt?", keep=False)
    assert answer.answered_by == "register"
    assert UNSURE.format(name="Eftervård hemma efter förlossning") in answer.answer
    assert "pågår" in answer.answer
    assert answer.register is not None
    assert answer.register.rows


async def test_a_thing_of_another_place_is_not_told_of(solmark: Assistant) -> None:
    answer = await ask(solmark, SYSTEM, "Ljusnar det för familjecentralen i Vidbacka?", keep=False)
    assert "Jag är inte säker" not in answer.answer


async def test_what_documents_answer_is_not_given_up_for_how_a_thing_stands(solmark: Assistant) -> None:
    answer = await ask(solmark, SYSTEM, "Hur många hembesök gjorde det mobila närsjukvårdsteamet?", keep=False)
    assert "1 180" in answer.answer
    assert "Jag är inte säker" not in answer.answer
