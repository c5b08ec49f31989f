import pytest

from retrieval.questions import (
    CARRIED,
    Expected,
    analyse,
    asked_number,
    depends_on_history,
    expected_answer,
    known_number,
)
from retrieval.wording import read_wording


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Hur mycket pengar får regionen?", Expected.AMOUNT),
        ("Vad kostar en läkarbil?", Expected.AMOUNT),
        ("Vilket belopp avsattes?", Expected.AMOUNT),
        ("Hur stort är anslaget?", Expected.AMOUNT),
        ("hur stora ar bidragen", Expected.AMOUNT),
        ("How much money does the region receive?", Expected.AMOUNT),
        ("Hur stor andel har en fast läkare?", Expected.SHARE),
        ("Hur många procent gick till bemanning?", Expected.SHARE),
        ("Hur många planer gjordes?", Expected.COUNT),
        ("Hur lång är uppsägningstiden?", Expected.DURATION),
        ("Hur lang ar uppsagningstiden?", Expected.DURATION),
        ("Hur ofta möts gruppen?", Expected.DURATION),
        ("Hur gammal ska man vara?", Expected.COUNT),
        ("När ska det redovisas?", Expected.DATE),
        ("nar ska det vara klart", Expected.DATE),
        ("Vilket år börjar planen?", Expected.DATE),
        ("Vilka datum gäller?", Expected.DATE),
        ("Och när?", Expected.DATE),
        ("When is it due?", Expected.DATE),
        ("Vilket diarienummer har ärendet?", Expected.IDENTIFIER),
        ("vad ar propositionens nummer, vilken beteckning", Expected.IDENTIFIER),
        ("Vilket telefonnummer har växeln?", Expected.CONTACT),
        ("Vem reserverade sig?", Expected.WHO),
        ("Vem beslutade?", Expected.WHO),
        ("Vilken nämnd ansvarar?", Expected.WHO),
        ("vem ar ordforande?", Expected.NAME),
        ("Vad heter regionens ekonomidirektör?", Expected.NAME),
        ("Vilken kommun fick mest?", Expected.NAME),
        ("Var ligger mottagningen?", Expected.NAME),
        ("Who is the director?", Expected.NAME),
        ("Vilka parter har skrivit under?", Expected.WHO),
        ("Who decided?", Expected.WHO),
        ("Vilka villkor gäller?", Expected.LIST),
        ("Vad ska kommunen göra?", Expected.LIST),
        ("Nämn målen i planen.", Expected.LIST),
        ("Vad är Handslaget?", Expected.DEFINITION),
        ("Vad menas med mest sjuka äldre?", Expected.DEFINITION),
        ("Vad står SIP för?", Expected.DEFINITION),
        ("What is Handslaget?", Expected.DEFINITION),
        ("Varför pausades mottagningen?", Expected.REASON),
        ("Varfor?", Expected.REASON),
        ("Vad beror förseningen på?", Expected.REASON),
        ("Vilken kommun fick mest, Älvbro eller Vidbacka? Vilken är störst eller minst?", Expected.COMPARISON),
        ("Vilken skillnad är det mellan förslaget och beslutet?", Expected.COMPARISON),
        ("Jämför de två åren.", Expected.COMPARISON),
        ("Hur mycket får de sammanlagt?", Expected.SUM),
        ("Är avtalet uppsagt?", Expected.YES_NO),
        ("ar avtalet uppsagt", Expected.YES_NO),
        ("Ska Granholma få centrumet?", Expected.YES_NO),
        ("Finns det pengar kvar?", Expected.YES_NO),
        ("Berätta om planen", Expected.OTHER),
        ("Centrum för nära vård", Expected.OTHER),
        ("", Expected.OTHER),
    ],
)
def test_the_wording_tells_what_kind_of_answer_is_expected(question: str, expected: Expected) -> None:
    assert expected_answer(question) is expected


@pytest.mark.parametrize(
    "text",
    ["Och när?", "Men varför?", "Hur mycket kostar det?", "Vem ansvarar för den?", "Och i Älvbro?", "när?", "Varför?"],
)
def test_a_follow_up_leans_on_the_question_before(text: str) -> None:
    assert depends_on_history(text, read_wording(text, None).words)


def test_a_question_that_says_all_itself_stands_alone() -> None:
    text = (
        "Hur mycket avsatte regionstyrelsen till utvecklingsprojekt inom psykisk ohälsa på länets vårdcentraler 2026?"
    )
    assert not depends_on_history(text, read_wording(text, None).words)
    alone, after = analyse(text), analyse(text, ["Varför pausades mottagningen på distans?"])
    assert after.terms == alone.terms
    assert after.search_text == text


def test_a_follow_up_carries_the_subject_for_less() -> None:
    question = analyse("Och när ska det vara klart?", ["Vad ska vårdcentralen redovisa om läkarstödet?"])
    assert question.expected is Expected.DATE
    assert question.terms["läkarstöd"] == CARRIED
    assert question.terms["klar"] == 1
    assert {word.base for word in question.subject} >= {"vårdcentral", "läkarstöd"}
    assert question.search_text.endswith("Och när ska det vara klart?")
    assert "läkarstödet" in question.search_text


def test_only_the_latest_question_is_carried() -> None:
    history = ["Vem leder nämnden?", "Vad kostar läkarbilen?"]
    assert "nämnd" not in analyse("Och när kommer den?", history).terms


def test_a_follow_up_without_a_question_word_expects_what_was_asked_before() -> None:
    question = analyse("Och i Älvbro?", ["Hur många planer gjordes i Havsunda 2025?"])
    assert question.expected is Expected.COUNT
    assert question.years == {2025}
    assert analyse("Och 2026?", ["Hur många planer gjordes i Havsunda 2025?"]).years == {2026}


def test_years_and_money_are_noticed() -> None:
    assert analyse("Hur stort är anslaget 2026–2027?").years == {2026, 2027}
    assert analyse("Hur mycket pengar finns?").money
    assert not analyse("Hur många läkare finns?").money
    assert analyse("How much funding is there?").english


@pytest.mark.parametrize(
    ("question", "said", "known"),
    [
        ("Vilka är de sju delområdena?", (7, "delområdena"), 7),
        ("Nämn tre mål", (3, "mål"), None),
        ("Vad heter alla 12 kommuner i länet?", (12, "kommuner"), 12),
        ("Vilka mål finns 2026?", None, None),
        ("Vilka är de 400 bilarna?", None, None),
    ],
)
def test_a_number_of_things_is_asked_for_or_taken_for_known(
    question: str, said: tuple[int, str] | None, known: int | None
) -> None:
    assert asked_number(analyse(question)) == said
    assert known_number(analyse(question)) == known
