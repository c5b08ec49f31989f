"""An answer as Markdown: marks lead to places, lines stay lines, and no document makes a link or a picture."""

from uuid import UUID

import pytest

from api.assistants.cited import answer_text, sources_text
from retrieval.answers import Answer, Citation

BASE = "https://narplan.example.se"
DOCUMENT, VERSION = UUID(int=1), UUID(int=2)
PLACE = f"{BASE}/dokument/{DOCUMENT}?version={VERSION}&fran=5&till=9#citat"


def answer(text: str, *, title: str = "Plan", quote: str = "Så är det.") -> Answer:
    """Return an answer with one citation."""
    citation = Citation(1, DOCUMENT, VERSION, "plan.md", title, "Plan", 3, "", quote, 5, 9)
    return Answer(
        id=UUID(int=3),
        conversation_id=None,
        question="Hur är det?",
        answer=text,
        abstained=False,
        answered_by="extraktiv",
        basis="Plan · Regionen · 2026",
        citations=(citation,),
        passages=(),
        complete=True,
        notice=None,
        latency_ms=1.0,
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Så är det. [1]", f"Så är det. [[1]]({PLACE})"),
        ("Som i [2] och [2024].", "Som i \\[2\\] och \\[2024\\]."),
        ("Tre saker:\n– en [1]\n• två\n- tre\nSlut.", f"Tre saker:\n\n- en [[1]]({PLACE})\n- två\n- tre\n\nSlut."),
        ("![x](https://evil.example/a.png)", "!\\[x\\](https://evil.example/a.png)"),
        ("<img src=x> [a](javascript:b)", "\\<img src=x> \\[a\\](javascript:b)"),
        ("[1](https://evil.example)", f"[[1]]({PLACE})(https://evil.example)"),
    ],
)
def test_the_answer(text: str, told: str) -> None:
    assert answer_text(answer(text), BASE) == f"{told}\n\nPlan · Regionen · 2026"


def test_the_sources() -> None:
    written = sources_text(answer("Ja. [1]", title="Plan [utkast]", quote="Så\n  är det\\."), BASE)
    assert written == f"Källor:\n\n1. [Plan \\[utkast\\], s. 3]({PLACE}): ”Så är det\\\\.”"
