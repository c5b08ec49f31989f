"""Where register and document disagree, and where they only speak of different things."""

import datetime as dt

import pytest

from initiatives.base import new_id
from retrieval.answers import Citation
from retrieval.register import beside
from retrieval.register.asking import Query, Subject, Wanted
from retrieval.register.shown import Column, RegisterAnswer, Row
from retrieval.register.source import Heard

COLUMNS = (Column("year", "År", "year"), Column("left_kronor", "Kvar", "kronor"))
ROW = Row("fund", str(new_id()), "Omställningsanslaget 2026", None, (2026, 500_000))
TEXT = "Av Omställningsanslaget 2026 är 500 tkr kvar."
LEFT = RegisterAnswer(TEXT, "?", dt.date(2026, 12, 1), True, COLUMNS, (ROW,), 1, ())


def quoted(quote: str, section: str = "Ekonomi") -> Citation:
    return Citation(1, new_id(), new_id(), "rapport.md", "Lägesrapport", "Rapport", 1, section, quote, 0, len(quote))


@pytest.mark.parametrize(
    ("quote", "section", "said", "disagree"),
    [
        ("Av omställningsanslaget är 700 tkr kvar.", "Ekonomi", "700 tkr [1]", True),
        ("Av omställningsanslaget är 700 tkr kvar.", "Ekonomi 2026", "700 tkr [1]", True),
        ("Av omställningsanslaget är 700 tkr kvar.", "Ekonomi 2027", "700 tkr [1]", False),
        ("Omställningsanslaget | 2027 | 700 tkr", "Ekonomi 2026", "700 tkr [1]", False),
        ("Omställningsanslaget | 2026 | 700 tkr", "Ekonomi", "700 tkr [1]", True),
        ("Omställningsanslaget har 500 tkr kvar.", "Ekonomi", "500 tkr [1]", False),
        ("Läkarbilen kostar 700 tkr.", "Ekonomi", "700 tkr [1]", False),
    ],
)
def test_only_what_is_said_of_the_same_thing_and_year_disagrees(
    quote: str, section: str, said: str, disagree: bool
) -> None:
    heard = Heard(Query(subject=Subject.FUND, wanted=Wanted.LEFT), LEFT)
    words, answer = beside.together(heard, said, [quoted(quote, section)])
    assert bool(answer.disagreements) is disagree
    assert ("säger olika" in words) is disagree


@pytest.mark.parametrize(
    ("kind", "said", "disagree"),
    [
        ("initiative", "Läkarbilen i Hedby avbröts i maj. [1]", True),
        ("initiative", "Läkarbilen i Hedby pågår. [1]", False),
        ("initiative", "Läkarbilen i Hedby pågår, men kan komma att avbrytas. [1]", False),
        ("assignment", "Läkarbilen i Hedby avbröts i maj. [1]", False),
    ],
)
def test_how_an_initiative_stands_is_compared_where_one_word_says_it(kind: str, said: str, disagree: bool) -> None:
    row = Row(kind, str(new_id()), "Läkarbil i Hedby", None, ("pågår",))
    columns = (Column("status", "Läge", "text"),)
    stands = RegisterAnswer("Läkarbil i Hedby pågår.", "?", dt.date(2026, 12, 1), True, columns, (row,), 1, ())
    heard = Heard(Query(subject=Subject.INITIATIVE, wanted=Wanted.STATUS), stands)
    _, answer = beside.together(heard, said, [quoted(said.removesuffix(" [1]"))])
    assert bool(answer.disagreements) is disagree
