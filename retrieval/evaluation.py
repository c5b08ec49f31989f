"""Gold questions and what counts as right, for measuring answers and for fitting parameters.

The measures follow the question format that ships with the sample region: a gold quotation is found when at least
80 % of its words stand in a passage, and an answer is right when it matches the gold pattern.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

CONTAINED = 0.8
ANSWER_WINDOW = 600
LIST_WINDOW = 1_500
"""Characters of an answer, and of a list, within which the pattern must match: the answer comes first."""


class GoldEvidence(msgspec.Struct, frozen=True):
    """A quotation that answers the question, and the file that it stands in."""

    file: str
    quote: str


class GoldQuestion(msgspec.Struct, frozen=True):
    """A question with its expected answer; ``answer_regex`` and every pattern of ``all_of`` must match."""

    id: str
    question: str
    answerable: bool
    type: str = ""
    style: str = ""
    history: tuple[str, ...] = ()
    evidence: tuple[GoldEvidence, ...] = ()
    answers: tuple[str, ...] | None = None
    answer_regex: str = ""
    all_of: tuple[str, ...] = ()


def read_questions(paths: Iterable[Path]) -> list[GoldQuestion]:
    """The questions of some JSON Lines files, in order. Raises `msgspec.ValidationError` for a wrong line."""
    return [
        msgspec.json.decode(line, type=GoldQuestion)
        for path in paths
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def folded(text: str) -> str:
    """Text for comparison: composed, one kind of dash and space, lower case."""
    text = unicodedata.normalize("NFKC", text).replace("\u00ad", "").replace("\u2212", "-").replace("\u2013", "-")
    return re.sub(r"\s+", " ", text).strip().casefold()


def contains(text: str, quote: str) -> bool:
    """Whether at least 80 % of the quotation's words stand in the text."""
    wanted = Counter(re.findall(r"\w+", folded(quote)))
    held = Counter(re.findall(r"\w+", folded(text)))
    total = sum(wanted.values())
    return total > 0 and sum(min(count, held[word]) for word, count in wanted.items()) / total >= CONTAINED


def is_right(question: GoldQuestion, answer: str) -> bool:
    """Whether the beginning of an answer matches every pattern of the gold question."""
    window = LIST_WINDOW if question.type == "list" else ANSWER_WINDOW
    said = folded(answer[:window])
    patterns: Sequence[str] = (question.answer_regex, *question.all_of)
    return all(re.search(pattern, said, re.IGNORECASE) for pattern in patterns if pattern)
