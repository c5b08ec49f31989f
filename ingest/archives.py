"""Zip archives: each file in one comes in by itself, as if it had been brought alone."""

from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath

from ingest.errors import RefusedFile, UnreadableFile
from ingest.readers.package import open_package
from ingest.readers.recognise import SUFFIXES

MOST_FILES = 500
_FURNITURE = ("__MACOSX/", ".", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive by the name that it comes in under; ``refused`` when it must stay outside."""

    name: str
    data: bytes = b""
    refused: RefusedFile | None = None


def unpack(data: bytes, max_bytes: int) -> list[Member]:
    """Return the files of an archive in its order; files of one name in several folders are told apart by them.

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
    members = []
    for one in wanted:
        path = PurePath(one.filename)
        several = names[path.name] > 1 and path.parent.name
        name = f"{path.stem} ({path.parent.name}){path.suffix}" if several else path.name
        if path.suffix.lower() not in SUFFIXES:
            why = RefusedFile(f"Filtypen {path.suffix or '(utan filändelse)'} läses inte.", "Inget behöver göras.")
            members.append(Member(name, refused=why))
        elif path.suffix.lower() == ".zip":
            members.append(Member(name, refused=nested()))
        elif one.file_size > max_bytes:
            members.append(Member(name, refused=RefusedFile("Filen är för stor.", "Lägg in den i mindre delar.")))
        else:
            try:
                members.append(Member(name, package.bytes_of(one.filename)))
            except UnreadableFile as error:
                members.append(Member(name, refused=RefusedFile(error.reason, error.remedy)))
    return members


def nested() -> RefusedFile:
    """Return the refusal of an archive in an archive."""
    return RefusedFile("Filen är ett zip-arkiv i ett annat arkiv.", "Packa upp det och lägg in filerna.")


def _is_furniture(name: str) -> bool:
    return name.startswith(_FURNITURE) or PurePath(name).name.startswith(_FURNITURE)
