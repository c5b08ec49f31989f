"""The words of a question as they were meant: shortened ones written out, split ones joined, misspelled ones mended."""

from __future__ import annotations

import re

from initiatives.swedish import MONTHS
from retrieval.analysis import STOP_WORDS
from retrieval.figures import MONTH
from retrieval.lexicon import fold, lexicon
from retrieval.register import lexis
from retrieval.register.names import Names, meant
from retrieval.vocabulary import DIACRITICS

_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑:’'][^\W\d_]+)*")
_PLURAL_OF_LETTERS = re.compile(r"\b([a-zåäö]{2,5})[:’'](?:ar|er|erna|arna|s|n|en|et)\b")
_SHORTENED = re.compile(r"\b([^\W\d_]{3,})\.([^\W\d_]{3,})?(?=[\s?,;–-]|$)")
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_MONEY = re.compile(r"(?P<whose>\w{5,}?)s?(?P<money>pengar(?:na)?|anslag(?:et)?|bidrag(?:et)?|medlen|potten)")
_YEAR_TYPED_BARE = re.compile(r"\b(i|nästa|nasta|förra|forra|detta|varje) ar\b")
_YEAR_OF_TWO = re.compile(r"(?<=\s)[-–’'](2\d)(?=[\s?.,!]|$)")
_NUMBERED_DAY = re.compile(
    r"(?<![\d/.-])(?P<day>[0-3]?\d)/(?P<month>1[0-2]|0?[1-9])(?:[ /-](?P<year>20\d\d)| i år)?(?![\d/]| av\b)"
)
_CASE = re.compile(r"\b[a-zåäö]{1,6} (?=\d{4}[/:]\d{1,6}\b)")
_UP_TO = re.compile(rf"\b(?P<way>tom|fom)(?= (?:den )?(?:\d|(?:{MONTH})\b))")
_WAYS = {"tom": "till och med", "fom": "från och med"}
"""*tom* is also a word; before a day or a month it is short for something else."""
_UNDER_WAY = re.compile(r"\bsaker(?P<between>(?: (?:som|har|vi|är|det)){0,3}) (?:på gång|pågår|igång)\b")
SHORTEST_TAIL = 3
"""How many letters of the end of a shortened word must be those of the whole word's, but for its ending."""
SHORTEST_JOINED = 8
SHORTEST_CUT, CUT_OFF = 4, 3
"""How many letters a word that is cut off has at least, and how many are missing at least."""
_THING = re.compile(r"(?P<what>\w{4,}?)s?-?(?:grej|sak|pryl|bit|del|fråg|test|spår)(?:en|et|an|erna|orna|arna)")
"""What somebody calls a thing whose name they do not have: *hjärtsviktsgrejen*."""


def mended(text: str, names: Names) -> str:
    """A question in small letters with its spelling mended by the names and by the words of the grammar."""
    low = text.casefold().replace("\u00a0", " ").replace("\u202f", " ")
    bare = low.translate(DIACRITICS) == low

    def mend(match: re.Match[str]) -> str:
        return _mend(match.group(), names, bare=bare)

    low = _NUMBERED_DAY.sub(_day_in_words, _YEAR_OF_TWO.sub(r"20\1", low))
    low = _UP_TO.sub(lambda match: _WAYS[match["way"]], _UNDER_WAY.sub(r"pågående initiativ\g<between>", low))
    low = lexis.PHRASES.sub(lambda match: lexis.PHRASE[match.group()], low)
    low = _PLURAL_OF_LETTERS.sub(r"\1", low)
    low = _SHORTENED.sub(lambda match: _written_out(match, names), _YEAR_TYPED_BARE.sub(r"\1 år", low))
    whole = re.sub(r"[ \t\n]+", " ", _WORD.sub(mend, low)).strip()
    return _CASE.sub(lambda match: match.group().upper(), _joined(whole, names))


def _day_in_words(match: re.Match[str]) -> str:
    """*31/12 2026* as *31 december 2026*."""
    year = f" {match['year']}" if match["year"] else ""
    return f"{int(match['day'])} {MONTHS[int(match['month']) - 1]}{year}"


def _mend(word: str, names: Names, *, bare: bool) -> str:
    folded = fold(word)
    if folded in lexis.SHORT:
        return lexis.SHORT[folded]
    if folded in lexis.SPELLED | lexis.SIMPLE or (folded in STOP_WORDS and not bare):
        return word
    if thing := _called(folded, names):
        return thing
    found = meant(folded, names, bare=bare)
    if found == folded and (whole := _whole(folded, names)):
        return whole
    return _money(folded, names) if found == folded else found


def _called(word: str, names: Names) -> str:
    """What a word for a thing is about, where no name has the word itself; empty for others."""
    match = _THING.fullmatch(word)
    if match is None or names.vocabulary.knows(word) or word in lexicon():
        return ""
    return min(names.vocabulary.beginning(match["what"]), key=len, default="")


def _whole(word: str, names: Names) -> str:
    """The shortest word of the names or the grammar that a cut-off one begins like: *utlysn*; empty for others."""
    if len(word) < SHORTEST_CUT or word in lexicon() or names.vocabulary.knows(word) or lexicon().cuts(word):
        return ""
    found = [one for one in names.vocabulary.beginning(word) if len(one) >= len(word) + CUT_OFF]
    return min(found, key=lambda one: (len(one), one), default="")


def _money(word: str, names: Names) -> str:
    """A word for somebody's money with what it is for mended: *omstälningspengarna*."""
    match = _MONEY.fullmatch(word)
    if match is None or names.vocabulary.knows(match["whose"]):
        return word
    whose = next(iter(names.vocabulary.alike(match["whose"])), None)
    return word if whose is None else f"{whose}s{match['money']}"


def _written_out(match: re.Match[str], names: Names) -> str:
    """A word of the names or the grammar that a shortened one begins like, and ends like where its end is written."""
    begins, ends = fold(match[1]), fold(match[2] or "")
    tail = ends[: max(SHORTEST_TAIL, len(ends) - SHORTEST_TAIL)]
    found = [
        word
        for word in names.vocabulary.beginning(begins)
        if len(word) > len(begins) + 1 and (not tail or tail in word[len(begins) :])
    ]
    if not found or (not ends and len({lexicon().base(word) for word in found}) > 1):
        return match.group()
    return min(found, key=lambda word: (len(word), word))


def _joined(text: str, names: Names) -> str:
    """Two words that are one word of a name are written as it: *ortoped konsulten*."""
    words = text.split(" ")
    for place in range(len(words) - 1, 0, -1):
        first, last = words[place - 1], words[place].rstrip("?.,!")
        if not (_LETTERS.fullmatch(first) and _LETTERS.fullmatch(last)):
            continue
        for one in (f"{first}{last}", f"{first}s{last}"):
            if len(one) >= SHORTEST_JOINED and names.vocabulary.knows(one) and not names.together(first, last):
                words[place - 1 : place + 1] = [one + words[place][len(last) :]]
                break
    return " ".join(words)
