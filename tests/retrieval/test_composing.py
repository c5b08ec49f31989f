import pytest

from retrieval.choosing import LONGEST_ANSWER, MOST_CLAIMS
from retrieval.composing import basis, compose
from retrieval.verification import MARK, problems, quotation_stands
from tests.retrieval import shelves

PROPOSAL = """# Läkarbilar i länet

Tjänsteskrivelse 2026-01-10. Kostnaden för bilarna i länet blir 2 mnkr om året.

## Förslag till beslut

Regionstyrelsen föreslås besluta

att avsätta 2 mnkr till läkarbilar.
"""
DECISION = """# Protokoll från regionstyrelsen den 3 mars 2026

## § 5 Läkarbilar

Regionstyrelsen beslutar

att avsätta 1,5 mnkr till läkarbilar.
"""
TABLE = """# Anslag för bilar

| Anslag | År | Ram, tkr |
|---|---|---|
| Bilanslaget | 2026 | 16 000 |
| Båtanslaget | 2026 | 500 |
"""
LIST = "# Avtal om bilar\n\nKommunen ska:\n\n- tvätta bilarna,\n- tanka bilarna,\n- städa garaget.\n"


def answer(question: str, *texts: str) -> tuple[str, str]:
    asked, spans = shelves.spans(shelves.library(*texts), question)
    composed = compose(asked, spans)
    assert composed is not None
    for citation in composed.citations:
        text = next(span.candidate.view.text for span in spans if span.candidate.view.version_id == citation.version_id)
        assert quotation_stands(text, citation.quote, citation.start, citation.end)
    assert [int(mark) for mark in MARK.findall(composed.answer)] == [one.number for one in composed.citations]
    assert len(composed.citations) <= MOST_CLAIMS
    return composed.answer, composed.basis or ""


def test_the_answer_starts_with_the_figure_that_was_asked_for() -> None:
    said, _ = answer("Vad kostar läkarbilarna?", "# Bilar i länet\n\nLäkarbilarna kostar 2,5 mnkr om året.\n")
    assert said == "2,5 mnkr: Läkarbilarna kostar 2,5 mnkr om året. [1]"


def test_an_amount_that_is_only_proposed_is_called_so() -> None:
    said, rests_on = answer("Hur mycket kostar bilarna i länet?", PROPOSAL)
    assert rests_on == "Förslag · Regionstyrelsen · 2026"
    assert "föresl" in said.casefold()


def test_a_proposal_in_the_words_of_a_decision_is_called_a_proposal() -> None:
    said, rests_on = answer(
        "Hur mycket avsätts till läkarbilar?",
        PROPOSAL.replace("Regionstyrelsen föreslås besluta", "Regionstyrelsen beslutar"),
    )
    assert rests_on.startswith("Förslag")
    assert "föresl" in said.casefold() or "förslag" in said.casefold()


def test_a_clause_is_said_with_who_decides() -> None:
    said, rests_on = answer("Hur mycket avsätts till läkarbilar?", DECISION)
    assert "Regionstyrelsen beslutar att avsätta 1,5 mnkr till läkarbilar" in said
    assert rests_on.startswith("Protokoll · Regionstyrelsen")


def test_what_was_decided_is_said_before_what_was_proposed() -> None:
    said, rests_on = answer("Hur mycket avsätts till läkarbilar?", PROPOSAL, DECISION)
    assert rests_on.startswith("Protokoll")
    assert said.index("1,5 mnkr") < (said + "2 mnkr").index("2 mnkr")


def test_who_asks_for_the_proposal_gets_the_proposal() -> None:
    _, rests_on = answer("Hur mycket föreslogs till läkarbilar?", PROPOSAL, DECISION)
    assert rests_on.startswith("Förslag")


def test_a_row_is_said_with_its_column_heads() -> None:
    said, _ = answer("Hur stor är ramen för bilanslaget 2026?", TABLE)
    assert "Bilanslaget" in said
    assert "16 000" in said
    assert "Ram: 16 000 tkr" in said


def test_a_list_is_said_whole_with_its_lead() -> None:
    said, _ = answer("Vad ska kommunen göra?", LIST)
    assert said.startswith("Kommunen ska:\n– tvätta bilarna,\n– tanka bilarna,\n– städa garaget. [1]")


def test_an_answer_is_at_most_a_few_sentences() -> None:
    long = "# Bilar\n\n" + "Läkarbilar är bra och läkarbilar behövs i hela länet av många skäl. " * 40
    said, _ = answer("Varför behövs läkarbilar?", long)
    assert len(said) <= LONGEST_ANSWER + 20


@pytest.mark.parametrize("question", ["Vad kostar bilarna?", "Vilka bilar finns?", "bilar", "När avsätts medel?"])
def test_nothing_is_said_that_the_quotations_do_not_confirm(question: str) -> None:
    asked, spans = shelves.spans(shelves.library(PROPOSAL, DECISION, LIST), question)
    composed = compose(asked, spans)
    assert composed is not None
    evidence = [one.quote for one in composed.citations] + [span.candidate.unit.context for span in spans]
    assert problems(composed.answer, evidence) == []


def test_the_basis_says_only_what_is_known() -> None:
    assert basis(shelves.view("# Bilar\n\nText.\n")) == "Dokument"
    assert basis(shelves.view(DECISION)) == "Protokoll · Regionstyrelsen · 2026"
