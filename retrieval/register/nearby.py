"""How a thing stands that a question names, where it is not understood what is asked of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer
from retrieval.register.asking import Named, Query, Subject, Wanted
from retrieval.register.names import content
from retrieval.register.running import run
from retrieval.register.running.found import Found, in_words

LEAST = 0.4
"""How much of a question's telling words must be accounted for before the thing that it names is told of."""
NAMED = 0.5
"""How much of the name of a thing a question must say for that to be what it is about, by its words."""
UNSURE = "Jag är inte säker på vad du frågar efter. Så här står det om {name}."


async def about(
    session: AsyncSession, person: Viewer, query: Query, question: str, today: dt.date
) -> tuple[Query, Found] | None:
    """The thing that a question is about and how it stands; None where it may be about another one.

    Nothing is told to one that asks of years ago: how it stands today is no answer. A place, an organisation or
    somebody else that the question names too must be told of, or it is about something that is not there: the family
    centre of another municipality.
    """
    if len(query.objects) != 1 or query.explained < LEAST:
        return None
    if any(year < today.year - 1 for year in query.years):
        return None
    thing = query.objects[0]
    if _said(thing.name, question) < NAMED:
        return None
    wanted = Wanted.VALUE if thing.subject is Subject.INDICATOR else Wanted.STATUS
    asked = Query(subject=thing.subject, wanted=wanted, objects=(thing,), unexplained=query.unexplained)
    found = await run(session, person, asked, today)
    if found is None or found.instead or not _tells_of(found, (*query.organisations, *query.people)):
        return None
    return asked, replace(found, lead=f"{UNSURE.format(name=thing.name)} {found.lead}")


def _said(name: str, question: str) -> float:
    """The share of a name's words that a question has, in any form."""
    words = [terms for _, terms in content(name)]
    asked = {term for _, terms in content(question) for term in terms}
    return sum(not asked.isdisjoint(terms) for terms in words) / len(words) if words else 0.0


def _tells_of(found: Found, others: tuple[Named, ...]) -> bool:
    told = [found.lead, *(row.title for row in found.rows)]
    told += [
        in_words(value, column.type)
        for row in found.rows
        for value, column in zip(row.values, found.columns, strict=True)
    ]
    said = " ".join(told).casefold()
    return all(other.name.casefold() in said for other in others)
