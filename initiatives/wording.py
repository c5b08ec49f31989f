"""The operative text of a decision, taken apart: one draft for each att-sats, with what can be read out of its words.

Simple grammar, for a person to look over: nothing is saved here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from initiatives import swedish, values
from initiatives.errors import InvalidValue
from initiatives.standing import DueKind

LONGEST_TEXT = 50_000
MOST_CLAUSES = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """An att-sats as it could be registered; `quote` is its words as they stood, for looking up its source."""

    number: int
    verb: str
    text: str
    quote: str
    amount_kronor: int | None
    due_kind: DueKind
    due_on: date | None


_START = re.compile(r"[\s>*_•·▪◦–—-]*(?:\d{1,2}[.)]\s*)?[*_]*(?:(?:samt|och|dels)\s+)?[*_]*att\b[*_]*", re.IGNORECASE)
_END = re.compile(r"[\s,;.*_]*(?:\b(?:samt|och)\b[\s,;.*_]*)?$", re.IGNORECASE)
_AMOUNT = re.compile(
    r"(?<![\d,.])(\d[\d\s\u00a0\u202f\u2009]*(?:, ?\d+)?)\s?(mnkr|mkr|tkr|kkr|mdkr|miljoner kronor|kronor|kr)\b",
    re.IGNORECASE,
)
_DAY = re.compile(r"\b(\d{4}-\d{2}-\d{2}|\d{1,2} (?:" + "|".join(swedish.MONTHS) + r") \d{4})\b", re.IGNORECASE)
_SOON = re.compile(r"\b(?:snarast|genast|omgående|omedelbart)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def drafts(text: str, *, first: int = 1) -> list[Draft]:
    """Return a draft for each line that begins with *att*, numbered from `first`; following lines belong to it.

    An empty line ends it. Raises `InvalidValue` when no line begins so.
    """
    text = values.paragraph(text, field="text", longest=LONGEST_TEXT)
    found = [_draft(number, quote) for number, quote in enumerate(_quotes(text), start=first)]
    if not found:
        raise InvalidValue(
            "Ingen rad börjar med ”att”. Klistra in beslutets att-satser, en på varje rad.", field="text"
        )
    if len(found) > MOST_CLAUSES:
        raise InvalidValue(f"Texten har {len(found)} att-satser. Dela upp den: högst {MOST_CLAUSES}.", field="text")
    return found


def verb(text: str) -> str:
    """Return the verb of an att-sats as the sentence has it: *avsätta*, *uppdra åt*, *genomföras*; empty if unsure."""
    words = [word.lower() for word in _WORD.findall(_START.sub("", text, count=1))]
    words = words[next((place for place, word in enumerate(words) if word not in _ADVERBS), 0) :]
    if not words:
        return ""
    if _is_infinitive(words[0]):
        return _whole(words, 0)
    for place, word in enumerate(words[:-1]):
        if word in _MODALS and (after := _first_verb(words, place + 1)) is not None:
            return _whole(words, after)
    passive = next((place for place, word in enumerate(words[1:], start=1) if word.endswith(_PASSIVE)), None)
    return "" if passive is None else _whole(words, passive)


def _quotes(text: str) -> Iterator[str]:
    """Yield the runs of lines that are one att-sats each, as they stand."""
    lines: list[str] = []
    for line in [*text.split("\n"), ""]:
        starts = _START.match(line) is not None
        waits = len(lines) == 1 and _START.fullmatch(lines[0].strip()) is not None
        if lines and (starts or (not line.strip() and not waits)):
            yield "\n".join(lines).strip()
            lines = []
        if starts or (lines and line.strip()):
            lines.append(line)
    if lines:
        yield "\n".join(lines).strip()


def _draft(number: int, quote: str) -> Draft:
    rest = " ".join(_START.sub("", quote, count=1).replace("**", "").split())
    text = f"att {_END.sub('', rest)}".strip()
    day = next((day for day in map(_day, _DAY.findall(text)) if day), None)
    soon = DueKind.SOON if _SOON.search(text) else DueKind.NONE
    return Draft(number, verb(text), text, quote, _amount(text), DueKind.DAY if day else soon, day)


def _amount(text: str) -> int | None:
    for number, unit in _AMOUNT.findall(text):
        try:
            return values.kronor(swedish.parse_amount(f"{number} {unit}"), field="text")
        except InvalidValue:
            continue
    return None


def _day(text: str) -> date | None:
    try:
        day = swedish.parse_date(text)
        values.period(day, None)
    except InvalidValue:
        return None
    return day


def _whole(words: list[str], place: int) -> str:
    """Return the verb with what belongs to it: its particle, a second verb after *och*, or *ge … i uppdrag*."""
    word, rest = words[place], words[place + 1 :]
    if word in _GIVE and ("i", "uppdrag") in pairwise(rest):
        return f"{word} i uppdrag"
    if rest and rest[0] in _PARTICLES:
        return f"{word} {rest[0]}"
    if len(rest) > 1 and rest[0] == "och" and (_is_infinitive(rest[1]) or rest[1].endswith(_PASSIVE)):
        return f"{word} och {rest[1]}"
    return word


def _first_verb(words: list[str], start: int) -> int | None:
    places = range(start, min(start + 8, len(words)))
    return next((place for place in places if _is_infinitive(words[place]) or words[place].endswith(_PASSIVE)), None)


def _is_infinitive(word: str) -> bool:
    if word in _SHORT:
        return True
    return len(word) >= _SHORTEST and word.endswith("a") and word not in _OTHERS and not word.endswith(_NOUNS)


_ADVERBS = frozenset(("genast", "snarast", "omgående", "omedelbart", "även", "också", "därför", "skyndsamt", "vidare"))
_MODALS = frozenset(("ska", "skall", "bör", "får", "kan", "må", "måste"))
_GIVE = frozenset(("ge", "ger", "ges", "få", "får"))
_PARTICLES = frozenset(("fram", "åt", "ut", "upp", "in", "ner", "till", "igång"))
_SHORT_VERBS = """
    ge få se gå stå ta ha bli dra slå be le bo uppdra anslå föreslå fastslå återgå ingå avstå
"""
_NOT_VERBS = """
    alla samtliga dessa denna detta hela båda bägge sina våra deras flera övriga samma andra första tredje fjärde femte
    nya egna stora små berörda lokala regionala gemensamma riktade särskilda nära extra bra
"""
_SHORT, _OTHERS = frozenset(_SHORT_VERBS.split()), frozenset(_NOT_VERBS.split())
_PASSIVE = ("as", "läggs", "ges")
_NOUNS = ("arna", "erna", "orna")
_SHORTEST = 3
