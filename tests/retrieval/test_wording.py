import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.lexicon import lexicon
from retrieval.vocabulary import Vocabulary
from retrieval.wording import Asked, read_wording

WRITTEN = """
ungdomsmottagning ungdomsmottagningen läkarförsörjning förfogandeanslag förfogandeanslaget mätutrustning äldre råd rad
vårdcentral vårdcentralerna psykisk ohälsa uppsägning samverkansavtalet avtal region regionstyrelsen familjecentralen
handslaget statsbidrag särskilt boende ansöka ansökan september
"""
WORDS = Vocabulary(WRITTEN.split())


def asked(text: str, words: Vocabulary | None = WORDS) -> dict[str, Asked]:
    return {word.base: word for word in read_wording(text, words).asked}


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("Hur mycket far lakarforsorjningen?", "läkarförsörjning"),
        ("vilka ar aldre", "äldre"),
        ("uppsagning av samverkansavtalet", "uppsägning"),
        ("rad till patienter", "råd"),
        ("Vad är statsbidarg?", "statsbidrag"),
        ("samverkansavtelet", "samverkansavtalet"),
        ("fofogandeanslaget i år", "förfogandeanslag"),
        ("regionstyrelssen", "regionstyrelsen"),
        ("VÅRDCENTRALERNAS ansvar", "vårdcentral"),
        ("ungdoms mottagning", "ungdomsmottagning"),
        ("förfogande anslag", "förfogandeanslag"),
        ("vard central", "vårdcentral"),
        ("doktorerna på mottagningen", "läkare"),
        ("landstinget", "region"),
        ("pengar", "anslag"),
    ],
)
def test_a_question_finds_the_word_that_was_meant(question: str, meant: str) -> None:
    assert lexicon().base(meant) in read_wording(question, WORDS).terms


@pytest.mark.parametrize("text", ["Hur mycket är det?", "Vilka finns?", "", "?!", "och att"])
def test_words_that_only_shape_a_question_are_not_looked_for(text: str) -> None:
    assert read_wording(text, WORDS).terms == {}


def test_the_word_itself_weighs_more_than_what_may_stand_for_it() -> None:
    (word,) = asked("pengar").values()
    assert word.terms[word.base] == 1
    assert all(weight < 1 for term, weight in word.terms.items() if term != word.base)
    (mistyped,) = asked("statsbidarg").values()
    assert 0.5 < mistyped.terms["statsbidrag"] < 1


def test_a_word_that_exists_with_and_without_rings_is_looked_for_as_both() -> None:
    (word,) = asked("rad").values()
    assert word.terms["rad"] > word.terms["råd"] > 0
    assert "rad" not in asked("råd åt äldre")["råd"].terms


def test_a_real_word_is_not_corrected_into_one_of_the_documents() -> None:
    assert "ansök" not in read_wording("Vad står om ansikten?", WORDS).terms
    assert set(read_wording("tandvård", WORDS).terms) == {"tandvård", "tand", "vård"}


def test_names_and_the_focus_of_a_question_are_told_apart() -> None:
    words = asked("Vilken uppsägning gäller i Solmark enligt avtal?")
    assert words["solmark"].is_name
    assert not words["uppsägning"].is_name
    assert words["uppsägning"].is_focus
    assert not words["avtal"].is_focus


def test_without_documents_a_question_is_taken_as_it_stands() -> None:
    assert set(asked("ungdoms mottagning statsbidarg", None)) == {"ungdom", "mottagning", "statsbidarg"}


@settings(max_examples=60)
@given(st.text(max_size=100))
def test_any_text_can_be_a_question(text: str) -> None:
    wording = read_wording(text, WORDS)
    assert all(0 < weight <= 1 for weight in wording.terms.values())
    assert len(set(wording.words)) == len(wording.words)
