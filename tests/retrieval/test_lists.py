import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.lists import LONGEST, list_after, list_around

TEXT = """Inledning utan lista.

Regionen ska
erbjuda följande:

- en namngiven läkare,
- svar per telefon
  inom 30 minuter,

- bedömning hemma.

Kommunen betalar resten.
"""
LEAD_END = TEXT.index("följande:") + len("följande:")
LIST_END = TEXT.index("hemma.") + len("hemma.")


def test_a_list_ends_with_its_last_item() -> None:
    assert list_after(TEXT, LEAD_END, len(TEXT)) == LIST_END


@pytest.mark.parametrize("item", ["en namngiven", "svar per", "bedömning"])
def test_from_any_item_the_whole_list_is_found_with_its_lead(item: str) -> None:
    start = TEXT.index(item) - 2
    span = list_around(TEXT, start, 0, len(TEXT))
    assert span is not None
    assert TEXT[slice(*span)].startswith("Regionen ska\nerbjuda följande:")
    assert TEXT[slice(*span)].endswith("bedömning hemma.")


@pytest.mark.parametrize("marks", [("-", "-"), ("•", "•"), ("1.", "2."), ("1)", "2)"), ("a)", "b)"), ("–", "–")])
def test_any_mark_makes_a_list(marks: tuple[str, str]) -> None:
    text = f"Det gäller:\n{marks[0]} läkare\n{marks[1]} sjuksköterskor\n\nSlut här."
    end = list_after(text, text.index(":") + 1, len(text))
    assert end is not None
    assert text[:end].endswith("sjuksköterskor")


@pytest.mark.parametrize(
    "text",
    [
        "Det gäller:\nvanlig text följer.",
        "Det gäller:",
        "Det gäller:\n\n## Rubrik\n- punkt",
        "Det gäller:\n\nVanlig text.",
    ],
)
def test_where_no_list_follows_there_is_none(text: str) -> None:
    assert list_after(text, text.index(":") + 1, len(text)) is None


def test_a_heading_and_the_limit_end_a_list() -> None:
    text = "Ska:\n- ett\n- två\n# Rubrik\n- tre\n"
    assert text[: list_after(text, 4, len(text))].endswith("- två")
    assert text[: list_after(text, 4, text.index("- två"))].strip().endswith("- ett")


def test_a_list_too_long_to_be_an_answer_is_cut_at_an_item() -> None:
    text = "Ska:\n" + "".join(f"- punkt {number} med några ord till\n" for number in range(200))
    end = list_after(text, 4, len(text))
    assert end is not None
    assert LONGEST * 0.9 < end - 4 <= LONGEST
    assert text[end - 3 : end + 1] == "ill\n"


def test_a_lone_item_has_no_list() -> None:
    text = "Vanlig text.\n- ensam punkt\n"
    assert list_around(text, text.index("-"), 0, len(text)) is None


def test_a_list_does_not_begin_before_the_floor() -> None:
    assert list_around(TEXT, TEXT.index("- en"), LEAD_END, len(TEXT)) is None


@settings(max_examples=60)
@given(st.text(alphabet="-1.a) :\n#å", max_size=60), st.integers(0, 60))
def test_any_text_has_a_list_inside_it_or_none(text: str, place: int) -> None:
    start = min(place, len(text))
    end = list_after(text, start, len(text))
    assert end is None or start < end <= len(text)
    span = list_around(text, start, 0, len(text))
    assert span is None or 0 <= span[0] < start < span[1] <= len(text)
