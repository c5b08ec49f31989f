import pytest

from retrieval.lexicon import lexicon
from retrieval.synonyms import SYNONYM_WEIGHT, base_terms, groups, synonyms


def others(phrase: str) -> set[str]:
    return {term for terms in synonyms(base_terms(phrase)).values() for term in terms}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("landstinget", "region"),
        ("regionstyrelsen", "landstingsstyrelsen"),
        ("pengar", "anslag"),
        ("doktorn", "läkare"),
        ("sköterskor", "sjuksköterska"),
        ("gamla", "äldre"),
        ("SIP", "plan"),
        ("samordnad individuell plan", "sip"),
        ("BUP", "ungdomspsykiatrin"),
    ],
)
def test_what_people_say_finds_what_documents_say(asked: str, found: str) -> None:
    assert lexicon().base(found) in others(asked)


@pytest.mark.parametrize("word", ["tandvård", "individuell plan", "och", ""])
def test_a_word_in_no_group_has_no_synonyms(word: str) -> None:
    assert others(word) == set()


def test_a_synonym_never_weighs_more_than_the_word_itself() -> None:
    for group in groups():
        for phrase in group:
            for terms in synonyms(base_terms(phrase)).values():
                assert all(0 < weight <= SYNONYM_WEIGHT < 1 for weight in terms.values())


def test_a_phrase_speaks_for_each_of_its_words() -> None:
    assert set(synonyms(base_terms("en samordnad individuell plan"))) == {0, 1, 2}


@pytest.mark.parametrize("group", groups(), ids=lambda group: group[0])
def test_every_group_of_the_data_works(group: tuple[str, ...]) -> None:
    assert len(group) > 1
    assert len(set(group)) == len(group)
    assert all(base_terms(phrase) for phrase in group)
    assert len({base_terms(phrase) for phrase in group}) > 1
