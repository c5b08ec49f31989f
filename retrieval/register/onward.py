"""What else may be asked of the things that an answer of the register, or a question, is about."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence

from initiatives.access import ScopedSessions, Viewer
from initiatives.sources import resting_on
from retrieval.register.asking import Named, Subject
from retrieval.register.shown import RegisterAnswer
from retrieval.register.source import TABLES, names_of
from retrieval.register.understanding import understand

LONGEST_NAME = 80
"""Characters; an att-sats is named by its whole text, which nobody writes in a question."""
FIRST_ROWS = 3
WAYS: Mapping[Subject, tuple[str, ...]] = {
    Subject.INITIATIVE: (
        "Hur går det med initiativet {}?",
        "Vem ansvarar för initiativet {}?",
        "När ska initiativet {} vara klart?",
        "Hur mycket pengar har initiativet {}?",
        "Vilka medverkar i initiativet {}?",
    ),
    Subject.MATTER: ("Vad beslutades i ärendet {}?", "Vilka uppdrag finns i ärendet {}?"),
    Subject.ASSIGNMENT: (
        "Hur går det med uppdraget {}?",
        "Vem har uppdraget {}?",
        "När ska uppdraget {} vara klart?",
    ),
    Subject.FUND: (
        "Hur mycket är kvar av {}?",
        "Vilka initiativ får pengar ur {}?",
        "Vilka tilldelningar har gjorts ur {}?",
    ),
    Subject.GRANT: ("Hur stort är statsbidraget {}?", "När ska statsbidraget {} redovisas?"),
    Subject.MEASURE: (
        "Hur går det med åtgärden {}?",
        "Vad kostar åtgärden {}?",
        "Vem ansvarar för åtgärden {}?",
    ),
    Subject.INDICATOR: ("Hur går det med indikatorn {}?", "Vad är målet för indikatorn {}?"),
    Subject.NODE: ("Vilka initiativ finns inom {}?", "Vilka indikatorer följer {}?"),
}
"""The fields that each kind of thing has and that are asked for, in words that `understanding` reads."""


async def things(
    sessions: ScopedSessions,
    person: Viewer,
    question: str,
    history: Sequence[str],
    register: RegisterAnswer | None,
    *,
    documents: Sequence[uuid.UUID],
    today: dt.date,
) -> list[Named]:
    """What a question names, what the register answered, and what rests on the documents; as the person sees it."""
    names = await names_of(sessions, person)
    async with sessions(person) as session:
        resting = [one for document in documents for one in await resting_on(session, person, document)]
    known = {(one.subject, str(one.id)): one for one in names.every}
    query = understand(question, names, today, history)
    rows = register.rows[:FIRST_ROWS] if register else ()
    keys = [
        *((one.subject, str(one.id)) for one in (query.objects + query.nodes if query else ())),
        *((TABLES[row.kind], row.id) for row in rows if row.kind in TABLES),
        *((TABLES[one.subject_type], str(one.subject_id)) for one in resting if one.subject_type in TABLES),
    ]
    return [known[key] for key in dict.fromkeys(keys) if key in known]


def questions(thing: Named) -> Iterator[str]:
    """Questions about a thing, the most asked first; none for what has no short name."""
    name = thing.name if thing.year is None or str(thing.year) in thing.name else f"{thing.name} {thing.year}"
    if len(name) <= LONGEST_NAME:
        yield from (way.format(name) for way in WAYS.get(thing.subject, ()))
