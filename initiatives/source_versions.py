"""What rests on a document follows its quotation into a new version, and is told where the words are gone."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity
from initiatives.access import SYSTEM, Viewer, sees_all
from initiatives.checks import Check, Rule, Severity, Subject
from initiatives.kinds import KINDS
from initiatives.sources import DOCUMENT, VERSION, Source, page_at

LOST = Rule("quotation-gone", Severity.MEDIUM, "Citatet står inte längre i dokumentet")


async def follow(session: AsyncSession, document_id: UUID, version_id: UUID) -> None:
    """Move what rests on earlier versions to the same words in this one, to the nearest place where they stand.

    A source whose words are gone stays with the version that has them; `check` finds it.
    """
    of_earlier = Source.document_id == document_id, Source.version_id != version_id
    resting = list(await session.scalars(select(Source).where(*of_earlier)))
    if not resting:
        return
    version = (await session.execute(select(VERSION.c.text, VERSION.c.pages).where(VERSION.c.id == version_id))).one()
    for source in resting:
        start = nearest(version.text, source.quote, source.start)
        if start is not None:
            _move(session, source, version_id, start, version.pages)
    await session.flush()


def nearest(text: str, quote: str, place: int) -> int | None:
    """Return where the quotation begins in the text, as near the old place as it stands; None if it does not."""
    after = text.find(quote, place)
    before = text.rfind(quote, 0, place + len(quote))
    there = [start for start in (before, after) if start >= 0]
    return min(there, key=lambda start: abs(start - place), default=None)


def _move(session: AsyncSession, source: Source, version_id: UUID, start: int, pages: Sequence[Any]) -> None:
    before = {"version_id": source.version_id, "start": source.start, "page": source.page}
    source.version_id, source.start, source.end = version_id, start, start + len(source.quote)
    source.page = page_at(pages, start)
    after = {"version_id": version_id, "start": start, "page": source.page}
    activity.record(
        session, SYSTEM, "flyttade källa", source.subject_type, source.subject_id, before=before, after=after
    )


async def check(session: AsyncSession, person: Viewer) -> Sequence[Check]:
    """Return what rests on words that the current version of its document does not have; nothing to a part-seer."""
    if not sees_all(person):
        return ()
    gone = (
        select(Source)
        .join(DOCUMENT, DOCUMENT.c.id == Source.document_id)
        .where(Source.version_id != DOCUMENT.c.current_version_id)
        .order_by(Source.id)
    )
    return [
        LOST.broken(
            f"{KINDS[source.subject_type].word.capitalize()} vilar på orden ”{_short(source.quote)}” i {source.title}. "
            "De står inte i dokumentets senaste version. Se efter vad som gäller nu, och ändra eller ta bort källan.",
            Subject(source.subject_type, source.subject_id),
            about=source.title,
        )
        for source in await session.scalars(gone)
        if source.subject_type in KINDS
    ]


def _short(quote: str) -> str:
    words = " ".join(quote.split())
    return words if len(words) <= _SHOWN else words[:_SHOWN].rsplit(" ", 1)[0] + " …"


_SHOWN = 120
