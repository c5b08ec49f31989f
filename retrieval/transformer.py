"""A model that the settings name, run by sentence-transformers. It lies on this machine; nothing is downloaded.

Importing this file imports torch, which takes seconds: `retrieval.embedding` does it in a thread, when it is needed.
"""

import hashlib
import importlib
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from retrieval import bundled, states
from retrieval.embedding import BUNDLED, EmbeddingConfig, ModelStamp, ModelUnavailable
from retrieval.late import Span, means

# The e5 family reads badly without these, and its older folders do not carry them.
E5 = re.compile(r"\be5-(small|base|large)(?!-instruct)", re.IGNORECASE)
E5_PROMPTS = {"query": bundled.QUERY, "document": bundled.PASSAGE}


class Transformer:
    """A loaded model with its stamp. Safe from one thread at a time."""

    def __init__(self, config: EmbeddingConfig, threads: int) -> None:
        folder, name, revision = _find(config.model, config.cache)
        precision = _precision(config.precision)
        torch.set_num_threads(threads)
        importlib.import_module("transformers.utils.logging").disable_progress_bar()
        self.model = SentenceTransformer(
            str(folder), device="cpu", local_files_only=True, model_kwargs={"dtype": precision}
        )
        if E5.search(name) and not any(self.model.prompts.values()):
            self.model.prompts.update(E5_PROMPTS)
        self.stamp = ModelStamp(name, f"{revision}-{precision}", int(self.query("").size))

    def passages(self, texts: list[str]) -> NDArray[np.float32]:
        """(n, dimensions), L2-normalised. What goes beyond the model's longest text is not read."""
        vectors = self.model.encode_document(texts, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32)

    def passages_with_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[Span]]
    ) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        """What `passages` gives, and for each text its parts (pieces, dimensions), L2-normalised.

        A part is the mean of its tokens where the model gives a vector that is the mean of all of them; otherwise it
        is read by itself.
        """
        prompt = states.document_prompt(self.model)
        read = states.read(self.model, list(texts), prompt)
        if read is None:
            vectors = self.passages(list(texts))
            alone = [text[start:end] for text, spans in zip(texts, parts, strict=True) for start, end in spans]
            ends = np.cumsum([len(spans) for spans in parts])
            made = self.passages(alone) if alone else np.empty((0, vectors.shape[1]), np.float32)
            return vectors, np.split(made, ends[:-1])
        vectors, tokens = read
        moved = [[(start + len(prompt), end + len(prompt)) for start, end in spans] for spans in parts]
        return vectors, [means(*one) for one in zip(vectors, tokens, moved, strict=True)]

    def query(self, text: str) -> NDArray[np.float32]:
        """(dimensions,), L2-normalised."""
        vector = self.model.encode_query(text, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vector, np.float32)


def _find(model: str, cache: Path) -> tuple[Path, str, str]:
    """Return the folder of the model, its name, and what names its revision."""
    if model == BUNDLED:
        return bundled.as_directory(cache), bundled.NAME, bundled.revision()
    folder = Path(model).expanduser()
    if folder.is_dir():
        if not (folder / "modules.json").is_file():
            raise ModelUnavailable(
                f"Mappen {folder} innehåller ingen sentence-transformers-modell: filen modules.json saknas. "
                "Ange mappen som modellens alla filer ligger i.",
                field="model",
            )
        return folder, folder.name, _fingerprint(folder)
    folder = hub_folder(model)
    return folder, model, folder.name[:16]


def hub_folder(model: str, *, field: str = "model") -> Path:
    """The folder of a model in the local Hugging Face cache. Raises `ModelUnavailable`, which names ``field``."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError) as error:
        raise ModelUnavailable(
            f"Modellen ”{model}” finns inte på den här datorn, och Närplan hämtar aldrig modeller från nätet. "
            "Lägg modellens filer i en mapp och ange mappens sökväg, eller ta bort inställningen.",
            field=field,
        ) from error


def _fingerprint(folder: Path) -> str:
    """A hash of what decides the vectors: settings, tokenizer and weights."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".json", ".txt", ".model", ".safetensors", ".bin"}:
            digest.update(str(path.relative_to(folder)).encode())
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


def _precision(wanted: str) -> str:
    """Name a type of torch's: what the settings want, else the fastest that this CPU counts in."""
    if wanted != "auto":
        return wanted
    described = Path("/proc/cpuinfo")
    words = described.read_text().split() if described.exists() else []
    return "float32" if {"avx512_bf16", "amx_bf16"}.isdisjoint(words) else "bfloat16"
