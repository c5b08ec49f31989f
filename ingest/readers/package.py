"""Zip files from strangers: looked through before anything is inflated, and XML read without entities or network."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from ingest.errors import UnreadableFile

MAX_MEMBERS = 5_000
MAX_INFLATED = 64 * 1024 * 1024
MAX_RATIO = 50
"""A file may inflate to more than `MAX_INFLATED` bytes only when it does not grow more than this many times."""
MOST_INFLATED = 512 * 1024 * 1024
_MAX_DIRECTORY = 4 * 1024 * 1024
_END = b"PK\x05\x06"
_ENCRYPTED = 0x1
_AGAIN = "Spara dokumentet på nytt i programmet det gjordes i och lägg in det igen."
_UNPACK = "Packa upp arkivet och lägg in de filer som behövs."
_SUSPECT = "Lägg inte in filen om du inte vet varifrån den kommer. " + _UNPACK
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Package:
    """A zip file that has been looked through."""

    archive: zipfile.ZipFile
    names: frozenset[str]

    def bytes_of(self, name: str) -> bytes:
        """Return one member inflated. Raises `UnreadableFile` when it is missing or damaged."""
        try:
            return self.archive.read(name)
        except KeyError as error:
            raise UnreadableFile(f"Delen {name} saknas i filen.", _AGAIN) from error
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
            raise UnreadableFile(f"Delen {name[:100]} i filen är skadad.", _AGAIN) from error

    def xml(self, name: str) -> Any:
        """Return the root element of an XML member. Raises `UnreadableFile` when it is no sound XML."""
        return parse_xml(self.bytes_of(name), name)

    def optional_xml(self, name: str) -> Any | None:
        """Return the root element of an XML member, None when there is no such member."""
        return self.xml(name) if name in self.names else None

    def refuse_document_types(self) -> None:
        """Raise `UnreadableFile` when any XML in the file brings a document type, before others read it."""
        for name in self.names:
            if name.endswith((".xml", ".rels")):
                with self.archive.open(name) as stream:
                    head = stream.read(4096)
                if _has_document_type(head):
                    raise with_document_type(name)

    def unopened(self) -> tuple[str, ...]:
        """Return warnings about what the file carries with it that is neither run, opened nor followed."""
        said = []
        if any(
            name.lower().endswith("vbaproject.bin") or name.startswith(("Basic/", "Scripts/")) for name in self.names
        ):
            said.append("Filen innehåller makron. De kördes inte.")
        if inside := sum("/embeddings/" in name or "/activeX/" in name for name in self.names):
            said.append(f"Filen innehåller {inside} inbäddade filer eller kontroller. De öppnades inte.")
        if any("/externalLinks/" in name and name.endswith(".xml") for name in self.names):
            said.append("Filen hänvisar till andra filer. De hämtades inte.")
        return tuple(said)

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return the relations of an Office part: its identifiers to the last word of the type, and the target."""
        folder, _, base = part.rpartition("/")
        root = self.optional_xml(f"{folder}/_rels/{base}.rels".lstrip("/"))
        found = {}
        for one in root if root is not None else ():
            target = one.get("Target", "")
            if one.get("TargetMode") != "External":
                target = _resolved(folder, target)
            found[one.get("Id", "")] = (one.get("Type", "").rpartition("/")[2], target)
        return found

    def related(self, part: str, kind: str) -> Iterator[str]:
        """Yield the members that a part refers to as being of one kind."""
        for found, target in self.relations(part).values():
            if found == kind and target in self.names:
                yield target


def open_package(data: bytes) -> Package:
    """Look through a zip file. Raises `UnreadableFile`, before inflating anything, for what must not be opened."""
    _check_directory(data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
        raise _damaged() from error
    members = archive.infolist()
    _check_sizes(members, len(data))
    for one in members:
        _check_member(one)
    return Package(archive, frozenset(one.filename for one in members))


def parse_xml(data: bytes, name: str) -> Any:
    """Return the root element. A document type, which no Office program writes, is refused with all its entities."""
    if _has_document_type(data[:4096]):
        raise with_document_type(name)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile(f"Delen {name[:100]} i filen är ingen riktig XML.", _AGAIN) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise with_document_type(name)
    return root


def _has_document_type(head: bytes) -> bool:
    return any("<!DOCTYPE".encode(encoding) in head for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


def with_document_type(name: str) -> UnreadableFile:
    """Return the verdict on a part that brings entities of its own."""
    return UnreadableFile(
        f"Delen {name[:100]} innehåller en DTD med egna entiteter, som används i angrepp. Den lästes inte.", _AGAIN
    )


def _damaged() -> UnreadableFile:
    return UnreadableFile("Filen är ett skadat eller avkortat zip-arkiv.", "Hämta eller spara filen på nytt.")


def _check_directory(data: bytes) -> None:
    place = data.rfind(_END)
    if place < 0 or len(data) < place + 22:
        raise _damaged()
    members, size = struct.unpack_from("<HI", data, place + 10)
    if members > MAX_MEMBERS or size > _MAX_DIRECTORY:
        raise UnreadableFile(f"Arkivet har fler delar än gränsen {MAX_MEMBERS}.", _SUSPECT)


def _check_sizes(members: list[zipfile.ZipInfo], size: int) -> None:
    if len(members) > MAX_MEMBERS:
        raise UnreadableFile(f"Arkivet har {len(members)} delar, fler än gränsen {MAX_MEMBERS}.", _SUSPECT)
    inflated = sum(one.file_size for one in members)
    if inflated > MOST_INFLATED or (inflated > MAX_INFLATED and inflated > size * MAX_RATIO):
        raise UnreadableFile(
            f"Filen växer från {_megabytes(size)} till {_megabytes(inflated)} MB när den packas upp. "
            "Så stora filer packas inte upp.",
            _SUSPECT,
        )


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f}".replace(".", ",")


def _check_member(one: zipfile.ZipInfo) -> None:
    if one.flag_bits & _ENCRYPTED:
        raise UnreadableFile("Filen är skyddad med lösenord.", "Spara den utan lösenord och lägg in den igen.")
    name = one.orig_filename.replace("\\", "/")
    if name.startswith("/") or _DRIVE.match(name) or ".." in PurePosixPath(name).parts or "\0" in name:
        raise UnreadableFile(
            f"Arkivet har en del med ett otillåtet namn ({name[:80]!r}), som pekar utanför arkivet.", _SUSPECT
        )


def _resolved(folder: str, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    parts: list[str] = []
    for part in f"{folder}/{target}".split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)
