"""LangChain: recursive splitter, BM25 and the vector store in memory, joined by EnsembleRetriever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from typing_extensions import override

from bench.peers import DEPTH, FITTED, OVERLAP, Chunk, Embeds, Peer, Pipeline, Search


class Vectors(Embeddings):
    """Our vectors as LangChain asks for them."""

    def __init__(self, source: Embeds) -> None:
        self._source = source

    @override
    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._source.passages(texts)

    @override
    def embed_query(self, text: str) -> list[float]:
        return self._source.query(text)


def split(documents: Mapping[str, str], **settings: Any) -> list[Chunk]:
    """Divide documents with the recursive splitter; without settings as it comes (4,000 characters, 200 shared)."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(**settings)
    return [Chunk(source, piece, piece) for source, text in documents.items() for piece in splitter.split_text(text)]


def build(chunks: Sequence[Chunk], vectors: Embeds) -> Search:
    """Index the chunks in both arms and return the ensemble's search."""
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever
    from langchain_core.vectorstores import InMemoryVectorStore

    documents = [Document(chunk.searched, metadata={"number": number}) for number, chunk in enumerate(chunks)]
    store = InMemoryVectorStore(Vectors(vectors))
    store.add_documents(documents)
    words = BM25Retriever.from_documents(documents, k=DEPTH)
    both = EnsembleRetriever(retrievers=[words, store.as_retriever(search_kwargs={"k": DEPTH})])
    return lambda question: [int(found.metadata["number"]) for found in both.invoke(question)]


PEER = Peer(
    name="LangChain",
    packages=("langchain-core", "langchain-classic", "langchain-community", "langchain-text-splitters", "rank-bm25"),
    default=Pipeline(split, build),
    fitted=Pipeline(partial(split, chunk_size=FITTED, chunk_overlap=OVERLAP), build),
)
