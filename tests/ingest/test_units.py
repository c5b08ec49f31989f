"""What reads the same in a new version keeps its identity and its vectors, wherever it stands."""

from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select

from ingest.pipeline import Pipeline
from initiatives.access import SYSTEM
from retrieval.documents import DocumentVersion, Passage
from retrieval.meanings import unpack
from tests.ingest.steps import bring_in

CLAUSES = [f"att avsätta {number} mnkr för område {number} under 2026." for number in range(1, 9)]


def decision(*clauses: str, opening: str = "Regionstyrelsen beslutar") -> str:
    return "\n\n".join(("# Beslut om nära vård", opening, *clauses)) + "\n"


async def by_words(pipeline: Pipeline) -> dict[str, list[Passage]]:
    found: dict[str, list[Passage]] = {}
    async with pipeline.sessions(SYSTEM) as session:
        query = select(Passage, DocumentVersion.text).join(DocumentVersion, DocumentVersion.id == Passage.version_id)
        for passage, text in await session.execute(query.order_by(Passage.position)):
            found.setdefault(text[passage.start : passage.end], []).append(passage)
    return found


def meant(passage: Passage) -> Any:
    return unpack(passage.parts or b"")


async def test_unchanged_units_keep_identity_and_vectors_and_move_their_pieces(pipeline: Pipeline) -> None:
    await bring_in(pipeline, "a.md", decision(*CLAUSES))
    before = await by_words(pipeline)
    changed = [*CLAUSES[:3], "att avsätta 9 mnkr för något helt annat under 2027.", *CLAUSES[4:]]
    await bring_in(pipeline, "a.md", decision(*changed, opening="Ett nytt stycke.\n\nRegionstyrelsen beslutar"))
    after = await by_words(pipeline)
    for clause in (*CLAUSES[:3], *CLAUSES[4:]):
        (old,), (new,) = before[clause], after[clause]
        assert new.id == old.id
        assert new.version_id != old.version_id
        assert np.array_equal(new.embedding, old.embedding)
        assert (meant(new).spans - new.start == meant(old).spans - old.start).all()
    (fresh,) = after[changed[3]]
    assert fresh.id not in {one.id for same in before.values() for one in same}
    assert CLAUSES[3] not in after


async def test_twice_the_same_words_are_two_units_and_one_may_go(pipeline: Pipeline) -> None:
    twice = decision(CLAUSES[0], CLAUSES[1], CLAUSES[0])
    await bring_in(pipeline, "a.md", twice)
    first = [one.id for one in (await by_words(pipeline))[CLAUSES[0]]]
    assert len(set(first)) == 2
    await bring_in(pipeline, "a.md", decision(CLAUSES[0], CLAUSES[1]))
    left = [one.id for one in (await by_words(pipeline))[CLAUSES[0]]]
    assert left == first[:1]
    await bring_in(pipeline, "a.md", twice)
    back: list[UUID] = [one.id for one in (await by_words(pipeline))[CLAUSES[0]]]
    assert back[0] == first[0]
    assert back[1] not in first


async def test_only_new_units_are_read_by_the_model(pipeline: Pipeline) -> None:
    await bring_in(pipeline, "a.md", decision(*CLAUSES))
    done = await bring_in(pipeline, "a.md", decision(*CLAUSES, "att ge förvaltningen i uppdrag att följa upp."))
    assert done.units_total is not None
    assert done.units_done is not None
    assert done.units_total - done.units_done == 1
