"""The tokens of passages with their final states, from any sentence-transformers model that averages them."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

from retrieval.late import Tokens

Read = tuple[NDArray[np.float32], list[Tokens]]
PROMPTS = ("document", "passage", "corpus")


def document_prompt(model: SentenceTransformer) -> str:
    """Return what the model puts in front of a passage."""
    return next((model.prompts[name] or "" for name in PROMPTS if name in model.prompts), "")


def read(model: SentenceTransformer, texts: list[str], prompt: str) -> Read | None:
    """Read the texts with the prompt in front: vectors (n, dimensions), L2-normalised, and the tokens of each.

    Offsets count from the beginning of the prompt. None when the model's vector is not the mean of its tokens, or when
    it does not say where in a text they stand.
    """
    modules = list(model.children())
    return _in_torch(model, texts, prompt) if _averages(modules) and _tokenizer(model).is_fast else None


def _averages(modules: list[Any]) -> bool:
    kinds = [type(module) for module in modules]
    return kinds in ([Transformer, Pooling], [Transformer, Pooling, Normalize]) and modules[1].pooling_mode == "mean"


def _tokenizer(model: SentenceTransformer) -> Any:
    return model.tokenizer


def _in_torch(model: SentenceTransformer, texts: list[str], prompt: str) -> Read | None:
    """Read the texts in one batch, as `encode` does; None when its tokens are not those that the tokenizer tells of."""
    settings = {"truncation": True, "max_length": model.max_seq_length, "return_offsets_mapping": True}
    told = _tokenizer(model)([prompt + text for text in texts], **settings)
    features: list[Any] = list(
        model.encode_document(texts, batch_size=len(texts), output_value=None, show_progress_bar=False)
    )
    tokens = []
    for one, ids, offsets in zip(features, told["input_ids"], told["offset_mapping"], strict=True):
        real = one["attention_mask"].bool()
        if one["input_ids"].shape != real.shape or one["input_ids"][real].tolist() != ids:
            return None
        tokens.append(Tokens(np.array(offsets), one["token_embeddings"][real].float().numpy()))
    return _unit(torch.stack([one["sentence_embedding"] for one in features])), tokens


def _unit(vectors: torch.Tensor) -> NDArray[np.float32]:
    return np.asarray(torch.nn.functional.normalize(vectors, p=2, dim=1).float().numpy(), np.float32)
