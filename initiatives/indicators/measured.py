"""The values of an indicator: written down, corrected and read, with all that each has been before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import records, values
from initiatives.access import Viewer, require_writer, sees_all
from initiatives.errors import AlreadyExists, InvalidValue, NotFound
from initiatives.indicators.checking import number
from initiatives.indicators.register import MISSING, lock
from initiatives.indicators.tables import Indicator, IndicatorValue, ValueStatus
from initiatives.organisations import Organisation
from initiatives.past import Past
from initiatives.periods import Period, PeriodKind, parse
from initiatives.swedish import sort_key_sql

NO_VALUE = "Värdet finns inte."
LARGEST_COUNT = 2**31 - 1


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A value as it is shown; None is missing, and `reason` says why if that is known."""

    id: UUID
    indicator_id: UUID
    organisation_id: UUID
    organisation: str
    starts_on: date
    period_kind: PeriodKind
    part: str
    value: Decimal | None
    count: int | None
    status: ValueStatus
    reason: str
    origin: str
    updated_at: datetime
    revision: int

    @property
    def period(self) -> Period:
        """The period that it was measured for."""
        return Period(self.starts_on, self.period_kind)

    @property
    def period_code(self) -> str:
        """The period as programs write it."""
        return self.period.code


@dataclass(frozen=True, slots=True)
class EarlierRow:
    """What a value was until it was corrected."""

    value: Decimal | None
    count: int | None
    status: ValueStatus
    reason: str
    since: datetime
    until: datetime


async def add(
    session: AsyncSession, person: Viewer, indicator_id: UUID, *, organisation_id: UUID, period: str, **wanted: Any
) -> IndicatorValue:
    """Write a value down for an organisation and a period, written as `periods.parse` reads it.

    Raises `NotFound`, `NotAllowed`, `AlreadyExists` where there is a value already, and `InvalidValue`.
    """
    indicator = await lock(session, person, indicator_id)
    if await session.get(Organisation, organisation_id) is None:
        raise InvalidValue("Det finns ingen organisation med det id:t.", field="organisation_id")
    starts_on = parse(period, indicator.period_kind, field="period").starts_on
    row = IndicatorValue(
        indicator_id=indicator_id, organisation_id=organisation_id, starts_on=starts_on, **checked(wanted)
    )
    require_whole(row.value, row.reason)
    taken = AlreadyExists("Perioden har redan ett värde. Ändra det i stället.", field="period")
    await records.add(session, person, row, taken=taken)
    return row


async def revise(
    session: AsyncSession, person: Viewer, value_id: UUID, wanted: Mapping[str, Any], *, revision: int | None
) -> None:
    """Correct a value; what it was is kept. Raises as `records.change`, `NotFound`, `NotAllowed`, `InvalidValue`."""
    row = await _lock(session, person, value_id)
    given = checked(wanted)
    if given.get("value") is not None:
        given.setdefault("reason", "")  # What has been found needs no reason for being missing.
    require_whole(given.get("value", row.value), given.get("reason", row.reason))
    await records.change(session, person, row, given, read=revision)


async def remove(session: AsyncSession, person: Viewer, value_id: UUID) -> None:
    """Take a value away that should never have been there. Raises `NotFound` or `NotAllowed`."""
    await records.remove(session, person, await _lock(session, person, value_id))


async def list_values(
    session: AsyncSession,
    person: Viewer,
    indicator_id: UUID,
    *,
    organisation_id: UUID | None = None,
    part: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[Sequence[ValueRow], int]:
    """Return the values of an indicator, the newest period first, and how many there are; raise `NotFound`."""
    if not sees_all(person) or await session.get(Indicator, indicator_id) is None:
        raise NotFound(MISSING)
    where = [IndicatorValue.indicator_id == indicator_id]
    where += [] if organisation_id is None else [IndicatorValue.organisation_id == organisation_id]
    where += [] if part is None else [IndicatorValue.part == part]
    total = await session.scalar(select(func.count()).select_from(IndicatorValue).where(*where))
    order = IndicatorValue.starts_on.desc(), sort_key_sql(Organisation.name), IndicatorValue.part, IndicatorValue.id
    rows = await session.execute(value_rows().where(*where).order_by(*order).limit(limit).offset(offset))
    return [ValueRow(*row) for row in rows], total or 0


async def get_value(session: AsyncSession, person: Viewer, value_id: UUID) -> ValueRow:
    """Return one value or raise `NotFound`."""
    query = value_rows().where(IndicatorValue.id == value_id)
    if sees_all(person) and (row := (await session.execute(query)).one_or_none()):
        return ValueRow(*row)
    raise NotFound(NO_VALUE)


async def list_earlier(session: AsyncSession, person: Viewer, value_id: UUID) -> Sequence[EarlierRow]:
    """Return what a value has been before it was corrected, newest first. Raises `NotFound`."""
    await get_value(session, person, value_id)
    of_it = Past.kind == IndicatorValue.__tablename__, Past.key == str(value_id), ~func.upper_inf(Past.during)
    states = select(Past.state, func.lower(Past.during), func.upper(Past.during)).where(*of_it)
    rows = await session.execute(states.order_by(func.lower(Past.during).desc()))
    return [_earlier(state, since, until) for state, since, until in rows]


def checked(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was given of a value, in the form that it is kept in; raise `InvalidValue` naming the field."""
    given = dict(wanted)
    if given.get("value") is not None:
        given["value"] = number(given["value"], field="value")
    if given.get("count") is not None and not 0 <= given["count"] <= LARGEST_COUNT:
        raise InvalidValue("Antalet kan inte vara mindre än noll, eller så stort.", field="count")
    if "status" in given:
        given["status"] = values.choice(ValueStatus, given["status"], field="status")
    for name, longest in {"part": 60, "reason": 500, "origin": 500}.items():
        if name in given:
            given[name] = values.paragraph(given[name], field=name, longest=longest)
    return given


def require_whole(value: Decimal | None, reason: str) -> None:
    """Require that only a value that is missing has a reason for it."""
    if value is not None and reason:
        raise InvalidValue("Värdet finns, så det behövs inget skäl till att det saknas.", field="reason")


def value_rows() -> Select[*tuple[Any, ...]]:
    """Return the query for values as they are shown."""
    return (
        select(
            IndicatorValue.id,
            IndicatorValue.indicator_id,
            IndicatorValue.organisation_id,
            Organisation.name,
            IndicatorValue.starts_on,
            Indicator.period_kind,
            IndicatorValue.part,
            IndicatorValue.value,
            IndicatorValue.count,
            IndicatorValue.status,
            IndicatorValue.reason,
            IndicatorValue.origin,
            IndicatorValue.updated_at,
            IndicatorValue.revision,
        )
        .join(Indicator, Indicator.id == IndicatorValue.indicator_id)
        .join(Organisation, Organisation.id == IndicatorValue.organisation_id)
    )


async def _lock(session: AsyncSession, person: Viewer, value_id: UUID) -> IndicatorValue:
    await get_value(session, person, value_id)
    require_writer(person)
    return await records.lock(session, IndicatorValue, value_id, missing=NO_VALUE)


def _earlier(state: Mapping[str, Any], since: datetime, until: datetime) -> EarlierRow:
    value = None if state["value"] is None else Decimal(str(state["value"]))
    return EarlierRow(value, state["count"], ValueStatus(state["status"]), state["reason"], since, until)
