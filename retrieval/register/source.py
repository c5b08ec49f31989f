"""The way in: a question put to the register, with the rights of the person who asks."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import naming, overview
from initiatives.access import ScopedSessions, Viewer, sees_all
from initiatives.naming import Name
from retrieval.lexicon import lexicon
from retrieval.register import sayings
from retrieval.register.asking import Named, Query, Subject, Wanted
from retrieval.register.deciding import IN_TEXTS
from retrieval.register.linking import FILTERS
from retrieval.register.names import Names, content
from retrieval.register.nearby import about
from retrieval.register.running import run
from retrieval.register.shown import RegisterAnswer, initiative_of
from retrieval.register.telling import tell
from retrieval.register.understanding import understand
from retrieval.turns import think

SURE = 0.8
"""How much of a question's telling words must be accounted for before the register answers it."""
TABLES: dict[str, Subject] = {
    "initiative": Subject.INITIATIVE,
    "matter": Subject.MATTER,
    "clause": Subject.CLAUSE,
    "assignment": Subject.ASSIGNMENT,
    "fund": Subject.FUND,
    "allocation": Subject.ALLOCATION,
    "grant_agreement": Subject.GRANT,
    "grant_component": Subject.GRANT_PART,
    "measure": Subject.MEASURE,
    "measure_frame": Subject.FRAME,
    "indicator": Subject.INDICATOR,
    "distribution_run": Subject.DISTRIBUTION,
    "distribution_unit": Subject.UNIT,
    "taxonomy_node": Subject.NODE,
    "organisation": Subject.ORGANISATION,
    "organ": Subject.ORGAN,
    "person": Subject.PERSON,
    "application_round": Subject.ROUND,
    "application": Subject.APPLICATION,
    "milestone": Subject.DEADLINE,
    "dialogue_entry": Subject.MEETING,
    "municipal_agreement": Subject.AGREEMENT,
}
NOTHING = 0.2
"""Up to how much of them that is accounted for a question names nothing that there is."""
HALF_SURE = 0.4
"""How much of them must be for an answer that stands only where documents have none."""
EXACT = 0.95
"""How much of a question must be accounted for where the register's answer goes first though its kind is not said."""
CONFIDENT = 0.85
"""How sure documents must be of their answer to stand beside one of the register that goes first."""
TOLD_BY_BOTH = frozenset({Wanted.CONDITIONS, Wanted.CONTENT, Wanted.REASON, Wanted.PARTNERS, Wanted.BASIS})
"""What documents tell as well as the register does, and mostly at greater length."""
MOST_KEPT = 16
MOST_MENTIONED = 5
"""Words that the texts of a thing may be sought by; a question with more of them is about something else."""
MENTIONING = frozenset(
    {
        *(Subject.INITIATIVE, Subject.ASSIGNMENT, Subject.CLAUSE, Subject.MATTER, Subject.DECISION, Subject.MEASURE),
        *(Subject.FUND, Subject.ALLOCATION, Subject.DEADLINE, Subject.INDICATOR, Subject.ROUND, Subject.APPLICATION),
        *(Subject.MEETING, Subject.AGREEMENT),
    }
)
"""Kinds of thing whose texts are searched."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the register has to say: an answer, or only what there is ``instead`` of what was asked for.

    ``about`` is how the thing stands that the question names, where it is not understood what is asked of it.
    ``first`` tells that the question is above all one to the register, ``tentative`` that it has words which nothing
    accounts for, so that its answer stands only where documents have none.
    """

    query: Query
    answer: RegisterAnswer | None
    instead: str = ""
    about: RegisterAnswer | None = None
    tentative: bool = False

    @property
    def first(self) -> bool:
        """Whether the register's answer goes before that of the documents."""
        query = self.query
        if query.wanted in TOLD_BY_BOTH or query.manner:
            return False
        listed = {Wanted.LIST, Wanted.COUNT, Wanted.TOP, Wanted.STATUS, Wanted.DUE}
        exact = query.worded and query.wanted not in TOLD_BY_BOTH and query.explained >= EXACT
        return query.pointed or exact or (query.said and query.wanted in listed)

    @property
    def settled(self) -> bool:
        """Whether it answers a question every word of which it accounts for."""
        return (
            self.answer is not None
            and not self.tentative
            and not (set(self.query.unexplained) - set(self.query.mentions))
        )

    @property
    def stands_beside(self) -> bool:
        """Whether a tentative answer is told beside that of documents: it is about what the question names or says."""
        return bool(self.query.objects) or (self.query.said and self.query.explained >= SURE)

    @property
    def alone(self) -> bool:
        """Whether it answers what only it can tell: what is late, lacks something or is not done, which is the most."""
        query = self.query
        counted = query.said and not query.objects and query.wanted in {Wanted.COUNT, Wanted.TOP}
        told = query.late or query.lacks is not None or query.done is False or counted
        return told and self.answer is not None and not query.manner

    def silences(self, confidence: float) -> bool:
        """Whether documents that are so sure of their answer, 0 to 1, are better left out of what the register says."""
        if self.tentative:
            return False
        if self.instead == NOT_SEEN and self.query.wanted is not Wanted.LIST:
            return True
        if self.answer is None:
            query = self.query
            measured = query.subject is Subject.INDICATOR and bool(query.objects) and query.explained >= EXACT
            certain = (query.said and query.pointed) or self.instead == NOT_SEEN or measured
            return bool(self.instead) and certain and confidence < CONFIDENT
        told = self.first and (self.query.said or self.query.pointed)
        return self.alone or (told and confidence < CONFIDENT)


async def look_up(
    sessions: ScopedSessions, person: Viewer, question: str, history: Sequence[str], today: dt.date
) -> Heard | None:
    """Ask the register; None where the question is not one to it, or nothing in it answers."""
    names = await names_of(sessions, person)
    query = await think(understand, question, names, today, history)
    if query is None:
        return None
    async with sessions(person) as session:
        found = await run(session, person, query, today) if query.explained >= SURE else None
        tentative = query.loose and query.wanted not in IN_TEXTS
        for other in _by_mention(query) if found is None else ():
            if (found := await run(session, person, other, today)) is not None:
                query = other
                break
        if found is None and _is_half_sure(query):
            found, tentative = await run(session, person, query, today), True
        if found is None and (near := await about(session, person, query, question, today)) is not None:
            stands = await with_rights(session, person, tell(near[1], near[0], question, today))
            return Heard(query, None, about=stands)
        if found is None:
            told = _not_there(query, names) if query.explained < SURE else None
            return told or (None if sees_all(person) else _not_seen(query, names))
        if found.instead:
            return Heard(query, None, found.instead)
        if not found.rows and not _has_any(query, names):
            return None
        answer = await with_rights(session, person, tell(found, query, question, today))
    return Heard(query, answer, tentative=tentative)


async def said(
    sessions: ScopedSessions, person: Viewer, question: str, heard: Heard | None, today: dt.date
) -> Heard | None:
    """What a text in the register says of a question that nothing else has answered; else what was ``heard``."""
    names = await names_of(sessions, person)
    async with sessions(person) as session:
        found = await sayings.look(session, person, question, names, today)
        if found is None:
            return heard
        answer = await with_rights(session, person, tell(found[1], found[0], question, today))
    return Heard(found[0], answer)


def _is_half_sure(query: Query) -> bool:
    """Whether a thing is named and something asked of it, in a question with other words that nothing accounts for."""
    return HALF_SURE <= query.explained < SURE and bool(query.objects) and query.worded and not query.manner


async def names_of(sessions: ScopedSessions, person: Viewer) -> Names:
    """The names of all in the register that a person sees, ready to be looked for."""
    async with sessions(person) as session:
        listed = tuple(await naming.list_names(session, person))
    return await think(_ready, listed)


async def with_rights(session: AsyncSession, person: Viewer, answer: RegisterAnswer) -> RegisterAnswer:
    """An answer with how its initiatives stood to one who does not see all."""
    return answer if sees_all(person) else replace(answer, seen=await _seen(session, person, answer))


def _has_any(query: Query, names: Names) -> bool:
    """Whether the register that the person sees has anything of the kind that is asked for."""
    kind = {Subject.DECISION: Subject.MATTER}.get(query.subject, query.subject)
    kinds = {one.subject for one in names.every}
    return kind in kinds if kind in set(TABLES.values()) else bool(kinds - FILTERS)


def _by_mention(query: Query) -> list[Query]:
    """Queries for things whose texts hold the words that nothing accounts for, where the question may mean such."""
    words = query.unexplained
    if not 0 < len(words) <= MOST_MENTIONED:
        return []
    if query.objects:
        if query.subject is not Subject.INITIATIVE or query.wanted is Wanted.OWNER:
            return []
        own = [replace(query, mentions=words)] if len(query.objects) == 1 else []
        if query.wanted in IN_TEXTS:
            return [*own, replace(query, objects=(), mentions=words)]
        if query.wanted is Wanted.DUE:
            return [replace(query, subject=Subject.DEADLINE, mentions=words), *own]
        return own
    tried = query.said or query.subject is Subject.DEADLINE or query.wanted in IN_TEXTS
    return [replace(query, mentions=words)] if tried and query.subject in MENTIONING else []


async def _seen(session: AsyncSession, person: Viewer, answer: RegisterAnswer) -> dict[str, str]:
    """How the initiatives of the rows stood to the person: what a kept answer is held against when it is read."""
    named = {str(initiative_id): stood for initiative_id, stood in (await overview.stands(session, person)).items()}
    return {key: named[key] for row in answer.rows if (key := initiative_of(row)) in named}


@lru_cache(MOST_KEPT)
def _ready(listed: tuple[Name, ...]) -> Names:
    """The names that somebody sees, made ready once for as long as they are the same."""
    firsts = Counter(one.name.split(" ", 1)[0] for one in listed if one.table == "person")
    return Names(tuple(named(one, firsts) for one in listed))


def named(one: Name, firsts: Mapping[str, int]) -> Named:
    """A name of the register as questions mean it; people are also meant by their last name, or a first name of one."""
    subject = TABLES[one.table]
    other = one.other
    if subject is Subject.PERSON and " " in one.name:
        first, last = one.name.split(" ", 1)[0], one.name.rsplit(" ", 1)[1]
        other = (*other, last, *([first] if firsts.get(first) == 1 else []))
    if (short := _initials(one.name)) and subject in SHORTENED:
        other = (*other, short)
    if subject is Subject.UNIT and " " in one.name:
        other = (*other, one.name.rsplit(" ", 1)[1])
    if subject is Subject.FUND and (purpose := _purpose(one.name)):
        other = (*other, purpose)
    return Named(subject, one.id, one.name, other, one.year, one.parent_id)


SHORTENED = frozenset({Subject.INITIATIVE, Subject.INDICATOR, Subject.GRANT, Subject.MEASURE})


def _initials(name: str) -> str:
    """The first letters of a name of three or four words that carry meaning: SIP; empty for other names."""
    words = [word for word, _ in content(name)]
    return "".join(word[0] for word in words) if len(words) in {3, 4} else ""


def _purpose(name: str) -> str:
    """What a fund of one word is for: *omställning* of *Omställningsanslaget*; empty for other names."""
    parts = lexicon().cuts(name.casefold()) if name.isalpha() else ()
    return "".join(parts[:-1]).removesuffix("s") if len(parts) > 1 else ""


def _not_there(query: Query, names: Names) -> Heard | None:
    """What to say when a thing of a kind that there is here is asked for by a name that none of them has."""
    none = NONE.get(query.subject)
    of_kind = sum(one.subject is query.subject for one in names.every)
    if (
        none is None
        or not of_kind
        or query.objects
        or not (query.unknown or query.mentions or query.explained < NOTHING)
        or not 0 < len(query.unexplained) <= LONGEST_NAME
    ):
        return None
    words = f"I registret finns {none} som heter något med ”{' '.join(query.unexplained)}”."
    return Heard(query, None, words) if query.said else None


def _not_seen(query: Query, names: Names) -> Heard | None:
    """What to say to one who sees a part of the register when they see nothing of what they ask it for."""
    seen = any(one.subject is Subject.INITIATIVE for one in names.every)
    asked = query.said and not query.objects and query.wanted in {Wanted.LIST, Wanted.COUNT, Wanted.TOP, Wanted.LEFT}
    return Heard(query, None, NOT_SEEN) if seen and asked else None


NOT_SEEN = "I registret syns inget sådant."
NONE: dict[Subject, str] = {
    Subject.INITIATIVE: "inget initiativ",
    Subject.ASSIGNMENT: "inget uppdrag",
    Subject.FUND: "inget anslag",
    Subject.GRANT: "inget statsbidrag",
    Subject.MEASURE: "ingen åtgärd",
    Subject.INDICATOR: "ingen indikator",
    Subject.MATTER: "inget ärende",
}
LONGEST_NAME = 3
"""Words that a name that is not there may have for it to be told; a longer question is about something else."""
