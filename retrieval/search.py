"""Question to ranked units: BM25 over analysed terms and e5 vectors, fused by a convex combination."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pgvector.sqlalchemy import Vector
from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from retrieval import lexical
from retrieval.kinds import UnitKind
from retrieval.questions import Question
from retrieval.views import Library, UnitView, View

DENSE_WEIGHT = 0.5
DENSE_WEIGHT_ENGLISH = 0.85
"""How much of the fused score the vectors give, the rest is BM25; Swedish words say little of an English question."""
CANDIDATES = 200
"""How many units the dense arm returns, and the span over which its scores are stretched to 0–1."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that may hold the answer: where it stands and what each arm said of it.

    ``score`` is the fused score (about 0 to 1), ``dense`` the cosine.
    """

    view: View
    position: int
    score: float
    dense: float

    @property
    def unit(self) -> UnitView:
        """The unit itself."""
        return self.view.units[self.position]


@dataclass(frozen=True, slots=True)
class Shown:
    """A candidate with the window of text that is shown for it."""

    candidate: Candidate
    start: int
    end: int

    @property
    def text(self) -> str:
        """The shown text, at most 1,100 characters."""
        return self.candidate.view.text[self.start : self.end]


def rank(
    library: Library, question: Question, cosines: Mapping[tuple[uuid.UUID, int], float], limit: int = CANDIDATES
) -> list[Candidate]:
    """Fuse both arms over the library's units, best first.

    ``cosines`` holds the dense arm's best units by version and position; units outside it count as its weakest.
    """
    scores = lexical.score([view.segment for view in library.views], question.terms)
    best = max((float(row.max()) for row in scores if row.size), default=0.0)
    low, high = (min(cosines.values()), max(cosines.values())) if cosines else (0.0, 1.0)
    weight = DENSE_WEIGHT_ENGLISH if question.english else DENSE_WEIGHT
    found = []
    for view, row in zip(library.views, scores, strict=True):
        for position, unit in enumerate(view.units):
            cosine = cosines.get((view.version_id, position))
            word_score = float(row[position])
            if (cosine is None and not word_score) or unit.kind == UnitKind.CONTENTS:
                continue
            dense = (cosine - low) / (high - low or 1.0) if cosine is not None else 0.0
            fused = weight * dense + (1 - weight) * (word_score / best if best else 0.0)
            found.append(Candidate(view, position, fused, cosine if cosine is not None else low))
    found.sort(key=lambda candidate: -candidate.score)
    return found[:limit]


def shown(candidates: Sequence[Candidate], limit: int) -> list[Shown]:
    """The windows to show for the candidates, best first; a unit that an earlier window holds is not shown again."""
    windows: list[Shown] = []
    for candidate in candidates:
        unit = candidate.unit
        covered = any(
            earlier.candidate.view is candidate.view and earlier.start <= unit.start and unit.end <= earlier.end
            for earlier in windows
        )
        if not covered:
            windows.append(Shown(candidate, *candidate.view.window(candidate.position)))
        if len(windows) == limit:
            break
    return windows


_NEAREST = text(
    """
    SELECT version_id, position, 1 - (embedding <=> CAST(:vector AS vector)) AS cosine
    FROM passage
    WHERE version_id = ANY(:versions) AND model_id = :model
    ORDER BY embedding <=> CAST(:vector AS vector)
    LIMIT :limit
"""
).bindparams(bindparam("vector", type_=Vector()))


async def nearest(
    session: AsyncSession, library: Library, vector: NDArray[np.float32], limit: int = CANDIDATES
) -> dict[tuple[uuid.UUID, int], float]:
    """The dense arm: cosines of the units nearest to the question, an exact scan of what the library holds.

    ``vector`` is of the library's model. None are found when another has come into force since the library was read.
    """
    if library.model is None:
        return {}
    rows = await session.execute(
        _NEAREST,
        {
            "vector": vector,
            "model": library.model.id,
            "versions": [view.version_id for view in library.views],
            "limit": limit,
        },
    )
    return {(version_id, position): cosine for version_id, position, cosine in rows}
