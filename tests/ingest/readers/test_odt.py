"""OpenDocument text: headings, lists, tables, notes and pages; without deletions and comments."""

import pytest

from ingest import readers
from ingest.errors import UnreadableFile
from ingest.readers import ODT
from tests.ingest.office import changed, opendocument

BREAK = (
    '<style:style style:name="P1" style:family="paragraph"><style:paragraph-properties fo:break-before="page"/>'
    '</style:style><text:list-style style:name="L1"><text:list-level-style-number text:level="1"/></text:list-style>'
)


def test_what_the_text_says_is_kept_and_what_it_said_before_is_not() -> None:
    body = (
        "<text:tracked-changes><text:p>borttaget</text:p></text:tracked-changes>"
        '<text:p text:style-name="Title">Plan</text:p><text:h text:outline-level="2">Bakgrund</text:h>'
        "<text:p>Två<text:s/>ord<office:annotation><text:p>kommentar</text:p></office:annotation>, en not"
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Källa.</text:p></text:note-body>"
        "</text:note>.</text:p>"
        '<text:list text:style-name="L1"><text:list-item><text:p>ett</text:p><text:list><text:list-item>'
        "<text:p>inre</text:p></text:list-item></text:list></text:list-item></text:list>"
        '<text:p text:style-name="P1"><text:soft-page-break/>Sida två, <text:soft-page-break/>sida tre.</text:p>'
    )
    reading = readers.read(ODT, opendocument(body, BREAK))
    assert [reading.text[page.start : page.end].strip() for page in reading.pages] == [
        "# Plan\n\n## Bakgrund\n\nTvå ord, en not.\n\nFotnot 1: Källa.\n\n1. ett\n  1. inre",
        "Sida två,",
        "sida tre.",
    ]
    assert reading.lost == 0


def test_merged_cells_are_filled_in_and_heads_of_two_rows_are_one() -> None:
    def cell(text: str, more: str = "") -> str:
        return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"

    wide, tall = 'table:number-columns-spanned="2"', 'table:number-rows-spanned="2"'
    many = 'table:number-columns-repeated="999999"'
    covered = "<table:covered-table-cell/>"
    body = (
        "<table:table><table:table-header-rows>"
        f"<table:table-row>{cell('Ort', tall)}{cell('2026', wide)}{covered}</table:table-row>"
        f"<table:table-row>{covered}{cell('Mål')}{cell('Utfall')}</table:table-row></table:table-header-rows>"
        f"<table:table-row>{cell('Alby', tall)}{cell('1')}{cell('2')}</table:table-row>"
        f"<table:table-row>{covered}{cell('3')}{cell('', many)}</table:table-row>"
        "</table:table>"
    )
    lines = readers.read(ODT, opendocument(body)).text.splitlines()
    assert [line[: len("| Alby | 3 |")].rstrip() for line in lines][-1] == "| Alby | 3 |"
    assert lines[0].startswith("| Ort | 2026 Mål | 2026 Utfall |")


def test_locked_and_broken_files_have_a_verdict() -> None:
    whole = opendocument("<text:p>Text.</text:p>")
    locked = changed(whole, {"META-INF/manifest.xml": b"<m><encryption-data/></m>"})
    with pytest.raises(UnreadableFile, match="lösenord"):
        readers.read(ODT, locked)
    with pytest.raises(UnreadableFile, match="ingen riktig XML"):
        readers.read(ODT, changed(whole, {"content.xml": b"<trasig"}))
