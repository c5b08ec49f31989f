"""Every piece that may be quoted has a vector of its own in the database, and the search finds it by its place."""

from ingest.pipeline import Pipeline
from initiatives.access import SYSTEM
from retrieval.meanings import unpack
from retrieval.pieces import pieces
from retrieval.views import Library, Shelf
from tests.ingest.steps import bring_in

PLAN = (
    "# Plan för bilar\n\n## Pengar\n\nRegionen betalar 12 mnkr för bilarna. Kommunen står för garagen i ½ år.\n\n"
    "Regionen ska:\n\n- bemanna bilarna,\n- svara på natten.\n\n| Bil | Pris |\n|---|---|\n| Blå | 5 |\n\n"
    "Nämnden beslutar\n\natt köpa bilar. Och garage.\n"
)


async def library(pipeline: Pipeline) -> Library:
    async with pipeline.sessions(SYSTEM) as session:
        return await Shelf().library(session, SYSTEM)


async def test_every_piece_of_a_published_document_has_a_vector(pipeline: Pipeline) -> None:
    await bring_in(pipeline, "plan.md", PLAN)
    (view,) = (await library(pipeline)).views
    for position, unit in enumerate(view.units):
        meant = unpack(unit.parts)
        quoted = [[one.start, one.end] for one in pieces(view, position) if not one.is_list]
        assert meant.spans.tolist() == quoted != []
        assert meant.vectors.shape == (len(quoted), 384)


async def test_a_piece_is_read_in_its_unit_with_the_context_in_front(pipeline: Pipeline) -> None:
    await bring_in(pipeline, "plan.md", PLAN)
    (view,) = (await library(pipeline)).views
    unit = next(unit for unit in view.units if "12 mnkr" in view.text[unit.start : unit.end])
    whole = f"{unit.context}\n{view.text[unit.start : unit.end]}"
    sentences = ["Regionen betalar 12 mnkr för bilarna.", "Kommunen står för garagen i ½ år."]
    places = [(whole.index(one), whole.index(one) + len(one)) for one in sentences]
    _, (made,) = await pipeline.embedder.passages_with_parts([whole], [places])
    stored = unpack(unit.parts)
    assert unit.context
    assert [view.text[slice(*span)] for span in stored.spans[:2]] == sentences
    near = stored.vectors[:2] @ made.T
    assert near.diagonal().min() > 0.9999
    assert near[0, 1] < 0.99
