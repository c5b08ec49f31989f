"""Zip archives: each file in one comes in by itself, as if it had been brought alone."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from zipfile import ZipInfo

from ingest.errors import RefusedFile, UnreadableFile
from ingest.readers.package import Package, open_package
from ingest.readers.recognise import SUFFIXES

MOST_FILES = 500
_FURNITURE = ("__MACOSX/", ".", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive by the name that it comes in under; ``refused`` when it must stay outside."""

    name: str
    data: bytes = b""
    refused: RefusedFile | None = None


def unpack(data: bytes, max_bytes: int) -> Iterator[Member]:
    """Yield the files of an archive in its order; files of one name in several folders are told apart by them.

    Raises `RefusedFile` for an archive that must not be opened, or that has nothing in it that is read.
    """
    try:
        package = open_package(data)
    except UnreadableFile as error:
        raise RefusedFile(error.reason, error.remedy) from error
    wanted = [one for one in package.archive.infolist() if not one.is_dir() and not _is_furniture(one.filename)]
    if not wanted:
        raise RefusedFile("Arkivet innehåller inga filer.", "Kontrollera att rätt fil valdes.")
    if len(wanted) > MOST_FILES:
        raise RefusedFile(f"Arkivet innehåller fler än {MOST_FILES} filer.", "Dela upp det i flera arkiv.")
    names = Counter(PurePath(one.filename).name for one in wanted)
    for one in wanted:
        path = PurePath(one.filename)
        several = names[path.name] > 1 and path.parent.name
        name = f"{path.stem} ({path.parent.name}){path.suffix}" if several else path.name
        yield _member(package, one, name, max_bytes)


def _member(package: Package, one: ZipInfo, name: str, max_bytes: int) -> Member:
    suffix = PurePath(one.filename).suffix.lower()
    if suffix not in SUFFIXES:
        why = RefusedFile(f"Filtypen {suffix or '(utan filändelse)'} läses inte.", "Inget behöver göras.")
    elif suffix == ".zip":
        why = nested()
    elif one.file_size > max_bytes:
        why = RefusedFile("Filen är för stor.", "Lägg in den i mindre delar.")
    else:
        try:
            return Member(name, package.bytes_of(one.filename))
        except UnreadableFile as error:
            why = RefusedFile(error.reason, error.remedy)
    return Member(name, refused=why)


def nested() -> RefusedFile:
    """Return the refusal of an archive in an archive."""
    return RefusedFile("Filen är ett zip-arkiv i ett annat arkiv.", "Packa upp det och lägg in filerna.")


def _is_furniture(name: str) -> bool:
    return name.startswith(_FURNITURE) or PurePath(name).name.startswith(_FURNITURE)
