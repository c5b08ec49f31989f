import re

import pytest

from ingest.chunking import Unit, units
from ingest.furniture import running_heads
from ingest.lines import read_lines
from ingest.readers.reading import split_pages
from ingest.runon import LONG
from ingest.structure import outline

FILLER = (
    "Nämnden har prövat om läkarbilar behövs i länet. Bilarna kör dag och natt. De kommer hem till den som är sjuk. "
)


def page(head: str, said: str, foot: str = "") -> str:
    """Return a page on one long line, running text after what it says."""
    return f"{head} {said} {FILLER * 12}{foot}".strip()


def read(*pages: str) -> tuple[str, tuple[Unit, ...]]:
    """Return the text of marked pages and its units."""
    text = "\n\n".join(f"[[sida={number}]]\n{page}" for number, page in enumerate(pages, start=7))
    clean, spans = split_pages(text)
    return clean, units(outline(clean, spans))


def said(*pages: str) -> list[str]:
    text, found = read(*pages)
    return [text[unit.start : unit.end] for unit in found]


HEADS = ("Läkarbilar i länet 7", "Läkarbilar i länet 8", "Läkarbilar i länet 9")


def test_running_heads_page_numbers_and_page_marks_are_in_no_unit() -> None:
    found = said(*(page(head, "Bilarna är nya.") for head in HEADS))
    assert found[0].startswith("Bilarna är nya.")
    assert not any("Läkarbilar i länet" in unit or "sida=" in unit for unit in found)


def test_a_head_that_changes_sides_and_a_foot_are_found() -> None:
    odd = [page(f"{number} BILAR I LÄNET", "Bilarna är nya.") for number in (8, 10)]
    even = [page(f"BILAR I LÄNET {number}", "Bilarna är blå.") for number in (7, 9)]
    assert not any("BILAR" in unit for unit in said(even[0], odd[0], even[1], odd[1]))
    footed = [page("", "Bilarna är nya.", f"{number} Om bilar REGIONEN") for number in (7, 8, 9)]
    assert not any("REGIONEN" in unit for unit in said(*footed))


def test_numbers_that_do_not_rise_are_no_page_numbers() -> None:
    lines = read_lines("\n".join(page("Bilar i länet 7", "Text.") for _ in range(3)))
    assert not running_heads(lines, LONG)


def test_a_short_last_page_loses_its_head_too() -> None:
    found = said(*(page(head, "Bilarna är nya.") for head in HEADS), "Läkarbilar i länet 10 Planen gäller till 2030.")
    assert found[-1] == "Planen gäller till 2030."


def test_a_glued_heading_becomes_the_section_of_its_text() -> None:
    text, found = read(page("", "Bilarna är nya. Kostnader för bilar och personal Regionens kostnader uppgick till 5."))
    unit = next(unit for unit in found if text[unit.start :].startswith("Regionens"))
    assert unit.context == "Kostnader för bilar och personal"


def test_a_question_that_heads_a_page_is_a_heading() -> None:
    _, found = read(page("", "Hur många bilar behövs i länet? Bilarna är nya."))
    assert found[0].context == "Hur många bilar behövs i länet?"


def test_a_sentence_cut_by_the_page_is_no_heading() -> None:
    cut = page("", "Bilarna är nya.") + "Det finns skäl att köpa flera"
    text, found = read(cut, page("", "bilar till länet. De kommer i maj."))
    assert all(not unit.context for unit in found)
    assert any(text[unit.start : unit.end].endswith("att köpa flera") for unit in found)
    assert any(text[unit.start : unit.end].startswith("bilar till länet.") for unit in found)


TABLE = (
    "Antalet bilar ökar. Tabell 3. Bilar i länet Antal, vid årets slut. 2021 2022 2023 Förändring (%) "
    "Läkarbilar 1 204 1 310 1 402 16,4 % Bilar för sjukresor, (el) 12 15 31 158 % Summa 1 216 1 325 1 433 17,8 % "
    "Källa: Regionens register 2024, RGR. Bilarna kör mer än förr."
)


def test_a_table_becomes_rows_under_its_caption_and_column_heads() -> None:
    text, found = read(page("", TABLE))
    rows = [(text[unit.start : unit.end], unit.context) for unit in found if unit.kind == "row"]
    assert [row for row, _ in rows] == [
        "2021 2022 2023 Förändring (%)",
        "Läkarbilar 1 204 1 310 1 402 16,4 %",
        "Bilar för sjukresor, (el) 12 15 31 158 %",
        "Summa 1 216 1 325 1 433 17,8 %",
    ]
    head = "Tabell 3. Bilar i länet Antal, vid årets slut. 2021 2022 2023 Förändring (%)"
    assert [context.splitlines()[-1] for _, context in rows[1:]] == [head] * 3
    assert any(unit.startswith("Källa: Regionens register 2024, RGR.") for unit in said(page("", TABLE)))


def test_a_caption_and_a_note_without_a_full_stop_stand_by_themselves() -> None:
    glued = "Bilarna är nya. Not: Gäller länet Källa: Regionens register, RGR Bilarna kör mer än förr."
    found = said(page("", glued))
    assert any(unit.endswith("Not: Gäller länet") for unit in found)
    assert "Källa: Regionens register, RGR" in found


def test_notes_at_the_foot_are_told_from_the_text_they_belong_to() -> None:
    found = said(
        page("", "Bilarna är nya.14 De kostar mycket.") + "Regionen ska 14 Nya bilar köptes 2023 15 Priset är fast"
    )
    assert any(unit.endswith("Regionen ska") for unit in found)
    assert "14 Nya bilar köptes 2023" in found
    assert "15 Priset är fast" in found


def test_items_on_one_line_are_items() -> None:
    found = said(
        page("", "Bilarna är nya. I länet finns: • blå bilar • röda bilar Mellan åren 2019 och 2023 ökade antalet.")
    )
    assert any("röda bilar" in unit and "Mellan åren" not in unit for unit in found)
    assert any(unit.startswith("Mellan åren 2019") for unit in found)


@pytest.mark.parametrize("said", ["Bilarna är nya.", TABLE, "Fem bilar. Figur 2. Bilar 0 5 10 15 20 25 30 Antal"])
def test_every_word_but_heads_and_marks_is_in_a_unit_or_a_heading(said: str) -> None:
    text, pages = split_pages("\n\n".join(page(head, said) for head in HEADS))
    of = outline(text, pages)
    covered = {place for block in of.blocks for place in range(block.start, block.end)}
    headings = " ".join(section.path[-1] for section in of.sections if section.path)
    left = "".join(mark if place not in covered else " " for place, mark in enumerate(text))
    assert re.sub(r"Läkarbilar i länet \d", "", left).split() == headings.split()


def test_a_paragraph_of_ordinary_length_is_left_alone() -> None:
    text = FILLER * 4 + "Kostnader för bilar och personal Regionens kostnader uppgick till 5."
    assert len(text) < LONG
    clean, pages = split_pages(text)
    assert [section.path for section in outline(clean, pages).sections] == [()]
