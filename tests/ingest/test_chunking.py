from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunking import LONGEST, TARGET, Unit, units
from ingest.readers.reading import split_pages
from ingest.structure import outline
from retrieval.kinds import UnitKind

SENTENCE = "Nämnden har prövat om läkarbilar behövs i länet och funnit att behovet är störst i glesbygden. "


def read(text: str, title: str = "") -> tuple[str, tuple[Unit, ...]]:
    """Return the canonical text and its units."""
    clean, pages = split_pages(text)
    return clean, units(outline(clean, pages), title)


def said(text: str) -> list[str]:
    clean, found = read(text)
    return [" ".join(clean[unit.start : unit.end].split()) for unit in found]


def test_a_unit_is_read_with_title_headings_and_what_introduces_it() -> None:
    _, found = read("# Plan\n\n## Beslut\n\nNämnden beslutar\n\natt anta planen.\n", title="Plan för 2026")
    assert [unit.context for unit in found if unit.kind == "att-sats"] == [
        "Plan för 2026\nPlan › Beslut\nNämnden beslutar"
    ]


def test_the_title_is_not_said_twice() -> None:
    _, found = read("# Plan\n\nText här.\n", title="Plan")
    assert [unit.context for unit in found] == ["Plan"]


def test_a_row_is_read_with_its_column_heads() -> None:
    _, found = read("# Mått\n\n| Mått | 2025 |\n|---|---|\n| Planer | 498 |\n")
    assert found[-1].context.endswith("Mått | 2025")


def test_short_paragraphs_of_a_section_are_joined_and_those_of_others_are_not() -> None:
    assert said("# A\n\nEtt.\n\nTvå.\n\n# B\n\nTre.\n") == ["Ett. Två.", "Tre."]


def test_a_list_stands_with_its_lead() -> None:
    assert said("Regionen ska:\n\n- utse läkare,\n- svara.\n") == ["Regionen ska: - utse läkare, - svara."]


def test_clauses_and_rows_are_never_joined() -> None:
    assert said("Nämnden beslutar\n\natt anta planen,\n\natt avsätta 2 mnkr.\n") == [
        "att anta planen,",
        "att avsätta 2 mnkr.",
    ]
    assert len(said("| Mått | 2025 |\n|---|---|\n| Planer | 498 |\n| Mål | 600 |\n")) == 3


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    text = (SENTENCE * 12).strip()
    clean, found = read(text)
    assert len(found) > 2
    assert all(unit.end - unit.start <= TARGET for unit in found)
    assert all(clean[unit.start : unit.end].startswith("Nämnden") for unit in found)
    assert all(clean[unit.start : unit.end].endswith(".") for unit in found)


def test_a_page_is_where_the_unit_begins() -> None:
    text = "\f".join(f"# Sida {page}\n\nText på sida {page}.\n" for page in range(1, 5))
    assert [unit.page for unit in read(text)[1]] == [1, 2, 3, 4]
    text = "Nämnden har prövat frågan\noch funnit goda skäl. Den\nbeslutar att bilarna ska\f\nköra i hela länet.\n"
    clean, found = read(text)
    assert [unit.page for unit in found] == [1]
    assert clean[found[0].start : found[0].end].endswith("länet.")


def test_pages_need_not_begin_at_one() -> None:
    assert read("\f\fText på tredje sidan.")[1][0].page == 3


def test_a_page_number_between_paragraphs_is_in_no_unit() -> None:
    assert said("Det första stycket.\n\n2 (3)\n\fDet andra stycket.\n") == ["Det första stycket.", "Det andra stycket."]


@pytest.mark.parametrize("text", ["", "\n\n", "\f\f", "3 (4)"])
def test_a_text_that_says_nothing_has_no_units(text: str) -> None:
    assert read(text)[1] == ()


PIECES = st.sampled_from(
    [
        *(
            "# R\n",
            "## Rubrik\n",
            "att ",
            "- ",
            "1. ",
            "| a | b |\n",
            "|---|---|\n",
            "Belopp Period År\n",
            "5 mnkr",
            "ska:",
        ),
        *(
            SENTENCE,
            SENTENCE * 6,
            "å" * 1_000,
            "\n",
            "\n\n",
            " ",
            "\f",
            "3 (4)",
            "Mål ...... 7",
            "\u2028",
            "🙂",
            "\x85",
        ),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=25).map("".join), st.text(max_size=100)))
def test_units_cover_every_block_and_never_overlap(raw: str) -> None:
    text, pages = split_pages(raw)
    of = outline(text, pages)
    found = units(of, "Titel")
    assert all(one.end <= other.start for one, other in pairwise(found))
    covered = {place for unit in found for place in range(unit.start, unit.end)}
    for block in of.blocks:
        assert all(place in covered for place in range(block.start, block.end) if not text[place].isspace())
    for unit in found:
        piece = text[unit.start : unit.end]
        assert piece == piece.strip() != ""
        assert len(piece) <= LONGEST
        assert 0 <= unit.section < len(of.sections)
        assert UnitKind(unit.kind)
        page = next(page for page in pages if page.number == unit.page)
        assert page.start <= unit.start < page.end
