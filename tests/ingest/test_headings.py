import pytest

from ingest.headings import looks_like_heading, with_headings
from ingest.lines import Line, LineKind, read_lines, usual_width
from ingest.tables import find_tables

PARAGRAPH = (
    "Nämnden har under hösten prövat om läkarbilar behövs i länet och funnit att\n"
    "behovet är störst i glesbygden, där det är långt till närmaste vårdcentral."
)


def headings(text: str) -> list[str]:
    lines = read_lines(text)
    marked = with_headings(lines, find_tables(lines, usual_width(lines)))
    return [" ".join(line.text.split()) for line in marked if line.kind is LineKind.HEADING]


@pytest.mark.parametrize(
    "heading",
    [
        "Bakgrund",
        "EKONOMI",
        "2. Förslag till beslut",
        "2.1 Kostnader för läkarbilar",
        "§ 32 Inriktning för den nära vården",
        "Hur har det gått?",
        "Läkarförsörjning, rekrytering och introduktion",
        "En rubrik som är så lång att den inte får plats på en rad utan fortsätter\npå nästa",
    ],
)
def test_a_short_line_that_stands_apart_is_a_heading(heading: str) -> None:
    text = f"{PARAGRAPH}\n\n{heading}\n\n{PARAGRAPH}\n"
    assert headings(text) == [heading.replace("\n", " ")]


@pytest.mark.parametrize(
    "line",
    [
        "Det här är en mening.",
        "Ansvarig: programgruppen",
        "Regionen ska:",
        "och så vidare",
        "12 000 34 000",
        "Tabell 3 över kostnader",
        "Figur 1",
        "Läkare,",
        "- punkt i en lista",
    ],
)
def test_other_lines_that_stand_apart_are_no_headings(line: str) -> None:
    assert headings(f"{PARAGRAPH}\n\n{line}\n\n{PARAGRAPH}\n") == []


def test_a_line_inside_a_paragraph_is_no_heading() -> None:
    assert headings("Region Solmark och\nGranholma\nkommun har skrivit under avtalet om vård.\n") == []


def test_a_numbered_list_has_no_headings() -> None:
    assert headings(f"{PARAGRAPH}\n\n1. Läkare\n2. Sköterskor\n3. Bilar\n\n{PARAGRAPH}") == []


def test_markdown_keeps_to_its_own_headings() -> None:
    text = f"# Titel\n\nKort rad\n\n{PARAGRAPH}\n\n## Underrubrik\n\n{PARAGRAPH}"
    assert headings(text) == ["# Titel", "## Underrubrik"]


def test_the_last_line_of_a_text_is_a_signature_not_a_heading() -> None:
    line = Line(0, 5, "Åsa Ö", LineKind.TEXT)
    assert not looks_like_heading(line, None, None, 80)


def test_the_end_of_a_signature_is_read_alike_with_and_without_a_line_end() -> None:
    text = f"{PARAGRAPH}\n\nMed vänlig hälsning\n\nÅsa Öst\n\nChef för vårdvalet"
    assert headings(text) == headings(f"{text}\n\n") == ["Med vänlig hälsning", "Åsa Öst", "Chef för vårdvalet"]


@pytest.mark.parametrize("line", ["9. Ord i avtalet", "3.2 Kostnader"])
def test_a_short_numbered_line_after_a_full_line_that_ends_a_sentence_is_a_heading(line: str) -> None:
    assert headings(f"{PARAGRAPH}\n{line}\nBegrepp\n{PARAGRAPH}\n")[0] == line


def test_a_line_broken_inside_a_word_is_no_heading() -> None:
    assert headings(f"{PARAGRAPH}\n\n5. Nämnden kontaktar regionens sjukvårds-\n{PARAGRAPH}\n") == []
