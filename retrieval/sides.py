"""What a question sets beside each other: two things or years, and what is asked of them (sum, difference, winner)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from retrieval.analysis import tokens
from retrieval.figures import years
from retrieval.questions import Expected, Question
from retrieval.wording import Asked


class Operation(StrEnum):
    """What is asked of the things that a question sets beside each other."""

    SUM = "sum"
    DIFFERENCE = "difference"
    MOST = "most"
    LEAST = "least"
    MORE = "more?"
    LESS = "less?"
    SAME = "same?"
    EACH = "each"


@dataclass(frozen=True, slots=True)
class Sides:
    """One way to read a question: the things as it names them, their words, and the words that hold for all.

    With ``years`` the sides are years, and ``words`` is empty.
    """

    operation: Operation
    names: tuple[str, ...]
    words: tuple[tuple[Asked, ...], ...]
    years: tuple[int, ...]
    common: tuple[Asked, ...]


UP = r"mer|fler|högre|större|dyrare|längre"
DOWN = r"mindre|färre|lägre|billigare|kortare"
SUMMED = re.compile(r"\b(?:sammanlagt|sammanlagda|tillsammans|ihop|summan|sammantaget)\b", re.IGNORECASE)
CHANGED = re.compile(
    r"\b(?:öka|minska|väx|sjönk|sjunk|steg|stig|höj|sänk)\w*\b|\bskillnad\w*\b|\bförändr\w*", re.IGNORECASE
)
HOW_MUCH = re.compile(r"\b(?:hur (?:mycket|många|stort?|stora|långa?)|skillnad\w*)\b", re.IGNORECASE)
_RULES: tuple[tuple[Operation, str, str], ...] = (
    (Operation.SAME, r"\blika (?:mycket|stora?|många|långa?|höga?)\b", r"som"),
    (Operation.DIFFERENCE, rf"\bhur (?:mycket|många)\b.*\b(?:{UP}|{DOWN})\b", r"än|jämfört med"),
    (Operation.DIFFERENCE, r"\bskillnad\w*\b.*\bmellan\b", r"och"),
    (Operation.MOST, rf"\b(?:mest|störst|högst|flest|dyrast|längst|{UP})\b", r"eller"),
    (Operation.LEAST, rf"\b(?:minst|lägst|billigast|kortast|{DOWN})\b", r"eller"),
    (Operation.MORE, rf"^(?!hur|vad|vilk)\w+\b.*\b(?:{UP})\b", r"än"),
    (Operation.LESS, rf"^(?!hur|vad|vilk)\w+\b.*\b(?:{DOWN})\b", r"än"),
    (Operation.SUM, SUMMED.pattern, r"samt|(?<!-\s)och"),
    (Operation.EACH, r"\brespektive\b", r"respektive"),
    (Operation.EACH, r"\bjämfört med\b", r"jämfört med"),
    (Operation.EACH, r"\bbåde\b", r"och"),
)
_COMPILED = tuple(
    (operation, re.compile(cue, re.IGNORECASE), re.compile(rf"\b(?:{joins})\b", re.IGNORECASE))
    for operation, cue, joins in _RULES
)
YEAR_PAIR = re.compile(
    r"(?P<between>\bmellan\s(?:åren\s)?)?\b(?:år\s)?(?P<one>(?:19|20)\d\d)\s*,?\s"
    r"(?P<join>och|respektive|än|jämfört med|eller)\s(?:år\s|för\s|i\s)?(?P<two>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
OTHER_ANSWERS = frozenset({Expected.REASON, Expected.DATE, Expected.LIST, Expected.DEFINITION, Expected.CONTACT})
NO_FIGURE = re.compile(r"\W*(?:varför|när|vem|vems|hur länge|hur ska|var)\b", re.IGNORECASE)
MEASURES = frozenset(
    (
        *("miljon", "miljard", "kron", "mnkr", "tkr", "års", "pris", "procent", "andel", "del", "ur", "satsning"),
        *("sammanlagt", "sammanlagd", "tillsamman", "ihop", "summan", "räkn", "lägg", "lägger", "fler", "mer", "mest"),
        *("lägr", "högr", "dyr", "billig", "störst", "minst", "öka", "minsk", "skillnad", "båda", "belopp", "värd"),
    )
)
"""Words of a question that say in what something is measured and compared, not what it is."""
VERBS = r"får|fick|är|var|blir|blev|gick|går|kosta\w*|avsatte?s?|avsätt\w*|lägg\w*|lade|hade|har|finns|kom|ger|gav"
LEFT_EDGE = re.compile(
    rf"[:;?.–]|,(?!\d)|\b(?:{VERBS}|mellan|både|{UP}|{DOWN}|mycket|många|mest|minst|störst|stora?|långa?|tillsammans|ihop"
    r"|sammanlagt|summan|pengar|(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
RIGHT_EDGE = re.compile(
    r"[:;?–]|\.(?!\w)|,(?!\d)|\b(?:(?:19|20)\d\d|enligt|tillsammans|ihop|sammanlagt|under|om man)\b"
    rf"|\b(?:{VERBS})\b|\b(?:i|hos|inom)\s+(?=[A-ZÅÄÖ])",
)
TRAILING = re.compile(rf"(?:\b(?:lika|{UP}|{DOWN}|mycket|många|stort?|stora|pengar|medel|eller)\b\s*)+$", re.IGNORECASE)
OR_MORE = re.compile(rf"\s*(?:{UP}|{DOWN}|äldre|yngre)\b", re.IGNORECASE)
LEADING = re.compile(
    r"^(?:\s|(?:av|om|till|på|i|för|vid|den|det|de|dem|en|ett|hos|inom|mot|vad|som|ur|från|att)\b)+", re.IGNORECASE
)
LONGEST_SIDE = 7
"""Words of meaning that a side may have; a longer one is no name of a thing."""


def readings(question: Question) -> Iterator[Sides]:
    """Every way in which the question may set things beside each other; none for most questions."""
    text = question.text
    if question.expected in OTHER_ANSWERS or NO_FIGURE.match(text):
        return
    pair = YEAR_PAIR.search(text)
    if pair and pair["one"] != pair["two"]:
        yield from _of_years(question, pair)
        return
    found = False
    for operation, cue, joins in _COMPILED:
        if not cue.search(text):
            continue
        for join in joins.finditer(text):
            if text[: join.start()].rstrip().endswith("-") or OR_MORE.match(text, join.end()):
                continue
            sides = _split(text, join)
            if sides is not None and (read := _read(question, operation, sides)) is not None:
                found = True
                yield read
        if found:
            return


def _of_years(question: Question, pair: re.Match[str]) -> Iterator[Sides]:
    found = (int(pair["one"]), int(pair["two"]))
    operation = _operation(question.text, pair)
    if operation is not None and set(found) == years(question.text.replace(pair["one"], f"{pair['one']} ")):
        yield Sides(operation, (pair["one"], pair["two"]), (), found, _common(question, frozenset()))


def _operation(text: str, pair: re.Match[str]) -> Operation | None:
    """What is asked of two years; None when they are the ends of a period."""
    how_much, join = bool(HOW_MUCH.search(text)), pair["join"].casefold()
    if join == "än":
        less = re.search(rf"\b(?:{DOWN})\b", text, re.IGNORECASE)
        return Operation.DIFFERENCE if how_much else Operation.LESS if less else Operation.MORE
    if join == "eller":
        return Operation.LEAST if re.search(r"\b(?:minst|lägst|billigast)\b", text, re.IGNORECASE) else Operation.MOST
    if pair["between"]:
        return Operation.DIFFERENCE if how_much and CHANGED.search(text) else None
    return Operation.SUM if SUMMED.search(text) else Operation.EACH


def _common(question: Question, used: frozenset[str]) -> tuple[Asked, ...]:
    """The words that hold for all sides."""
    asked = (*question.asked, *question.subject)
    return tuple(word for word in asked if word.base not in used | MEASURES and not word.base.isdigit())


def _split(text: str, join: re.Match[str]) -> tuple[str, ...] | None:
    """The names on both sides of a joining word, and those before them that commas set apart."""
    before, after = TRAILING.sub("", text[: join.start()].rstrip()), LEADING.sub("", text[join.end() :])
    edge = RIGHT_EDGE.search(after)
    last = after[: edge.start()] if edge else after
    edges = list(LEFT_EDGE.finditer(before))
    start = edges[-1].end() if edges else 0
    found = [before[start:]]
    while edges and edges[-1].group() == "," and not re.search(r"\b(?:båda|två)\b", text):
        end = edges.pop().start()
        earlier = before[edges[-1].end() if edges else 0 : end]
        if not earlier.strip():
            break
        found.insert(0, earlier)
    names = tuple(LEADING.sub("", name).strip() for name in (*found, last))
    return names if all(names) else None


def _read(question: Question, operation: Operation, names: Sequence[str]) -> Sides | None:
    words = [_words(question, name) for name in names]
    shared = {word.base for one in words for word in one if sum(word in other for other in words) > 1}
    own = tuple(tuple(word for word in one if word.base not in shared) for one in words)
    if not all(0 < len(one) <= LONGEST_SIDE for one in own):
        return None
    used = frozenset(word.base for one in own for word in one)
    return Sides(operation, tuple(names), own, (), _common(question, used))


def _words(question: Question, name: str) -> tuple[Asked, ...]:
    """The words of the question that stand in a part of it."""
    held = {term for _, _, _, terms in tokens(name) for term, weight in terms if weight == 1}
    return tuple(word for word in question.asked if word.base in held - MEASURES and not word.base.isdigit())
