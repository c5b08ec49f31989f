"""LlamaIndex: SentenceSplitter, BM25Retriever and VectorStoreIndex, joined by QueryFusionRetriever."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import PrivateAttr
from typing_extensions import override

from bench.peers import DEPTH, FITTED, OVERLAP, Chunk, Embeds, Peer, Pipeline, Search


class Vectors(BaseEmbedding):  # type: ignore[misc]  # Not installed where types are checked.
    """Our vectors as LlamaIndex asks for them."""

    _source: Embeds = PrivateAttr()

    def __init__(self, source: Embeds) -> None:
        super().__init__(model_name="same-vectors")
        self._source = source

    @override
    def _get_text_embedding(self, text: str) -> list[float]:
        return self._source.passages([text])[0]

    @override
    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._source.passages(texts)

    @override
    def _get_query_embedding(self, query: str) -> list[float]:
        return self._source.query(query)

    @override
    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._source.query(query)


def split(documents: Mapping[str, str], **settings: Any) -> list[Chunk]:
    """Divide documents with SentenceSplitter; without settings as it comes (1,024 tokens, 200 shared).

    The file name is metadata, which LlamaIndex puts in front of the text that it embeds and indexes.
    """
    from llama_index.core import Document
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.schema import MetadataMode

    splitter = SentenceSplitter(**settings)
    whole = [Document(text=text, metadata={"file_name": source}) for source, text in documents.items()]
    return [
        Chunk(
            node.metadata["file_name"],
            node.get_content(metadata_mode=MetadataMode.NONE),
            node.get_content(metadata_mode=MetadataMode.EMBED),
        )
        for node in splitter.get_nodes_from_documents(whole)
    ]


def build(chunks: Sequence[Chunk], vectors: Embeds, *, language: str = "en") -> Search:
    """Index the chunks in both arms and return the fused search; no questions are generated."""
    from llama_index.core import VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.schema import TextNode
    from llama_index.retrievers.bm25 import BM25Retriever
    from Stemmer import Stemmer

    logging.getLogger("bm25s").setLevel(logging.ERROR)
    nodes = [TextNode(id_=str(number), text=chunk.searched) for number, chunk in enumerate(chunks)]
    index = VectorStoreIndex(nodes, embed_model=Vectors(vectors))
    words = BM25Retriever.from_defaults(
        nodes=nodes, similarity_top_k=DEPTH, stemmer=Stemmer(language), language=language
    )
    both = QueryFusionRetriever(
        [index.as_retriever(similarity_top_k=DEPTH), words],
        llm=MockLLM(),
        mode="reciprocal_rerank",
        similarity_top_k=2 * DEPTH,
        num_queries=1,
        use_async=False,
    )
    return lambda question: [int(found.node.node_id) for found in both.retrieve(question)]


PEER = Peer(
    name="LlamaIndex",
    packages=("llama-index-core", "llama-index-retrievers-bm25", "bm25s", "PyStemmer"),
    default=Pipeline(split, build),
    fitted=Pipeline(
        partial(split, chunk_size=FITTED, chunk_overlap=OVERLAP, tokenizer=list), partial(build, language="sv")
    ),
)
