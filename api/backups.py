"""Reading the rows of a backup without a database: PostgreSQL's own program writes them as text, read here."""

import re
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from api import postgres
from initiatives.audit import Detail, Head, Link, Verdict, Verifier
from initiatives.errors import NarplanError

_START = re.compile(r"COPY \S+\.(\w+) \(([^)]*)\) FROM stdin;")
_ESCAPED = re.compile(r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|(.))", re.DOTALL)
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

Row = dict[str, str | None]


class UnreadableBackup(NarplanError):
    """What was given is not a whole backup of Närplan."""

    title: ClassVar[str] = "Filen är ingen säkerhetskopia av Närplan"


def verify(file: Path, noted: Head | None = None) -> Verdict:
    """Verify the chain of the diary in a backup; raise `UnreadableBackup`."""
    details = {row["activity_id"]: row for row in _rows(file, "activity_detail")}
    links = [_link(row, details.pop(row["id"], None)) for row in _rows(file, "activity")]
    verifier = Verifier(noted)
    for link in sorted(links, key=lambda one: (one.sequence is None, one.sequence or 0, one.id)):
        if not verifier.take(link):
            break
    return verifier.verdict()


def _rows(file: Path, table: str) -> Iterator[Row]:
    command = [str(postgres.wheel_binaries() / "pg_restore"), "--data-only", f"--table={table}", "--file=-", str(file)]
    columns: list[str] | None = None
    seen = False
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
        for raw in running.stdout or ():
            line = raw.decode().removesuffix("\n")
            if columns is None:
                if found := _START.fullmatch(line):
                    columns, seen = [name.strip('" ') for name in found[2].split(",")], True
            elif line == "\\.":
                columns = None
            else:
                yield dict(zip(columns, map(_value, line.split("\t")), strict=True))
    if running.returncode or not seen:
        raise UnreadableBackup(f"{file} är skadad, inte hel, eller äldre än den kedjade händelseloggen.")


def _value(field: str) -> str | None:
    return None if field == "\\N" else _ESCAPED.sub(_unescaped, field)


def _unescaped(found: re.Match[str]) -> str:
    octal, hexadecimal, character = found.groups()
    if octal or hexadecimal:
        return chr(int(octal, 8) if octal else int(hexadecimal, 16))
    return _CONTROLS.get(character, character)


def _link(row: Row, detail: Row | None) -> Link:
    return Link(
        sequence=int(row["sequence"]) if row["sequence"] else None,
        previous_hash=_bytes(row["previous_hash"]),
        id=UUID(row["id"]),
        at=datetime.fromisoformat(row["at"] or ""),
        actor_kind=row["actor_kind"] or "",
        person_id=_uuid(row["person_id"]),
        key_id=_uuid(row["key_id"]),
        organisation_id=_uuid(row["organisation_id"]),
        subject_type=row["subject_type"] or "",
        subject_id=UUID(row["subject_id"]),
        action=row["action"] or "",
        detail_hash=_bytes(row["detail_hash"]),
        hash=_bytes(row["hash"]),
        detail=_detail(detail) if detail else None,
    )


def _detail(row: Row) -> Detail:
    return Detail(_bytes(row["salt"]), row["before"], row["after"], _uuid(row["erased_by"]))


def _bytes(field: str | None) -> bytes | None:
    return None if field is None else bytes.fromhex(field.removeprefix("\\x"))


def _uuid(field: str | None) -> UUID | None:
    return None if field is None else UUID(field)
