from pathlib import Path

import pytest

from api import sample
from retrieval.evaluation import BadQuestion, GoldEvidence, GoldQuestion, contains, folded, is_right, read_questions

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


GOOD = '{"id": "a", "question": "Vad?", "answerable": true'


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('{"id": "a", "question": "Vad?"}', "fältet answerable saknas."),
        ('{"id": 1, "question": "x", "answerable": true}', "fältet id ska vara text, inte ett tal."),
        ('{"id": "b", "question": "x", "answerable": "ja"}', "fältet answerable ska vara true eller false, inte text."),
        (f'{GOOD}, "history": ["x", 4]}}', "fältet history[1] ska vara text, inte ett tal."),
        (f'{GOOD}, "evidence": [{{"file": "a.txt"}}]}}', "fältet evidence[0].quote saknas."),
        (f'{GOOD}, "evidence_mode": "some"}}', "fältet evidence_mode kan inte vara 'some'."),
        (f'{GOOD}, "answer_regex": "("}}', "answer_regex är inget giltigt mönster"),
        (f'{GOOD}, "all_of": ["a", "[b"]}}', "all_of är inget giltigt mönster"),
        ("[]", "raden ska vara ett objekt, inte en lista."),
        ("inte json", "raden är inte ett JSON-objekt."),
        (GOOD, "raden är inte ett JSON-objekt."),
        ('{"id": "först", "question": "Vad?", "answerable": true}', "id först finns redan på rad 1."),
    ],
)
def test_a_line_that_cannot_be_used_is_named_with_its_field(tmp_path: Path, line: str, fault: str) -> None:
    first = '{"id": "först", "question": "Vad?", "answerable": false}'
    (tmp_path / "fel.jsonl").write_text(f"{first}\n\n{line}")
    with pytest.raises(BadQuestion) as caught:
        read_questions([tmp_path / "fel.jsonl"])
    assert caught.value.detail.startswith(f"Rad 3 i fel.jsonl: {fault}")


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "fel.jsonl").write_bytes(f'{GOOD}, "type": "v\xe5rd"}}'.encode("latin-1"))
    with pytest.raises(BadQuestion, match="UTF-8"):
        read_questions([tmp_path / "fel.jsonl"])


A, B = GoldEvidence("a.txt", "ett"), GoldEvidence("b.txt", "två")


@pytest.mark.parametrize(
    ("question", "groups"),
    [
        (GoldQuestion("1", "?", answerable=True, evidence=(A, B)), ((A, B),)),
        (GoldQuestion("2", "?", answerable=True, evidence=(A, B), evidence_mode="all"), ((A,), (B,))),
        (GoldQuestion("3", "?", answerable=True, evidence=(A,), evidence_groups=((A, B), (B,))), ((A, B), (B,))),
    ],
)
def test_evidence_is_needed_in_groups(question: GoldQuestion, groups: tuple[tuple[GoldEvidence, ...], ...]) -> None:
    assert question.groups == groups


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
