"""The sentence-transformers module that runs the bundled model in ONNX Runtime, as `retrieval.graph` wrote it.

It is several times as fast as the same weights in torch. docs/decisions/0003-embedding-model.md has the figures and
says what is given up for them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from retrieval.late import Tokens


class Quantised(torch.nn.Module):
    """The whole model as one module of sentence-transformers: texts in, L2-normalised vectors of 384 out.

    Texts are read one at a time, so that no vector depends on its neighbours. Safe from many threads.
    """

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self.tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        options = onnxruntime.SessionOptions()
        # Each call stays in the thread that made it: two texts on two cores beat one text on both.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        model = str(directory / "model.onnx")
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def preprocess(self, inputs: Sequence[str], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """Return the tokens of each text, the first 512, as a row of its own under `input_ids`."""
        texts = [f"{prompt or ''}{text}".strip() for text in inputs]
        return {"input_ids": [np.array([self.tokenizer.encode(text).ids]) for text in texts]}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add `sentence_embedding`, (n, 384)."""
        vectors = [self._session.run(["vector"], {"ids": ids})[0] for ids in features["input_ids"]]
        return features | {"sentence_embedding": torch.from_numpy(np.concatenate(vectors))}

    def states(self, text: str) -> tuple[NDArray[np.float32], Tokens]:
        """Read a text with its prompt: its vector (384,), L2-normalised, and its first 512 tokens."""
        encoded = self.tokenizer.encode(text.rstrip())
        vector, states = self._session.run(["vector", "tokens"], {"ids": np.array([encoded.ids])})
        return vector[0], Tokens(np.array(encoded.offsets), states[0])
