"""Any sentence-transformers model that lies on this machine, by folder or by name. Nothing is downloaded."""

import hashlib
import importlib
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval import bundled
from retrieval.embedding import ModelUnavailable

# The e5 family reads badly without these, and its older folders do not carry them.
E5 = re.compile(r"\be5-(small|base|large)(?!-instruct)", re.IGNORECASE)
E5_PROMPTS = {"query": bundled.QUERY, "document": bundled.PASSAGE}


class Reader:
    """A model run by sentence-transformers. One call at a time; torch spreads it over `threads` cores."""

    def __init__(self, model: str, cache: Path, threads: int, precision: str) -> None:
        folder, self.name, revision = _find(model, cache)
        import torch
        from sentence_transformers import SentenceTransformer

        importlib.import_module("transformers.utils.logging").disable_progress_bar()
        torch.set_num_threads(threads)
        if precision == "auto":
            precision = "bfloat16" if _counts_in_bfloat16() else "float32"
        self.revision = f"{revision}-{precision}"
        self._model = SentenceTransformer(
            str(folder), device="cpu", local_files_only=True, model_kwargs={"dtype": precision}
        )
        if E5.search(self.name) and not any(self._model.prompts.values()):
            self._model.prompts.update(E5_PROMPTS)
        self.dimensions = int(self.query("").size)

    def passages(self, texts: list[str]) -> NDArray[np.float32]:
        """(n, dimensions), L2-normalised. What goes beyond the model's longest text is not read."""
        vectors = self._model.encode_document(texts, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32)

    def query(self, text: str) -> NDArray[np.float32]:
        """(dimensions,), L2-normalised."""
        vector = self._model.encode_query(text, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vector, np.float32)


def _find(model: str, cache: Path) -> tuple[Path, str, str]:
    """Return the folder of the model, its name, and what names its revision."""
    if model == "bundled":
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
    folder = _hub_folder(model)
    return folder, model, folder.name[:16]


def _hub_folder(model: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError) as error:
        raise ModelUnavailable(
            f"Modellen ”{model}” finns inte på den här datorn, och Närplan hämtar aldrig modeller från nätet. "
            "Lägg modellens filer i en mapp och ange mappens sökväg, eller välj den medföljande modellen: bundled.",
            field="model",
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


def _counts_in_bfloat16() -> bool:
    described = Path("/proc/cpuinfo")
    return described.exists() and not {"avx512_bf16", "amx_bf16"}.isdisjoint(described.read_text().split())
