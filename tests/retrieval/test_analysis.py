import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.analysis import DEEPEST, PART_WEIGHT, STOP_WORDS, distinct_words, index_terms, tokens


def whole(text: str) -> set[str]:
    return {term for term, weight in index_terms(text).items() if weight >= 1}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nämnden beslutade om vårdcentralerna.", "vårdcentral nämnd beslut"),
        ("447mnkr", "447 miljoner kronor"),
        ("20 000 tkr", "20 mnkr"),
        ("den 24 november 2014", "2014-11-24"),
        ("5,9 procent", "5,9 %"),
        ("RS 2025/0733", "rs 2025/0733"),
        ("HR-avdelningen", "hr-avdelning"),
        ("Linnéas mottagning", "linneas mottagningar"),
        ("vård\u00adcentral", "vårdcentral"),
        ("vård\u00ad\ncentral", "vårdcentral"),
        ("vård-\ncentralerna", "vårdcentral"),
        ("vård‐\ncentralerna", "vårdcentral"),
        ("HR-\navdelningen", "hr-avdelning"),
        ("e-\nhälsa", "e-hälsa"),
    ],
)
def test_what_means_the_same_shares_terms(one: str, other: str) -> None:
    assert whole(one) & whole(other)
    figures = {term for term in whole(one) if ":" in term}
    assert figures == {term for term in whole(other) if ":" in term}


def test_a_compound_counts_whole_and_its_parts_for_less() -> None:
    terms = index_terms("läkarförsörjningen")
    assert terms["läkarförsörjning"] == 1
    assert terms["försörjning"] == PART_WEIGHT
    assert index_terms("Barn- och ungdomspsykiatrin")["barn"] == 1


def test_stop_words_give_no_terms_and_repeated_words_add_up() -> None:
    assert index_terms("och att det som är") == {}
    assert index_terms("vård och vård")["vård"] == 2


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Ärende RS 2025/0733.", "rs2025/0733"),
        ("SOU 2016:2", "sou2016:2"),
        ("enligt 2015/16:43", "43"),
        ("1.5 och 1,5", "1,5"),
        ("e-hälsa", "ehäls"),
    ],
)
def test_case_numbers_decimals_and_hyphens_are_terms(text: str, term: str) -> None:
    assert term in index_terms(text)


def test_a_hyphen_that_stands_for_the_end_of_a_compound_is_no_broken_word() -> None:
    assert whole("barn-\noch ungdomsvård") == whole("barn- och ungdomsvård")
    assert whole("tåg-\nBussen") == whole("tåg Bussen")


def test_a_word_that_is_broken_at_the_end_of_a_line_is_one_word() -> None:
    assert distinct_words("Vi bygger vård-\ncentraler.") == {"bygger", "vårdcentraler"}
    assert [(start, end) for start, end, *_ in tokens("Ny vård-\ncentral")] == [(0, 2), (3, 16)]


def test_distinct_words_are_those_worth_comparing_a_misspelling_with() -> None:
    assert distinct_words("Vi har vårdcentraler, en HR-avdelning och 5 bilar 2026.") == {
        "vårdcentraler",
        "hr-avdelning",
        "bilar",
    }


@settings(max_examples=80)
@given(st.text(max_size=120))
def test_any_text_can_be_analysed(text: str) -> None:
    terms = index_terms(text)
    assert all(weight > 0 for weight in terms.values())
    assert not STOP_WORDS & distinct_words(text)
    for start, end, folded, _ in tokens(text):
        assert 0 <= start < end <= len(text)
        assert folded or not text[start:end].isalnum()


def test_a_word_of_a_thousand_letters_takes_no_time() -> None:
    terms = index_terms("vårdcentral" * 100)
    assert 0 < len(terms) < 10 * DEEPEST
