"""Limits of bringing documents in: `python -m bench.ingest [--units N] [--pages N]`.

Storing is measured with vectors at hand: one large document, from its receipt to the commit that publishes it. A PDF
made here is read in a child; its memory is that of this process and its children together, and the number of every page
is compared with the one that is printed on it. Seconds belong to the machine, the moment, and whatever else runs there.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import re
import time

import numpy as np
import psutil
from reportlab.pdfgen.canvas import Canvas

from bench.quality_place import Place, filled
from ingest import intake, vectors
from ingest.parsing import Parsed, Source, parse
from ingest.pipeline import Prepared, publish
from ingest.sandbox import Sandbox
from initiatives.access import SYSTEM
from retrieval.meanings import pack

UNITS_A_SECOND = 6_000


def large(units: int) -> str:
    """A document of about so many units."""
    paragraphs = (
        f"att avsätta {number} mnkr för vårdcentral {number} under 2026, med uppföljning i september.\n"
        for number in range(1, units + 1)
    )
    return "# Beslut om nära vård\n\nRegionstyrelsen beslutar\n\n" + "\n".join(paragraphs)


def pdf(pages: int) -> bytes:
    """A PDF whose every page says its number."""
    made = io.BytesIO()
    canvas = Canvas(made)
    for page in range(1, pages + 1):
        canvas.drawString(72, 780, f"Sidan har nummer {page}.")
        for line in range(40):
            canvas.drawString(
                72, 750 - 16 * line, f"Vårdcentral {page * 40 + line} tar emot {line} besök om dagen under år 2026."
            )
        canvas.showPage()
    canvas.save()
    return made.getvalue()


async def storing(place: Place, units: int) -> tuple[int, float]:
    """Units of a large document, and the seconds that publishing it with ready vectors takes."""
    data = large(units).encode()
    parsed = await asyncio.to_thread(parse, Source("stort.md", "text/markdown"), data, lambda _stage: None)
    installation = place.installation
    known = await vectors.model_id(installation.database.scoped, installation.embedder)
    stamp = await installation.embedder.stamp()
    made = np.random.default_rng(7).normal(size=(len(parsed.units), stamp.dimensions)).astype(np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    pieces = [
        pack([(unit.start, unit.end)], vector[np.newaxis]) for unit, vector in zip(parsed.units, made, strict=True)
    ]
    prepared = Prepared(parsed, tuple(zip(made, pieces, strict=True)), known)
    async with installation.database.scoped(SYSTEM) as session:
        receipt = await intake.receive(session, SYSTEM, file_name="stort.md", data=data)
    if receipt.ingestion_id is None:
        raise RuntimeError("The document was there already.")
    begun = time.perf_counter()
    async with installation.database.scoped(SYSTEM) as session:
        await publish(session, receipt.ingestion_id, prepared)
    return len(parsed.units), time.perf_counter() - begun


async def reading(pages: int) -> tuple[int, int, float]:
    """Pages whose number is right, the highest memory of this process and its children in bytes, and the seconds."""
    data = pdf(pages)
    sandbox = Sandbox()
    peak = 0

    async def watch() -> None:
        nonlocal peak
        while True:
            peak = max(peak, _resident())
            await asyncio.sleep(0.05)

    async def ignore(_stage: object) -> None:
        pass

    watching = asyncio.create_task(watch())
    begun = time.perf_counter()
    try:
        parsed = await sandbox.parse(Source("sidor.pdf", "application/pdf"), data, ignore)
    finally:
        watching.cancel()
        await sandbox.close()
    return right_pages(parsed), peak, time.perf_counter() - begun


def right_pages(parsed: Parsed) -> int:
    """How many pages carry the number that is printed on them."""
    printed = (
        (page.number, re.search(r"Sidan har nummer (\d+)", parsed.text[page.start : page.end])) for page in parsed.pages
    )
    return sum(found is not None and int(found[1]) == number for number, found in printed)


def _resident() -> int:
    """Bytes of memory of this process and all below it."""
    own = psutil.Process()
    total = int(own.memory_info().rss)
    for child in own.children(recursive=True):
        try:
            total += child.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


async def measure(units: int, pages: int) -> None:
    """Measure and print, each figure with its limit."""
    right, peak, seconds = await reading(pages)
    print(
        f"PDF of {pages} pages: {right} with the right number (all), {peak >> 20} MiB at most (1024), {seconds:.1f} s"
    )
    async with filled([]) as place:
        stored, spent = await storing(place, units)
    print(f"Publishing {stored} units: {stored / spent:,.0f} units/s ({UNITS_A_SECOND:,}), {spent:.2f} s")


def main() -> None:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=6_000)
    parser.add_argument("--pages", type=int, default=1_000)
    arguments = parser.parse_args()
    asyncio.run(measure(arguments.units, arguments.pages))


if __name__ == "__main__":
    main()
