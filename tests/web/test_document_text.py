import re
from html import unescape
from pathlib import Path

import pytest

from api.sample.register import DOCUMENTS
from api.web.document_text import as_read
from ingest.readers import Page, Reading, read, recognise

FILES = sorted(path for path in DOCUMENTS.iterdir() if path.suffix in {".txt", ".md", ".pdf"})
NOTHING = range(0)


def reading(path: Path) -> Reading:
    data = path.read_bytes()
    return read(recognise(path.name, data), data)


def shown(html: str) -> str:
    """The characters that a page shows, without white space and page marks."""
    without_marks = re.sub(r'<span class="page-mark".*?</span>', "", html)
    return "".join(unescape(re.sub(r"<[^>]+>", "", without_marks)).split())


def highlighted(html: str) -> str:
    return "".join("".join(unescape(part) for part in re.findall(r"<mark[^>]*>(.*?)</mark>", html, re.DOTALL)).split())


def bare(text: str) -> str:
    """The text without white space and without the signs of Markdown that the page draws instead."""
    text = re.sub(r"(?m)^\s*\|[\s:|-]+\|\s*$|^\s{0,3}#{1,6}\s|^\s*[-–—•*·▪◦‣]\s+|\*\*", "", text)
    return "".join(text.replace("|", "").split())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name[:2])
def test_no_word_is_lost_and_none_is_shown_twice(path: Path) -> None:
    found = reading(path)
    assert shown(as_read(found.text, found.pages, NOTHING)) == bare(found.text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name[:2])
def test_exactly_the_quotation_is_highlighted_wherever_it_stands(path: Path) -> None:
    found = reading(path)
    for start in range(0, len(found.text) - 120, 997):
        quotation = found.text[start : start + 120]
        html = as_read(found.text, found.pages, range(start, start + 120))
        assert highlighted(html) in bare(quotation), quotation
        assert html.count('id="citat"') == 1


def test_a_quotation_across_paragraphs_has_one_anchor() -> None:
    text = "Första stycket slutar här.\n\nAndra stycket börjar här."
    html = as_read(text, [], range(8, 40))
    assert html.count("<mark") == 2
    assert html.count('id="citat"') == 1


def test_what_a_document_contains_is_never_markup() -> None:
    text = 'Rubrik <script>alert("x")</script>\n\n<img src=x onerror=alert(1)> & mer text i stycket.'
    html = as_read(text, [], range(7, 20))
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;img" in html


def test_markdown_is_drawn_as_headings_lists_and_tables() -> None:
    text = (
        "# Plan\n\nInledning om **viktiga** ting.\n\n- första punkten\n- andra punkten\n\n"
        "| Insats | Belopp |\n|---|---|\n| Läkarbil | 900 tkr |\n"
    )
    html = as_read(text, [], NOTHING)
    assert re.search(r"<h2[^>]*>Plan</h2>", html)
    assert "<strong>viktiga</strong>" in html
    assert "<li>första punkten</li>" in html
    assert re.search(r"<th>\s*Insats\s*</th>", html)
    assert re.search(r'<th class="number">\s*Belopp\s*</th>', html)
    assert re.search(r'<td class="number">\s*900 tkr\s*</td>', html)


def test_headings_never_skip_a_level() -> None:
    text = "### Djupt först\n\nOrd.\n\n# Överst\n\nOrd.\n\n#### Långt ned\n\nOrd.\n\n## Mellan\n\nOrd.\n"
    assert re.findall(r"<h(\d) ", as_read(text, [], NOTHING)) == ["2", "2", "3", "3"]


def test_pages_are_marked_where_they_begin() -> None:
    text = "Sida ett har ord.\n\nSida två har ord."
    pages = [Page(1, 0, 19, "text"), Page(2, 19, len(text), "text")]
    html = as_read(text, pages, NOTHING)
    assert html.index('id="sida-1"') < html.index("Sida ett") < html.index('id="sida-2"') < html.index("Sida två")


@pytest.mark.parametrize("quotation", [range(0), range(50, 10), range(5_000, 6_000), range(3, 3)])
def test_a_quotation_outside_the_text_highlights_nothing(quotation: range) -> None:
    assert "<mark" not in as_read("Kort text.", [], quotation)
