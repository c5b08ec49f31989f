"""Is the quotation there, and does it carry what is claimed? Digits, dates, units and negations are compared strictly.

The same check stands behind every answer, whoever worded it. What it cannot confirm is taken out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from retrieval.figures import FIGURE, MONTHS, NUMBER, WORDS, Figure, month_number, parse_number, read_figure

MARK = re.compile(r"\s*\[(\d{1,3})\]")
NEGATION = re.compile(
    r"\b(?:inte|ej|icke|aldrig|ingen|inget|inga|ingenting|utan\s+att|saknas?|avslår?|avslås|avslagits|nekas?|förbjud\w+"
    r"|varken|knappast|upphör|avstår?)\b",
    re.IGNORECASE,
)
YEARS = r"(?:19|20)\d\d-(?:(?:19|20)\d\d|\d\d)(?!\d)"
CASE_NUMBER = re.compile(rf"(?<![\w/-])(?:[A-ZÅÄÖ]{{1,6}}\s?)?(?!{YEARS})\d{{4}}[/:-]\d{{1,6}}(?![\d-])")
PLAIN_NUMBER = re.compile(rf"(?<!\d){NUMBER}(?!\d)")
NUMERAL = re.compile(rf"\b(?:{'|'.join(word for word in WORDS if word not in {'en', 'ett'})})\b", re.IGNORECASE)
"""A number in words; *en* and *ett* are nearly always articles."""
MONTH_WORD = re.compile(
    rf"\b(?:{'|'.join(month for month in MONTHS if month != 'maj')}|(?<!-)maj(?!-))\b", re.IGNORECASE
)
FRACTION = re.compile(
    r"\b(?P<stem>hälft|halva|(?:tred|fjärde|femte|sjätte|sjunde|åtton|nion|tion|hundra)del)\w*", re.IGNORECASE
)
ALIKE = 0.5
"""Share of common words from which a sentence says the same as another, but for a negation."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a claim is not confirmed: ``kind`` is figure, number, case or negation, ``what`` the offending text."""

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
    checks = (_figures, _months, _fractions, _cases, _numbers, _negations)
    return [problem for check in checks for problem in check(said, held)]


def normal(text: str) -> str:
    """Text for comparison: composed, no soft hyphens, one kind of minus and space, words whole over line ends."""
    text = unicodedata.normalize("NFKC", text).replace("\u00ad", "").replace("\u2212", "-")
    text = re.sub(r"(?<=[a-zåäö])-\s*\n\s*(?=[a-zåäö])", "", text)
    return re.sub(r"\s+", " ", text)


def _figures(said: str, held: Sequence[str]) -> list[Problem]:
    known = {_key(figure) for text in held for figure in _read(text)}
    known |= {("antal", value) for kind, value in known if kind == "kr"}
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
    return (figure.kind, figure.value)


def _months(said: str, held: Sequence[str]) -> list[Problem]:
    """Months that the evidence does not name, in words or as part of a date."""
    known = {month for text in held for month in _named_months(text)}
    return [Problem("figure", MONTHS[month - 1]) for month in sorted(_named_months(said) - known)]


def _named_months(text: str) -> set[int]:
    named = {month_number(match.group()) for match in MONTH_WORD.finditer(text)}
    return named | {int(str(figure.value)[5:7]) for figure in _read(text) if figure.kind == "date"}


def _fractions(said: str, held: Sequence[str]) -> list[Problem]:
    """Shares in words (*hälften*, *en femtedel*), each of which must stand in the evidence."""
    known = {match.group("stem").casefold() for text in held for match in FRACTION.finditer(text)}
    return [
        Problem("number", match.group())
        for match in FRACTION.finditer(said)
        if match.group("stem").casefold() not in known
    ]


def _cases(said: str, held: Sequence[str]) -> list[Problem]:
    known = {_tight(case) for text in held for case in CASE_NUMBER.findall(text)}
    return [Problem("case", case) for case in CASE_NUMBER.findall(said) if _tight(case) not in known]


def _tight(text: str) -> str:
    return re.sub(r"\s", "", text).casefold()


def _numbers(said: str, held: Sequence[str]) -> list[Problem]:
    """Numbers in no figure (counts, years, ages), in digits or words: each must be a number in the evidence too."""
    known = {number for text in held for number in (*_plain(text), *_in_words(text), *_years_of_dates(text))}
    known |= {Decimal(1)} if any(re.search(r"\b(?:en|ett)\b", text, re.IGNORECASE) for text in held) else set()
    return [Problem("number", str(number)) for number in (*_plain(said), *_in_words(said)) if number not in known]


def _plain(text: str) -> list[Decimal]:
    rest = FIGURE.sub(lambda match: " " if read_figure(match) else match.group(), CASE_NUMBER.sub(" ", text))
    return [number for match in PLAIN_NUMBER.finditer(rest) if (number := parse_number(match.group())) is not None]


def _in_words(text: str) -> list[Decimal]:
    return [Decimal(WORDS[match.group().casefold()]) for match in NUMERAL.finditer(text)]


def _years_of_dates(text: str) -> list[Decimal]:
    return [
        Decimal(value[:4])
        for figure in _read(text)
        if (value := str(figure.value))[:4].isdigit() and figure.kind == "date"
    ]


def _negations(said: str, held: Sequence[str]) -> list[Problem]:
    """Sentences that deny what the evidence affirms, or affirm what it denies.

    Each is held against the evidence's sentence most like it; one like none is denied only where something is.
    """
    written = [(_words(sentence), _denies(sentence)) for text in held for sentence in _sentences(text)]
    found = []
    for sentence in _sentences(said) if written else []:
        words, denies = _words(sentence), _denies(sentence)
        best = max(_likeness(words, other) for other, _ in written)
        if best >= ALIKE:
            allowed = {other_denies for other, other_denies in written if _likeness(words, other) == best}
        else:
            allowed = {other_denies for _, other_denies in written} | ({False} if _denies(said) else set())
        if denies not in allowed:
            found.append(Problem("negation", sentence))
    return found


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in re.split(r"(?<=[.!?])\s+", text) if re.search(r"\w", sentence)]


def _words(sentence: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", sentence.casefold()))


def _denies(sentence: str) -> bool:
    return bool(NEGATION.search(sentence))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))
