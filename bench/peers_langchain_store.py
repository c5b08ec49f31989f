"""LangChain from text to rows: its splitter and a vector store of its own."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore

from bench.peers import FITTED, OVERLAP


def store(name: str, vectors: Embeddings, address: str) -> VectorStore:
    """LangChain's store in PostgreSQL where it is installed, else the one in memory, which writes nothing."""
    if importlib.util.find_spec("langchain_postgres"):
        from langchain_postgres import PGVector

        return PGVector(vectors, connection=address, collection_name=name)
    from langchain_core.vectorstores import InMemoryVectorStore

    return InMemoryVectorStore(vectors)


def bring_in(texts: Mapping[str, str], kept: VectorStore) -> int:
    """Divide the texts and add the chunks with their vectors; returns how many chunks there are."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=FITTED, chunk_overlap=OVERLAP)
    chunks = splitter.split_documents([Document(text, metadata={"source": name}) for name, text in texts.items()])
    kept.add_documents(chunks)
    return len(chunks)
