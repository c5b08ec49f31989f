"""Snapshots of who is listed where: a number for each unit on a day, brought in from a table, to share money by."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, UniqueConstraint, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import records, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect, require_writer, sees_all
from initiatives.base import Base
from initiatives.distribution.plan import MOST_UNITS, weight
from initiatives.errors import AlreadyExists, InvalidRows, InvalidValue, NotFound
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept
from initiatives.swedish import parse_number

MOST_TEXT = 1_000_000


class ListingSnapshot(records.Record, Base):
    """Numbers of one kind (`basis`, such as "listningspoäng") on one day. It is not changed, only replaced."""

    __tablename__ = "listing_snapshot"
    __table_args__ = (UniqueConstraint("basis", "taken_on"),)

    basis: Mapped[str]
    taken_on: Mapped[date]
    origin: Mapped[str]


class ListingRow(Base):
    """The number of one unit."""

    __tablename__ = "listing_row"
    __table_args__ = (CheckConstraint("points >= 0", name="points"),)

    snapshot_id: Mapped[UUID] = mapped_column(ForeignKey("listing_snapshot.id", ondelete="CASCADE"), primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    points: Mapped[Decimal] = mapped_column(Numeric())


POLICIES: tuple[str, ...] = (
    *protect("listing_snapshot", read=SEES_ALL_SQL),
    *protect("listing_row", read=SEES_ALL_SQL),
)
TRIGGERS: tuple[str, ...] = (
    kept("listing_snapshot"),
    kept("listing_row", "snapshot_id", "unit", part_of="snapshot_id"),
)

KINDS["listing_snapshot"] = Kind(
    word="underlag",
    plural="underlag",
    title=("basis", "taken_on"),
    labels={"basis": "Vad som räknas", "taken_on": "Dag", "origin": "Varifrån"},
    page="/pengar/fordelningar/underlag",
)
KINDS["listing_row"] = Kind(
    word="rad i underlag",
    plural="rader",
    title=("unit", "points"),
    labels={"snapshot_id": "Underlag", "unit": "Enhet", "position": "Plats", "points": "Antal"},
    part_of="listing_snapshot",
)


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """A snapshot in a list; `origin` says where the numbers come from."""

    id: UUID
    basis: str
    taken_on: date
    origin: str
    units: int
    points: Decimal
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Points:
    """The number of one unit."""

    unit: str
    points: Decimal


def read_table(text: str, *, field: str = "table") -> tuple[Points, ...]:
    """Return the rows of a table with a unit and a number on each line.

    Columns are parted by semicolon or tab; numbers may have spaces and a decimal comma; a first line without a number
    is a heading. Raises `InvalidRows` with everything that is wrong, by line and column.
    """
    if len(text) > MOST_TEXT:
        raise InvalidValue("Tabellen är för lång. Dela upp den.", field=field)
    separator = "\t" if "\t" in text else ";"
    lines = [
        (number, [cell.strip() for cell in cells])
        for number, cells in enumerate(_lines(text, separator), start=1)
        if any(cell.strip() for cell in cells)
    ]
    if lines and not any(character.isdigit() for character in "".join(lines[0][1][1:])):
        lines = lines[1:]
    if not 1 <= len(lines) <= MOST_UNITS:
        raise InvalidValue(f"Skriv minst en rad, med enhet och tal, och högst {MOST_UNITS}.", field=field)
    rows: list[Points] = []
    problems: list[tuple[str, str]] = []
    for number, cells in lines:
        try:
            rows.append(_row(cells, {row.unit.casefold() for row in rows}))
        except InvalidValue as problem:
            problems.append((f"rad {number}, {problem.field}", problem.detail))
    if problems:
        raise InvalidRows(tuple(problems), field=field)
    return tuple(rows)


async def add_snapshot(
    session: AsyncSession, person: Viewer, *, basis: str, taken_on: date, rows: Sequence[Points], origin: str = ""
) -> ListingSnapshot:
    """Keep the numbers of a day; raise `AlreadyExists` if there are numbers of that kind for the day."""
    require_writer(person)
    values.period(taken_on, None, field="taken_on")
    snapshot = ListingSnapshot(
        basis=values.line(basis, field="basis"),
        taken_on=taken_on,
        origin=values.paragraph(origin, field="origin", longest=500),
    )
    taken = AlreadyExists(
        f"Det finns redan {snapshot.basis} för {taken_on}. Ta bort den tabellen först, om den ska ersättas.",
        field="taken_on",
    )
    total = sum((row.points for row in rows), Decimal(0))
    await records.add(session, person, snapshot, taken=taken, units=len(rows), points=str(total))
    session.add_all(
        ListingRow(snapshot_id=snapshot.id, unit=row.unit, position=position, points=row.points)
        for position, row in enumerate(rows)
    )
    await session.flush()
    return snapshot


async def list_snapshots(
    session: AsyncSession, person: Viewer, *, limit: int = 20, offset: int = 0
) -> tuple[Sequence[SnapshotRow], int]:
    """Return snapshots, the newest day first, and how many there are; none to one who sees a part of the register."""
    if not sees_all(person):
        return (), 0
    total = await session.scalar(select(func.count()).select_from(ListingSnapshot))
    query = (
        select(
            ListingSnapshot.id,
            ListingSnapshot.basis,
            ListingSnapshot.taken_on,
            ListingSnapshot.origin,
            func.count(ListingRow.unit),
            func.coalesce(func.sum(ListingRow.points), Decimal(0)),
            ListingSnapshot.created_at,
        )
        .outerjoin(ListingRow, ListingRow.snapshot_id == ListingSnapshot.id)
        .group_by(ListingSnapshot.id)
        .order_by(ListingSnapshot.taken_on.desc(), ListingSnapshot.basis, ListingSnapshot.id)
    )
    return [SnapshotRow(*row) for row in await session.execute(query.limit(limit).offset(offset))], total or 0


async def get_snapshot(
    session: AsyncSession, person: Viewer, snapshot_id: UUID
) -> tuple[ListingSnapshot, Sequence[Points]]:
    """Return one snapshot and its rows as they were brought in, or raise `NotFound`."""
    snapshot = await session.get(ListingSnapshot, snapshot_id) if sees_all(person) else None
    if snapshot is None:
        raise NotFound("Tabellen finns inte.")
    rows = select(ListingRow.unit, ListingRow.points).where(ListingRow.snapshot_id == snapshot_id)
    return snapshot, [Points(*row) for row in await session.execute(rows.order_by(ListingRow.position))]


async def remove_snapshot(session: AsyncSession, person: Viewer, snapshot_id: UUID) -> None:
    """Take a snapshot away; runs that used it keep their own copy. Raises `NotFound`, `NotAllowed`."""
    snapshot, _ = await get_snapshot(session, person, snapshot_id)
    require_writer(person)
    await records.remove(session, person, snapshot)


def _lines(text: str, separator: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=separator)
    except csv.Error:
        raise InvalidValue("Tabellen går inte att läsa. Skriv enhet, semikolon och tal på varje rad.") from None


def _row(cells: Sequence[str], known: set[str]) -> Points:
    unit = values.line(cells[0], field="enhet")
    if unit.casefold() in known:
        raise InvalidValue(f"{unit} står på flera rader. Behåll en av dem.", field="enhet")
    if len(cells) < 2 or not cells[1]:  # noqa: PLR2004 (a unit and a number)
        raise InvalidValue("Talet saknas. Skriv 0 om det är noll.", field="tal")
    if any(cells[2:]):
        raise InvalidValue("Här står mer än enhet och tal. Ta bort det som är för mycket.", field="tal")
    return Points(unit, weight(parse_number(cells[1], field="tal"), field="tal"))
