"""HTML: what is seen, in its order, and nothing else."""

import pytest

from ingest import readers
from ingest.errors import UnreadableFile
from ingest.readers import HTML

PAGE = """<!DOCTYPE html><html><head><title>Bort</title><style>p {}</style></head><body>
<nav>Meny</nav><h1>Nära   vård</h1><p>Regionen <b>ska</b><br>följa&nbsp;planen.</p>
<p hidden>dolt</p><p style="display: NONE">dolt</p><div>Löst<p>stycke</p>efter</div>
<ul><li>ett<ol><li>inre</li></ol></li><li><p>två</p></li></ul>
<table><caption>Tabell 1</caption><thead><tr><th>A<th colspan=2>B</tr><tr><th><th>x<th>y</tr></thead>
<tr><td rowspan=2>Norr<td>1<td>2</tr><tr><td>3<td>4|5</tr></table>
<table><tr><td>Bara läge</td></tr></table></body></html>"""


def test_what_is_seen_is_read_as_headings_lists_and_tables() -> None:
    reading = readers.read(HTML, PAGE.encode())
    assert reading.text == (
        "# Nära vård\n\nRegionen ska\nfölja planen.\n\nLöst\n\nstycke\n\nefter\n\n- ett\n  1. inre\n- två\n\n"
        "Tabell 1\n\n| A | B x | B y |\n|---|---|---|\n| Norr | 1 | 2 |\n| Norr | 3 | 4¦5 |\n\nBara läge"
    )
    assert (reading.title, reading.warnings, reading.lost) == (None, (), 0)


def test_a_page_without_a_heading_has_the_title_of_its_window() -> None:
    assert readers.read(HTML, b"<title>Beslut om budget</title><p>Text.").title == "Beslut om budget"


def test_scripts_are_told_and_not_read() -> None:
    reading = readers.read(HTML, b"<p>Text.</p><script>alert('x')</script>")
    assert reading.text == "Text."
    assert "skript" in reading.warnings[0]


@pytest.mark.parametrize(
    "data",
    [
        "<meta charset=windows-1252><p>åäö</p>".encode("cp1252"),
        '<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1"><p>åäö</p>'.encode("latin-1"),
        "<p>åäö</p>".encode("utf-16"),
        "<p>åäö</p>".encode("utf-8-sig"),
        '<?xml version="1.0" encoding="utf-8"?><html><body><p>åäö</p></body></html>'.encode(),
        "<meta charset=utf-8><p>åäö</p>".encode(),
        "<meta charset=finnsinte><p>åäö</p>".encode(),
    ],
)
def test_the_encoding_is_the_one_that_the_page_names(data: bytes) -> None:
    assert readers.read(HTML, data).text == "åäö"


def test_what_is_nested_beyond_reason_and_what_says_nothing_have_a_verdict() -> None:
    for data in (b"<script>1</script>", b"<html></html>", b"<!-- -->"):
        with pytest.raises(UnreadableFile):
            readers.read(HTML, data)
