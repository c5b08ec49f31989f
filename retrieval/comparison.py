"""Two reports on the same questions: what differs, and whether chance could have made the difference.

The questions are drawn anew with replacement many times, the same draw for both reports (a paired bootstrap). When the
middle 95 % of the differences lie on one side of zero, the difference is safe.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from retrieval.measures import MEASURES, Judged, Report

RESAMPLES = 4_000
SEED = 1
SURE = 0.95
QUANTILES = {"latency_p50_ms": 0.5, "latency_p95_ms": 0.95}
Array = NDArray[np.float64]
Verdict = Literal["better", "worse", "unclear", "same"]


class Change(msgspec.Struct, frozen=True):
    """A measure before and after; ``low`` to ``high`` is the interval of the difference. Times are better when less."""

    before: float
    after: float
    low: float
    high: float
    verdict: Verdict


class Comparison(msgspec.Struct, frozen=True):
    """The changes over the questions of both reports; ``won`` and ``lost`` are ids that became right and wrong.

    ``apart`` is how many questions stand in one of the reports only.
    """

    questions: int
    apart: int
    changes: dict[str, Change]
    won: tuple[str, ...]
    lost: tuple[str, ...]


def compare(before: Report, after: Report, *, resamples: int = RESAMPLES, seed: int = SEED) -> Comparison:
    """What changed from one report to another; the same reports and seed always give the same intervals."""
    earlier = {_identity(one): one for one in before.judged}
    pairs = [(earlier[_identity(one)], one) for one in after.judged if _identity(one) in earlier]
    first, second = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    draws = (
        np.random.default_rng(seed).integers(0, len(pairs), (resamples, len(pairs))) if pairs else np.zeros((0, 0), int)
    )
    changes: dict[str, Change] = {}
    for name, parts in MEASURES.items():
        old, new = _sums(first, parts), _sums(second, parts)
        if old[1].any() and new[1].any():
            drawn = _ratio(new[:, draws].sum(axis=2)) - _ratio(old[:, draws].sum(axis=2))
            changes[name] = _change(_ratio(old.sum(axis=1)), _ratio(new.sum(axis=1)), drawn)
    for name, share in QUANTILES.items():
        old, new = _times(first), _times(second)
        if pairs and np.isfinite(old).all() and np.isfinite(new).all():
            drawn = _quantile(new[draws], share) - _quantile(old[draws], share)
            changes[name] = _change(_quantile(old, share), _quantile(new, share), drawn, less_is_better=True)
    return Comparison(
        questions=len(pairs),
        apart=len(before.judged) + len(after.judged) - 2 * len(pairs),
        changes=changes,
        won=tuple(new.id for old, new in pairs if new.right and not old.right),
        lost=tuple(new.id for old, new in pairs if old.right and not new.right),
    )


def _identity(one: Judged) -> tuple[str, str, bool]:
    return one.id, one.question, one.answerable


def _sums(judged: Sequence[Judged], parts: Callable[[Judged], tuple[float, float]]) -> Array:
    return np.array([parts(one) for one in judged], dtype=float).reshape(-1, 2).T


def _times(judged: Sequence[Judged]) -> Array:
    return np.array([np.nan if one.latency_ms is None else one.latency_ms for one in judged])


def _quantile(times: Array, share: float) -> Any:
    return np.quantile(times, share, axis=-1, method="linear" if share == QUANTILES["latency_p50_ms"] else "lower")


def _ratio(sums: Array) -> Array:
    """The first row over the second; not a number where there is nothing to divide by."""
    above, below = sums
    shares: Array = np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
    return shares


def _change(before: Any, after: Any, drawn: Array, *, less_is_better: bool = False) -> Change:
    low, high = np.nanquantile(drawn, [(1 - SURE) / 2, (1 + SURE) / 2])
    verdict: Verdict = "unclear"
    if not np.nan_to_num(drawn).any():
        verdict = "same"
    elif low > 0 or high < 0:
        verdict = "better" if (low > 0) != less_is_better else "worse"
    before, after, low, high = (round(float(value), 4) for value in (before, after, low, high))
    return Change(before, after, low, high, verdict)
