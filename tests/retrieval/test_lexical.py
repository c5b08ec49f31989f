import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.analysis import index_terms
from retrieval.lexical import Segment, document_frequencies, inverse_frequency, pack, score, unpack

TEXTS = (
    "Nämnden avsätter 2 mnkr till läkarbilar.",
    "Läkarbilar kör i tre kommuner. Läkarbilar är bra.",
    "Skolan har en ny matsal.",
    "",
)
SEGMENT = unpack(pack(TEXTS))


def best(question: str, *segments: Segment) -> tuple[int, int]:
    rows = score(segments, index_terms(question))
    return max(((row[position], -index, -position) for index, row in enumerate(rows) for position in range(len(row))))[
        1:
    ]


def test_a_segment_holds_each_unit_and_its_words() -> None:
    assert len(SEGMENT.lengths) == len(TEXTS)
    assert SEGMENT.lengths[3] == 0
    assert "läkarbilar" in SEGMENT.words
    assert SEGMENT.words == sorted(SEGMENT.words)


def test_packing_is_the_same_every_time() -> None:
    assert pack(TEXTS) == pack(list(TEXTS))


@pytest.mark.parametrize(
    ("question", "position"),
    [("matsal i skolan", 2), ("två läkarbilar i kommunerna", 1), ("avsätta 2 000 tkr", 0), ("nämndens beslut", 0)],
)
def test_the_unit_that_says_it_scores_best(question: str, position: int) -> None:
    assert best(question, SEGMENT) == (0, -position)


def test_a_question_of_unknown_words_scores_nothing() -> None:
    assert [float(row.max()) for row in score([SEGMENT], index_terms("zebror"))] == [0.0]


def test_rare_words_tell_more_than_common_ones() -> None:
    common = unpack(pack(["läkarbil häst"] * 9 + ["läkarbil zebra"]))
    rows = score([common], index_terms("läkarbil zebra"))
    assert rows[0][9] > 2 * rows[0][0]
    assert inverse_frequency(10, 10) >= 0


def test_what_is_not_visible_changes_no_score() -> None:
    alone = score([SEGMENT], {"läkarbil": 1.0})[0]
    hidden = unpack(pack(["läkarbil läkarbil"] * 50))
    assert (score([SEGMENT], {"läkarbil": 1.0})[0] == alone).all()
    assert (score([SEGMENT, hidden], {"läkarbil": 1.0})[0] != alone).any()


def test_frequencies_are_counted_over_all_segments() -> None:
    assert document_frequencies([SEGMENT, SEGMENT], {"läkarbil": 1.0, "zebra": 1.0}) == {"läkarbil": 4, "zebra": 0}


def test_nothing_to_score_is_no_error() -> None:
    assert score([], {"vård": 1.0}) == []
    assert [len(row) for row in score([unpack(pack([]))], {"vård": 1.0})] == [0]


def test_bytes_of_something_else_are_refused() -> None:
    with pytest.raises(msgspec.MsgspecError):
        unpack(b"inget segment")


@settings(max_examples=40)
@given(st.lists(st.text(alphabet="vårdlimn 12,.\n", max_size=40), max_size=5))
def test_a_unit_is_found_by_any_of_its_terms(texts: list[str]) -> None:
    segment = unpack(pack(texts))
    for position, text in enumerate(texts):
        for term in index_terms(text):
            assert score([segment], {term: 1.0})[0][position] > 0
