"""A question taken apart: its mended words, what it says of time, and what the words of the grammar say."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from initiatives.errors import InvalidValue
from initiatives.swedish import parse_amount
from retrieval.analysis import STOP_WORDS, tokens
from retrieval.lexicon import fold, lexicon
from retrieval.register import grammar, lexis
from retrieval.register.asking import Lacks, Subject, Wanted
from retrieval.register.names import Names, Word, meant
from retrieval.register.times import Times, read_times
from retrieval.vocabulary import DIACRITICS

_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑:’'][^\W\d_]+)*")
_YEAR_TYPED_BARE = re.compile(r"\b(i|nästa|nasta|förra|forra|detta|varje) ar\b")
_CASE = re.compile(r"\b[a-zåäö]{1,6} (?=\d{4}[/:]\d{1,6}\b)")
_NUMBERS = {"två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "åtta": 8, "nio": 9, "tio": 10}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a question says besides the names in it.

    ``words`` are those that carry meaning, ``plain`` the places of those that the grammar or time accounts for, which
    a name may use all the same; ``subjects`` are the kinds of thing that it speaks of.
    """

    text: str
    words: tuple[Word, ...]
    plain: frozenset[int]
    times: Times = field(default_factory=Times)
    subjects: tuple[Subject, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    statuses: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    dated: bool = False
    plural: bool = False
    late: bool = False
    lacks: Lacks | None = None
    done: bool | None = None
    recurring: bool = False
    prioritised: bool = False
    least: int | None = None
    most: int | None = None
    top: int | None = None
    smallest: bool = False
    starts: bool = False
    target: bool = False
    against_budget: bool = False
    who: bool = False
    measured: bool = False
    ends: bool = False
    undecided: bool = False
    on_its_way: bool = False
    next_one: bool = False


def read(text: str, names: Names, today: dt.date) -> Reading:
    """Take a question apart on a day; its spelling is mended by the names and by the words of the grammar."""
    mended = _mended(text, names)
    times = read_times(mended, today)
    words = tuple(
        Word(mended[start:end], start, end, _told(folded, terms))
        for start, end, folded, terms in tokens(mended)
        if terms and _carries(folded, start, end, times)
    )
    says = _Says(mended)
    heads = " ".join(_head(word.text) for word in words)
    subjects = tuple(subject for subject, pattern in grammar.SUBJECTS if says(pattern) or re.search(pattern, heads))
    wanted = tuple(one for one, pattern in grammar.WANTED if says(pattern))
    if times.since is not None and says(grammar.NEWS):
        wanted = (Wanted.CHANGES, *(one for one in wanted if one is not Wanted.CHANGES))
    late = says(grammar.LATE)
    without = says(grammar.WITHOUT)
    lacks = next((one for one, pattern in grammar.LACKING if without and says(pattern)), None)
    unreported = says(grammar.UNREPORTED) or (says(grammar.TARGET) and says(grammar.NOT))
    to_be = says(grammar.TO_BE_DONE)
    unreported = unreported and not to_be
    reported = not (unreported or to_be) and says(grammar.REPORTED)
    least, most = _bounds(mended, says)
    reading = Reading(
        text=mended,
        words=words,
        plain=frozenset(),
        times=times,
        subjects=subjects,
        wanted=wanted,
        statuses=tuple(
            status
            for status, pattern in (*grammar.INITIATIVE_STATUSES, *grammar.HEALTHS)
            if says(pattern) and not (to_be and status == "avslutat")
        ),
        kinds=tuple(kind for kind, pattern in grammar.DEADLINE_KINDS if says(pattern)),
        dated=says(grammar.DATED),
        plural=bool(re.search(grammar.PLURAL, mended)),
        late=late,
        lacks=lacks,
        done=False if unreported else True if reported else None,
        recurring=says(grammar.RECURRING),
        prioritised=says(grammar.PRIORITISED),
        least=least,
        most=most,
        top=_top(mended, says),
        smallest=says(grammar.BOTTOM),
        starts=says(grammar.STARTS),
        target=says(grammar.TARGET),
        against_budget=says(grammar.AGAINST_BUDGET),
        who=says(grammar.WHO),
        measured=says(grammar.MEASURED),
        ends=says(grammar.ENDS),
        undecided=says(grammar.UNDECIDED),
        on_its_way=says(grammar.ON_ITS_WAY),
        next_one=says(grammar.NEXT),
    )
    says(grammar.DONE)
    says(grammar.OTHERS)
    return replace(reading, plain=frozenset(place for place, word in enumerate(words) if says.covers(word)))


class _Says:
    """Tells whether a text says something, and remembers where it did."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._places: list[tuple[int, int]] = []

    def __call__(self, pattern: str | re.Pattern[str]) -> bool:
        found = [match.span() for match in re.finditer(pattern, self._text)]
        self._places += found
        return bool(found)

    def covers(self, word: Word) -> bool:
        return any(start <= word.start and word.end <= end for start, end in self._places)


def _mended(text: str, names: Names) -> str:
    low = text.casefold().replace("\u00a0", " ").replace("\u202f", " ")
    bare = low.translate(DIACRITICS) == low

    def mend(match: re.Match[str]) -> str:
        return _mend(match.group(), names, bare=bare)

    whole = re.sub(r"[ \t\n]+", " ", _WORD.sub(mend, _YEAR_TYPED_BARE.sub(r"\1 år", low))).strip()
    return _CASE.sub(lambda match: match.group().upper(), whole)


def _mend(word: str, names: Names, *, bare: bool) -> str:
    folded = fold(word)
    if folded in lexis.SHORT:
        return lexis.SHORT[folded]
    if folded in lexis.SPELLED or (folded in STOP_WORDS and not bare):
        return word
    return meant(folded, names, bare=bare)


def _carries(folded: str, start: int, end: int, times: Times) -> bool:
    """Whether a token says something that is neither time nor the frame of a question."""
    if any(first <= start and end <= last for first, last in times.places):
        return False
    return folded not in lexis.SIMPLE and any(map(str.isalnum, folded))


def _head(word: str) -> str:
    """The last part of a compound, which may be a word for a kind of thing (*omställningsramen*); empty without one."""
    parts = lexicon().cuts(word) if word.isalpha() else ()
    return parts[-1] if len(parts) > 1 else ""


def _told(folded: str, terms: Iterable[tuple[str, float]]) -> dict[str, float]:
    """The terms of a word; where its last part is a word for a kind of thing, the other parts tell what is meant."""
    found = dict(terms)
    head = _head(folded)
    if head and any(re.fullmatch(pattern, head) for _, pattern in grammar.SUBJECTS):
        found |= {lexicon().base(part): 1.0 for part in lexicon().cuts(folded)[:-1]}
    return found


def _bounds(text: str, says: _Says) -> tuple[int | None, int | None]:
    least = most = None
    for match in grammar.MONEY_BOUND.finditer(text):
        try:
            kronor = parse_amount(match["amount"])
        except InvalidValue:
            continue
        says(re.compile(re.escape(match.group())))
        if match["way"] in grammar.UPWARDS:
            least = kronor + (match["way"] != "minst")
        else:
            most = kronor - (match["way"] in {"under", "mindre än", "billigare än"})
    return least, most


def _top(text: str, says: _Says) -> int | None:
    match = grammar.TOP_NUMBER.search(text)
    if match is None:
        return None
    says(grammar.TOP_NUMBER)
    return _NUMBERS.get(match["number"]) or int(match["number"])
