"""What answering came to, before it is an answer: of the documents, of the register, refused, or stopped on the way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from retrieval.answers import Citation, Hit
from retrieval.composing import NOT_IN_MATERIAL, Composed
from retrieval.finding import Found
from retrieval.register import beside, source
from retrieval.register.shown import RegisterAnswer
from retrieval.views import Library

NO_DOCUMENTS = "Det finns inga dokument att söka i än. Lägg till dokument, så kan jag svara på frågor om dem."
NOTHING_YET = "Svaret avbröts innan något hade hittats."
CUT_OFF = "Svaret avbröts. Det som står här är kontrollerat mot källorna, men något kan saknas."


@dataclass(frozen=True, slots=True)
class Outcome:
    """The parts of an answer that depend on what was found; the fields are those of `retrieval.answers.Answer`.

    ``unsure`` is the confidence, which is noted with a question that is refused.
    """

    answer: str
    abstained: bool = False
    answered_by: Literal["extraktiv", "språkmodell", "regel", "register"] = "extraktiv"
    basis: str | None = None
    citations: tuple[Citation, ...] = ()
    notice: str | None = None
    register: RegisterAnswer | None = None
    passages: tuple[Hit, ...] = ()
    unsure: float = 0.0
    complete: bool = True


def of_sources(found: Found, composed: Composed) -> Outcome:
    """The composed answer in the words of its sources."""
    return Outcome(composed.answer, basis=composed.basis, citations=composed.citations, notice=found.notice)


def refused(library: Library, found: Found) -> Outcome:
    """That the documents do not answer, and what lies nearest."""
    if not library.views:
        return Outcome(NO_DOCUMENTS, abstained=True, notice=found.notice)
    nearest_title = f" Närmast ligger ”{found.passages[0].title}”." if found.passages else ""
    searched = f"{NOT_IN_MATERIAL} Jag har sökt i {len(library.views)} dokument.{nearest_title}"
    return Outcome(searched, abstained=True, notice=found.notice)


def cut_off(found: Found | None, heard: source.Heard | None) -> Outcome:
    """What had been found when who asked stopped the answer; every word of it is verified."""
    if found is not None and found.composed is not None and not is_silenced(heard, found):
        return replace(of_sources(found, found.composed), notice=joined(found.notice, CUT_OFF), complete=False)
    if heard is not None and heard.answer is not None:
        told = heard.answer
        return Outcome(told.text, answered_by="register", notice=CUT_OFF, register=told, complete=False)
    return Outcome(NOTHING_YET, answered_by="regel", complete=False)


def is_silenced(heard: source.Heard | None, found: Found) -> bool:
    """Whether the register answers so surely that documents with nothing to compare it with are left out."""
    composed = found.composed
    if heard is None or composed is None or not heard.silences(found.confidence):
        return False
    return heard.alone or not beside.tells_the_same(heard, composed.answer, composed.citations)


def with_register(outcome: Outcome, heard: source.Heard | None, confidence: float = 1.0) -> Outcome:
    """The answer of the documents with that of the register beside it, each marked as what it is.

    How a thing stands that is not understood is told beside documents that are not sure of theirs (``confidence``).
    """
    if heard is None or outcome.register is not None:
        return outcome
    told = heard.answer or heard.about
    if told is None:
        return replace(outcome, answer=f"{outcome.answer} {heard.instead}") if outcome.abstained else outcome
    if outcome.abstained:
        return Outcome(told.text, answered_by="register", notice=outcome.notice, register=told)
    if not _stands_beside(outcome, heard, confidence):
        return outcome
    text, register = beside.together(replace(heard, answer=told), outcome.answer, outcome.citations)
    return replace(outcome, answer=text, register=register)


def _stands_beside(outcome: Outcome, heard: source.Heard, confidence: float) -> bool:
    """Whether what the register tells is put beside what the documents do."""
    if heard.answer is None:
        return confidence < source.CONFIDENT and outcome.answered_by == "extraktiv"
    return heard.stands_beside or not heard.tentative


def joined(*notices: str | None) -> str | None:
    """Notices as one; None where there is none."""
    return " ".join(filter(None, notices)) or None
