import pytest

from retrieval.smalltalk import reply


@pytest.mark.parametrize("text", ["hej", "Hej!", "Hejsan", "God morgon", "Hallå där", "hello", " Tjena! ", "GOD KVÄLL"])
def test_a_greeting_is_greeted(text: str) -> None:
    assert (reply(text) or "").startswith("Hej! Fråga mig")


@pytest.mark.parametrize("text", ["tack", "Tack så mycket!", "Tusen tack", "Tack för hjälpen.", "thanks"])
def test_thanks_are_received(text: str) -> None:
    assert (reply(text) or "").startswith("Varsågod")


@pytest.mark.parametrize("text", ["hej då", "Hejdå!", "Adjö", "Vi ses"])
def test_a_farewell_is_said(text: str) -> None:
    assert (reply(text) or "").startswith("Hej då")


@pytest.mark.parametrize(
    "text",
    ["Vem är du?", "vad ar du", "Är du en AI?", "Är du en människa?", "Vad kan du göra?", "Hur fungerar Närplan?"],
)
def test_it_says_that_it_is_an_ai_service(text: str) -> None:
    answer = reply(text) or ""
    assert "AI-tjänst" in answer
    assert "Kontrollera alltid mot källan" in answer


@pytest.mark.parametrize(
    "text",
    [
        "Hej, hur stort är anslaget?",
        "Hur mycket pengar får vi?",
        "Tack vare vem fick kommunen pengar?",
        "Vem är ordförande?",
        "Vad kan kommunen göra?",
        "Hur fungerar Handslaget?",
        "Hjälpmedel",
        "tackling",
        "",
        "?",
    ],
)
def test_a_real_question_is_no_small_talk(text: str) -> None:
    assert reply(text) is None
