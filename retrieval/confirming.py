"""What of a language model's answer may be said: the sentences that the cited quotations confirm."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from retrieval.analysis import index_terms
from retrieval.choosing import DECISIONS
from retrieval.sentences import sentence_spans
from retrieval.verification import MARK, normal, problems

DECIDED = re.compile(
    r"\b(?:beslut(?:ade|at|ats|ades|ar)|fatta\w*\s+beslut|antog|antagits?|fastställ(?:de|t|ts)|klubba(?:de|t|ts)"
    r"|bevilja(?:de|t|ts)|avsatt?e?s?|godkän(?:de|t|ts)|bif[aö]ll\w*)\b",
    re.IGNORECASE,
)
PROPOSED = re.compile(r"\bföresl\w*|(?<!enligt )\bförslag(?:et)?\s+(?:till|är|om|att)\b", re.IGNORECASE)
LINK = re.compile(r"\w+://|\bwww\.|\bmailto:|\]\(|<\s*[a-z]", re.IGNORECASE)
"""What is, or could be made, a way out of the page: no model adds one."""
QUOTED = re.compile(r"[”“\"»]([^”“\"»«]+)[”“\"«]")
FEW = 3
"""Words in quotation marks from which they are a quotation, and not the name of something."""
SHARED = 0.5
"""The share of a sentence's words that must stand in what it cites: to reword is free, to add is not."""


class Cited(Protocol):
    """Something numbered that sentences may rest on: its words, and what kind of document they are from."""

    @property
    def number(self) -> int:
        """What marks call it by."""
        ...

    @property
    def quote(self) -> str:
        """Its words."""
        ...

    @property
    def kind(self) -> str:
        """Whether it is a decision, a proposal or something else."""
        ...


def confirmed(
    answer: str, citations: Sequence[Cited], contexts: Mapping[int, str] | None = None, *, marked: bool = False
) -> tuple[str, list[str]]:
    """The sentences of a worded answer that its citations confirm, and those that were taken out.

    A sentence without a mark is held against all citations; one with marks only against those it names, and a mark
    that names no citation takes its sentence out. A sentence goes too when it makes a decision of a proposal, when it
    quotes what is not written so, when it has a link, or when most of its words stand nowhere in what it cites; and all
    go when none that is left has a mark. ``contexts`` holds, by citation, the headings and leads that a quotation
    stands under; they speak for that citation alone. With ``marked`` every figure needs a mark in its own sentence.
    """
    known = {citation.number: citation for citation in citations}
    kept, dropped = [], []
    for sentence in _sentences(answer):
        marks = [int(mark) for mark in MARK.findall(sentence)]
        cited = [known[mark] for mark in marks if mark in known] if marks else list(citations)
        around = [contexts[citation.number] for citation in cited if citation.number in contexts] if contexts else []
        evidence = [*(citation.quote for citation in cited), *around]
        unknown = any(mark not in known for mark in marks) or (marked and not marks and bool(problems(sentence, ())))
        if unknown or _strays(sentence, evidence) or _promotes(sentence, cited) or not _speaks_of(sentence, evidence):
            dropped.append(sentence)
        else:
            kept.append(sentence)
    if not any(map(MARK.search, kept)):
        return "", [*dropped, *kept]
    return " ".join(kept), dropped


def _sentences(answer: str) -> list[str]:
    """Sentences, each with the marks that follow its full stop."""
    found: list[str] = []
    answer = re.sub(r"([.!?…](?:\s*\[\d{1,3}\])+)[ \t]+", r"\1\n\n", answer)
    for start, end in sentence_spans(answer):
        sentence = answer[start:end]
        leading = re.match(r"(?:\s*\[\d{1,3}\])+", sentence)
        if leading and found:
            found[-1] += leading.group()
            sentence = sentence[leading.end() :].strip()
        if sentence:
            found.append(sentence)
    return found


def _strays(sentence: str, evidence: Sequence[str]) -> bool:
    """Whether a figure, a negation, a quotation or a link in the sentence has nothing to stand on."""
    return bool(LINK.search(sentence)) or bool(problems(sentence, evidence)) or _misquotes(sentence, evidence)


def _misquotes(sentence: str, evidence: Sequence[str]) -> bool:
    held = [normal(text).casefold() for text in evidence]
    said = [normal(one).strip(" .,…").casefold() for one in QUOTED.findall(sentence) if len(one.split()) >= FEW]
    return any(all(one not in text for text in held) for one in said)


def _promotes(sentence: str, cited: Sequence[Cited]) -> bool:
    """Whether the sentence tells as decided what its sources only propose."""
    proposed = any(citation.kind == "förslag" for citation in cited)
    decided = any(citation.kind in DECISIONS for citation in cited)
    said = DECIDED.search(sentence) and not PROPOSED.search(sentence)
    return proposed and not decided and bool(said)


def _speaks_of(sentence: str, evidence: Sequence[str]) -> bool:
    said = set(index_terms(MARK.sub("", sentence)))
    held = set(index_terms("\n".join(evidence)))
    return not said or len(said & held) >= SHARED * len(said)
