"""Steps with documents: brought in, renewed, shared, read and found."""

from uuid import UUID

from ingest import pipeline
from ingest.pipeline import Pipeline
from initiatives.keys import Scope
from tests.access.model import PLAN, WRITE, Scoped, words_in
from tests.access.walk import API, Step, Walk, viewer_of
from tests.access.world import InProcess, text_about


async def add_document(walk: Walk) -> None:
    word = walk.canary()
    await _upload(walk, f"{word}.md", word, walk.random.random() < 0.15, walk.some_towns())


async def renew_document(walk: Walk) -> None:
    thing: Scoped = walk.thing(walk.model.documents)
    await _upload(walk, thing.name, walk.canary(), thing.public, walk.some_towns())


async def _upload(walk: Walk, name: str, word: str, public: bool, shared: list[UUID]) -> None:
    form = {"visibility": "public" if public else "internal", "shared_with": [str(one) for one in shared]}
    files = {"file": (name, text_about(word).encode())}
    walk.model.files.setdefault(name, words_in(name)).add(word)
    answer = await walk.call(walk.writer(), "POST", f"{API}/documents", data=form, files=files, status={202})
    ingestion_id = UUID(answer.json()["ingestion_id"])
    await pipeline.run(Pipeline(walk.sessions, walk.embedder, InProcess()), ingestion_id)
    shown = await walk.call(walk.writer(), "GET", f"{API}/ingestions/{ingestion_id}", status={200})
    document_id = shown.json()["document_id"]
    known = walk.model.documents.setdefault(document_id, Scoped(document_id, set(), public=public, name=name))
    known.words |= {word, *words_in(name)}
    known.shared |= dict.fromkeys(shared, PLAN)


async def share_document(walk: Walk) -> None:
    """Bring in the same bytes once more for somebody else, which shares them and does nothing more."""
    thing: Scoped = walk.thing(walk.model.documents)
    viewer = next(one for one in walk.actors.values() if viewer_of(one).role in WRITE)
    original = await walk.call(viewer, "GET", f"{API}/documents/{thing.id}/original", status={200})
    shared = walk.some_towns()
    form = {"visibility": "public" if thing.public else "internal", "shared_with": [str(one) for one in shared]}
    files = {"file": (thing.name, original.content)}
    answer = await walk.call(walk.writer(), "POST", f"{API}/documents", data=form, files=files, status={202})
    walk.expect(answer.json()["unchanged"], True, "the same bytes")
    thing.shared |= dict.fromkeys(shared, PLAN)


async def read_document(walk: Walk) -> None:
    actor, thing = walk.anyone(Scope.READ), walk.thing(walk.model.documents)
    place = walk.random.choice(("", "/text", "/original"))
    status = {200 if thing.seen_by(viewer_of(actor)) else 404}
    await walk.call(actor, "GET", f"{API}/documents/{thing.id}{place}", status=status)


async def count_documents(walk: Walk) -> None:
    actor = walk.anyone(Scope.READ)
    seen = walk.model.visible(walk.model.documents, viewer_of(actor))
    answer = await walk.call(actor, "GET", f"{API}/documents", params={"limit": 3}, status={200})
    walk.expect(answer.json()["total"], len(seen), f"documents of {actor.name}")


async def search_documents(walk: Walk) -> None:
    """Search for the name of a document, which does not change: found once by those who see it, else not at all."""
    actor, thing = walk.anyone(Scope.READ), walk.thing(walk.model.documents)
    word = walk.random.choice(sorted(words_in(thing.name)))
    answer = await walk.call(actor, "GET", f"{API}/documents", params={"q": word}, status={200})
    walk.expect(answer.json()["total"], int(thing.seen_by(viewer_of(actor))), f"{actor.name} searches for {word}")


STEPS: dict[str, tuple[float, Step]] = {
    "add_document": (0.7, add_document),
    "renew_document": (0.7, renew_document),
    "share_document": (1, share_document),
    "read_document": (8, read_document),
    "count_documents": (4, count_documents),
    "search_documents": (5, search_documents),
}
