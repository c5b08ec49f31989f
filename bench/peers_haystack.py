"""Haystack: DocumentSplitter, the in-memory BM25 and embedding retrievers, joined by DocumentJoiner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bench.peers import DEPTH, FITTED, OVERLAP, Chunk, Embeds, Peer, Pipeline, Search


def split(documents: Mapping[str, str]) -> list[Chunk]:
    """Divide documents with DocumentSplitter as it comes (200 words, none shared)."""
    from haystack import Document
    from haystack.components.preprocessors import DocumentSplitter

    whole = [Document(content=text, meta={"source": source}) for source, text in documents.items()]
    return _chunks(DocumentSplitter().run(documents=whole)["documents"])


def split_fitted(documents: Mapping[str, str]) -> list[Chunk]:
    """Divide documents with the recursive splitter, whose length can be set in characters.

    Its sentence separator is left out, as it would fetch a model; with English sentences it did not do better.
    """
    from haystack import Document
    from haystack.components.preprocessors import RecursiveDocumentSplitter

    whole = [Document(content=text, meta={"source": source}) for source, text in documents.items()]
    splitter = RecursiveDocumentSplitter(
        split_length=FITTED, split_overlap=OVERLAP, split_unit="char", separators=["\n\n", "\n", ".", " "]
    )
    return _chunks(splitter.run(documents=whole)["documents"])


def _chunks(pieces: Sequence[Any]) -> list[Chunk]:
    return [Chunk(piece.meta["source"], piece.content, piece.content) for piece in pieces]


def build(chunks: Sequence[Chunk], vectors: Embeds) -> Search:
    """Index the chunks and return the search of a pipeline with both retrievers and a joiner."""
    from haystack import Document
    from haystack import Pipeline as Graph
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    store = InMemoryDocumentStore(shared=False)
    made = vectors.passages([chunk.searched for chunk in chunks])
    store.write_documents(
        [
            Document(content=chunk.searched, meta={"number": number}, embedding=vector)
            for number, (chunk, vector) in enumerate(zip(chunks, made, strict=True))
        ]
    )
    pipeline = Graph()
    pipeline.add_component("words", InMemoryBM25Retriever(store, top_k=DEPTH))
    pipeline.add_component("meaning", InMemoryEmbeddingRetriever(store, top_k=DEPTH))
    pipeline.add_component("both", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
    pipeline.connect("words", "both")
    pipeline.connect("meaning", "both")

    def search(question: str) -> list[int]:
        inputs = {"words": {"query": question}, "meaning": {"query_embedding": vectors.query(question)}}
        return [int(found.meta["number"]) for found in pipeline.run(inputs)["both"]["documents"]]

    return search


PEER = Peer(
    name="Haystack",
    packages=("haystack-ai",),
    default=Pipeline(split, build),
    fitted=Pipeline(split_fitted, build),
)
