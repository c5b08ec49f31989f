"""What the texts of one initiative say of the words that nothing else of a question accounts for, word for word."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer
from initiatives.overview import InitiativeRow
from initiatives.reports import ReportRow
from initiatives.swedish import format_date
from retrieval.register.asking import Query
from retrieval.register.running.found import Found, day_fact, text_fact
from retrieval.register.running.initiatives import texts
from retrieval.register.running.initiatives.columns import COLUMNS, initiative_row
from retrieval.register.running.mentions import holds
from retrieval.sentences import sentence_spans

MOST_TOLD = 2
"""How many sentences are told."""
LEAST = 0.5
"""The share of the words that a sentence must hold."""


async def run(session: AsyncSession, person: Viewer, query: Query, one: InitiativeRow) -> Found | None:
    """The sentences about an initiative that hold most of the words; None where none holds half of them."""
    newest = await texts.newest(session, person, one)
    told = [(holds(query.mentions, said), label, said) for label, said in _sentences(one, newest)]
    most = max((number for number, _, _ in told), default=0)
    if most < max(1, LEAST * len(query.mentions)):
        return None
    best = [(label, said) for number, label, said in told if number == most][:MOST_TOLD]
    days = [day_fact("reported_on", "Rapporterat", newest.reported_on)] if newest is not None else []
    return Found(
        lead=f"Om {one.title} står: " + " ".join(f"{label}: ”{said}”" for label, said in best),
        columns=COLUMNS,
        rows=(initiative_row(one),),
        total=1,
        facts=(*(text_fact(said) for _, said in best), *days),
        listed=False,
    )


def _sentences(one: InitiativeRow, newest: ReportRow | None) -> Iterator[tuple[str, str]]:
    """Each sentence of the texts, with what it is from; the newest report first."""
    every: list[tuple[str, str | None]] = []
    if newest is not None:
        report = f"Lägesrapporten den {format_date(newest.reported_on)}"
        every += [(report, newest.done), (f"{report}, härnäst", newest.next), (f"{report}, hinder", newest.obstacles)]
    every += [("Beskrivning", one.summary), ("Utfall", one.outcome), ("Nästa steg", one.next_steps)]
    every += [("Skäl", one.reason)]
    for label, text in every:
        yield from ((label, text[start:end]) for start, end in sentence_spans(text or "") if text)
