from pathlib import Path

import pytest

from bench.rendered.__main__ import pointed
from bench.rendered.blocks import Block, blocks
from bench.rendered.pages import Render, html, reportlab
from bench.rendered.word import word
from ingest import readers
from retrieval.evaluation import GoldEvidence, GoldQuestion

TEXT = """# Plan för nära vård

Regionen avsätter pengar till mobila team, som ska finnas i
varje kommun.

- Team i Alby
- Team i Berga

3. Tredje punkten
4. Fjärde punkten

| Ort | Belopp |
|---|---|
| Alby | 2 mnkr |
| Berga | 3 mnkr |
"""


def test_a_text_is_the_blocks_that_somebody_would_write() -> None:
    assert blocks(TEXT) == [
        Block("heading", "Plan för nära vård", level=1),
        Block("paragraph", "Regionen avsätter pengar till mobila team, som ska finnas i varje kommun."),
        Block("bullet", "Team i Alby"),
        Block("bullet", "Team i Berga"),
        Block("number", "Tredje punkten", number=3),
        Block("number", "Fjärde punkten", number=4),
        Block("table", rows=(("Ort", "Belopp"), ("Alby", "2 mnkr"), ("Berga", "3 mnkr"))),
    ]


@pytest.mark.parametrize(("render", "media_type"), [(reportlab, readers.PDF), (word, readers.DOCX)])
async def test_what_is_rendered_is_read_back(render: Render, media_type: str) -> None:
    data = await render("plan", blocks(TEXT))
    text = readers.read(media_type, data).text
    for said in ("Plan för nära vård", "Team i Berga", "3. Tredje punkten", "| Berga | 3 mnkr |"):
        assert said in text


def test_the_page_escapes_what_it_shows() -> None:
    assert '<li value="3">a &lt;b&gt;</li>' in html("t", [Block("number", "a <b>", number=3)])


def test_evidence_is_pointed_at_the_file_of_the_same_stem() -> None:
    evidence = GoldEvidence("a.txt", "x"), GoldEvidence("b.txt", "y")
    gold = GoldQuestion("1", "Vad?", answerable=True, evidence=evidence)
    (found,) = pointed([gold], [Path("rendered/a.pdf")])
    assert [one.file for one in found.evidence] == ["a.pdf", "b.txt"]
