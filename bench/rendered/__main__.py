"""How well questions are answered from text files as they are, and from the same files as PDF and as Word documents.

    python -m bench.rendered QUESTIONS.jsonl… --documents FOLDER… [--keep FOLDER] [--misses]

The files are set anew by Chromium, ReportLab and python-docx, and by LibreOffice where it is installed. Each set is
brought into an installation of its own, and the same questions are put to each. With ``--misses`` the questions are
named that only one of two sets got right.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.quality_place import filled
from bench.rendered import libreoffice
from bench.rendered.blocks import blocks
from bench.rendered.pages import Render, chromium, reportlab
from bench.rendered.word import word
from retrieval.evaluation import GoldEvidence, GoldQuestion, read_questions
from retrieval.measures import Report, report
from retrieval.trials import missing, put

SHOWN = ("score", "correct", "refused", "recall@1", "recall@5", "recall@10", "ndcg@10", "verbatim", "supported")
KEPT = ("recall@5", "recall@10", "correct", "refused")
NEAR = 0.03
"""What a rendered set may lose in each measure of KEPT against the plain text."""


def texts(folders: Sequence[Path]) -> list[Path]:
    """The text and Markdown files of the folders, in order."""
    return sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in {".txt", ".md"})


async def rendered(paths: Sequence[Path], folder: Path, suffix: str, render: Render) -> list[Path]:
    """Set every file anew into a folder and return the new files."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    made = []
    for path in paths:
        data = await render(path.stem, blocks(path.read_text(encoding="utf-8")))
        made.append(folder / f"{path.stem}.{suffix}")
        made[-1].write_bytes(data)
    return made


def within(golds: Sequence[GoldQuestion], paths: Sequence[Path]) -> list[GoldQuestion]:
    """The questions that have no evidence outside the files."""
    stems = {path.stem for path in paths}
    return [gold for gold in golds if all(Path(one.file).stem in stems for group in gold.groups for one in group)]


def pointed(golds: Sequence[GoldQuestion], paths: Sequence[Path]) -> list[GoldQuestion]:
    """The questions with their evidence in the files of the same stem."""
    names = {path.stem: path.name for path in paths}

    def there(evidence: GoldEvidence) -> GoldEvidence:
        return GoldEvidence(names.get(Path(evidence.file).stem, evidence.file), evidence.quote)

    return [
        msgspec.structs.replace(
            gold,
            evidence=tuple(map(there, gold.evidence)),
            evidence_groups=tuple(tuple(map(there, group)) for group in gold.evidence_groups),
        )
        for gold in golds
    ]


async def measured(paths: Sequence[Path], golds: Sequence[GoldQuestion]) -> Report:
    """Bring the files in by themselves and put the questions to them."""
    asked = pointed(golds, paths)
    async with filled(paths) as place:
        tried = [one.judged async for one in put(place.installation.assistant, asked)]
        made = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        return report(tried, made, len(place.library.views), missing(place.library, asked))


async def compare(sets: Sequence[Path], folders: Sequence[Path], keep: Path) -> dict[str, Report]:
    """Measure the files as they are and as each program sets them, one after the other."""
    paths = texts(folders)
    golds = within(read_questions(sets), paths)
    async with chromium() as printed:
        made = {
            "text": paths,
            "PDF, Chromium": await rendered(paths, keep / "chromium", "pdf", printed),
            "PDF, ReportLab": await rendered(paths, keep / "reportlab", "pdf", reportlab),
            "DOCX": await rendered(paths, keep / "docx", "docx", word),
        }
    for name, suffix in (("PDF, LibreOffice", "pdf"), ("DOCX, LibreOffice", "docx")):
        if saved := await libreoffice.saved(made["DOCX"], keep / f"libreoffice-{suffix}", suffix):
            made[name] = saved
    found = {}
    for name, files in made.items():
        found[name] = await measured(files, golds)
        print(f"{name}: {found[name].documents} documents, score {found[name].figures['score']}", flush=True)
    return found


def table(found: dict[str, Report]) -> str:
    """The measures beside each other, with what each set has gained or lost against the first."""
    plain, *others = found
    lines = [f"{'':12}{plain:>8}" + "".join(f"{name:>24}" for name in others)]
    for measure in SHOWN:
        first = found[plain].figures[measure]
        cells = [f"{'–' if first is None else f'{first:.3f}':>8}"]
        for name in others:
            value = found[name].figures[measure]
            known = value is not None and first is not None
            cells.append(f"{f'{value:.3f} ({value - first:+.3f})' if known else '–':>24}")  # type: ignore[operator]
        lines.append(f"{measure:12}{''.join(cells)}")
    return "\n".join(lines)


def short(found: dict[str, Report]) -> list[str]:
    """Where a set has lost more than NEAR against the first."""
    plain, *others = found
    before = found[plain].figures
    return [
        f"{name}: {measure} {after - first:+.3f}"
        for name in others
        for measure in KEPT
        if (first := before[measure]) is not None
        and (after := found[name].figures[measure]) is not None
        and after < first - NEAR
    ]


def differing(found: dict[str, Report]) -> list[str]:
    """The questions that went otherwise than with the first set, in either direction."""
    plain, *others = found
    lines = []
    for name in others:
        for before, after in zip(found[plain].judged, found[name].judged, strict=True):
            if before.right != after.right or before.rank != after.rank:
                verdict = "same" if before.right == after.right else "won" if after.right else "lost"
                ranks = f"rank {before.rank} → {after.rank}"
                lines.append(f"{name}  {before.id}  {verdict}, {ranks}: {before.answer!r} → {after.answer!r}")
    return lines


def main() -> None:
    """Compare and print; ends with 1 when something was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="+", type=Path)
    parser.add_argument("--documents", nargs="+", type=Path, required=True)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where the rendered files are left")
    parser.add_argument("--misses", action="store_true", help="name the questions that went otherwise")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        keep = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="narplan-rendered-")))
        found = asyncio.run(compare(arguments.questions, arguments.documents, keep))
    if arguments.misses:
        print("\n".join(differing(found)))
    print(table(found))
    lost = short(found)
    print("\n".join(lost) if lost else f"Nothing is lost beyond {NEAR}.")
    raise SystemExit(bool(lost))


if __name__ == "__main__":
    main()
