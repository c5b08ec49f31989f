import math
import uuid
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from initiatives.base import new_id
from retrieval.answers import Answer, Citation, Hit
from retrieval.evaluation import GoldEvidence, GoldQuestion, folded
from retrieval.measures import Judged, figures, judge, report

VERSION = uuid.UUID(int=1)
TEXT = "Regionstyrelsen beslutar\natt avsätta 2,5 mnkr till läkarbilar i Granholma."
TEXTS = {VERSION: folded(TEXT)}
QUOTE = "att avsätta 2,5 mnkr till läkarbilar i Granholma"
GOLD = GoldQuestion(
    "a", "Hur mycket?", answerable=True, evidence=(GoldEvidence("bilar.md", QUOTE),), answer_regex="2,5"
)
NO_ANSWER = GoldQuestion("b", "Vem vann?", answerable=False)


def citation(quote: str, version: uuid.UUID = VERSION) -> Citation:
    return Citation(1, new_id(), version, "bilar.md", "Bilar", "beslut", 1, "", quote, 0, len(quote))


def hit(text: str, source: str = "bilar.md") -> Hit:
    return Hit(new_id(), new_id(), VERSION, source, "Bilar", 1, "", text, 1.0, 0, len(text))


def answer(text: str = "2,5 mnkr [1]", *, quotes: tuple[str, ...] = (QUOTE,), hits: tuple[Hit, ...] = ()) -> Answer:
    citations = tuple(map(citation, quotes))
    return Answer(
        new_id(), None, "?", text, abstained=False, answered_by="extraktiv", basis=None, citations=citations,
        passages=hits, complete=True, notice=None, latency_ms=10.0,
    )  # fmt: skip


REFUSAL = replace(answer("Det framgår inte av materialet.", quotes=()), abstained=True)


def test_a_right_answer_with_its_source_is_right_verbatim_and_supported() -> None:
    judged = judge(GOLD, answer(), TEXTS)
    assert (judged.right, judged.outcome, judged.supported) == (True, "correct", True)
    assert (judged.quotations, judged.verbatim) == (1, 1)


@pytest.mark.parametrize(
    ("gold", "given", "outcome"),
    [
        (GOLD, answer("5,2 mnkr [1]"), "wrong"),
        (GOLD, REFUSAL, "abstained_wrongly"),
        (GOLD, replace(answer(), abstained=True), "abstained_wrongly"),
        (GOLD, None, "abstained_wrongly"),
        (NO_ANSWER, answer(), "answered_wrongly"),
        (NO_ANSWER, REFUSAL, "refused"),
        (NO_ANSWER, None, "refused"),
    ],
)
def test_every_question_ends_in_one_of_five_ways(gold: GoldQuestion, given: Answer | None, outcome: str) -> None:
    judged = judge(gold, given, TEXTS)
    assert judged.outcome == outcome
    assert judged.right is (outcome in {"correct", "refused"})


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        (QUOTE, 1),
        ("beslutar att  AVSÄTTA", 1),
        ("att avsätta 2,6 mnkr", 0),
        ("", 0),
    ],
)
def test_a_quotation_is_held_against_the_stored_text_white_space_aside(quote: str, stands: int) -> None:
    judged = judge(GOLD, answer(quotes=(quote,)), TEXTS)
    assert (judged.quotations, judged.verbatim) == (1, stands)


def test_a_quotation_from_a_version_that_is_not_there_does_not_stand() -> None:
    assert judge(GOLD, answer(), {}).verbatim == 0


def test_a_right_answer_resting_on_another_passage_is_not_supported() -> None:
    judged = judge(GOLD, answer(quotes=("Regionstyrelsen",)), TEXTS)
    assert judged.right
    assert not judged.supported


@pytest.mark.parametrize(
    ("hits", "found", "rank"),
    [
        ((hit(TEXT),), (1, 1, 1, 1), 1),
        ((hit("annat"), hit(TEXT)), (0, 1, 1, 1), 2),
        ((hit("annat"),) * 5 + (hit(TEXT),), (0, 0, 0, 1), 6),
        ((hit(TEXT, "andra.md"),), (0, 0, 0, 0), None),
        ((hit(TEXT + " x" * 600),), (0, 0, 0, 0), None),
        ((), (0, 0, 0, 0), None),
    ],
)
def test_evidence_is_found_in_short_passages_of_its_own_file(
    hits: tuple[Hit, ...], found: tuple[float, ...], rank: int | None
) -> None:
    judged = judge(GOLD, answer(hits=hits), TEXTS)
    assert (judged.found, judged.rank) == (found, rank)


def test_half_the_evidence_that_is_all_needed_is_half_found() -> None:
    gold = GoldQuestion(
        "c", "?", answerable=True, evidence=(GoldEvidence("bilar.md", QUOTE), GoldEvidence("b.md", "annan text")),
        evidence_mode="all",
    )  # fmt: skip
    judged = judge(gold, answer(hits=(hit(TEXT), hit("annan text", "b.md"))), TEXTS)
    assert (judged.found, judged.rank) == ((0.5, 1, 1, 1), 1)


def question(id: str, *, answerable: bool, abstained: bool, right: bool, **more: Any) -> Judged:
    blank = Judged(id, "?", "amount", "lexical", answerable, abstained, right, found=(0, 0, 0, 0))
    return msgspec.structs.replace(blank, **more)


FIVE = (
    question("1", answerable=True, abstained=False, right=True, found=(1, 1, 1, 1), rank=1, quotations=3, verbatim=3,
             supported=True, latency_ms=30.0),
    question("2", answerable=True, abstained=False, right=True, found=(0, 1, 1, 1), rank=3, quotations=1, verbatim=0,
             latency_ms=10.0),
    question("3", answerable=True, abstained=True, right=False, rank=12, latency_ms=20.0),
    question("4", answerable=False, abstained=True, right=True),
    question("5", answerable=False, abstained=False, right=False, type="unanswerable"),
)  # fmt: skip


def test_the_measures_of_five_questions_are_those_worked_out_by_hand() -> None:
    assert figures(FIVE) == {
        "score": 0.6,
        "correct": 0.6667,
        "refused": 0.5,
        "abstention_f1": 0.5,
        "recall@1": 0.3333,
        "recall@3": 0.6667,
        "recall@5": 0.6667,
        "recall@10": 0.6667,
        "mrr": round((1 + 1 / 3 + 1 / 12) / 3, 4),
        "ndcg@10": round((1 + 1 / math.log2(4)) / 3, 4),
        "verbatim": 0.75,
        "supported": 0.5,
        "latency_p50_ms": 20.0,
        "latency_p95_ms": 20.0,
    }


def test_what_cannot_be_measured_has_no_value() -> None:
    assert figures(FIVE[3:4])["correct"] is None
    assert figures(FIVE[3:4])["latency_p50_ms"] is None
    assert figures(FIVE[:1])["refused"] is None


def test_a_report_has_the_figures_of_each_type_and_style() -> None:
    made = report(FIVE, "2026-01-01", 3, ["borta.md"])
    assert made.questions == 5
    assert made.outcome == dict.fromkeys(("answered_wrongly", "refused", "abstained_wrongly"), 1) | {"correct": 2}
    assert set(made.by_type) == {"amount", "unanswerable"}
    assert made.by_style["lexical"]["score"] == made.figures["score"]
    assert made.by_type["amount"]["questions"] == 4
    assert made.by_type["unanswerable"]["refused"] == 0
