import pytest

from retrieval.choosing import choose, enumerated
from tests.retrieval import shelves

TEXT = """# Färjeplanen

Färjeplanen har mål, mått och delmål för färjan.

Färjeplanens mål är punktlighet, trygghet och låga priser.
"""


def test_the_list_with_as_many_items_as_were_asked_for_comes_first() -> None:
    asked, spans = shelves.spans(shelves.library(TEXT), "Vilka tre mål har färjeplanen?")
    assert enumerated(choose(asked, spans)[0]) == 3


def test_a_row_of_years_is_not_said() -> None:
    table = "# Färjor\n\n| Stöd till färjor (mnkr) |\n|---|\n| | 2026 | 2027 |\n| Färjor | 3 | 4 |\n"
    asked, spans = shelves.spans(shelves.library(table), "Hur mycket stöd får färjor 2027?")
    assert all("Färjor" in span.text for span in choose(asked, spans))


@pytest.mark.parametrize(
    ("text", "items"),
    [("Målen är a, b och c.", 3), ("Vi har mål.", 0), ("Målen:\n\n- ett,\n- två,\n- tre,\n- fyra.", 4)],
)
def test_items_are_counted_in_lists_and_sentences(text: str, items: int) -> None:
    _, spans = shelves.spans(shelves.library(f"# Plan\n\n{text}\n"), "Vilka mål har planen?")
    assert max(map(enumerated, spans)) == items
