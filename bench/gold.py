"""Questions with their evidence named by its first and last words, as the sets under ``bench/questions`` have it.

The documents are not ours to copy, so a quotation is kept as ``first words … last words`` and filled in from the
document when it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec.structs import replace

from retrieval.evaluation import GoldEvidence, GoldQuestion, folded, read_questions

BETWEEN = " … "


def read_gold(paths: Iterable[Path], documents: Iterable[Path]) -> list[GoldQuestion]:
    """The questions of some files with whole quotations from the documents; evidence that is not found is left out.

    An answerable question whose evidence is all missing is left out too.
    """
    texts = {path.name: folded(path.read_text(encoding="utf-8", errors="replace")) for path in documents}
    found = [whole(question, texts) for question in read_questions(paths)]
    return [question for question in found if question.evidence or not question.answerable]


def whole(question: GoldQuestion, texts: Mapping[str, str]) -> GoldQuestion:
    """A question with its quotations filled in from the folded texts by file name."""

    def filled(evidence: Iterable[GoldEvidence]) -> tuple[GoldEvidence, ...]:
        spelled = ((one.file, quotation(one.quote, texts.get(one.file, ""))) for one in evidence)
        return tuple(GoldEvidence(file, quote) for file, quote in spelled if quote)

    groups = tuple(group for one in question.evidence_groups if (group := filled(one)))
    return replace(question, evidence=filled(question.evidence), evidence_groups=groups)


def quotation(named: str, text: str) -> str:
    """The quotation in a folded text that is named by its ends, or a whole one as it is; empty when it is not there."""
    first, gap, last = named.partition(BETWEEN)
    if not gap:
        return named
    start = text.find(folded(first))
    end = text.find(folded(last), start + len(folded(first))) if start >= 0 else -1
    return text[start : end + len(folded(last))] if end >= 0 else ""
