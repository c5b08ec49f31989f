"""Documents read, divided and embedded in memory, for fitting and measuring without a database."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest import readers
from ingest.meanings import meanings
from ingest.parsing import Parsed, Source, parse
from retrieval.embedding import Embedder
from retrieval.lexical import unpack
from retrieval.search import CANDIDATES
from retrieval.views import Library, UnitView, View

Vectors = dict[uuid.UUID, NDArray[np.float32]]


def text_files(folders: Iterable[Path]) -> list[Path]:
    """Every readable document under the folders, in order."""
    return sorted(
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in {".txt", ".md", ".pdf"} and path.stem != "README"
    )


async def read_library(paths: Iterable[Path], embedder: Embedder) -> tuple[Library, Vectors]:
    """Read the files as ingest does; the vectors are (units, dimensions) for each version."""
    views: list[View] = []
    vectors: Vectors = {}
    for path in paths:
        data = path.read_bytes()
        parsed = parse(Source(path.name, readers.recognise(path.name, data)), data, lambda _stage: None)
        made, parts = await meanings(embedder, [(parsed.text, unit) for unit in parsed.units])
        view = _view(path.name, parsed, parts)
        views.append(view)
        vectors[view.version_id] = made
    return Library(tuple(views)), vectors


def _view(name: str, parsed: Parsed, parts: Iterable[bytes]) -> View:
    facts = parsed.facts
    return View(
        document_id=uuid.uuid4(),
        version_id=uuid.uuid4(),
        source=name,
        title=facts.title,
        kind=facts.kind,
        organ=facts.organ,
        year=facts.year,
        text=parsed.text,
        sections=tuple((section.start, section.path) for section in parsed.sections),
        units=tuple(
            UnitView(uuid.uuid4(), unit.kind, unit.start, unit.end, unit.page, unit.section, unit.context, packed)
            for unit, packed in zip(parsed.units, parts, strict=True)
        ),
        segment=unpack(parsed.lexicon),
    )


def cosines(library: Library, vectors: Vectors, query: NDArray[np.float32]) -> dict[tuple[uuid.UUID, int], float]:
    """The dense arm over the library's units, as `retrieval.search.nearest` gives it from the database."""
    found = [
        (float(cosine), view.version_id, position)
        for view in library.views
        for position, cosine in enumerate(vectors[view.version_id] @ query)
    ]
    found.sort(key=lambda item: -item[0])
    return {(version_id, position): cosine for cosine, version_id, position in found[:CANDIDATES]}
