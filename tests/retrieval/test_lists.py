import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.lists import ITEM_BREAK, LONGEST, list_after, list_around

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


INLINE = "Länet är nytt. I länet finns: • blå bilar • röda bilar Mellan åren 2019 och 2023 ökade antalet."


def test_a_list_on_the_line_of_its_lead_ends_before_the_sentence_glued_to_it() -> None:
    lead_end = INLINE.index(":") + 1
    assert INLINE[: list_after(INLINE, lead_end, len(INLINE))].endswith("röda bilar")


@pytest.mark.parametrize("item", ["• blå", "• röda"])
def test_an_item_in_the_middle_of_a_line_knows_its_list(item: str) -> None:
    span = list_around(INLINE, INLINE.index(item), 0, len(INLINE))
    assert span is not None
    assert INLINE[slice(*span)] == "I länet finns: • blå bilar • röda bilar"


def test_bullets_in_the_middle_of_a_line_without_a_lead_are_no_list() -> None:
    text = "Bilar • blå • röda"
    assert list_around(text, text.index("• röda"), 0, len(text)) is None


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("Ska:\n- köpa bilar\n- sälja – om möjligt – garage.", 2),
        ("Bilarna står i länet i natt,\n- ofta en till två timmar – efter beslut.", 0),
        ("Ska: • köpa bilar • sälja garage", 2),
    ],
)
def test_items_begin_at_bullets_and_not_at_a_dash_in_a_sentence(text: str, items: int) -> None:
    assert len(ITEM_BREAK.findall(text)) == items
