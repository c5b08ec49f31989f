"""What people have written in the register, text by text, with the thing that each is about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import assignment_overview, measures, overview, reports
from initiatives.access import Viewer
from initiatives.dialogue import entries
from initiatives.swedish import format_date
from retrieval.register.asking import Subject
from retrieval.register.running.found import MOST


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a thing: of which kind and row, its title, what the text is (``label``), and who else is in it."""

    subject: Subject
    table: str
    id: object
    title: str
    label: str
    text: str
    beside: str = ""


async def texts(session: AsyncSession, person: Viewer) -> list[Text]:
    """Every text that the person sees: of initiatives with their newest reports, conversations and the like."""
    found = [one async for one in _of_initiatives(session, person)]
    found += [one async for one in _of_conversations(session, person)]
    found += [one async for one in _of_assignments(session, person)]
    found += [one async for one in _of_measures(session, person)]
    return [one for one in found if one.text]


async def _of_initiatives(session: AsyncSession, person: Viewer) -> AsyncIterator[Text]:
    rows, _ = await overview.list_initiatives(session, person, limit=MOST)
    newest = {report.initiative_id: report for report in await reports.list_newest(session, person)}
    for one in rows:
        told = [("beskrivning", one.summary), ("utfall", one.outcome)]
        told += [("nästa steg", one.next_steps), ("skäl", one.reason)]
        if report := newest.get(one.id):
            day = f"lägesrapporten den {format_date(report.reported_on)}"
            told += [(day, report.done), (f"{day}, härnäst", report.next), (f"{day}, hinder", report.obstacles)]
        for label, text in told:
            yield Text(Subject.INITIATIVE, "initiative", one.id, one.title, label, text or "")


async def _of_conversations(session: AsyncSession, person: Viewer) -> AsyncIterator[Text]:
    rows, _ = await entries.list_entries(session, person, limit=MOST)
    for one in rows:
        parties = " ".join(party.name for party in one.parties)
        for label, text in (("utfall", one.outcome), ("nästa steg", one.next_step), ("om", one.topics)):
            day = f"{format_date(one.held_on)}, {label}"
            yield Text(Subject.MEETING, "dialogue_entry", one.id, one.title, day, text, parties)


async def _of_assignments(session: AsyncSession, person: Viewer) -> AsyncIterator[Text]:
    rows, _ = await assignment_overview.list_assignments(session, person, limit=MOST)
    for one in rows:
        yield Text(Subject.ASSIGNMENT, "assignment", one.id, one.title, "redovisning", one.report, one.receiver)


async def _of_measures(session: AsyncSession, person: Viewer) -> AsyncIterator[Text]:
    for one in await measures.list_measures(session, person):
        for label, text in (("beskrivning", one.description), ("resultat", one.organisational_result)):
            yield Text(Subject.MEASURE, "measure", one.id, one.title, label, text, one.organisation)
