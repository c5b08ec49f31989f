import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.vocabulary import MOST_CANDIDATES, Vocabulary

WORDS = Vocabulary(
    ["äldre", "råd", "rad", "statsbidrag", "förfogandeanslaget", "vårdcentralerna", "uppsägning", "regelbok", "läkare"]
)


@pytest.mark.parametrize("word", ["äldre", "äldres", "vårdcentral", "förfogandeanslag", "regelboken", "läkarna"])
def test_a_word_is_known_in_any_form(word: str) -> None:
    assert WORDS.knows(word)


@pytest.mark.parametrize("word", ["tandvård", "aldre", ""])
def test_other_words_are_not_known(word: str) -> None:
    assert not WORDS.knows(word)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("aldre", ["äldre"]), ("rad", ["råd"]), ("råd", ["rad"]), ("uppsagning", ["uppsägning"]), ("zebra", [])],
)
def test_letters_are_given_their_rings_and_dots_back(typed: str, meant: list[str]) -> None:
    assert WORDS.without_diacritics(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("statsbidarg", "statsbidrag"),
        ("statbidrag", "statsbidrag"),
        ("fofogandeanslaget", "förfogandeanslaget"),
        ("uppsägnign", "uppsägning"),
        ("vardcentralrna", "vårdcentralerna"),
        ("regelbock", "regelbok"),
    ],
)
def test_a_misspelt_word_is_recognised(typed: str, meant: str) -> None:
    assert WORDS.alike(typed)[0] == meant


@pytest.mark.parametrize("typed", ["bil", "zebra", "regn", "statistik", "sjukhus", ""])
def test_another_word_is_not_taken_for_a_misspelling(typed: str) -> None:
    assert WORDS.alike(typed) == []


def test_an_empty_vocabulary_knows_nothing() -> None:
    empty = Vocabulary([])
    assert not empty.knows("vård")
    assert empty.alike("vårdcentral") == empty.without_diacritics("vard") == []


@settings(max_examples=60)
@given(st.sampled_from(["statsbidrag", "vårdcentralerna", "förfogandeanslaget", "uppsägning"]), st.data())
def test_two_letters_that_change_places_do_not_hide_a_word(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(word) - 2))
    typed = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    assert word in WORDS.alike(typed)
    assert len(WORDS.alike(typed)) <= MOST_CANDIDATES
