"""The search index: which embedding model's vectors answer, and how far another has come that is to take over."""

import msgspec
from litestar import Controller, get

from api.dependencies import Person, Session
from api.rest.examples import shows
from ingest import reembedding
from retrieval.models import Known

MODEL = {"name": "multilingual-e5-small", "revision": "1571fc9827503943-1-int8", "dimensions": 384}
INDEX = {
    "model": MODEL,
    "coming": {"name": "sentence-bert-swedish", "revision": "9f87eeffa70e1a8a-float32", "dimensions": 768},
    "units_done": 1_200,
    "units_total": 5_000,
}


class ModelOut(msgspec.Struct, frozen=True):
    """An embedding model, the revision of its weights with their precision, and how many numbers its vectors have."""

    name: str
    revision: str
    dimensions: int


class SearchIndexOut(msgspec.Struct, frozen=True):
    """The model whose vectors answer, null before the first document, and the one that is to take over.

    `units_done` of `units_total` passages have vectors of the coming model; all three are null when none is to.
    """

    model: ModelOut | None
    coming: ModelOut | None
    units_done: int | None
    units_total: int | None


class SearchIndexController(Controller):
    """What search by meaning is built with."""

    path = "/search-index"
    tags = ("Dokument",)

    @get(
        summary="Visa hur sökindexet är byggt",
        operation_id="getSearchIndex",
        responses=shows(SearchIndexOut, INDEX),
    )
    async def get_search_index(self, session: Session, person: Person) -> SearchIndexOut:
        """Return whose vectors answer, and how far a change of model has come; for those who see every document."""
        found = await reembedding.standing(session, person)
        done, total = (found.done, found.total) if found.coming else (None, None)
        return SearchIndexOut(_model(found.answering), _model(found.coming), done, total)


def _model(known: Known | None) -> ModelOut | None:
    return ModelOut(known.stamp.name, known.stamp.revision, known.stamp.dimensions) if known else None
