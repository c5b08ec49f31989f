"""How well passages are found, by Närplan, by its arms alone and by other libraries, on the same documents and vectors.

    python -m bench.quality QUESTIONS.jsonl… --documents FOLDER… [--write YYYY-MM-DD]

Needs the peers, see `make bench-quality`. With ``--write`` the figures go to `bench/results` and `docs/quality.md`.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench import quality_report
from bench.peers import Chunk, Peer, installed
from bench.quality_measures import LONGEST, MEASURES, QualityQuestion, measure, read_answerable
from bench.quality_place import Place, filled
from bench.quality_report import Result, Row
from bench.quality_systems import Answer, Units, arms, asked, peer, product
from bench.quality_vectors import Vectors


@dataclass(frozen=True, slots=True)
class System:
    """One row to be: a way of searching, and the chunks that it shows (None for our windows)."""

    name: str
    variant: str
    answer: Answer
    chunks: Sequence[Chunk] | None = None


async def systems(place: Place, peers: Sequence[Peer], vectors: Vectors) -> AsyncIterator[System]:
    """Every system, made when its turn comes."""
    units = Units(place.library, await place.vectors())
    yield System("Närplan", "product", product(place.installation.assistant, place.library))
    for name, answer in arms(units, vectors).items():
        yield System(name, "our units", answer)
    documents = {view.source: view.text for view in place.library.views}
    shared = units.chunks()
    await vectors.add([chunk.searched for chunk in shared])
    for other in peers:
        for variant, pipeline in (("default", other.default), ("fitted", other.fitted)):
            chunks = pipeline.split(documents)
            await vectors.add([chunk.searched for chunk in chunks])
            yield System(other.name, variant, peer(pipeline.build, chunks, vectors), chunks)
        yield System(other.name, "our units", peer(other.fitted.build, shared, vectors, units))


async def judge(system: System, questions: Sequence[QualityQuestion], vectors: Vectors) -> Row:
    """Put every question to a system; the first is put twice, so that nothing is timed cold."""
    await system.answer(questions[0])
    found = [await system.answer(question) for question in questions]
    judged = [measure(question, one.passages) for question, one in zip(questions, found, strict=True)]
    search = np.array([one.search_ms for one in found])
    needs_vector = system.name != "bm25"
    embedding = np.array([vectors.query_ms(asked(question)) if needs_vector else 0.0 for question in questions])
    return Row(
        name=system.name,
        variant=system.variant,
        values={name: np.array([values[name] for values in judged]) for name in MEASURES},
        search_ms=search,
        total_ms=search + embedding,
        chunks=None if system.chunks is None else len(system.chunks),
        too_long=None if system.chunks is None else float(np.mean([len(one.text) > LONGEST for one in system.chunks])),
    )


async def compare(sets: Sequence[Path], folders: Sequence[Path]) -> Result:
    """Run everything once."""
    peers = installed()
    by_set = [read_answerable(path) for path in sets]
    questions = [question for asked_in in by_set for question in asked_in]
    async with filled(folders) as place:
        embedder = place.installation.embedder
        vectors = Vectors(embedder, place.installation.settings.embedding.cache)
        for question in questions:
            await vectors.ask(asked(question))
        rows = []
        async for system in systems(place, peers, vectors):
            rows.append(await judge(system, questions, vectors))
            print(quality_report.line(rows[-1]), flush=True)
        return Result(
            rows=rows,
            styles=[question.style for question in questions],
            sets=[len(asked_in) for asked_in in by_set],
            documents=len(place.library.views),
            units=place.library.size,
            model=f"{(await embedder.stamp()).name} {(await embedder.stamp()).revision}",
            versions={name: number for other in peers for name, number in other.versions.items()},
        )


def main() -> None:
    """Compare, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="+", type=Path)
    parser.add_argument("--documents", nargs="+", type=Path, required=True)
    parser.add_argument("--write", metavar="YYYY-MM-DD")
    arguments = parser.parse_args()
    result = asyncio.run(compare(arguments.questions, arguments.documents))
    print(quality_report.verdict(result))
    if arguments.write:
        quality_report.write(result, arguments.write)


if __name__ == "__main__":
    main()
