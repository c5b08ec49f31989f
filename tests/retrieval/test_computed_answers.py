import pytest

from initiatives.access import SYSTEM
from retrieval.answering import Assistant
from retrieval.composing import Composed, compose
from retrieval.finding import find
from retrieval.verification import quotation_stands
from tests.retrieval import shelves

BUDGET = """# Budget för trafiken i Solmark 2026

## Beslut

Regionstyrelsen beslutar

att avsätta 2,5 mnkr till cykelbanor,

att avsätta 900 tkr till hållplatser,

att avsätta 4 mnkr till nattbussar.
"""
TABLE = """# Trafikpengar 2026

| Insats | Belopp hela landet, mnkr | Belopp Region Solmark, mnkr |
|---|---|---|
| Skolbussar | 373 | 5,7 |
| Färjor | 117 | 1,8 |
"""
OLD = "# Trafikrapport 2014\n\nKostnaden för skolbussar uppgick 2014 till 62,8 miljoner kronor.\n"
NEW = "# Trafikrapport 2023\n\nKostnaden för skolbussar uppgick 2023 till 89 miljoner kronor.\n"
PART = "# Trafikavtalet\n\nAvtalet om nattbussar är på 447 mnkr varav 407 mnkr går till regionerna.\n"
FROM_TO = "# Restider\n\nMellan 2014 och 2023 minskade restiden med färjan i Solmark från 196 till 115 minuter.\n"
EACH = "# Tillsyn\n\nFör tillsynen av färjor får Sjöverket och Vägverket under 2026 använda 1 450 000 kronor vardera.\n"
COUNTS = "# Förare\n\nNorra linjen har 1 250 resenärer per förare.\n\nRiktmärket är 1 100 resenärer per förare.\n"


def answer(question: str, *texts: str) -> Composed:
    asked, spans = shelves.spans(shelves.library(*texts), question)
    composed = compose(asked, spans)
    assert composed is not None
    for one in composed.citations:
        text = next(span.candidate.view.text for span in spans if span.candidate.view.version_id == one.version_id)
        assert quotation_stands(text, one.quote, one.start, one.end)
    return composed


@pytest.mark.parametrize(
    ("question", "texts", "said"),
    [
        (
            "Hur mycket får cykelbanor och hållplatser sammanlagt i Solmark 2026?",
            (BUDGET,),
            "3\u00a0400 tkr sammanlagt: 2,5 mnkr (cykelbanor) [1] + 900 tkr (hållplatser) [2]",
        ),
        (
            "Hur mycket mer får nattbussar än cykelbanor i Solmark 2026?",
            (BUDGET,),
            "Skillnaden är 1,5 mnkr: 4 mnkr (nattbussar) [1] − 2,5 mnkr (cykelbanor) [2]",
        ),
        (
            "Vad får mest pengar i Solmark 2026: cykelbanor eller nattbussar?",
            (BUDGET,),
            "Nattbussar: 4 mnkr [2] mot 2,5 mnkr [1]",
        ),
        (
            "Får cykelbanor mer eller mindre än nattbussar i Solmark 2026?",
            (BUDGET,),
            "Mindre: 2,5 mnkr (cykelbanor) [1] mot 4 mnkr (nattbussar) [2]",
        ),
        (
            "Får nattbussar mer pengar än cykelbanor i Solmark 2026?",
            (BUDGET,),
            "Ja, mer: 4 mnkr (nattbussar) [1] mot 2,5 mnkr (cykelbanor) [2]",
        ),
        (
            "Hur mycket får Region Solmark sammanlagt till skolbussar och färjor 2026?",
            (TABLE,),
            (
                "7,5 mnkr sammanlagt: 5,7 mnkr (skolbussar, Belopp Region Solmark) [1]"
                " + 1,8 mnkr (färjor, Belopp Region Solmark) [2]"
            ),
        ),
        (
            "Vad får mest pengar 2026: skolbussar eller färjor?",
            (TABLE,),
            "Skolbussar: 373 mnkr (Belopp hela landet) [1] mot 117 mnkr (Belopp hela landet) [2]",
        ),
        (
            "Vad kostade skolbussar 2014 respektive 2023?",
            (OLD, NEW),
            "62,8 miljoner kronor 2014 [1] och 89 miljoner kronor 2023 [2]",
        ),
        (
            "Hur mycket ökade kostnaden för skolbussar mellan 2014 och 2023?",
            (OLD, NEW),
            "Ökningen är 26,2 miljoner kronor: 89 miljoner kronor (2023) [2] − 62,8 miljoner kronor (2014) [1]",
        ),
        (
            "Hur mycket av avtalet om nattbussar går inte till regionerna?",
            (PART,),
            "Kvar blir 40 mnkr: 447 mnkr (totalt) [1] − 407 mnkr (varav) [1]",
        ),
        (
            "Med hur många minuter minskade restiden med färjan i Solmark mellan 2014 och 2023?",
            (FROM_TO,),
            "Minskningen är 81 minuter: 196 minuter (före) [1] − 115 minuter (efter) [1]",
        ),
        (
            "Hur mycket får Sjöverket och Vägverket tillsammans använda 2026 för tillsynen av färjor?",
            (EACH,),
            (
                "2\u00a0900\u00a0000 kronor sammanlagt: 1 450 000 kronor (Sjöverket) [1]"
                " + 1 450 000 kronor (Vägverket) [1]"
            ),
        ),
        (
            "Hur många fler resenärer per förare har norra linjen än riktmärket?",
            (COUNTS,),
            (
                "Skillnaden är 150 resenärer per förare: 1 250 resenärer per förare (norra linjen) [1]"
                " − 1 100 resenärer per förare (riktmärket) [2]"
            ),
        ),
    ],
)
def test_what_is_compared_or_added_up_is_said_first_with_every_term_cited(
    question: str, texts: tuple[str, ...], said: str
) -> None:
    composed = answer(question, *texts)
    assert composed.answer.splitlines()[0] == said
    assert composed.computed
    assert len(composed.answer.splitlines()) == 1 + len(composed.citations)


@pytest.mark.parametrize(
    "question",
    [
        "Hur mycket får cykelbanor och flygplatser sammanlagt i Solmark 2026?",
        "Vad får mest pengar i Solmark 2026: cykelbanor eller flygplatser?",
        "Hur mycket mer får nattbussar än flygplatser i Solmark 2026?",
        "Varför får cykelbanor och nattbussar pengar tillsammans?",
        "Hur mycket får cykelbanor i Solmark 2026?",
    ],
)
def test_nothing_is_computed_when_a_term_is_missing_or_nothing_is_compared(question: str) -> None:
    assert not answer(question, BUDGET).computed


def test_two_figures_that_both_may_be_meant_are_not_added_to_anything() -> None:
    again = BUDGET.replace("2,5 mnkr", "3,5 mnkr").replace("2026", "2026 i Solmark")
    composed = answer("Hur mycket får cykelbanor och hållplatser sammanlagt i Solmark 2026?", BUDGET, again)
    assert not composed.computed


def test_a_sum_of_proposed_amounts_is_called_proposed() -> None:
    proposal = BUDGET.replace("# Budget för", "# Förslag till budget för").replace("beslutar", "föreslås besluta")
    composed = answer("Hur mycket får cykelbanor och nattbussar sammanlagt i Solmark 2026?", proposal)
    assert composed.answer.startswith("6,5 mnkr sammanlagt (föreslaget): ")


def test_prices_of_different_years_are_said() -> None:
    old = OLD.replace("kronor.", "kronor i 2010 års priser.")
    composed = answer("Vad kostade skolbussar 2014 respektive 2023?", old, NEW)
    assert "62,8 miljoner kronor (2014, i 2010 års priser) [1]" in composed.answer.splitlines()[0]


def test_rows_without_heads_of_amounts_are_answered_as_they_stand() -> None:
    rows = "# Bilaga\n\nOmråde     Ansvarig    Klart\n\nFärjor     Sjöverket   2026\nBussar     Regionen    2027\n"
    assert not answer("Vad får mest: färjor eller bussar?", rows).computed


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Hur många invånare har Havsunda och Älvbro tillsammans?", "89 100 sammanlagt: 61 200 (Havsunda"),
        ("Vilken kommun har flest invånare: Granholma eller Stenmåla?", "Granholma: 38 500 ("),
        ("Hur mycket mer är Omställningsanslagets ram 2027 än 2026?", "Skillnaden är 2 000 tkr: 18 000 tkr (2027"),
    ],
)
async def test_the_sample_region_can_be_counted_with(solmark: Assistant, question: str, said: str) -> None:
    async with solmark.sessions(SYSTEM) as session:
        library = await solmark.shelf.library(session, SYSTEM)
    composed = (await find(solmark, SYSTEM, library, question)).composed
    assert composed is not None
    assert composed.answer.replace("\u00a0", " ").startswith(said)
    assert len(composed.citations) == 2
