"""The questions that the weights are fitted on keep the form that fitting relies on."""

import re
from collections import Counter
from pathlib import Path

import pytest

from bench.fit import PAIR, TWIN
from bench.gold import BETWEEN
from retrieval.evaluation import GoldQuestion, read_questions

FOLDER = Path(__file__).resolve().parents[2] / "bench" / "questions"
SETS = sorted(FOLDER.glob("*.jsonl"))
LONGEST = 120
"""Characters of a quotation: its ends name it, and the documents are not ours to copy."""

each_set = pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)


def quotations(question: GoldQuestion) -> list[str]:
    return [one.quote for group in (question.evidence, *question.evidence_groups) for one in group]


@each_set
def test_a_set_holds_the_questions_that_its_name_says(path: Path) -> None:
    kind = {"pairs": {PAIR}, "twins": {TWIN}}.get(path.stem.partition("-")[2])
    styles = {question.style for question in read_questions([path])}
    assert styles == kind if kind else styles.isdisjoint({PAIR, TWIN})


@each_set
def test_an_answerable_question_names_where_the_answer_stands_and_no_other_does(path: Path) -> None:
    questions = read_questions([path])
    assert [question.id for question in questions if question.answerable != bool(quotations(question))] == []


@each_set
def test_no_document_is_copied(path: Path) -> None:
    questions = read_questions([path])
    assert [one.id for one in questions if any(len(quote) > LONGEST for quote in quotations(one))] == []
    assert [one.id for one in questions if any(quote.count(BETWEEN) > 1 for quote in quotations(one))] == []


def test_a_measured_question_can_be_told_right_from_wrong() -> None:
    measured = [one for one in read_questions(SETS) if one.style not in {PAIR, TWIN}]
    assert [one.id for one in measured if one.answerable and not one.patterns] == []
    assert [one.id for one in measured if any(re.search(pattern, "") for pattern in one.patterns)] == []


def test_a_twin_has_its_twin() -> None:
    """One that the document answers and one that it does not, so that neither answer is the likelier by itself."""
    twins = Counter((one.id.rpartition("-")[0], one.answerable) for one in read_questions(SETS) if one.style == TWIN)
    assert twins
    assert set(twins.values()) == {1}
    assert {(name, not answerable) for name, answerable in twins} == set(twins)


def test_no_two_questions_share_their_name() -> None:
    names = Counter(one.id for one in read_questions(SETS))
    assert [name for name, count in names.items() if count > 1] == []
