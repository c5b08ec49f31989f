"""Which files a list of paths stands for: folders are walked, and nothing in them is passed over in silence."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.readers import SUFFIXES

_DESCRIBE_THE_FOLDER = frozenset({"readme", "index", "license", "licence", "changelog"})

_ALLOW = "Ge dig läsbehörighet till den och försök igen."


@dataclass(frozen=True, slots=True)
class Found:
    """A file to bring in under `name`, or, with a `reason`, one that stays outside.

    ``skipped`` tells that staying outside is as it should be; otherwise it is a failure.
    """

    path: Path
    name: str
    reason: str | None = None
    remedy: str | None = None
    skipped: bool = False


def find(paths: Sequence[Path]) -> list[Found]:
    """Return every file that the paths stand for, in order, once.

    In a folder, hidden files are left out, and files of other types and files that describe the folder itself
    (README, INDEX) are skipped with a reason; a file that is named outright is always to be brought in. Names that
    occur in several folders get the folder's name added, so that one file does not become a version of another.
    """
    once: dict[Path, Found] = {}
    for found in _all(paths):
        place = found.path.absolute()
        if place not in once or once[place].skipped:
            once[place] = found
    wanted = Counter(found.name for found in once.values() if found.reason is None)
    return [
        _with_folder(found) if found.reason is None and wanted[found.name] > 1 else found for found in once.values()
    ]


def shown(path: Path) -> str:
    """Return the path as text that any terminal and JSON can carry, line breaks and broken characters replaced."""
    text = str(path).encode("utf-8", "replace").decode()
    return "".join(mark if mark.isprintable() else "�" for mark in text)


def _all(paths: Iterable[Path]) -> Iterator[Found]:
    for path in paths:
        try:
            yield from _named(path)
        except PermissionError:
            yield _failed(path, "Sökvägen går inte att läsa.", _ALLOW)


def _named(path: Path) -> Iterator[Found]:
    if path.is_dir():
        yield from _walk(path)
    elif path.is_file():
        yield Found(path, path.name)
    elif os.path.lexists(path):
        yield _failed(path, "Sökvägen är varken en fil eller en mapp.", "Ange en fil eller en mapp.")
    else:
        yield _failed(path, "Filen eller mappen finns inte.", "Kontrollera sökvägen.")


def _walk(folder: Path) -> Iterator[Found]:
    barred: list[Path] = []
    empty = True
    for place, folders, files in os.walk(folder, onerror=lambda error: barred.append(Path(error.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                empty = False
                yield _in_folder(Path(place, name))
    for path in barred:
        yield _failed(path, "Mappen går inte att läsa.", _ALLOW)
    if empty and not barred:
        yield _failed(folder, "Mappen innehåller inga filer.", "Kontrollera sökvägen.")


def _in_folder(path: Path) -> Found:
    found = Found(path, path.name)
    if path.suffix.lower() not in SUFFIXES:
        kind = path.suffix or "utan filändelse"
        return replace(found, reason=f"Filtypen ({kind}) läses inte in.", skipped=True)
    if path.stem.lower() in _DESCRIBE_THE_FOLDER:
        return replace(found, reason="Filen beskriver mappen. Ange den uttryckligen om den ska med.", skipped=True)
    return found if _is_file(path) else _failed(path, "Filen går inte att öppna.", "Kontrollera att den finns kvar.")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _failed(path: Path, reason: str, remedy: str) -> Found:
    return Found(path, path.name or str(path), reason, remedy)


def _with_folder(found: Found) -> Found:
    folder = found.path.absolute().parent.name
    return replace(found, name=f"{found.path.stem} ({folder}){found.path.suffix}") if folder else found
