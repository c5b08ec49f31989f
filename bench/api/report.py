"""The figures as text: a line while it runs, and dated files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median

import msgspec

from bench.api.client import CLIENTS, Load
from bench.api.data import Size
from bench.quality_report import RESULTS

SIZE = Size()
MOST_MS, LEAST_RATE, MOST_TIMES = 50.0, 1_000.0, 1.5
NAMES = {"narplan": "**Närplan**", "asyncpg": "asyncpg ensamt", "fastapi": "FastAPI och SQLAlchemy"}


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured: each way of reading, and the list asked as fast as it is answered, a few times each."""

    reads: Mapping[str, Load]
    rates: Mapping[str, Sequence[Load]]


def line(name: str, load: Load) -> str:
    """One way of reading on one line."""
    return f"{name:24} p50 {load.percentile(50):6.1f} ms  p95 {load.percentile(95):6.1f} ms  {load.per_second:6.0f}/s"


def rate(name: str, loads: Sequence[Load], own: Sequence[Load], size: int) -> str:
    """One server on one line; the ratio is how many times as many answers as Närplan it gave."""
    times = _rate(loads) / _rate(own)
    return f"list by {name:16} {_rate(loads):6.0f}/s  ×{times:.2f}  p95 {_slow(loads):5.1f} ms  {size} bytes"


def write(result: Result, date: str) -> None:
    """Write the dated files."""
    reads = {
        name: {"p50 ms": round(load.percentile(50), 1), "p95 ms": round(load.percentile(95), 1)}
        for name, load in result.reads.items()
    }
    rates = {
        name: {"per second": round(_rate(loads)), "p95 ms": round(_slow(loads), 1)}
        for name, loads in result.rates.items()
    }
    found = {
        "date": date,
        "clients": CLIENTS,
        "load": round(os.getloadavg()[1], 1),
        "cores": os.cpu_count(),
        **asdict(SIZE),
    }
    encoded = msgspec.json.format(msgspec.json.encode({**found, "reads": reads, "list": rates}), indent=1).decode()
    (RESULTS / f"{date}-api.json").write_text(encoded + "\n", encoding="utf-8")
    (RESULTS / f"{date}-api.md").write_text(_page(result, date), encoding="utf-8")


def _page(result: Result, date: str) -> str:
    about = (
        f"{SIZE.initiatives} initiativ, {SIZE.decisions} beslut, {SIZE.activities} rader i dagboken; "
        f"{CLIENTS} klienter samtidigt, en process. "
        f"Mål: 95 % av svaren inom {MOST_MS:.0f} ms; listan minst {LEAST_RATE:.0f} gånger i sekunden, och högst "
        f"{_number(MOST_TIMES)} gånger så långsam som asyncpg ensamt. "
        f"Datorn hade {os.cpu_count()} kärnor och belastningen {_number(os.getloadavg()[1])}: "
        "är den högre än vad mätningen "
        "själv ger, läs förhållandena och inte tiderna. Det som räknas över hela registret behålls tills någon skriver."
    )
    reads = [
        f"| {name} | {_number(load.percentile(50))} | {_number(load.percentile(95))} |"
        for name, load in result.reads.items()
    ]
    own = result.rates["narplan"]
    rates = [
        f"| {NAMES[name]} | {_rate(loads):.0f} | {_number(_rate(loads) / _rate(own), 2)} | {_number(_slow(loads))} |"
        for name, loads in result.rates.items()
    ]
    heads = (
        "| läsning | p50, ms | p95, ms |\n|---|---|---|",
        "| listan | svar/s | gånger Närplan | p95, ms |\n|---|---|---|---|",
    )
    return "\n".join((f"# API:et, {date}", "", about, "", heads[0], *reads, "", heads[1], *rates, ""))


def _rate(loads: Sequence[Load]) -> float:
    return median(load.per_second for load in loads)


def _slow(loads: Sequence[Load]) -> float:
    return median(load.percentile(95) for load in loads)


def _number(value: float, places: int = 1) -> str:
    return f"{value:.{places}f}".replace(".", ",")
