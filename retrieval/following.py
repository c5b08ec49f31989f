"""What followers may see right now, of initiatives and documents together, and the step that brings feeds up to it."""

import logging
from collections.abc import Collection
from dataclasses import fields
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, deliveries, feeds, overview, surroundings
from initiatives.access import SYSTEM, ScopedSessions, Viewer, acting_as
from initiatives.errors import NotFound
from initiatives.feeds import DOCUMENT, INITIATIVE, SUBJECT_TYPES, Fields, Subject
from initiatives.overview import InitiativeRow
from initiatives.sharing import PROFILES, Field
from initiatives.surroundings import AROUND
from retrieval import documents
from retrieval.documents import DocumentSummary

_PLACES = {INITIATIVE: "initiatives", DOCUMENT: "documents"}
_EVERYTHING = 1_000_000
_UNSHOWN = frozenset({"id", "created_at", "updated_at", "revision", "health", "reported_on"})
_INITIATIVE_FIELDS = tuple(field.name for field in fields(InitiativeRow) if field.name not in _UNSHOWN)
_DOCUMENT_FIELDS = ("title", "kind", "organ", "year", "visibility", "file_name", "media_type", "version_id")
log = logging.getLogger(__name__)


def link(subject_type: str, subject_id: UUID) -> str:
    """Return the address, on the server, at which a thing is read."""
    return f"/api/v1/{_PLACES[subject_type]}/{subject_id}"


async def seen_by(
    session: AsyncSession, person: Viewer, only: Collection[Subject] | None = None
) -> dict[Subject, Fields]:
    """Return what the person sees of initiatives and documents, all of them or `only` these, field by field.

    Counters and times of change are left out: they move when something changes that the person does not see.
    """
    if only is None:
        rows, _ = await overview.list_initiatives(session, person, limit=_EVERYTHING)
        papers, _ = await documents.list_documents(session, person, limit=_EVERYTHING)
    else:
        rows = [row for kind, id in only if kind == INITIATIVE and (row := await _initiative(session, person, id))]
        papers = await documents.find_documents(session, person, [id for kind, id in only if kind == DOCUMENT])
    around = await surroundings.seen(session, person, None if only is None else [row.id for row in rows])
    seen: dict[Subject, Fields] = {(INITIATIVE, row.id): _of_initiative(row, around.get(row.id, {})) for row in rows}
    seen |= {(DOCUMENT, paper.id): _of_document(paper) for paper in papers}
    return seen


async def catch_up(
    sessions: ScopedSessions, organisation_id: UUID | None, only: Collection[Subject] | None = None
) -> None:
    """Bring a feed up to what its readers see now, in a transaction of its own; see `look`."""
    async with sessions(SYSTEM) as session:
        await look(session, organisation_id, only)


async def look(session: AsyncSession, organisation_id: UUID | None, only: Collection[Subject] | None = None) -> None:
    """Bring a feed up to what its readers see now, which is read under their own scope; wants the system's scope.

    Without `only`, nothing is read when nothing can have happened since the last time.
    """
    feed = await feeds.lock_feed(session, organisation_id)
    head = await activity.head_number(session)
    if only is None and feeds.is_fresh(feed, head):
        return
    follower = feeds.follower(organisation_id)
    async with acting_as(session, follower, then=SYSTEM):
        seen = await seen_by(session, follower, only)
    await deliveries.plan(session, feed, await feeds.note(session, feed, seen, only, head=head))


async def tell(sessions: ScopedSessions, written: Collection[Subject]) -> None:
    """Let every feed know what has just been written and committed.

    A failure is logged and no more: whoever reads the feed next, or the worker, brings it up to date.
    """
    only = [subject for subject in written if subject[0] in SUBJECT_TYPES]
    if not only:
        return
    try:
        async with sessions(SYSTEM) as session:
            organisations = await feeds.audiences(session)
        for organisation_id in organisations:
            await catch_up(sessions, organisation_id, only)
    except Exception:
        log.warning("could not tell the feeds what was written; they will notice by themselves", exc_info=True)


async def _initiative(session: AsyncSession, person: Viewer, initiative_id: UUID) -> InitiativeRow | None:
    try:
        return await overview.get(session, person, initiative_id)
    except NotFound:
        return None


def _of_initiative(row: InitiativeRow, around: Fields) -> Fields:
    shown = (*_INITIATIVE_FIELDS, *AROUND) if row.profile is None else PROFILES[row.profile] | {Field.SHARES}
    own = {name: getattr(row, name) for name in _INITIATIVE_FIELDS if name in shown}
    return own | {name.value: around.get(name, ()) for name in AROUND if name in shown}


def _of_document(paper: DocumentSummary) -> Fields:
    return {name: getattr(paper, name) for name in _DOCUMENT_FIELDS}
