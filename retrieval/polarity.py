"""Yes or no, where a sentence says nearly word for word what was asked, and nothing makes it a conditional answer."""

from __future__ import annotations

import re

from retrieval.analysis import index_terms
from retrieval.choosing import PROPOSED, flat
from retrieval.features import Span
from retrieval.figures import years
from retrieval.questions import Question
from retrieval.verification import NEGATION
from retrieval.wording import credit

LITERALLY = 0.65
"""The share of the question's words, by how much they tell, that the sentence must have itself."""
INTERROGATIVE = re.compile(r"^\W*(?:och|men|var|när)\b|\b(?:hur|vad|vart|vem|vems|vilk\w+|varför)\b", re.IGNORECASE)
ASKED = re.compile(r"^\W*(?P<verb>\w+(?:r|s|te|de|ll))\b[^?]*\?\s*$", re.IGNORECASE)
CONDITION = re.compile(
    r"\b(?:om|ifall|såvida|förutsatt|förutsättning\w*|endast|bara|enbart|utom|undantag\w*|undantaget|ibland|vissa|delvis"
    r"|kan komma|helst|huvudsak\w*|mellan\s+\d|eller)\b",
    re.IGNORECASE,
)
MODALS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(rf"^\W*(?:{asked})\b", re.IGNORECASE), re.compile(rf"\b(?:{said})\b", re.IGNORECASE))
    for asked, said in (
        (r"måste|behöver|krävs", r"måste|ska|skall|obligatorisk\w*|krav\w*|kräv\w*|behöv\w*"),
        (r"får|kan", r"får|kan|möjlig\w*|rätt|tillåt\w*|ska|ges"),
        (r"ska|skall|kommer", r"ska|skall|kommer"),
        (r"har|hade|fick", r"har|hade|fick|\w+(?:de|te)"),
    )
)
"""What a question's verb asks of the sentence's: what one may do is not what one must."""


def yes_or_no(question: Question, span: Span) -> str | None:
    """``Ja`` or ``Nej`` to a question that the span answers nearly literally; None where that is not so."""
    text = flat(span.text)
    asked = ASKED.match(question.text.strip())
    if asked is None or INTERROGATIVE.search(question.text) or span.own < LITERALLY or question.english:
        return None
    proposal = span.candidate.view.kind == "förslag" and not PROPOSED.search(question.text)
    if proposal or NEGATION.search(question.text) or CONDITION.search(text) or text.endswith("?"):
        return None
    denials = len(NEGATION.findall(text))
    if denials > 1 or not _speaks_of_the_same(question, span, text):
        return None
    return "Nej" if denials else "Ja"


def _speaks_of_the_same(question: Question, span: Span, text: str) -> bool:
    """Whether the sentence has the question's names and years, and says as much as its verb asks."""
    unit = span.candidate.unit
    held = frozenset(index_terms(f"{text}\n{unit.context}"))
    named = all(credit(word, held) == 1 for word in question.asked if word.is_name)
    when = years(text) or years(unit.context)
    verbs = [said for verb, said in MODALS if verb.match(question.text)]
    return named and not question.years - when and all(said.search(text) for said in verbs)
