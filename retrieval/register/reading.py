"""A question taken apart: its mended words, what it says of time, and what the words of the grammar say."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from initiatives.errors import InvalidValue
from initiatives.swedish import parse_amount
from retrieval.analysis import tokens, word_terms
from retrieval.figures import WORDS
from retrieval.lexicon import lexicon
from retrieval.register import filtering, grammar, lexis, spelling
from retrieval.register.asking import Lacks, Subject, Wanted
from retrieval.register.names import Names, Word
from retrieval.register.times import Times, read_times

_A_YEAR = re.compile(r"(?<![\d/-])20\d\d(?![\d/:-])")
_SHARE = re.compile(r"\b\d[\d,.]* ?(?:procent\b|%)")
_YEAR_WORDS = {
    "i år|årets|detta år": 0,
    "nästa år|nästa års|kommande år": 1,
    "förra året|i fjol|fjolårets|föregående år": -1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a question says besides the names in it.

    ``words`` are those that carry meaning, ``plain`` the places of those that the grammar or time accounts for, which
    a name may use all the same; ``subjects`` are the kinds of thing that it speaks of, ``head`` is what is asked for
    where that is somebody or some place, and ``per`` what things are counted by. ``loose`` tells that it has verbs
    which the grammar does not know, and ``counted`` is what it asks the number of, where that is no kind of thing.
    """

    text: str
    words: tuple[Word, ...]
    plain: frozenset[int]
    known: tuple[bool, ...] = ()
    loose: bool = False
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
    outcomes: tuple[str, ...] = ()
    head: Subject | None = None
    per: Subject | None = None
    compares: bool = False
    received: bool = False
    unbegun: bool = False
    moved: bool = False
    trend: str = ""
    years: tuple[int, ...] = ()
    address: bool = False
    reserved: bool = False
    casting: bool = False
    outside: bool = False
    acts: bool = False
    saves: bool = False
    pays_back: bool = False
    given: bool = False
    county: bool = False
    overdrawn: bool = False
    authority: bool = False
    manner: bool = False
    to_whom: bool = False
    counted: str = ""


def read(text: str, names: Names, today: dt.date) -> Reading:
    """Take a question apart on a day; its spelling is mended by the names and by the words of the grammar."""
    mended = spelling.mended(text, names)
    times = read_times(mended, today)
    words = tuple(
        Word(mended[start:end], start, end, _told(folded, terms))
        for start, end, folded, terms in tokens(mended)
        if terms and _carries(folded, start, end, times)
    )
    says = _Says(mended)
    heads = " ".join(_head(word.text) for word in words)
    subjects = _headed(
        mended,
        [
            *(subject for subject, pattern in grammar.SUBJECTS if says(pattern) or re.search(pattern, heads)),
            *(subject for subject, pattern in grammar.LAST_PARTS if re.search(pattern, heads)),
        ],
    )
    if not subjects and filtering.PARAGRAPH.search(mended):
        subjects = (Subject.DECISION,)
    head = next((one for one, pattern in grammar.HEADS if says(pattern)), None)
    wanted = tuple(one for one, pattern in grammar.WANTED if says(pattern))
    if times.since is not None and says(grammar.NEWS):
        wanted = (Wanted.CHANGES, *(one for one in wanted if one is not Wanted.CHANGES))
    late = says(filtering.LATE)
    without = says(filtering.WITHOUT)
    lacks = next((one for one, pattern in filtering.LACKING if without and _is_lacking(mended, pattern, says)), None)
    if lacks is Lacks.INITIATIVE and subjects[:1] == (Subject.INITIATIVE,):
        lacks = None
    unreported = says(filtering.UNREPORTED) or (says(filtering.TARGET) and says(filtering.NOT))
    unbegun = says(filtering.UNBEGUN)
    to_be = says(filtering.TO_BE_DONE)
    unreported = unreported and not to_be
    reported = not (unreported or to_be) and says(filtering.REPORTED)
    least, most = _bounds(mended, says)
    ahead = to_be or (times.period is not None and bool(re.search(filtering.TO_BE_OVER, mended)))
    reading = Reading(
        text=mended,
        words=words,
        plain=frozenset(),
        known=tuple(names.has(word) for word in words),
        times=times,
        subjects=subjects,
        wanted=wanted,
        statuses=tuple(
            status
            for status, pattern in (*filtering.INITIATIVE_STATUSES, *filtering.HEALTHS)
            if says(pattern) and not (ahead and status == "avslutat") and not (unbegun and status == "pågår")
        ),
        kinds=tuple(kind for kind, pattern in filtering.DEADLINE_KINDS if says(pattern)),
        dated=says(filtering.DATED),
        plural=bool(re.search(grammar.PLURAL, mended)),
        late=late,
        lacks=lacks,
        done=False if unreported else True if reported and not ahead else None,
        recurring=says(filtering.RECURRING),
        prioritised=says(filtering.PRIORITISED),
        least=least,
        most=most,
        top=_top(mended, says),
        smallest=says(grammar.BOTTOM),
        starts=says(grammar.STARTS),
        target=says(filtering.TARGET),
        against_budget=says(filtering.AGAINST_BUDGET),
        who=says(grammar.WHO),
        measured=says(filtering.MEASURED),
        ends=says(grammar.ENDS),
        undecided=says(filtering.UNDECIDED),
        on_its_way=says(filtering.ON_ITS_WAY),
        next_one=says(filtering.NEXT),
        outcomes=tuple(outcome for outcome, pattern in filtering.OUTCOMES if says(pattern)),
        head=head,
        per=next((one for one, pattern in grammar.PER if says(pattern)), None),
        compares=bool(re.search(filtering.COMPARES, mended)),
        received=says(filtering.RECEIVED),
        trend=next((way for way, pattern in filtering.TRENDS if says(pattern)), ""),
        years=_years(mended, today),
        moved=says(filtering.MOVED),
        unbegun=unbegun,
        address=says(filtering.ADDRESS),
        reserved=says(filtering.RESERVED),
        casting=says(filtering.CASTING),
        manner=bool(filtering.MANNER.search(mended)),
        authority=says(filtering.AUTHORITY),
        saves=says(filtering.SAVES),
        pays_back=says(filtering.PAYS_BACK),
        given=says(filtering.GIVEN),
        overdrawn=says(filtering.OVERDRAWN),
        county=says(filtering.COUNTY),
        acts=says(filtering.ACTS),
        outside=says(filtering.OUTSIDE),
        to_whom=says(filtering.TO_WHOM),
        counted=_counted(mended),
    )
    says(_SHARE)
    says(grammar.DONE)
    says(grammar.OTHERS)
    plain = frozenset(place for place, word in enumerate(words) if _is_plain(word, says) or _is_other_verb(word, names))
    loose = any(_is_other_verb(word, names) and not _is_plain(word, says) for word in words)
    return replace(reading, plain=plain, loose=loose)


def _counted(text: str) -> str:
    """The word for what is counted, where that is no kind of thing, nobody and no unit: *hur många hembesök*."""
    match = filtering.COUNTED.search(text)
    if match is None or _is_of_kind(match["what"]) or re.fullmatch(filtering.COUNTABLE, match["what"]):
        return ""
    return match["what"]


def _is_lacking(text: str, pattern: str, says: _Says) -> bool:
    """Whether a text says that this is lacking: behind a word for *without*, or close before *saknas*."""
    behind = rf"(?:{filtering.WITHOUT}).{{0,40}}?(?:{pattern})"
    ahead = rf"(?:{pattern}).{{0,25}}?\b(?:saknas|saknar|inte|ingen|inget|inga)\b"
    return says(pattern) and bool(re.search(f"{behind}|{ahead}", text))


def _years(text: str, today: dt.date) -> tuple[int, ...]:
    """All the years that a question names, by number or by *i år*, *nästa år* and the like."""
    said = {int(one.group()) for one in _A_YEAR.finditer(text)}
    said |= {today.year + step for words, step in _YEAR_WORDS.items() if re.search(rf"\b(?:{words})\b", text)}
    return tuple(sorted(said))


def _is_other_verb(word: Word, names: Names) -> bool:
    """Whether a word is a verb that no name has: it says what is done, and names nothing."""
    return not names.has(word) and lexis.is_verb(word.text.casefold())


def _is_plain(word: Word, says: _Says) -> bool:
    """Whether the grammar, or time, accounts for a word; never for a compound that a word for a kind of thing ends."""
    if lexis.is_frame(word.text.casefold()) or _A_YEAR.fullmatch(word.text):
        return True
    named = _is_of_kind(_head(word.text)) and not _is_of_kind(word.text)
    return says.covers(word) and not named


def _is_of_kind(word: str) -> bool:
    return bool(word) and any(re.fullmatch(pattern, word) for _, pattern in (*grammar.SUBJECTS, *grammar.LAST_PARTS))


def _headed(text: str, subjects: Sequence[Subject]) -> tuple[Subject, ...]:
    """The kinds of thing that are spoken of, first the one that stands close behind the word that asks."""
    places = {}
    for subject in subjects:
        if found := grammar.HEADED[subject].search(text):
            places[subject] = found.end()
    first = min(places, key=lambda subject: places[subject], default=None)
    return tuple(subjects) if first is None else (first, *(one for one in subjects if one is not first))


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


def _carries(folded: str, start: int, end: int, times: Times) -> bool:
    """Whether a token says something that is neither time nor the frame of a question."""
    if any(first <= start < last or start <= first < end for first, last in times.places):
        return False
    if len(folded) == 1 and folded.isalpha():
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
    if _is_of_kind(head):
        found |= {lexicon().base(part): 1.0 for part in lexicon().cuts(folded)[:-1]}
        found |= {term: weight for term, weight in word_terms(folded[: -len(head)].removesuffix("s")) if weight == 1}
    return found


def _bounds(text: str, says: _Says) -> tuple[int | None, int | None]:
    """The least and the most of an amount in kronor, both inclusive."""
    if (match := filtering.MONEY_BETWEEN.search(text)) is not None:
        unit = match["unit"] or match["most"].split()[-1]
        ends = _kronor(f"{match['least']} {unit}"), _kronor(match["most"])
        if None not in ends:
            says(re.compile(re.escape(match.group())))
            return ends
    least = most = None
    for match in filtering.MONEY_BOUND.finditer(text):
        kronor = _kronor(match["amount"])
        if kronor is None:
            continue
        says(re.compile(re.escape(match.group())))
        way = match["way"]
        if way in filtering.UPWARDS or way.startswith(("överst", "översk")):
            least = kronor + (way not in filtering.FROM_THERE)
        else:
            most = kronor - (way in filtering.BELOW or way.startswith("underst"))
    return least, most


def _kronor(words: str) -> int | None:
    """An amount as it is written in a question, in kronor: *fem miljoner*, *en halv miljon*, *2,5 mn*."""
    written = re.sub(r"(?<=[a-z]) kronor$", "", words).replace("en halv", "0,5").replace("mille", "miljoner")
    written = re.sub(r"\bmn\b", "mnkr", re.sub(r"\bkkr\b", "tkr", written))
    for word, number in WORDS.items():
        written = re.sub(rf"^{word}\b", str(number), written)
    try:
        return parse_amount(written)
    except InvalidValue:
        return None


def _top(text: str, says: _Says) -> int | None:
    match = filtering.TOP_NUMBER.search(text)
    if match is None:
        return None
    says(filtering.TOP_NUMBER)
    number = match["number"] or match["after"]
    return WORDS.get(number) or int(number)
