"""The optional language model behind one small interface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from initiatives.errors import NarplanError


class ModelFailed(NarplanError):
    """The language model gave no usable answer; the extractive answer stands."""

    title = "Språkmodellen svarade inte"


class LanguageModel(Protocol):
    """A model that words an answer from numbered sources."""

    async def write(self, question: str, history: Sequence[str], sources: Sequence[str]) -> str:
        """The whole answer with marks such as [1]. Raises `ModelFailed` for anything but a finished answer."""
        ...
