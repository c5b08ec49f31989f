"""The bundled model in ONNX Runtime, as `retrieval.graph` wrote it: without torch, which takes seconds and much memory.

docs/decisions/0003-embedding-model.md has the figures and says what is given up for them, and
docs/decisions/0037-bundled-model-alone.md why no library stands around it.
"""

from collections.abc import Sequence

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from retrieval import bundled, graph
from retrieval.embedding import EmbeddingConfig, ModelStamp
from retrieval.late import Span, Tokens, means

Vectors = NDArray[np.float32]


class Quantised:
    """The loaded model with its stamp: texts in, L2-normalised vectors out. Safe from many threads at once.

    Texts are read one at a time, so that no vector depends on its neighbours; of each the first 512 tokens.
    """

    def __init__(self, config: EmbeddingConfig) -> None:
        directory = graph.directory(config.cache)
        self._tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        options = onnxruntime.SessionOptions()
        # Each call stays in the thread that made it: two texts on two cores beat one text on both.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        model = str(directory / "model.onnx")
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.stamp = ModelStamp(bundled.NAME, graph.revision(), self.query("").size)

    def query(self, text: str) -> Vectors:
        """(dimensions,), L2-normalised."""
        return self._vector(bundled.QUERY + text)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions), L2-normalised."""
        return np.stack([self._vector(bundled.PASSAGE + text) for text in texts])

    def passages_with_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[Span]]
    ) -> tuple[Vectors, list[Vectors]]:
        """What `passages` gives, and for each text its parts (pieces, dimensions): the means of their tokens."""
        read = [self._states(bundled.PASSAGE + text) for text in texts]
        shift = len(bundled.PASSAGE)
        moved = [[(start + shift, end + shift) for start, end in spans] for spans in parts]
        pieces = [means(vector, tokens, spans) for (vector, tokens), spans in zip(read, moved, strict=True)]
        return np.stack([vector for vector, _ in read]), pieces

    def _vector(self, text: str) -> Vectors:
        ids = np.array([self._tokenizer.encode(text.rstrip()).ids])
        vector: Vectors = self._session.run(["vector"], {"ids": ids})[0][0]
        return vector

    def _states(self, text: str) -> tuple[Vectors, Tokens]:
        encoded = self._tokenizer.encode(text.rstrip())
        vector, states = self._session.run(["vector", "tokens"], {"ids": np.array([encoded.ids])})
        return vector[0], Tokens(np.array(encoded.offsets), states[0])
