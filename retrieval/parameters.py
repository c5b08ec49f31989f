"""The fitted weights of reading and confidence: data with provenance, made by ``python -m bench.fit``."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import msgspec


class Parameters(msgspec.Struct, frozen=True):
    """Weights by feature name, the confidence below which the assistant refuses, and where they come from."""

    reading: dict[str, float]
    confidence: dict[str, float]
    threshold: float
    provenance: dict[str, str]


@lru_cache(maxsize=1)
def parameters() -> Parameters:
    """The parameters that ship with the product."""
    return msgspec.json.decode((files("retrieval") / "parameters.json").read_bytes(), type=Parameters)
