"""Bringing the same files in with Närplan and with LangChain, from bytes to rows in PostgreSQL, in one run.

    python -m bench.ingest_langchain --documents FOLDER…

LangChain does what its own guide says: every text file is a document, goes through `RecursiveCharacterTextSplitter` and
its embeddings, and into `PGVector` (the store in memory where langchain-postgres is not installed). It is measured with
the bundled model as sentence-transformers runs it (float32), and with the 8-bit engine that Närplan uses. Närplan reads
in a child, tells headings, lists and tables apart, makes a vector of every unit and of its pieces, and indexes words.
Both write to an embedded PostgreSQL, with the model warm. Read the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from api import migrations, postgres, settings
from api.cli.files import find
from bench import peers_langchain_store
from bench.peers import Embeds, Live
from bench.peers_langchain import Vectors
from bench.quality_place import filled, fresh_home
from retrieval import bundled
from retrieval.embedding import create

TEXTS = {".txt", ".md"}


@dataclass(frozen=True, slots=True)
class Brought:
    """What bringing the files in came to: seconds, and rows that are searched."""

    name: str
    seconds: float
    rows: int


class Ordinary:
    """The bundled model as sentence-transformers runs it by itself."""

    def __init__(self, folder: Path) -> None:
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(str(folder), device="cpu")
        self._model.encode(["värm upp"])

    def passages(self, texts: Sequence[str]) -> list[list[float]]:
        """The vectors of passages, in order."""
        vectors: list[list[float]] = self._model.encode(list(texts), normalize_embeddings=True).tolist()
        return vectors

    def query(self, text: str) -> list[float]:
        """The vector of a question."""
        return self.passages([text])[0]


def langchain(name: str, paths: Sequence[Path], vectors: Embeds, address: str) -> Brought:
    """Bring the files in with LangChain, to a collection of its own."""
    kept = peers_langchain_store.store(name, Vectors(vectors), address)
    begun = time.perf_counter()
    rows = peers_langchain_store.bring_in({path.name: path.read_text(encoding="utf-8") for path in paths}, kept)
    return Brought(name, time.perf_counter() - begun, rows)


async def own(paths: Sequence[Path]) -> Brought:
    """Bring the files in as `narplan ingest` does."""
    async with filled(paths) as place:
        return Brought("Närplan", place.ingest_seconds, place.library.size)


def peers(paths: Sequence[Path]) -> list[Brought]:
    """Bring the files in with LangChain, with either form of the model."""
    embedding = settings.load().embedding
    embedder = create(embedding)
    asyncio.run(embedder.warm())
    forms: dict[str, Callable[[], Embeds]] = {
        "LangChain, float32": lambda: Ordinary(bundled.as_directory(embedding.cache)),
        "LangChain, int8": lambda: Live(embedder),
    }
    with fresh_home() as folder, postgres.running(folder, durable=True) as server:
        asyncio.run(migrations.upgrade(server.url(postgres.OWNER), application_role=postgres.APPLICATION))
        address = make_url(server.url(postgres.OWNER)).set(drivername="postgresql+psycopg")
        shown = address.render_as_string(hide_password=False)
        try:
            return [langchain(name, paths, make(), shown) for name, make in forms.items()]
        finally:
            embedder.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", nargs="+", type=Path, required=True)
    folders = parser.parse_args().documents
    paths = [found.path for found in find(folders) if not found.skipped and found.path.suffix in TEXTS]
    ours = asyncio.run(own(paths))
    print(f"{len(paths)} files\n{ours.name:20} {ours.seconds:7.1f} s  {ours.rows} rows", flush=True)
    for other in peers(paths):
        print(f"{other.name:20} {other.seconds:7.1f} s  {other.rows} rows  ×{other.seconds / ours.seconds:.2f}")


if __name__ == "__main__":
    main()
