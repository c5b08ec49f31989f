from uuid import UUID

import pytest

from retrieval.answers import Citation
from retrieval.confirming import confirmed


def _citation(number: int, quote: str) -> Citation:
    return Citation(number, UUID(int=1), UUID(int=2), "a.txt", "A", "beslut", 1, "", quote, 0, len(quote))


CITATIONS = (
    _citation(1, "Nämnden avsätter 2,5 mnkr till psykisk hälsa."),
    _citation(2, "Pengarna får inte användas till lokaler."),
)


QUOTED = "Nämnden avsätter ”2,5 mnkr till psykisk hälsa” [1]."
BOTH = "Nämnden avsätter 2,5 mnkr. Pengarna får inte användas till lokaler [2]."


@pytest.mark.parametrize(
    ("answer", "kept", "dropped"),
    [
        ("Nämnden avsätter 2,5 mnkr. [1]", "Nämnden avsätter 2,5 mnkr. [1]", 0),
        ("Nämnden avsätter 2,5 mnkr [1]. Det gäller 2027 [1].", "Nämnden avsätter 2,5 mnkr [1].", 1),
        ("Nämnden avsätter 5,2 mnkr [1].", "", 1),
        ("Nämnden avsätter 2,5 mnkr [3].", "", 1),
        ("Nämnden avsätter 2,5 mnkr [2].", "", 1),
        ("Nämnden avsätter 2,5 mnkr [1][9].", "", 1),
        (BOTH, BOTH, 0),
        ("Nämnden avsätter 2,5 mnkr.", "", 1),
        ("Pengarna får användas till lokaler [2].", "", 1),
        ("Pengarna får inte användas till lokaler [2].", "Pengarna får inte användas till lokaler [2].", 0),
        (QUOTED, QUOTED, 0),
        ("Nämnden avsätter ”2,5 mnkr till all psykisk hälsa” [1].", "", 1),
        ('Nämnden avsätter "medel till psykisk hälsa" [1].', "", 1),
        ("Nämnden avsätter 2,5 mnkr, se https://a.example [1].", "", 1),
        ("Nämnden avsätter [2,5 mnkr](/ut) [1].", "", 1),
        ("Nämnden avsätter <b>2,5 mnkr</b> [1].", "", 1),
        ("", "", 0),
    ],
)
def test_a_worded_answer_keeps_what_its_sources_confirm(answer: str, kept: str, dropped: int) -> None:
    said, gone = confirmed(answer, CITATIONS)
    assert (said, len(gone)) == (kept, dropped)


def test_a_proposal_is_never_told_as_a_decision() -> None:
    proposal = (
        Citation(1, UUID(int=1), UUID(int=2), "a.txt", "A", "förslag", 1, "", "avsätta 2 mnkr till läkare", 0, 26),
    )
    assert confirmed("Nämnden har beslutat att avsätta 2 mnkr till läkare [1].", proposal)[0] == ""
    assert confirmed("Förslaget är att avsätta 2 mnkr till läkare [1].", proposal)[0]


@pytest.mark.parametrize(
    "sentence",
    [
        "Styrelsen beslutade att avsätta 2 mnkr till läkare [1].",
        "Styrelsen har fattat beslut om att avsätta 2 mnkr till läkare [1].",
        "Styrelsen har beviljat och avsatt 2 mnkr till läkare [1].",
        "Styrelsen beslutade enligt förslaget att avsätta 2 mnkr till läkare [1].",
        "Styrelsen beslutade att avsätta 2 mnkr till läkare [1][2].",
    ],
)
def test_the_wording_of_a_proposal_makes_no_decision_of_it(sentence: str) -> None:
    quote = "Styrelsen beslutar att avsätta 2 mnkr till läkare"
    sources = (
        Citation(1, UUID(int=1), UUID(int=2), "a.txt", "A", "förslag", 1, "", quote, 0, len(quote)),
        Citation(2, UUID(int=3), UUID(int=4), "b.txt", "B", "information", 1, "", "2 mnkr till läkare", 0, 18),
    )
    assert confirmed(sentence, sources)[0] == ""


def test_a_heading_speaks_only_for_its_own_quotation() -> None:
    contexts = {2: "Budget 2019, totalt 20 mnkr:"}
    assert confirmed("Nämnden avsätter 20 mnkr till psykisk hälsa [1].", CITATIONS, contexts)[0] == ""


def test_what_the_sources_do_not_speak_of_is_taken_out() -> None:
    kept, dropped = confirmed("Nämnden avsätter 2,5 mnkr. [1] Landshövdingen gläds åt stora segelbåtar. [1]", CITATIONS)
    assert kept == "Nämnden avsätter 2,5 mnkr. [1]"
    assert len(dropped) == 1


def test_every_figure_needs_a_mark_of_its_own_where_that_is_asked() -> None:
    answer = "Pengarna får inte användas till lokaler [2]. Nämnden avsätter 2,5 mnkr."
    assert confirmed(answer, CITATIONS) == (answer, [])
    kept, dropped = confirmed(answer, CITATIONS, marked=True)
    assert (kept, dropped) == ("Pengarna får inte användas till lokaler [2].", ["Nämnden avsätter 2,5 mnkr."])
