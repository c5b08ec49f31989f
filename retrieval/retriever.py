"""Närplan's search for programs that are built with LangChain, inside what one person may see."""

from __future__ import annotations

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, InstanceOf
from typing_extensions import override

from initiatives.access import Viewer
from initiatives.errors import NarplanError
from retrieval.answering import Assistant
from retrieval.answers import Hit
from retrieval.finding import SHOWN, find


class OnlyAsync(NarplanError):
    """The retriever was called in a way that would block the event loop it lives on."""

    title = "Sökningen måste anropas asynkront"


class NarplanRetriever(BaseRetriever):
    """Hybrid search as a LangChain retriever: ``await NarplanRetriever(assistant=…, person=…).ainvoke(question)``.

    Returns at most ``limit`` documents (twelve at most), best first: those that an answer to the question rests on.
    ``page_content`` is the passage with its neighbours; ``metadata`` has ``source`` (file name), ``title``, ``page``
    (from 1, or None), ``section``, ``start`` and ``end`` (characters of the version's text), ``score`` (0 to about 1),
    ``document_id`` and ``version_id`` as strings.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    assistant: InstanceOf[Assistant]
    person: InstanceOf[Viewer]
    limit: int = SHOWN

    @override
    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        raise OnlyAsync("Anropa ainvoke i stället för invoke; databasen och modellen hör till en händelseslinga.")

    @override
    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        assistant, person = self.assistant, self.person
        async with assistant.sessions(person) as session:
            library = await assistant.shelf.library(session, person)
        found = await find(assistant, person, library, query)
        return [_document(passage) for passage in found.passages[: self.limit]]


def _document(found: Hit) -> Document:
    return Document(
        id=str(found.passage_id),
        page_content=found.text,
        metadata={
            "source": found.source,
            "title": found.title,
            "page": found.page,
            "section": found.section,
            "start": found.start,
            "end": found.end,
            "score": found.score,
            "document_id": str(found.document_id),
            "version_id": str(found.version_id),
        },
    )
