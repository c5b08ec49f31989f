from pathlib import Path

import msgspec
import pytest

from api import sample
from retrieval.evaluation import GoldQuestion, contains, folded, is_right, read_questions

QUESTIONS = Path(sample.__file__).parent / "questions.jsonl"


def test_the_questions_of_the_sample_region_are_read_in_order() -> None:
    found = read_questions([QUESTIONS])
    assert len(found) == len({question.id for question in found}) > 10
    assert [question.id for question in found] == sorted(question.id for question in found)
    assert {question.answerable for question in found} == {True, False}


def test_every_gold_quotation_stands_in_its_document() -> None:
    texts = {
        path.name: path.read_text() for path in (QUESTIONS.parent / "documents").iterdir() if path.suffix != ".pdf"
    }
    for question in read_questions([QUESTIONS]):
        assert bool(question.evidence) == question.answerable
        for evidence in question.evidence:
            if evidence.file in texts:
                assert folded(evidence.quote) in folded(texts[evidence.file].replace("**", ""))


@pytest.mark.parametrize("line", ['{"id": "a"}', '{"id": 1, "question": "x", "answerable": true}', "[]", "inte json"])
def test_a_line_of_another_shape_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "fel.jsonl").write_text(line)
    with pytest.raises(msgspec.DecodeError):
        read_questions([tmp_path / "fel.jsonl"])


def test_blank_lines_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('\n{"id": "a", "question": "Vad?", "answerable": false}\n\n')
    assert [question.id for question in read_questions([tmp_path / "a.jsonl"] * 2)] == ["a", "a"]


@pytest.mark.parametrize(
    ("text", "quote", "held"),
    [
        ("ett två tre fyra fem sex", "ett två tre fyra fem", True),
        ("ett två tre fyra", "ett två tre fyra fem", True),
        ("ett två tre", "ett två tre fyra fem", False),
        ("ETT –  två", "ett - två", True),
        ("två", "två två", False),
        ("text", "", False),
        ("", "ett", False),
    ],
)
def test_a_quotation_is_held_when_four_words_of_five_are(text: str, quote: str, *, held: bool) -> None:
    assert contains(text, quote) is held


GOLD = GoldQuestion("a", "Hur mycket?", answerable=True, answer_regex=r"2,5\s?mnkr", all_of=("psykisk",))


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("2,5 mnkr till psykisk hälsa", True),
        ("2,5\u00a0MNKR till Psykisk hälsa", True),
        ("2,5 mnkr", False),
        ("5,2 mnkr till psykisk hälsa", False),
        ("x" * 600 + "2,5 mnkr till psykisk hälsa", False),
    ],
)
def test_an_answer_is_right_when_every_pattern_stands_at_its_beginning(answer: str, *, right: bool) -> None:
    assert is_right(GOLD, answer) is right
