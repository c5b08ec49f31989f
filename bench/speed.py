"""How quickly documents are brought in and questions searched for, beside other libraries in the same run.

    python -m bench.speed QUESTIONS.jsonl… --documents FOLDER… [--write YYYY-MM-DD]

Every system brings the text files in twice: with the model, then with the same vectors at hand. Närplan parses in a
process of its own, keeps the file and writes to PostgreSQL; the peers divide text and keep it in memory. Questions are
put to the same units with the same vectors. Read the ratios: the seconds belong to the machine and the moment.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from api import settings
from api.cli.files import find
from bench import speed_report
from bench.peers import DEPTH, Live, Peer, installed
from bench.quality_measures import QualityQuestion, read_answerable
from bench.quality_place import Place, filled
from bench.quality_systems import Answer, Units, asked, peer, product
from bench.quality_vectors import Recalled, Vectors
from bench.speed_report import Timing
from initiatives.access import SYSTEM
from retrieval.embedding import Embedder, create
from retrieval.questions import analyse
from retrieval.search import nearest, rank, shown

Milliseconds = NDArray[np.float64]


def bring_in(other: Peer, paths: Sequence[Path], embedder: Recalled) -> float:
    """Seconds for a peer to read, divide, embed and index the files."""
    begun = time.perf_counter()
    documents = {path.name: path.read_text(encoding="utf-8") for path in paths}
    other.fitted.build(other.fitted.split(documents), Live(embedder))
    return time.perf_counter() - begun


async def put(answer: Answer, questions: Sequence[QualityQuestion]) -> Milliseconds:
    """Milliseconds for each question, after each has been put once."""
    for question in questions:
        await answer(question)
    return np.array([(await answer(question)).search_ms for question in questions])


async def search_only(place: Place, questions: Sequence[QualityQuestion]) -> Milliseconds:
    """Milliseconds of Närplan's search without the reading that chooses what answers."""
    assistant = place.installation.assistant
    spent = []
    for question in questions:
        vector = await assistant.embedder.query(asked(question))
        begun = time.perf_counter()
        analysed = analyse(question.question, question.history, place.library)
        async with assistant.sessions(SYSTEM) as session:
            cosines = await nearest(session, place.library, vector)
        shown(rank(place.library, analysed, cosines), DEPTH)
        spent.append(1000 * (time.perf_counter() - begun))
    return np.array(spent)


async def own(paths: Sequence[Path], embedder: Embedder, questions: Sequence[QualityQuestion]) -> tuple[Timing, Units]:
    """Närplan's figures, and its units for the others to search."""
    recalled = Recalled(embedder)
    async with filled(paths, recalled) as place:
        with_model = place.ingest_seconds
    async with filled(paths, recalled) as place:
        answers = await put(product(place.installation.assistant, place.library), questions)
        searches = await search_only(place, questions)
        units = Units(place.library, await place.vectors())
        return Timing("Närplan", with_model, place.ingest_seconds, searches, answers), units


async def beside(
    other: Peer, paths: Sequence[Path], embedder: Embedder, questions: Sequence[QualityQuestion], units: Units
) -> Timing:
    """A peer's figures."""
    recalled = Recalled(embedder)
    with_model = await asyncio.to_thread(bring_in, other, paths, recalled)
    at_hand = await asyncio.to_thread(bring_in, other, paths, recalled)
    chunks = units.chunks()
    vectors = Vectors(embedder, settings.load().embedding.cache)
    await vectors.add([chunk.searched for chunk in chunks])
    for question in questions:
        await vectors.ask(asked(question))
    searches = await put(peer(other.fitted.build, chunks, vectors), questions)
    return Timing(other.name, with_model, at_hand, searches, None)


async def compare(sets: Sequence[Path], folders: Sequence[Path]) -> tuple[list[Timing], dict[str, int]]:
    """Run everything once, system by system."""
    peers = installed()
    questions = [question for path in sets for question in read_answerable(path)]
    paths = [found.path for found in find(folders) if not found.skipped and found.path.suffix in {".txt", ".md"}]
    embedder = create(settings.load().embedding)
    await embedder.warm()
    timings = []
    try:
        timing, units = await own(paths, embedder, questions)
        timings.append(timing)
        print(speed_report.line(timing), flush=True)
        for other in peers:
            await asyncio.to_thread(bring_in, other, paths[:1], Recalled(embedder))
            timings.append(await beside(other, paths, embedder, questions, units))
            print(speed_report.line(timings[-1]), flush=True)
    finally:
        embedder.close()
    return timings, {"documents": len(paths), "units": len(units.places), "questions": len(questions)}


def main() -> None:
    """Compare, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="+", type=Path)
    parser.add_argument("--documents", nargs="+", type=Path, required=True)
    parser.add_argument("--write", metavar="YYYY-MM-DD")
    arguments = parser.parse_args()
    timings, counts = asyncio.run(compare(arguments.questions, arguments.documents))
    print(speed_report.table(timings))
    if arguments.write:
        speed_report.write(timings, counts, arguments.write)


if __name__ == "__main__":
    main()
