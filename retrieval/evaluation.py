"""Gold questions and what counts as right, for measuring answers and for fitting parameters.

The format is that of the questions which ship with the sample region: a gold quotation is found when at least 80 % of
its words stand in a passage, and an answer is right when it matches the gold pattern.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import ClassVar, Literal

import msgspec

from initiatives.errors import NarplanError

CONTAINED = 0.8
ANSWER_WINDOW = 600
LIST_WINDOW = 1_500
"""Characters of an answer, and of a list, within which the pattern must match: the answer comes first."""


FAULTS = (
    (re.compile(r"Object missing required field `(?P<field>[^`]+)`"), "fältet {place}{field} saknas"),
    (re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<got>[^`]+)`"), "{place} ska vara {wanted}, inte {got}"),
    (re.compile(r"Invalid enum value (?P<got>.+?)(?: - at|$)"), "{place} kan inte vara {got}"),
)
"""What the decoder says of a wrong line, and the same in Swedish; the field's place in the line comes first."""
SHAPES = {
    "str": "text",
    "bool": "true eller false",
    "array": "en lista",
    "object": "ett objekt",
    "int": "ett tal",
    "float": "ett tal",
    "null": "null",
    "array | null": "en lista",
}


class BadQuestion(NarplanError):
    """A line of a question file cannot be used; the detail names file, line and field."""

    title: ClassVar[str] = "Frågefilen går inte att läsa"


class GoldEvidence(msgspec.Struct, frozen=True):
    """A quotation that answers the question, and the file that it stands in."""

    file: str
    quote: str


class GoldQuestion(msgspec.Struct, frozen=True):
    """A question with its expected answer; ``answer_regex`` and every pattern of ``all_of`` must match.

    Any one quotation of ``evidence`` suffices, or with the mode "all" every one is needed; ``evidence_groups`` says it
    in full: every group is needed, and any one quotation of a group suffices. A question to the register has none. No
    pattern of ``none_of`` may match anywhere. ``asked_by`` is the address of the one who asks, the system if it is
    empty, and ``on`` the day that the register takes for today.
    """

    id: str
    question: str
    answerable: bool
    type: str = ""
    style: str = ""
    history: tuple[str, ...] = ()
    evidence: tuple[GoldEvidence, ...] = ()
    evidence_mode: Literal["any", "all"] = "any"
    evidence_groups: tuple[tuple[GoldEvidence, ...], ...] = ()
    answers: tuple[str, ...] | None = None
    answer_regex: str = ""
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    asked_by: str = ""
    on: date | None = None

    @property
    def groups(self) -> tuple[tuple[GoldEvidence, ...], ...]:
        """The groups of quotations that must all be met."""
        if self.evidence_groups:
            return self.evidence_groups
        return (self.evidence,) if self.evidence_mode == "any" else tuple((one,) for one in self.evidence)

    @property
    def patterns(self) -> tuple[str, ...]:
        """Every pattern that a right answer matches."""
        return tuple(pattern for pattern in (self.answer_regex, *self.all_of) if pattern)


def read_questions(paths: Iterable[Path]) -> list[GoldQuestion]:
    """The questions of some JSON Lines files, in order. Raises `BadQuestion` for a line that cannot be used."""
    return [question for path in paths for question in _read_file(path)]


def _read_file(path: Path) -> Iterator[GoldQuestion]:
    first: dict[str, int] = {}
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        where = f"Rad {number} i {path.name}"
        try:
            question = msgspec.json.decode(line.decode().removeprefix("\ufeff"), type=GoldQuestion)
        except UnicodeDecodeError:
            raise BadQuestion(f"{where}: texten är inte i UTF-8. Spara filen som UTF-8.") from None
        except msgspec.DecodeError as error:
            raise BadQuestion(f"{where}: {_in_swedish(str(error))}.") from None
        for pattern in (*question.patterns, *question.none_of):
            try:
                re.compile(pattern)
            except re.error as error:
                field = "answer_regex" if pattern == question.answer_regex else "all_of"
                field = "none_of" if pattern in question.none_of else field
                raise BadQuestion(f"{where}: {field} är inget giltigt mönster ({error}).") from None
        if question.id in first:
            raise BadQuestion(f"{where}: id {question.id} finns redan på rad {first[question.id]}. Ge den ett eget id.")
        first[question.id] = number
        yield question


def _in_swedish(fault: str) -> str:
    """What is wrong with a line, from the words of the decoder."""
    found = re.search(r" - at `\$\.?([^`]*)`$", fault)
    place = found.group(1) if found else ""
    for pattern, words in FAULTS:
        if match := pattern.match(fault):
            named = {name: SHAPES.get(text, text) for name, text in match.groupdict().items()}
            named["place"] = f"{place}." if place and "field" in named else f"fältet {place}" if place else "raden"
            named["place"] = "" if "field" in named and not place else named["place"]
            return words.format(**named)
    return "raden är inte ett JSON-objekt"


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
    said = folded(answer[: _window(question)])
    return all(re.search(pattern, said, re.IGNORECASE) for pattern in question.patterns)


def reveals(question: GoldQuestion, answer: str) -> bool:
    """Whether an answer says what it may not: a pattern of ``none_of`` matches anywhere in it."""
    said = folded(answer)
    return any(re.search(pattern, said, re.IGNORECASE) for pattern in question.none_of)


def _window(question: GoldQuestion) -> int:
    return LIST_WINDOW if question.type == "list" else ANSWER_WINDOW
