import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.furniture import mark_furniture
from ingest.lines import LineKind, read_lines
from ingest.readers.reading import split_pages
from ingest.structure import Block, Outline, outline, plain
from retrieval.kinds import UnitKind

PARAGRAPH = "Nämnden har prövat om läkarbilar behövs i länet och funnit att behovet är störst i glesbygden."


def read(text: str) -> Outline:
    return outline(*split_pages(text))


def said(of: Outline, kind: UnitKind | None = None) -> list[str]:
    """Return the blocks' texts on one line each."""
    return [" ".join(of.text[b.start : b.end].split()) for b in of.blocks if kind in {None, b.kind}]


def path(of: Outline, block: Block) -> tuple[str, ...]:
    return of.sections[block.section].path


def test_markdown_headings_make_a_tree() -> None:
    of = read("# Plan\n\nInledning.\n\n## Mål\n\n### Läkare\n\nFler.\n\n## Pengar\n\nFå.\n")
    assert [section.path for section in of.sections] == [
        (),
        ("Plan",),
        ("Plan", "Mål"),
        ("Plan", "Mål", "Läkare"),
        ("Plan", "Pengar"),
    ]
    assert [path(of, block)[-1] for block in of.blocks] == ["Plan", "Mål", "Läkare", "Pengar"]


def test_numbered_headings_make_a_tree_too() -> None:
    of = read(f"1. Bakgrund\n\n{PARAGRAPH}\n\n2. Förslag\n\n{PARAGRAPH}\n\n2.1 Kostnader\n\n{PARAGRAPH}\n")
    assert [path(of, block) for block in of.blocks] == [
        ("1. Bakgrund",),
        ("2. Förslag",),
        ("2. Förslag", "2.1 Kostnader"),
    ]


def test_plain_headings_follow_each_other_on_one_level() -> None:
    of = read(f"BAKGRUND\n\n{PARAGRAPH}\n\nEKONOMI\n\n{PARAGRAPH}\n")
    assert [path(of, block) for block in of.blocks] == [("BAKGRUND",), ("EKONOMI",)]


def test_sections_follow_each_other_and_cover_the_text() -> None:
    of = read(f"Före.\n\n# A\n\n{PARAGRAPH}\n\n# B\n\n{PARAGRAPH}")
    assert of.sections[0].start == 0
    assert of.sections[-1].end == len(of.text)
    assert all(one.end == other.start for one, other in pairwise(of.sections))


def test_a_heading_with_nothing_under_it_is_kept_as_a_block() -> None:
    assert said(read(f"# Titel\n\n## Mål\n\n{PARAGRAPH}\n"), UnitKind.HEADING) == ["# Titel"]


def test_items_know_the_sentence_that_introduces_them() -> None:
    of = read("Inledning. Regionen ska:\n\n- utse en läkare,\n- svara\n  samma dag.\n\nSlut på listan.\n")
    items = [block for block in of.blocks if block.kind is UnitKind.ITEM]
    assert said(of, UnitKind.ITEM) == ["- utse en läkare,", "- svara samma dag."]
    assert {block.lead for block in items} == {"Regionen ska:"}
    assert said(of)[-1] == "Slut på listan."


@pytest.mark.parametrize("mark", ["att   ", "**att** ", "- att ", "att\u00a0"])
def test_each_clause_of_a_decision_stands_by_itself(mark: str) -> None:
    text = f"Nämnden beslutar\n\n{mark}anta planen,\n\n{mark}avsätta 2 mnkr till läkare i\nglesbygd.\n"
    of = read(f"# Beslut\n\n{text}" if "*" in mark else text)
    clauses = [block for block in of.blocks if "Nämnden beslutar" in (block.lead, *path(of, block))]
    assert len(clauses) >= 2
    assert said(of)[-1].endswith("avsätta 2 mnkr till läkare i glesbygd.")
    assert any(text.endswith("anta planen,") for text in said(of))


def test_a_markdown_table_is_rows_under_a_head() -> None:
    of = read(
        "Tabellen visar:\n\n| Mått | 2024 | 2025 |\n|---|---:|---|\n| Planer | 455 | 498 |\n| **Summa** | 1 | |\n"
    )
    rows = [block for block in of.blocks if block.kind is UnitKind.ROW]
    assert said(of, UnitKind.ROW) == ["| Mått | 2024 | 2025 |", "| Planer | 455 | 498 |", "| **Summa** | 1 | |"]
    assert [block.lead for block in rows] == ["Tabellen visar:", "Mått | 2024 | 2025", "Mått | 2024 | 2025"]


@pytest.mark.parametrize("edge", ["\n", "\f", "\n\n", "\f\n"])
def test_the_head_that_a_table_has_again_on_a_new_page_is_no_row(edge: str) -> None:
    head = "| Mått | 2025 |\n|---|---|"
    of = read(f"{head}\n| Planer | 498 |{edge}{head}\n| Bilar | 12 |\n\n{PARAGRAPH}\n\n{head}\n| Broar | 3 |\n")
    assert said(of, UnitKind.ROW) == [
        "| Mått | 2025 |",
        *("| Planer | 498 |", "| Bilar | 12 |"),
        "| Mått | 2025 |",
        "| Broar | 3 |",
    ]
    assert [block.lead for block in of.blocks if "Bilar" in of.text[block.start : block.end]] == ["Mått | 2025"]


def test_a_section_of_a_law_stands_under_its_number_and_heading() -> None:
    of = read(f"Tillstånd\n\n1 §\n\n{PARAGRAPH}\n\n2 a §\n\n{PARAGRAPH}\n\nAvgifter\n3 §\n\n{PARAGRAPH}\n")
    paths = [of.sections[block.section].path for block in of.blocks if block.kind is UnitKind.PARAGRAPH]
    assert paths == [("Tillstånd", "1 §"), ("Tillstånd", "2 a §"), ("Avgifter", "3 §")]


def test_where_a_text_was_fetched_is_not_what_it_says() -> None:
    of = read(f"# source: https://exempel.se/lakar bilar/ (samling@data:bilar.md)\n\n{PARAGRAPH}\n")
    assert said(of) == [PARAGRAPH]
    assert said(read(f"source: Regionens register\n\n{PARAGRAPH}\n")) == ["source: Regionens register", PARAGRAPH]


def test_a_table_from_a_pdf_is_rows_under_a_head() -> None:
    of = read(
        "Område Period Belopp nationellt Belopp region\n\nStöd till bemanning i\nprimärvården\n655 mnkr\n10,4 mnkr\n"
        f"Cancervård 407 mnkr 3,1 mnkr\n\n{PARAGRAPH}\n"
    )
    assert said(of, UnitKind.ROW) == [
        "Område Period Belopp nationellt Belopp region",
        "Stöd till bemanning i primärvården 655 mnkr 10,4 mnkr",
        "Cancervård 407 mnkr 3,1 mnkr",
    ]
    assert of.blocks[1].lead == "Område Period Belopp nationellt Belopp region"
    assert said(of, UnitKind.PARAGRAPH) == [PARAGRAPH]


def test_a_sentence_goes_on_over_a_page_break() -> None:
    of = read("Nämnden har prövat frågan\noch funnit goda skäl. Den\nbeslutar att bilarna ska\f\nköra i hela länet.\n")
    assert said(of) == [
        "Nämnden har prövat frågan och funnit goda skäl. Den beslutar att bilarna ska köra i hela länet."
    ]


def test_headers_and_page_numbers_are_not_what_the_text_says() -> None:
    of = read("\f".join(f"Region Solmark\n\n{PARAGRAPH} Del {page}.\n\nSida {page} (3)\n" for page in range(1, 4)))
    assert said(of) == [f"{PARAGRAPH} Del {page}." for page in range(1, 4)]


def test_amounts_at_the_foot_of_each_page_are_kept() -> None:
    of = read("\f".join(f"{PARAGRAPH} Del {page}.\n\nSumma {page} mnkr\n" for page in range(1, 4)))
    found = " ".join([*said(of), *(section.path[-1] for section in of.sections if section.path)])
    assert all(f"Summa {page} mnkr" in found for page in range(1, 4))


def test_a_table_of_contents_is_set_aside() -> None:
    assert said(read(f"Bakgrund ............ 3\nFörslag ............. 5\n\n{PARAGRAPH}"), UnitKind.CONTENTS) == [
        "Bakgrund ............ 3",
        "Förslag ............. 5",
    ]


@pytest.mark.parametrize(
    ("marked", "bare"),
    [
        ("## Mål och **medel**", "Mål och medel"),
        ("[länk](https://region.example)", "länk"),
        ("två\n  rader", "två rader"),
        ("| a |", "a"),
    ],
)
def test_plain_text_has_no_marks(marked: str, bare: str) -> None:
    assert plain(marked) == bare


PIECES = st.sampled_from(
    [
        *("# R\n", "## Rubrik\n", "att ", "- ", "1. ", "2.1 Kap", "| a | b |\n", "|---|---|\n", "Belopp Period År\n"),
        *("5 mnkr", "Text med ord.", "ska:", "\n", "\n\n", " ", "\f", "3 (4)", "Mål ...... 7", "**fet**", "å\u0301"),
        *("\u2028", "\ufeff", "Summa     1 000\n", "\u00ad", "\x85", "漢字", "🙂", "\u202eomvänd", "[[a]]", "§ 3 Val"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=120)))
def test_no_letter_or_figure_is_lost_whatever_the_text(raw: str) -> None:
    of = read(raw)
    covered = bytearray(len(of.text))
    spans = [(block.start, block.end) for block in of.blocks]
    spans += [(section.start, of.text.find("\n", section.start)) for section in of.sections if section.path]
    spans += [(section.start, section.start + 200) for section in of.sections if section.path]
    spans += [
        (line.start, line.end)
        for line in mark_furniture(read_lines(of.text), of.pages)
        if line.kind in {LineKind.FURNITURE, LineKind.TABLE_RULE}
    ]
    for start, end in spans:
        covered[start : end if end >= 0 else len(of.text)] = b"x" * ((end if end >= 0 else len(of.text)) - start)
    lost = [mark for mark, seen in zip(of.text, covered, strict=False) if mark.isalnum() and not seen]
    assert lost == []
    assert all(one.end <= other.start for one, other in pairwise(of.blocks))
    assert all(of.text[b.start : b.end] == of.text[b.start : b.end].strip() != "" for b in of.blocks)


@pytest.mark.parametrize(
    "unit", ["å", "ord ", "1 ", "1  ", "Å 1  ", "- ", "| a ", ". ", "att ", "#", "*", "Ord. ", "5 mnkr "]
)
def test_a_hundred_thousand_characters_on_one_line_take_no_more_than_linear_time(unit: str) -> None:
    line = (unit * 100_000)[:100_000]
    started = time.perf_counter()
    read(f"{line}x")
    read(f"Belopp Period År\n{line}x\n\nText.")
    assert time.perf_counter() - started < 20
