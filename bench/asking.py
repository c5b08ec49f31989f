"""How long people wait for an answer, one at a time and fifty at once.

    python -m bench.asking QUESTIONS.jsonl… --documents FOLDER…

The sample region and the documents are served by `narplan serve`, without a language model. The questions are put one
after another, as events; then fifty people ask at once, each the next question as soon as the one before is answered,
or after a pause (``--pause``), while four others read lists, search and open pages. Read the ratio of one run.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from api.cli.bringing import FAILED, bring_in
from api.cli.files import find
from api.cli.serve import RIPENED_EACH
from bench.hostile import idle, line, product, until, used
from bench.quality_place import fresh_home
from retrieval.documents import INTERNAL
from retrieval.evaluation import read_questions

PEOPLE = 50
REST = 15.0
"""Seconds more than it takes for what came in to be noticed, in which it is made ready; nobody asks at once."""
SECONDS = 20.0
FIRST_MS, WHOLE_MS, MOST = 100.0, 150.0, 2.0
"""What 95 of 100 may wait for the first event and for the whole answer, and how many times as long pages may take."""


@dataclass(slots=True)
class Waits:
    """Milliseconds until the first event and until the answer was whole, and how answers ended that were not."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)

    def told(self, name: str) -> str:
        """On one line."""
        first, whole = (np.percentile(times or [np.nan], (50, 95)) for times in (self.first, self.whole))
        faults = ", ".join(f"{count} × {how}" for how, count in self.ended.items()) or "no error"
        return (
            f"{name:8} first event p50 {first[0]:6.1f} p95 {first[1]:6.1f} ms   "
            f"whole p50 {whole[0]:6.1f} p95 {whole[1]:6.1f} ms ({len(self.whole)}; {faults})"
        )


async def put(port: int, cookie: str, question: str, waits: Waits) -> None:
    """Ask one question and read the events to their end."""
    body = json.dumps({"question": question}).encode()
    head = (
        f"POST /api/v1/questions HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Cookie: {cookie}\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    begun = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head.encode() + body)
    heard = b""
    try:
        while b"event: done" not in heard:
            more = await reader.read(65536)
            if not more:
                waits.ended[heard.partition(b"\r\n")[0].decode() or "closed"] += 1
                return
            first = b"event:" not in heard
            heard += more
            if first and b"event:" in heard:
                waits.first.append(1000 * (time.perf_counter() - begun))
        waits.whole.append(1000 * (time.perf_counter() - begun))
    finally:
        writer.close()


async def crowd(port: int, cookie: str, turns: Iterator[str], arguments: argparse.Namespace) -> Waits:
    """Let people ask over and over until the time is up."""
    waits, end = Waits(), time.perf_counter() + arguments.seconds

    async def person(number: int) -> None:
        await asyncio.sleep(arguments.pause * number / arguments.people)
        while time.perf_counter() < end:
            await put(port, cookie, next(turns), waits)
            await asyncio.sleep(arguments.pause)

    await asyncio.gather(*(person(number) for number in range(arguments.people)))
    return waits


async def measured(
    home: Path, paths: Sequence[Path], questions: Sequence[str], arguments: argparse.Namespace
) -> tuple[Waits, Waits, dict[str, list[float]], dict[str, list[float]]]:
    """The waits of one at a time and of a crowd; the times of pages while nothing else happens and beside the crowd."""
    async with product(home, together=False) as (port, cookie, installation):
        outcomes = await bring_in(installation, find(paths), INTERNAL, lambda _done: None)
        await asyncio.sleep(RIPENED_EACH + REST)
        if lost := [outcome.file for outcome in outcomes if outcome.state == FAILED]:
            raise RuntimeError(f"not read: {', '.join(lost)}")
        await until(lambda: idle(installation))
        for question in questions[:10]:
            await put(port, cookie, question, Waits())
        alone = Waits()
        for question in questions:
            await put(port, cookie, question, alone)
        await used(port, cookie, arguments.seconds / 4)
        calm = await used(port, cookie, arguments.seconds)
        together, busy = await asyncio.gather(
            crowd(port, cookie, itertools.cycle(questions), arguments), used(port, cookie, arguments.seconds)
        )
        return alone, together, calm, busy


def main() -> None:
    """Measure and print; ends with 1 when somebody waits for longer than they may."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="+", type=Path)
    parser.add_argument("--documents", nargs="+", type=Path, required=True)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between an answer and the next question")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long people ask and read, each time")
    arguments = parser.parse_args()
    os.environ["NARPLAN_LIMIT_QUESTIONS"] = "0"  # One person signs in for all of them.
    questions = [gold.question for gold in read_questions(arguments.questions)]
    with fresh_home() as home:
        alone, together, calm, busy = asyncio.run(measured(home, arguments.documents, questions, arguments))
    print(alone.told("alone"))
    print(together.told(f"{arguments.people} people"))
    for kind in calm:
        print(line(kind, calm[kind], busy[kind]))
    idly, beside = ([one for some in times.values() for one in some] for times in (calm, busy))
    print(line("all", idly, beside))
    ratio = float(np.percentile(beside, 95) / np.percentile(idly, 95))
    first, whole = (float(np.percentile(times, 95)) for times in (alone.first, alone.whole))
    print(
        f"first event p95 {first:.0f} ms (at most {FIRST_MS:.0f}), whole {whole:.0f} ms (at most {WHOLE_MS:.0f}); "
        f"pages beside {arguments.people} people ×{ratio:.2f} (at most {MOST})"
    )
    kept = first <= FIRST_MS and whole <= WHOLE_MS and ratio <= MOST and not together.ended and not alone.ended
    raise SystemExit(not kept)


if __name__ == "__main__":
    main()
