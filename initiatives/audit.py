"""Verifying the chain of the diary: finds the first row that is not as it was written, in a database or a backup."""

import json
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer, require_administrator
from initiatives.activity import Activity, ActivityDetail
from initiatives.chain import DETAIL_FORM, ERASED, GENESIS, ROW_FORM
from initiatives.errors import InvalidValue

_STREAMED = 200
"""Rows at a time: so few that others are served while they are hashed."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: its last row's sequence and hash. Noted outside, it betrays a tail that was cut off."""

    sequence: int
    hash: bytes

    def __str__(self) -> str:
        """Return the form in which it is noted: `17:` and 64 hexadecimal digits."""
        return f"{self.sequence}:{self.hash.hex()}"


@dataclass(frozen=True, slots=True)
class Detail:
    """The values of a row as the text that was written; `salt` None and `erased_by` once they are erased."""

    salt: bytes | None
    before: str | None
    after: str | None
    erased_by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One row of the chain with its detail."""

    sequence: int | None
    previous_hash: bytes | None
    id: UUID
    at: datetime
    actor_kind: str
    person_id: UUID | None
    key_id: UUID | None
    organisation_id: UUID | None
    subject_type: str
    subject_id: UUID
    action: str
    detail_hash: bytes | None
    hash: bytes | None
    detail: Detail | None


@dataclass(frozen=True, slots=True)
class Fault:
    """The first row that is not as it was written: its place (None if unchained), identifier (None if gone), and why.

    `reason` is Swedish.
    """

    sequence: int | None
    id: UUID | None
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found: how many rows held, how many details are erased, the head, and the first fault if any."""

    rows: int
    erased: int
    head: Head | None
    fault: Fault | None


def parse_head(text: str) -> Head:
    """Return the head that was noted; raise `InvalidValue` if it is not one."""
    sequence, _, digits = text.strip().partition(":")
    try:
        noted = Head(int(sequence), bytes.fromhex(digits))
    except ValueError:
        noted = Head(0, b"")
    if noted.sequence < 1 or len(noted.hash) != len(GENESIS):
        raise InvalidValue("Ange huvudet som narplan audit head skrev det: nummer:kontrollsumma.", field="head")
    return noted


def canonical(*fields: str | None) -> bytes:
    """Return fields as the bytes that are hashed: each as `length in bytes:itself,`, and a missing one as `-`."""
    parts = ((b"%d:%b," % (len(raw), raw)) if raw is not None else b"-" for raw in map(_utf8, fields))
    return b"".join(parts)


def row_hash(row: Link) -> bytes:
    """Return what the row's hash must be."""
    at = row.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    identifiers = (row.person_id, row.key_id, row.organisation_id)
    return sha256(
        canonical(
            ROW_FORM, _text(row.sequence), _hex(row.previous_hash), str(row.id), f"{at}Z", row.actor_kind,
            *map(_text, identifiers), row.subject_type, str(row.subject_id), row.action, _hex(row.detail_hash),
        )
    ).digest()  # fmt: skip


def detail_hash(detail: Detail) -> bytes:
    """Return what the detail's hash in its row must be, while it has its salt."""
    return sha256(canonical(DETAIL_FORM, _hex(detail.salt), detail.before, detail.after)).digest()


def erasure_digest(ids: list[UUID]) -> str:
    """Return the digest by which a row of the diary says whose details it erased: their identifiers, sorted."""
    return sha256(canonical(*sorted(map(str, ids)))).hexdigest()


@dataclass(slots=True)
class Verifier:
    """Takes the rows in order of sequence, those without one last, until `fault` is set; then ask for the verdict."""

    noted: Head | None = None
    fault: Fault | None = None
    _rows: int = 0
    _erased: int = 0
    _head: Head | None = None
    _erasures: dict[UUID, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    _told: dict[UUID, tuple[int, str]] = field(default_factory=dict)

    def take(self, row: Link) -> bool:
        """Look at the next row; return whether all is well so far."""
        reason = self._wrong(row)
        if reason is not None:
            expected = self._rows + 1
            lost = row.sequence is not None and row.sequence > expected
            self.fault = Fault(expected, None, reason) if lost else Fault(row.sequence, row.id, reason)
            return False
        self._rows += 1
        self._head = Head(row.sequence or 0, row.hash or b"")
        if (digest := _told_digest(row.detail)) is not None:
            self._told[row.id] = (row.sequence or 0, digest)
        if row.detail is not None and row.detail.erased_by is not None:
            self._erased += 1
            self._erasures[row.detail.erased_by].append(row.id)
        return True

    def verdict(self) -> Verdict:
        """Return what was found, after the last row or the first fault."""
        if self.fault is None:
            self.fault = self._shortened() or self._erased_untold()
        return Verdict(self._rows, self._erased, self._head, self.fault)

    def _wrong(self, row: Link) -> str | None:
        if row.sequence != self._rows + 1:
            return _wrong_place(row.sequence, self._rows + 1)
        if row.previous_hash != (self._head.hash if self._head else GENESIS):
            return "raden hänger inte ihop med den före"
        if row.hash != row_hash(row):
            return "raden är ändrad"
        if self.noted is not None and row.sequence == self.noted.sequence and row.hash != self.noted.hash:
            return "kedjan är omskriven: kontrollsumman är inte den som antecknats"
        return _wrong_detail(row)

    def _shortened(self) -> Fault | None:
        if self.noted is None or self._rows >= self.noted.sequence:
            return None
        return Fault(self._rows + 1, None, f"rader saknas på slutet: {self.noted.sequence} har funnits")

    def _erased_untold(self) -> Fault | None:
        for telling, erased in self._erasures.items():
            _, told = self._told.get(telling, (0, ""))
            if erasure_digest(erased) != told:
                return Fault(None, min(erased), "uppgifterna är raderade utan att dagboken säger det")
        for telling, (sequence, told) in self._told.items():
            if telling not in self._erasures and told != erasure_digest([]):
                return Fault(sequence, telling, "uppgifter som dagboken säger är raderade finns kvar")
        return None


def _told_digest(detail: Detail | None) -> str | None:
    if detail is None or detail.after is None or ERASED not in detail.after:
        return None
    digest = json.loads(detail.after).get(ERASED)
    return None if digest is None else str(digest)


def _wrong_place(sequence: int | None, expected: int) -> str:
    if sequence is None:
        return "raden står utanför kedjan"
    return "raden saknas" if sequence > expected else "numret finns två gånger"


def _wrong_detail(row: Link) -> str | None:
    if row.detail is None:
        return None if row.detail_hash is None else "radens uppgifter saknas"
    if row.detail.erased_by is not None:
        return None
    if row.detail_hash is None:
        return "uppgifter har lagts till i efterhand"
    return None if row.detail_hash == detail_hash(row.detail) else "radens uppgifter är ändrade"


async def head(session: AsyncSession, person: Viewer) -> Head | None:
    """Return the end of the chain, or None for an empty one; raise `NotAllowed` to one who may not administer."""
    require_administrator(person)
    query = select(Activity.sequence, Activity.hash).where(Activity.sequence.is_not(None))
    row = (await session.execute(query.order_by(Activity.sequence.desc()).limit(1))).one_or_none()
    return None if row is None else Head(row.sequence or 0, row.hash or b"")


async def verify(session: AsyncSession, person: Viewer, noted: Head | None = None) -> Verdict:
    """Read the whole chain and return the verdict; `noted` is a head from before, which must still be in it."""
    require_administrator(person)
    verifier = Verifier(noted)
    async for row in _links(session):
        if not verifier.take(row):
            break
    return verifier.verdict()


async def _links(session: AsyncSession) -> AsyncIterator[Link]:
    rows = await session.stream(_LINKS, execution_options={"yield_per": _STREAMED})
    async for row in rows:
        *own, has_detail, salt, before, after, erased_by = row
        detail = Detail(salt, before, after, erased_by) if has_detail else None
        columns: dict[str, Any] = dict(zip(_COLUMNS, own, strict=True))
        yield Link(**columns, detail=detail)


_COLUMNS = tuple(name for name in Link.__slots__ if name != "detail")
_LINKS: Select[*tuple[Any, ...]] = (
    select(
        *(Activity.__table__.c[name] for name in _COLUMNS),
        ActivityDetail.activity_id.is_not(None),
        ActivityDetail.salt,
        cast(ActivityDetail.before, Text),
        cast(ActivityDetail.after, Text),
        ActivityDetail.erased_by,
    )
    .outerjoin(ActivityDetail, ActivityDetail.activity_id == Activity.id)
    .order_by(Activity.sequence.asc().nulls_last(), Activity.id)
)


def _utf8(text: str | None) -> bytes | None:
    return None if text is None else text.encode()


def _hex(raw: bytes | None) -> str | None:
    return None if raw is None else raw.hex()


def _text(value: object) -> str | None:
    return None if value is None else str(value)
