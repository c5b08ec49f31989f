"""What the texts in the register say, where a question is not understood: the sentence that holds what it speaks of.

Descriptions, reports, conversations with municipalities and the like are written by people, and say more than any field
does. A sentence is told word for word with what it stands in, and only when it and the name of its thing have nearly
all that the question speaks of: otherwise nothing is.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer
from initiatives.kept import kept
from initiatives.swedish import MONTHS
from retrieval.analysis import index_terms
from retrieval.register import filtering, grammar, lexis, spelling
from retrieval.register.asking import Query, Wanted
from retrieval.register.names import Names, Terms, content
from retrieval.register.running.found import Found, columns, row, text_fact
from retrieval.register.times import read_times
from retrieval.register.written import Text, texts
from retrieval.sentences import sentence_spans
from retrieval.turns import give_way, think

LEAST = 0.75
"""How much of what a question speaks of a sentence must hold, together with the name of the thing."""
OWN = 0.3
"""How much of it the sentence must hold by itself."""
FEWEST = 2
"""How many words a question must have to be looked for so."""
_FIGURE = re.compile(r"\d+")
_NUMBERS = re.compile(f"{grammar.COUNT}|{grammar.AMOUNT}|{filtering.MEASURED}")
_DAYS = re.compile(grammar.DUE)
_DAY = re.compile(rf"\b(?:{'|'.join(MONTHS)}|våren|sommaren|hösten|vintern|20\d\d)\b", re.IGNORECASE)
TOLD = columns(("where", "Var", "text"), ("said", "Vad som står", "text"))


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence in a text of the register, with its terms and those of what the text is about."""

    of: Text
    said: str
    own: frozenset[str]
    around: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Sayings:
    """All sentences, and in how many of them each term stands, or in what they are about."""

    every: tuple[Saying, ...]
    common: Counter[str]

    def rarity(self, terms: Terms) -> float:
        """How telling a word is among the sentences, by the term that says most of it."""
        base = max(terms, key=lambda term: terms[term])
        return math.log(1 + len(self.every) / (1 + self.common[base]))


@dataclass(frozen=True, slots=True)
class _Asked:
    """The words of a question, its own figures, and whether it asks for a figure or a day."""

    words: list[Terms]
    known: frozenset[str]
    figure: bool
    day: bool

    def is_met(self, said: str) -> bool:
        """Whether a sentence has a figure, or a day, that the question does not have itself."""
        if self.day and not _DAY.search(said):
            return False
        return not self.figure or bool(set(_FIGURE.findall(said)) - self.known)


async def look(
    session: AsyncSession, person: Viewer, question: str, names: Names, today: dt.date
) -> tuple[Query, Found] | None:
    """The sentence that the question speaks of, with its thing; None where no sentence holds nearly all of it."""
    asked = await think(_asked, question, names, today)
    if asked is None or len(asked.words) < FEWEST:
        return None
    sayings = await kept(session, person, "sayings", lambda: _collect(session, person))
    best = await think(_best, asked, sayings)
    if best is None:
        return None
    one = best.of
    query = Query(subject=one.subject, wanted=Wanted.CONTENT)
    held = row(one.table, one.id, one.title, (one.label, best.said))
    lead = f"Om {one.title} står ({one.label}): ”{best.said}”"
    return query, Found(lead=lead, columns=TOLD, rows=(held,), total=1, facts=(text_fact(best.said),), listed=False)


def _asked(question: str, names: Names, today: dt.date) -> _Asked | None:
    """What a question speaks of; None where it speaks of a time, which a sentence seldom says in full."""
    mended = spelling.mended(question, names)
    times = read_times(mended, today)
    if times.period or times.on or times.since:
        return None
    words = [terms for folded, terms in content(mended) if not (lexis.is_frame(folded) or folded in lexis.SIMPLE)]
    known = frozenset(_FIGURE.findall(mended))
    return _Asked(words, known, figure=bool(_NUMBERS.search(mended)), day=bool(_DAYS.search(mended)))


async def _collect(session: AsyncSession, person: Viewer) -> _Sayings:
    """All sentences in the register that the person sees."""
    return await think(_gathered, await texts(session, person))


def _gathered(every: Sequence[Text]) -> _Sayings:
    cut = tuple(_cut(every))
    return _Sayings(cut, Counter(term for one in cut for term in one.own | one.around))


def _cut(every: Sequence[Text]) -> Iterator[Saying]:
    for one in every:
        around = frozenset(index_terms(f"{one.title} {one.beside}"))
        for start, end in sentence_spans(one.text):
            give_way()
            said = one.text[start:end]
            yield Saying(one, said, frozenset(index_terms(said)), around)


def _best(asked: _Asked, sayings: _Sayings) -> Saying | None:
    """The sentence that holds most of what is asked, if that is enough."""
    rare = [sayings.rarity(terms) for terms in asked.words]
    words, whole = list(zip(asked.words, rare, strict=True)), sum(rare)
    best, most = None, 0.0
    for one in sayings.every:
        if not asked.is_met(one.said):
            continue
        own = sum(weight * _credit(terms, one.own) for terms, weight in words)
        both = sum(weight * max(_credit(terms, one.own), _credit(terms, one.around)) for terms, weight in words)
        if own >= OWN * whole and both >= LEAST * whole and both + own > most:
            best, most = one, both + own
    return best


def _credit(terms: Terms, held: frozenset[str]) -> float:
    return max((value for term, value in terms.items() if term in held), default=0.0)
