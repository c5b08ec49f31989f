import textwrap

import pytest

from ingest.lines import LineKind, read_lines
from ingest.readers.reading import split_pages
from ingest.runon import LONG
from ingest.structure import outline
from ingest.unwrapped import unwrapped

FILLER = (
    "Nämnden har prövat om läkarbilar behövs i länet. Bilarna kör dag och natt. De kommer hem till den som är sjuk. "
)
RUN_ON = (
    f"{FILLER * 8}Kostnader för bilar i glesbygd Regionens kostnader uppgick till 5 mnkr. {FILLER * 6}I länet finns: "
    f"• blå bilar • röda bilar Mellan åren 2019 och 2023 ökade antalet. {FILLER * 2}"
).strip()


def set_anew(text: str, width: int) -> str:
    """Return a text broken into lines as a program does that sets it on pages."""
    return "\n".join(textwrap.wrap(text, width, break_on_hyphens=False))


def said(text: str) -> list[tuple[str, tuple[str, ...], str]]:
    """Return kind, headings and words of every block."""
    clean, pages = split_pages(text)
    of = outline(clean, pages)
    return [
        (str(block.kind), of.sections[block.section].path, " ".join(clean[block.start : block.end].split()))
        for block in of.blocks
    ]


@pytest.mark.parametrize("width", [60, 75, 95, 120])
def test_a_page_on_one_line_reads_the_same_when_it_is_broken_into_lines(width: int) -> None:
    whole = said(RUN_ON)
    assert ("Kostnader för bilar i glesbygd",) in {path for _, path, _ in whole}
    assert said(set_anew(RUN_ON, width)) == whole


def test_no_character_is_moved() -> None:
    text = f"Rubrik\n\n{set_anew(RUN_ON, 80)}\n\n{FILLER}"
    flat, lines = unwrapped(text, read_lines(text))
    assert len(flat) == len(text)
    assert flat.split() == text.split()
    assert [line.kind for line in lines if line.text] == [LineKind.TEXT, LineKind.RUN_ON, LineKind.TEXT]
    assert all(line.text == flat[line.start : line.end] for line in lines)


@pytest.mark.parametrize(
    "text",
    [
        set_anew(FILLER * 6, 80),
        "\n".join(set_anew(f"{FILLER}Bra så.", 80) for _ in range(18)),
        "\n".join([FILLER * 3] * 6),
    ],
    ids=["short", "paragraphs that end on short lines", "each line a paragraph"],
)
def test_other_paragraphs_are_left_alone(text: str) -> None:
    lines = read_lines(text)
    assert unwrapped(text, lines) == (text, lines)
    assert len(FILLER * 6) < LONG < len(FILLER * 18)
