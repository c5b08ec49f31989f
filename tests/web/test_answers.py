from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from uuid_utils import compat

from api.web import answers
from api.web.pages import TEMPLATES
from retrieval.answers import Answer, Citation
from retrieval.register.shown import RegisterAnswer

CITATION = Citation(
    number=1,
    document_id=compat.uuid7(),
    version_id=compat.uuid7(),
    source="beslut.txt",
    title="Beslut <om> pengar",
    kind="beslut",
    page=2,
    section="Beslut",
    quote="Styrelsen avsätter 2 mnkr.",
    start=10,
    end=36,
)
ANSWER = Answer(
    id=compat.uuid7(),
    conversation_id=None,
    question="Hur mycket?",
    answer="2 mnkr. [1]",
    abstained=False,
    answered_by="extraktiv",
    basis="Beslut · Styrelsen · 2026",
    citations=(CITATION,),
    passages=(),
    complete=True,
    notice=None,
    latency_ms=1.0,
)
ADDRESS = f"/dokument/{CITATION.document_id}?version={CITATION.version_id}&amp;fran=10&amp;till=36#citat"


def test_a_mark_leads_to_the_quotation_and_says_which_source() -> None:
    html = answers.answer_markup(ANSWER)
    assert f'<a class="cite" href="{ADDRESS}"' in html
    assert "källa: Beslut &lt;om&gt; pengar" in html


def test_a_mark_without_a_source_is_only_text() -> None:
    assert answers.answer_markup(replace(ANSWER, answer="Se [7].")) == "<p>Se [7].</p>"


def test_what_an_answer_contains_is_never_markup() -> None:
    html = answers.answer_markup(replace(ANSWER, answer="<b>2</b> & <script>alert(1)</script> [1]"))
    assert "<b>" not in html
    assert "<script" not in html
    assert "&lt;b&gt;2&lt;/b&gt; &amp;" in html


def test_lines_with_bullets_become_a_list() -> None:
    html = answers.text_markup("Tre saker:\n- ett\n- två\nSlut.", {})
    assert html == "<p>Tre saker:</p><ul><li>ett</li><li>två</li></ul><p>Slut.</p>"


def test_the_copy_carries_question_answer_basis_and_source() -> None:
    assert answers.text_to_copy(ANSWER).splitlines() == [
        "Hur mycket?",
        "",
        "2 mnkr. [1]",
        "Beslut · Styrelsen · 2026",
        "",
        "[1] Beslut <om> pengar, s.\xa02 · Beslut: ”Styrelsen avsätter 2 mnkr.”",
    ]


@pytest.mark.parametrize("proposal", ["Förslag · Styrelsen · 2026", "förslag"])
def test_a_proposal_never_looks_like_a_decision(proposal: str) -> None:
    look, _ = answers.basis_look(proposal)
    decision, rest = answers.basis_look("Beslut · Styrelsen · 2026")
    assert rest == "Styrelsen · 2026"
    assert (look.word, decision.word) == ("Förslag", "Beslut")
    assert look.shape != decision.shape
    assert look.tone != decision.tone


def test_lines_broken_by_a_page_are_joined_and_lists_are_kept() -> None:
    text = "Utdraget\nomfattar kapitel 3.\n\n- ett\n- **två**\natt anta planen\n12. tolv"
    assert answers.quoted("| Insats | Tkr |\n| --- | --- |\n| Läkarbil | 900 |") == "Insats · Tkr\nLäkarbil · 900"
    assert answers.quoted(text) == "Utdraget omfattar kapitel 3.\n\n- ett\n- två\natt anta planen\n12. tolv"


def test_only_what_is_the_documents_is_called_so_beside_the_register() -> None:
    """A model that has searched words both in one; then the documents have no heading of their own."""
    register = RegisterAnswer(
        "Ur registret, 30 november 2026: 2 mnkr.", "Hur mycket?", date(2026, 11, 30), True, (), (), 0, ()
    )
    finished: Any = vars(TEMPLATES.engine_instance.engine.get_template("turn.html").module)["finished"]
    told = replace(ANSWER, register=register, answer=f"{register.text}\n\nUr dokumenten: 2 mnkr. [1]")
    searched = replace(told, answered_by="språkmodell", answer=f"2 mnkr (ur registret). [1]\n\n{register.text}")
    assert "<h3>Ur dokumenten</h3>" in finished(told)
    assert "<h3>Ur dokumenten</h3>" not in finished(searched)
    assert "2 mnkr (ur registret)." in finished(searched)
