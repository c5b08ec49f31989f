"""Files on their way in: read one again, stop it or let it go first."""

from uuid import UUID

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from api.dependencies import Person, Session
from api.web.pages import TEMPLATES, Look
from ingest import jobs
from ingest.jobs import Priority, State

_STATE_LOOKS = {
    State.QUEUED: Look("Väntar", "dotted", "plain"),
    State.READING: Look("Läses", "half", "calm"),
    State.STRUCTURING: Look("Delas in", "half", "calm"),
    State.EMBEDDING: Look("Görs sökbart", "half", "calm"),
    State.PUBLISHED: Look("Sökbart", "check", "good"),
    State.FAILED: Look("Misslyckades", "warning", "bad"),
    State.CANCELED: Look("Avbruten", "cross", "plain"),
}
"""How an ingestion's state is shown."""

TEMPLATES.engine_instance.engine.globals.update(state_look=_STATE_LOOKS.__getitem__)


@post("/dokument/inlasningar/{ingestion_id:uuid}", include_in_schema=False)
async def retry(session: Session, person: Person, ingestion_id: FromPath[UUID]) -> Redirect:
    """Let a file that failed or was stopped be read once more."""
    await jobs.retry(session, person, ingestion_id)
    return _to_list()


@post("/dokument/inlasningar/{ingestion_id:uuid}/avbryt", include_in_schema=False)
async def cancel(session: Session, person: Person, ingestion_id: FromPath[UUID]) -> Redirect:
    """Stop a file that is waiting or being read."""
    await jobs.cancel(session, person, ingestion_id)
    return _to_list()


@post("/dokument/inlasningar/{ingestion_id:uuid}/forst", include_in_schema=False)
async def first(session: Session, person: Person, ingestion_id: FromPath[UUID]) -> Redirect:
    """Let a waiting file be read before the others."""
    await jobs.prioritise(session, person, ingestion_id, Priority.HIGH)
    return _to_list()


@post("/dokument/{document_id:uuid}/las-igen", include_in_schema=False)
async def read_again(session: Session, person: Person, document_id: FromPath[UUID]) -> Redirect:
    """Let the file of a document be read once more, by the readers of today."""
    await jobs.read_again(session, person, document_id)
    return _to_list()


def _to_list() -> Redirect:
    return Redirect("/dokument", status_code=HTTP_303_SEE_OTHER)


ROUTES = (retry, cancel, first, read_again)
