"""Bringing in values: a table, or what Kolada's API answers; all of it or nothing, with every fault told by its row."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity
from initiatives.access import Viewer, require_writer
from initiatives.base import new_id, utcnow
from initiatives.errors import InvalidValue
from initiatives.indicators.checking import number
from initiatives.indicators.measured import checked, require_whole
from initiatives.indicators.tables import Indicator, IndicatorValue, ValueStatus
from initiatives.organisations import Organisation
from initiatives.periods import parse
from initiatives.rows import Row, RowProblem, attempt, read_csv, require_none
from initiatives.swedish import parse_number

COLUMNS = ("indikator", "organisation", "period", "värde", "antal", "status", "del", "orsak", "källa")
REQUIRED = ("indikator", "organisation", "period", "värde")
GENDERS = {"T": "", "K": "kvinnor", "M": "män"}
"""What Kolada calls all, women and men."""
REASONS = {"missing": "Saknas hos källan", "privacy": "Visas inte, för att skydda enskilda"}
KOLADA = "Kolada"
_FIELDS = ("value", "count", "status", "reason", "origin")
_NOTHING = frozenset({"", "-", "–", ".", "..", "saknas"})


@dataclass(frozen=True, slots=True)
class KoladaValue:
    """One value in Kolada's answer; `status` says why it is missing."""

    gender: str = "T"
    value: Decimal | None = None
    count: int | None = None
    status: str | None = ""
    isdeleted: bool = False


@dataclass(frozen=True, slots=True)
class KoladaRow:
    """One key figure of one municipality or region for one year, as Kolada answers."""

    kpi: str
    municipality: str
    period: int | str
    values: tuple[KoladaValue, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What bringing in did, or would do if it is a dry run: how many values are new, changed and as they were."""

    dry_run: bool
    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class _Incoming:
    """A value on its way in; `number` is the row that it came from."""

    number: int
    indicator: Indicator
    organisation_id: UUID
    starts_on: date
    part: str
    fields: Mapping[str, Any]

    @property
    def key(self) -> tuple[UUID, UUID, date, str]:
        return self.indicator.id, self.organisation_id, self.starts_on, self.part


@dataclass(frozen=True, slots=True)
class _Known:
    """What rows can name: indicators and organisations, by every name that they go under, in small letters."""

    indicators: Mapping[str, Indicator]
    organisations: Mapping[str, UUID]

    def indicator(self, name: str) -> Indicator:
        if (found := self.indicators.get(name.lower())) is None:
            raise InvalidValue(f"Det finns ingen entydig indikator ”{name[:60]}”. Ange namnet eller Kolada-id.")
        return found

    def organisation(self, name: str) -> UUID:
        if (found := self.organisations.get(name.lower())) is None:
            raise InvalidValue(f"Det finns ingen entydig organisation ”{name[:60]}”. Ange namnet eller koden.")
        return found


async def bring_in_csv(session: AsyncSession, person: Viewer, content: str, *, dry_run: bool = False) -> Report:
    """Take in a table with the columns in `COLUMNS`, or only tell what that would do.

    A cell without a value is a missing value, and `orsak` may say why. Raises `NotAllowed`, and `InvalidRows` with
    every cell that cannot be taken in, and then nothing is.
    """
    require_writer(person)
    known = await _known(session)
    rows, problems = read_csv(content, columns=COLUMNS, required=REQUIRED[:-1])
    incoming = [one for row in rows if (one := _from_row(row, known))]
    _note_repeated(incoming, problems, "period")
    require_none(problems)
    return await _write(session, person, incoming, dry_run=dry_run)


async def bring_in_kolada(
    session: AsyncSession, person: Viewer, rows: Sequence[KoladaRow], *, dry_run: bool = False
) -> Report:
    """Take in what Kolada's API answers. Raises as `bring_in_csv`; rows are counted from 1.

    Indicators are known by their key figure, organisations by their code.
    """
    require_writer(person)
    known = await _known(session)
    problems: list[RowProblem] = []
    incoming = [one for place, row in enumerate(rows, 1) for one in _from_kolada(place, row, known, problems)]
    _note_repeated(incoming, problems, "gender")
    require_none(problems)
    return await _write(session, person, incoming, dry_run=dry_run)


def _from_row(row: Row, known: _Known) -> _Incoming | None:
    indicator = row.require("indikator", known.indicator)
    organisation_id = row.require("organisation", known.organisation)
    period = row.require("period", lambda written: parse(written, indicator.period_kind)) if indicator else None
    value = None if row.get("värde").lower() in _NOTHING else row.read("värde", parse_number)
    count = row.read("antal", _count)
    try:
        fields = checked(
            {
                "value": value,
                "count": count,
                "status": row.get("status").lower() or ValueStatus.FINAL,
                "reason": row.get("orsak"),
                "origin": row.get("källa"),
            }
        )
        require_whole(value, row.get("orsak"))
    except InvalidValue as problem:
        row.note(_SWEDISH.get(problem.field or "", ""), problem.detail)
        return None
    if indicator is None or organisation_id is None or period is None:
        return None
    return _Incoming(row.number, indicator, organisation_id, period.starts_on, row.get("del").lower(), fields)


_SWEDISH = {"value": "värde", "count": "antal", "status": "status", "reason": "orsak", "origin": "källa"}


def _from_kolada(place: int, row: KoladaRow, known: _Known, problems: list[RowProblem]) -> Iterable[_Incoming]:
    try:
        field = "kpi"
        indicator = known.indicator(row.kpi)
        field = "municipality"
        organisation_id = known.organisation(row.municipality)
        field = "period"
        starts_on = parse(str(row.period), indicator.period_kind).starts_on
    except InvalidValue as problem:
        problems.append(RowProblem(place, field, problem.detail))
        return
    for one in row.values:
        if one.isdeleted:
            continue
        if one.gender not in GENDERS:
            allowed = ", ".join(GENDERS)
            problems.append(RowProblem(place, "gender", f"”{one.gender[:10]}” går inte att läsa. Välj {allowed}."))
            continue
        try:
            fields = _kolada_fields(one)
        except InvalidValue as problem:
            problems.append(RowProblem(place, problem.field or "value", problem.detail))
            continue
        yield _Incoming(place, indicator, organisation_id, starts_on, GENDERS[one.gender], fields)


def _kolada_fields(one: KoladaValue) -> dict[str, Any]:
    why = (one.status or "").strip()
    reason = "" if one.value is not None or not why else REASONS.get(why.lower(), why)
    value = None if one.value is None else number(one.value, field="value")
    given = {"value": value, "count": one.count, "status": ValueStatus.FINAL, "reason": reason, "origin": KOLADA}
    return checked(given)


def _note_repeated(incoming: Sequence[_Incoming], problems: list[RowProblem], field: str) -> None:
    first: dict[object, int] = {}
    for one in incoming:
        if one.key not in first:
            first[one.key] = one.number
        else:
            problems.append(RowProblem(one.number, field, f"Samma värde står redan på rad {first[one.key]}."))


async def _known(session: AsyncSession) -> _Known:
    indicators: dict[str, list[Indicator]] = {}
    for one in await session.scalars(select(Indicator)):
        for called in {one.name.lower(), (one.kolada_id or one.name).lower()}:
            indicators.setdefault(called, []).append(one)
    organisations: dict[str, set[UUID]] = {}
    columns = Organisation.id, Organisation.name, Organisation.short_name, Organisation.code
    for identifier, *names in await session.execute(select(*columns)):
        for name in names:
            if isinstance(name, str):
                organisations.setdefault(name.lower(), set()).add(identifier)
    return _Known(
        {name: found[0] for name, found in indicators.items() if len(found) == 1},
        {name: found.pop() for name, found in organisations.items() if len(found) == 1},
    )


async def _write(session: AsyncSession, person: Viewer, incoming: Sequence[_Incoming], *, dry_run: bool) -> Report:
    ours = IndicatorValue.indicator_id.in_({one.indicator.id for one in incoming})
    there = {
        (row.indicator_id, row.organisation_id, row.starts_on, row.part): row
        for row in await session.scalars(select(IndicatorValue).where(ours).with_for_update())
    }
    added, changed = Counter[UUID](), Counter[UUID]()
    async with attempt(session, dry_run=dry_run):
        for one in incoming:
            row = there.get(one.key)
            if row is None:
                session.add(_new(one))
                added[one.indicator.id] += 1
            elif any(getattr(row, name) != one.fields[name] for name in _FIELDS):
                for name in _FIELDS:
                    setattr(row, name, one.fields[name])
                row.revision, row.updated_at = row.revision + 1, utcnow()
                changed[one.indicator.id] += 1
        await session.flush()
        for indicator_id in sorted(added.keys() | changed.keys()):
            after = {"added": added[indicator_id], "changed": changed[indicator_id]}
            activity.record(session, person, "läste in värden", "indicator", indicator_id, after=after)
        await session.flush()
    new, other = added.total(), changed.total()
    return Report(dry_run, new, other, len(incoming) - new - other)


def _new(one: _Incoming) -> IndicatorValue:
    now = utcnow()
    place = {"organisation_id": one.organisation_id, "starts_on": one.starts_on, "part": one.part}
    made = {"id": new_id(), "created_at": now, "updated_at": now, "revision": 1}
    return IndicatorValue(indicator_id=one.indicator.id, **place, **made, **one.fields)


def _count(text: str) -> int:
    found = parse_number(text)
    if found != int(found):
        raise InvalidValue("Antalet ska vara ett heltal.")
    return int(found)
