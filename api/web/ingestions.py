"""Files on their way in: read one again, stop it or let it go first; and taking a document away for good."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from api.dependencies import Person, Session
from api.web.pages import TEMPLATES, Look, page
from ingest import jobs, removal
from ingest.jobs import Priority, State
from initiatives.access import require_writer
from retrieval import documents

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


@get("/dokument/{document_id:uuid}/ta-bort", include_in_schema=False)
async def confirm(session: Session, person: Person, document_id: FromPath[UUID]) -> Template:
    """Ask before a document is taken away for good, and say what goes with it."""
    found = await documents.get_summary(session, person, document_id)
    require_writer(person)
    return page("document_remove.html", document=found, receipt=None)


@post("/dokument/{document_id:uuid}/ta-bort", include_in_schema=False, status_code=HTTP_200_OK)
async def remove(session: Session, person: Person, document_id: FromPath[UUID]) -> Template:
    """Take a document away for good, and show the receipt."""
    return page("document_remove.html", document=None, receipt=await removal.remove(session, person, document_id))


def _to_list() -> Redirect:
    return Redirect("/dokument", status_code=HTTP_303_SEE_OTHER)


ROUTES = (retry, cancel, first, read_again, confirm, remove)
