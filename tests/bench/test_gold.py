import pytest

from bench.gold import quotation, whole
from retrieval.evaluation import GoldEvidence, GoldQuestion, folded

TEXT = folded("Läkarbilen kostar 2,5 mnkr om året. Den körs av regionen. Läkarbilen är grön.")


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("läkarbilen kostar … året.", "läkarbilen kostar 2,5 mnkr om året."),
        ("den körs … grön.", "den körs av regionen. läkarbilen är grön."),
        ("en hel mening", "en hel mening"),
        ("läkarbilen kostar … kommunen.", ""),
        ("spårvagnen … grön.", ""),
    ],
)
def test_a_quotation_is_found_by_its_ends(named: str, expected: str) -> None:
    assert quotation(named, TEXT) == expected


def test_evidence_that_is_not_there_is_left_out() -> None:
    evidence = (GoldEvidence("a.txt", "den körs … regionen."), GoldEvidence("b.txt", "den körs … regionen."))
    question = GoldQuestion("1", "Vem kör?", answerable=True, evidence=evidence)
    assert whole(question, {"a.txt": TEXT}).evidence == (GoldEvidence("a.txt", "den körs av regionen."),)
