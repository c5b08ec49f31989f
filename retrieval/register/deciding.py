"""The kind of thing that a question is about: by its words for kinds, by what it names, or by what it asks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.register.asking import Lacks, Subject, Wanted
from retrieval.register.linking import KINDS_OF, Understood
from retrieval.register.patterns import any_of
from retrieval.register.reading import Reading

IN_TEXTS = frozenset({Wanted.OBSTACLES, Wanted.NEXT_STEP, Wanted.REPORT, Wanted.WAITS})
"""What is asked of initiatives alone, which may then be known by their texts."""
EACH = any_of("per, varje, i varje, fördelade på, uppdelat på, flest, minst, färst, mest")
BELONGING = frozenset({Subject.ALLOCATION, Subject.MEASURE, Subject.ASSIGNMENT, Subject.CLAUSE, Subject.DECISION})
"""Kinds of thing that may be asked for by what they belong to."""


def subject_of(found: Understood) -> Subject | None:
    """The kind of thing that is asked about; None where nothing in the question says one."""
    if (marked := _marked(found)) is not None:
        return marked
    said = [one for one in found.reading.subjects if one is not Subject.NODE]
    if set(said[:2]) == {Subject.GRANT, Subject.DEADLINE} and not found.objects:
        return Subject.DEADLINE
    said = [one for one in said if one is not Subject.DEADLINE] if len(said) > 1 else said
    if _is_covered(found, said):
        return Subject.COVERAGE
    return _subject_of_objects(found, said) if found.objects else _subject_without_objects(found, said)


def _marked(found: Understood) -> Subject | None:
    """The kind of thing that words other than those for kinds show: changes, dates, reports, reservations."""
    reading = found.reading
    named = found.objects[0].named.subject if found.objects else None
    then = reading.times.since or reading.times.period
    if Wanted.CHANGES in reading.wanted and then and named is not Subject.INDICATOR:
        return Subject.CHANGE
    if (reading.dated or reading.kinds) and _is_dated(found):
        return Subject.DEADLINE
    if named is Subject.INITIATIVE and IN_TEXTS & set(reading.wanted[:2]):
        return Subject.INITIATIVE
    return Subject.MATTER if reading.reserved or reading.casting or reading.authority else None


def _is_covered(found: Understood, said: Sequence[Subject]) -> bool:
    """Whether the nodes themselves are asked for: what they lack, how many initiatives each has, or which they are."""
    reading = found.reading
    if Subject.NODE not in reading.subjects or reading.head in {Subject.PERSON, Subject.ORGANISATION}:
        return False
    if reading.head is Subject.NODE and Wanted.AMOUNT in reading.wanted:
        return False
    if reading.head is Subject.NODE and (reading.lacks is not None or "saknar" in reading.text):
        return not found.objects
    each = Subject.INITIATIVE in said and bool(re.search(EACH, reading.text))
    return each or reading.lacks is Lacks.INITIATIVE or not (said or found.objects)


def _subject_without_objects(found: Understood, said: Sequence[Subject]) -> Subject | None:
    if Subject.FRAME in said:
        return Subject.FRAME
    if found.reading.head is Subject.NODE and Wanted.AMOUNT in found.reading.wanted:
        return Subject.INITIATIVE
    money = found.reading.wanted[:1] == (Wanted.AMOUNT,)
    kinds = [one.named.subject for one in found.filters]
    if said or not kinds:
        return next(iter(said), _subject_of_verbs(found.reading))
    if money and Subject.ORGANISATION in kinds and Subject.NODE not in kinds:
        return Subject.ALLOCATION
    if Subject.NODE in kinds:
        asked = money or found.reading.acts or found.reading.late or _is_count(found.reading)
        return Subject.INITIATIVE if asked else None
    return next((kind for kind in (Subject.PERSON, Subject.ORGANISATION) if kind in kinds), None)


def _is_count(reading: Reading) -> bool:
    """Whether a number is asked for, and not that of something which is no kind of thing."""
    return Wanted.COUNT in reading.wanted and not reading.counted


def _subject_of_verbs(reading: Reading) -> Subject | None:
    """The kind of thing that is asked about where only what is asked says it: *vad startar i januari*."""
    dated = reading.times.period is not None and (reading.starts or reading.ends)
    if dated or (reading.wanted[:1] and reading.wanted[0] in IN_TEXTS):
        return Subject.INITIATIVE
    if reading.head is Subject.ORGANISATION and reading.received:
        return Subject.UNIT
    if reading.wanted[:1] == (Wanted.DUE,):
        return Subject.DEADLINE
    return Subject.INITIATIVE if reading.late else None


def _subject_of_objects(found: Understood, said: Sequence[Subject]) -> Subject:
    """The kind of the things that are named, unless what is asked for are others that belong to them."""
    named = found.objects[0].named.subject
    own = {kind for one in said for kind in KINDS_OF.get(one, (one,))}
    of_it = not {Wanted.STATUS, Wanted.DUE, Wanted.REASON, Wanted.BASIS} & set(found.reading.wanted[:1])
    if said[:1] == [Subject.INITIATIVE] and named is Subject.FUND:
        return Subject.FUND
    if named is Subject.ROUND and _is_of_applications(found.reading, said):
        return Subject.APPLICATION
    if said[:1] and said[0] in {Subject.CLAUSE, Subject.ASSIGNMENT} and named is Subject.MATTER:
        return said[0]
    return said[0] if said and of_it and named not in own and said[0] in BELONGING else named


def _is_of_applications(reading: Reading, said: Sequence[Subject]) -> bool:
    """Whether a question about a round is one about what was applied for: how many, or who got money or did not."""
    became = bool({"avslaget", "beslutat"} & set(reading.outcomes)) or reading.received
    which = reading.head in {Subject.PERSON, Subject.ORGANISATION} or reading.plural
    return said[:1] == [Subject.APPLICATION] or (became and (which or Wanted.OWNER in reading.wanted))


def _is_dated(found: Understood) -> bool:
    """Whether what is asked for are dates of the calendar: by their kind, or by when."""
    reading = found.reading
    about = {Subject.ASSIGNMENT, Subject.CLAUSE, Subject.INITIATIVE, Subject.MEASURE, Subject.MATTER, Subject.INDICATOR}
    about |= {Subject.APPLICATION, Subject.ROUND}
    if about & set(reading.subjects):
        return False
    if found.objects and found.objects[0].named.subject not in {Subject.INITIATIVE, Subject.FUND, Subject.DEADLINE}:
        return False
    if found.objects and (not reading.kinds or found.objects[0].named.subject is Subject.FUND):
        return False
    told = reading.times.period or found.objects or reading.late or reading.who or reading.done is not None
    if not (reading.dated or told or reading.plural or reading.times.since):
        return False
    return bool(reading.kinds) or reading.times.period is not None or Subject.DEADLINE in reading.subjects
