"""Letting something in the register rest on a place in a document: choose the document, paste the quotation."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from litestar.datastructures import FormMultiDict
from sqlalchemy.ext.asyncio import AsyncSession

from api.web import forms
from initiatives import sources
from initiatives.access import Viewer
from initiatives.errors import InvalidValue
from initiatives.sources import SourceRow
from retrieval import documents as papers
from retrieval.documents import DocumentSummary

MOST = 300


def written(form: FormMultiDict) -> dict[str, str]:
    """Return what stands in the form for a quotation."""
    return {name: forms.text(form, name) for name in ("dokument", "citat")}


async def documents(session: AsyncSession, person: Viewer) -> Sequence[DocumentSummary]:
    """Return the documents to choose from."""
    rows, _ = await papers.list_documents(session, person, limit=MOST)
    return rows


async def attach(
    session: AsyncSession, person: Viewer, subject_type: str, subject_id: UUID, text: Mapping[str, str]
) -> SourceRow:
    """Let a thing rest on what the form holds; raises as `sources.attach`."""
    document_id = forms.uuid(text["dokument"])
    if document_id is None:
        raise InvalidValue("Välj dokumentet som citatet står i.", field="document_id")
    return await sources.attach(session, person, subject_type, subject_id, document_id=document_id, quote=text["citat"])
