"""Is the quotation there, and does it carry what is claimed? Digits, dates, units and negations are compared strictly.

The same check stands behind every answer, whoever worded it. What it cannot confirm is taken out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from retrieval.figures import FIGURE, NUMBER, WORDS, Figure, parse_number, read_figure

MARK = re.compile(r"\s*\[(\d{1,3})\]")
NEGATION = re.compile(
    r"\b(?:inte|ej|icke|aldrig|ingen|inget|inga|ingenting|utan\s+att|saknas?|avslår?|avslås|avslagits|nekas?|förbjud\w+"
    r"|varken|knappast|upphör|avstår?)\b",
    re.IGNORECASE,
)
CASE_NUMBER = re.compile(r"(?<![\w/-])(?:[A-ZÅÄÖ]{1,6}\s?)?\d{4}[/:-]\d{1,6}(?![\d-])")
PLAIN_NUMBER = re.compile(rf"(?<![\w,.]){NUMBER}(?![\w])")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a claim is not confirmed: ``kind`` is quotation, figure, number, case or negation, ``what`` the offending text."""

    kind: str
    what: str


def quotation_stands(text: str, quote: str, start: int, end: int) -> bool:
    """Whether the quotation is exactly what the stored text holds at its offsets."""
    return 0 <= start < end <= len(text) and text[start:end] == quote


def problems(claim: str, evidence: Sequence[str]) -> list[Problem]:
    """What in the claim the cited evidence does not confirm; empty when every figure and negation stands there.

    A figure counts with its unit and sign: ``74 miljoner`` is not ``47 miljoner``, ``-3,2 %`` is not ``3,2 %``, and a
    year, date or case number must stand as itself.
    """
    said = normal(MARK.sub("", claim))
    held = [normal(text) for text in evidence]
    found = [*_figures(said, held), *_cases(said, held), *_numbers(said, held)]
    if bool(NEGATION.search(said)) and not any(NEGATION.search(text) for text in held):
        found.append(Problem("negation", said))
    if not NEGATION.search(said) and held and all(_negated_throughout(text) for text in held):
        found.append(Problem("negation", said))
    return found


def normal(text: str) -> str:
    """Text for comparison: composed characters, no soft hyphens, one kind of minus and space, words whole over lines."""
    text = unicodedata.normalize("NFKC", text).replace("\u00ad", "").replace("\u2212", "-")
    text = re.sub(r"(?<=[a-zåäö])-\s*\n\s*(?=[a-zåäö])", "", text)
    return re.sub(r"\s+", " ", text)


def _figures(said: str, held: Iterable[str]) -> list[Problem]:
    known = {_key(figure) for text in held for figure in _read(text)}
    days = {str(value)[4:] for kind, value in known if kind == "date"}
    missing = []
    for figure in _read(said):
        kind, value = _key(figure)
        day_alone = kind == "date" and str(value).startswith("????") and str(value)[4:] in days
        if (kind, value) not in known and not day_alone:
            missing.append(Problem("figure", figure.text))
    return missing


def _read(text: str) -> list[Figure]:
    return [figure for match in FIGURE.finditer(text) if (figure := read_figure(match)) is not None]


def _key(figure: Figure) -> tuple[str, Decimal | str]:
    return ("amount" if figure.kind in {"kr", "antal"} else figure.kind, figure.value)


def _cases(said: str, held: Sequence[str]) -> list[Problem]:
    known = {_tight(case) for text in held for case in CASE_NUMBER.findall(text)}
    return [Problem("case", case) for case in CASE_NUMBER.findall(said) if _tight(case) not in known]


def _tight(text: str) -> str:
    return re.sub(r"\s", "", text).casefold()


def _numbers(said: str, held: Sequence[str]) -> list[Problem]:
    """Numbers that are part of no figure (counts, years, ages): each must stand in the evidence as a number too."""
    known = {number for text in held for number in _plain_numbers(text)}
    spelled = {
        Decimal(value) for text in held for word, value in WORDS.items() if re.search(rf"\b{word}\b", text.casefold())
    }
    bare = FIGURE.sub(" ", CASE_NUMBER.sub(" ", said))
    return [Problem("number", str(number)) for number in _plain_numbers(bare) if number not in known | spelled]


def _plain_numbers(text: str) -> list[Decimal]:
    return [number for match in PLAIN_NUMBER.finditer(text) if (number := parse_number(match.group())) is not None]


def _negated_throughout(text: str) -> bool:
    sentences = [sentence for sentence in re.split(r"(?<=[.!?;])\s+", text) if len(sentence) > 3]
    return bool(sentences) and all(NEGATION.search(sentence) for sentence in sentences)
