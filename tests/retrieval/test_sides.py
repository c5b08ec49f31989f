import pytest

from retrieval.questions import analyse
from retrieval.sides import Operation, readings


@pytest.mark.parametrize(
    ("question", "operation", "names"),
    [
        ("Hur mycket får färjor och bussar sammanlagt?", Operation.SUM, ("färjor", "bussar")),
        ("Vad kostar färjor, bussar och tåg tillsammans?", Operation.SUM, ("färjor", "bussar", "tåg")),
        ("Hur mycket mer kostar färjor än bussar?", Operation.DIFFERENCE, ("färjor", "bussar")),
        ("Vad är skillnaden mellan färjor och bussar i kronor?", Operation.DIFFERENCE, ("färjor", "bussar i kronor")),
        ("Vad kostar mest: färjor eller bussar?", Operation.MOST, ("färjor", "bussar")),
        ("Vad kostar minst, färjor eller bussar?", Operation.LEAST, ("färjor", "bussar")),
        ("Kostar färjor mer än bussar?", Operation.MORE, ("färjor", "bussar")),
        ("Kostar färjor lika mycket som bussar?", Operation.SAME, ("färjor", "bussar")),
        ("Hur mycket kostade färjor 2024 respektive 2025?", Operation.EACH, ("2024", "2025")),
        ("Hur mycket ökade kostnaden mellan 2024 och 2025?", Operation.DIFFERENCE, ("2024", "2025")),
    ],
)
def test_a_question_sets_things_beside_each_other(question: str, operation: Operation, names: tuple[str, ...]) -> None:
    assert (operation, names) in [(one.operation, one.names) for one in readings(analyse(question))]


@pytest.mark.parametrize(
    "question",
    [
        "Hur mycket kostar färjor?",
        "Varför åker färjor och bussar tillsammans?",
        "Hur många hade tio eller fler bussar?",
        "Vad kostade färjor åren 2024–2026?",
        "Hur gick det mellan 2024 och 2026?",
    ],
)
def test_other_questions_do_not(question: str) -> None:
    assert not list(readings(analyse(question)))
