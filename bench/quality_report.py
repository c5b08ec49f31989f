"""Comparisons as text: a line while it runs, a table for the documentation (Swedish), and JSON with every interval."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from bench.quality_measures import MEASURES, Array, Interval, interval, median_interval, ratio

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "quality.md"
RESULTS = ROOT / "bench" / "results"
OWN = "Närplan"
NAMES = {
    "product": "**Närplan**",
    "dense": "Bara vektorer",
    "bm25": "Bara BM25",
    "rrf": "Båda, RRF",
    "default": "{}, som det kommer",
    "fitted": "{}, anpassat",
    "our units": "{}, våra textställen",
}
"""The rows' names in the documentation."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one system came to: every measure and time by question."""

    name: str
    variant: str
    values: dict[str, Array]
    search_ms: Array
    total_ms: Array
    chunks: int | None
    too_long: float | None

    @property
    def label(self) -> str:
        """The row's name in the documentation."""
        return NAMES.get(self.name) or NAMES[self.variant].format(self.name)

    @property
    def key(self) -> str:
        """The row's name in JSON."""
        return f"{self.name}, {self.variant}"


@dataclass(frozen=True, slots=True)
class Result:
    """A whole comparison; ``styles`` has the style of every question, in the order of the rows' values."""

    rows: Sequence[Row]
    styles: Sequence[str]
    sets: Sequence[int]
    documents: int
    units: int
    model: str
    versions: dict[str, str]

    @property
    def own(self) -> Row:
        """Närplan's row."""
        return next(row for row in self.rows if row.name == OWN)

    @property
    def ratio(self) -> tuple[float, Interval, str]:
        """Our nDCG@10 through that of the best peer with its own splitter."""
        own_splitter = {row.label: row.values["ndcg@10"] for row in self.rows if row.variant in {"default", "fitted"}}
        return ratio(self.own.values["ndcg@10"], own_splitter)


def line(row: Row) -> str:
    """One system on one line."""
    figures = "  ".join(f"{name} {row.values[name].mean():.3f}" for name in MEASURES)
    return f"{row.key:24} {figures}  {np.median(row.search_ms):7.1f} ms"


def verdict(result: Result) -> str:
    """The ratio in a sentence."""
    value, (low, high), best = result.ratio
    return (
        f"nDCG@10 hos Närplan delat med det bästa av de andra med egen delning ({best}): "
        f"**{_decimal(value)}** ({_decimal(low)}–{_decimal(high)})."
    )


def write(result: Result, date: str) -> None:
    """Write the dated files, and the tables between the marks in the documentation."""
    RESULTS.mkdir(exist_ok=True)
    text = _tables(result, date)
    encoded = msgspec.json.format(msgspec.json.encode(_as_json(result, date)), indent=1).decode()
    (RESULTS / f"{date}-quality.json").write_text(encoded + "\n", encoding="utf-8")
    (RESULTS / f"{date}-quality.md").write_text(f"# Sökning, {date}\n\n{text}", encoding="utf-8")
    replace_block(PAGE, "quality", text)


def replace_block(page: Path, name: str, text: str) -> None:
    """Put text between the marks of a name in a page."""
    marks = f"<!-- {name} -->", f"<!-- /{name} -->"
    old = page.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(marks[0])}.*?{re.escape(marks[1])}", re.DOTALL)
    page.write_text(pattern.sub(lambda _: f"{marks[0]}\n{text}{marks[1]}", old), encoding="utf-8")


def _tables(result: Result, date: str) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in result.versions.items())
    about = (
        f"{date}: {' + '.join(map(str, result.sets))} frågor som går att besvara; {result.documents} dokument, "
        f"{result.units} textställen. Vektorer: {result.model}. {versions}."
    )
    return "\n".join(
        [
            about,
            "",
            *_overall(result),
            "",
            verdict(result),
            "",
            "nDCG@10 efter frågornas slag:",
            "",
            *_by_style(result),
            "",
        ]
    )


def _overall(result: Result) -> list[str]:
    heads = ["recall@1", "recall@5", "recall@10", "nDCG@10", "MRR", "ms utan vektor", "ms", "bitar", "för långa"]
    lines = [f"| | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    for row in result.rows:
        cells = [_with_interval(row.values[name]) for name in MEASURES]
        cells += [_decimal(float(np.median(values)), 1) for values in (row.search_ms, row.total_ms)]
        cells += ["", ""] if row.too_long is None else [str(row.chunks), f"{100 * row.too_long:.0f} %"]
        lines.append(f"| {row.label} | {' | '.join(cells)} |")
    return lines


def _by_style(result: Result) -> list[str]:
    counts = Counter(result.styles).most_common()
    lines = [f"| | {' | '.join(f'{style} ({count})' for style, count in counts)} |", f"|---|{'---|' * len(counts)}"]
    styles = np.array(result.styles)
    for row in result.rows:
        cells = [_decimal(float(row.values["ndcg@10"][styles == style].mean())) for style, _ in counts]
        lines.append(f"| {row.label} | {' | '.join(cells)} |")
    return lines


def _as_json(result: Result, date: str) -> dict[str, Any]:
    value, (low, high), best = result.ratio
    styles = np.array(result.styles)
    return {
        "date": date,
        "questions": list(result.sets),
        "documents": result.documents,
        "units": result.units,
        "model": result.model,
        "versions": result.versions,
        "ratio": {"ndcg@10": value, "low": low, "high": high, "best peer": best},
        "systems": [
            {
                "system": row.name,
                "variant": row.variant,
                "chunks": row.chunks,
                "too long": row.too_long,
                "overall": {name: _figures(row.values[name]) for name in MEASURES},
                "search ms, median": _median(row.search_ms),
                "with embedding ms, median": _median(row.total_ms),
                "by style": {
                    style: {name: _figures(row.values[name][styles == style]) for name in MEASURES}
                    for style in sorted(set(result.styles))
                },
            }
            for row in result.rows
        ],
    }


def _figures(values: Array) -> dict[str, float]:
    low, high = interval(values)
    return {"mean": round(float(values.mean()), 4), "low": round(low, 4), "high": round(high, 4)}


def _median(values: Array) -> dict[str, float]:
    low, high = median_interval(values)
    return {"median": round(float(np.median(values)), 2), "low": round(low, 2), "high": round(high, 2)}


def _with_interval(values: Array) -> str:
    low, high = interval(values)
    return f"{_decimal(float(values.mean()))} ({_decimal(low)}–{_decimal(high)})"


def _decimal(value: float, places: int = 2) -> str:
    return f"{value:.{places}f}".replace(".", ",")
