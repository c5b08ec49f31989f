"""Timings as text: a line while it runs, a table for the documentation (Swedish), and JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from bench.quality_measures import Array, median_interval
from bench.quality_report import PAGE, RESULTS, replace_block


@dataclass(frozen=True, slots=True)
class Timing:
    """What one system took: seconds to bring in, and milliseconds by question; ``answer_ms`` is Närplan's alone."""

    name: str
    ingest_seconds: float
    recalled_seconds: float
    search_ms: Array
    answer_ms: Array | None


def line(timing: Timing) -> str:
    """One system on one line."""
    return (
        f"{timing.name:12} ingest {timing.ingest_seconds:6.1f} s, vectors at hand {timing.recalled_seconds:6.2f} s, "
        f"search {np.median(timing.search_ms):6.1f} ms"
    )


def table(timings: Sequence[Timing]) -> str:
    """The documentation's table; a ratio over 1 means that Närplan is quicker."""
    own = timings[0]
    lines = [
        "| | inläsning med modell | med färdiga vektorer | sökning, ms | sökning och läsning, ms |",
        "|---|---|---|---|---|",
    ]
    for timing in timings:
        cells = [
            f"{_number(value)} s (×{_number(value / ours, 2)})"
            for value, ours in (
                (timing.ingest_seconds, own.ingest_seconds),
                (timing.recalled_seconds, own.recalled_seconds),
            )
        ]
        search = float(np.median(timing.search_ms))
        cells.append(f"{_number(search)} (×{_number(search / float(np.median(own.search_ms)), 2)})")
        cells.append("" if timing.answer_ms is None else _number(float(np.median(timing.answer_ms))))
        lines.append(f"| {timing.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def write(timings: Sequence[Timing], counts: Mapping[str, int], date: str) -> None:
    """Write the dated files, and the table between the marks in the documentation."""
    RESULTS.mkdir(exist_ok=True)
    systems = [
        {
            "system": timing.name,
            "ingest seconds": round(timing.ingest_seconds, 2),
            "ingest seconds, vectors at hand": round(timing.recalled_seconds, 2),
            "search ms": _spread(timing.search_ms),
            "search and reading ms": None if timing.answer_ms is None else _spread(timing.answer_ms),
        }
        for timing in timings
    ]
    encoded = msgspec.json.format(msgspec.json.encode({"date": date, **counts, "systems": systems}), indent=1).decode()
    (RESULTS / f"{date}-speed.json").write_text(encoded + "\n", encoding="utf-8")
    about = f"{date}: {counts['documents']} dokument, {counts['units']} textställen, {counts['questions']} frågor."
    text = f"{about}\n\n{table(timings)}\n"
    (RESULTS / f"{date}-speed.md").write_text(f"# Hastighet, {date}\n\n{text}", encoding="utf-8")
    replace_block(PAGE, "speed", text)


def _spread(values: Array) -> dict[str, float]:
    low, high = median_interval(values)
    middle, slow = np.percentile(values, (50, 95))
    figures = {"median": middle, "low": low, "high": high, "p95": slow}
    return {name: round(float(value), 2) for name, value in figures.items()}


def _number(value: float, places: int = 1) -> str:
    return f"{value:.{places}f}".replace(".", ",")
