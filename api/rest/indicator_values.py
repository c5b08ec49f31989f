"""The values of indicators: write, correct, read what they were, and bring in tables or what Kolada answers."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, HeaderParameter, Parameter
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.errors import FieldProblem
from api.etags import etag, expected_revision
from api.paging import Page, Paging, paged
from api.rest.examples import REGION, page_of, shows
from initiatives.access import Viewer
from initiatives.errors import InvalidRows
from initiatives.indicators import importing, measured
from initiatives.indicators.importing import KoladaRow, KoladaValue, Report
from initiatives.indicators.tables import ValueStatus

VALUE = {
    "id": "01976a10-0000-7000-8000-000000000062",
    "indicator_id": "01976a10-0000-7000-8000-000000000060",
    "organisation_id": REGION["id"],
    "organisation": REGION["name"],
    "period_code": "2022",
    "starts_on": "2022-01-01",
    "part": "",
    "value": "455",
    "count": None,
    "status": "slutlig",
    "reason": "",
    "origin": "Årsrapporten",
    "updated_at": "2023-02-10T08:00:00Z",
    "revision": 1,
}
NEW = {
    "organisation_id": REGION["id"],
    "period": "2023",
    "value": 498,
    "status": "preliminär",
    "origin": "Årsrapporten",
}
EARLIER = {
    "value": "451",
    "count": None,
    "status": "preliminär",
    "reason": "",
    "since": "2023-01-20T08:00:00Z",
    "until": "2023-02-10T08:00:00Z",
}
CSV = "indikator;organisation;period;värde;status\nSamordnade individuella planer;Region Exempel;2023;498;preliminär\n"
KOLADA = {
    "values": [
        {
            "kpi": "N00945",
            "municipality": "3101",
            "period": 2025,
            "values": [{"gender": "T", "value": 82.5, "count": 1, "status": ""}],
        }
    ],
    "dry_run": True,
}
REPORT = {"dry_run": True, "added": 1, "changed": 0, "unchanged": 0, "errors": []}
Status = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(ValueStatus)})]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="ETag från läsningen.")]


class ValueOut(msgspec.Struct, frozen=True):
    """What was measured. A null `value` is missing, never zero, and `reason` says why if that is known.

    `period_code` is the period as it is written (2026, 2026-H1, 2026-K3, 2026-03), `part` what of the whole it counts
    (empty for all of it), `count` how many stand behind it.
    """

    id: UUID
    indicator_id: UUID
    organisation_id: UUID
    organisation: str
    period_code: str
    starts_on: date
    part: str
    value: Decimal | None
    count: int | None
    status: ValueStatus
    reason: str
    origin: str
    updated_at: datetime
    revision: int


class EarlierOut(msgspec.Struct, frozen=True):
    """What a value was until it was corrected."""

    value: Decimal | None
    count: int | None
    status: ValueStatus
    reason: str
    since: datetime
    until: datetime


class NewValue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value to write down; null is missing, and `reason` may say why."""

    organisation_id: UUID
    period: str
    value: Decimal | None
    part: str = ""
    count: int | None = None
    status: Status = ValueStatus.FINAL.value
    reason: str = ""
    origin: str = ""


class ValueChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to correct; a field that is left out stays as it is."""

    value: Decimal | UnsetType | None = UNSET
    count: int | UnsetType | None = UNSET
    status: Status | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    origin: str | UnsetType = UNSET


class ValueTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table in CSV with the columns indikator, organisation, period, värde, antal, status, del, orsak and källa."""

    content: str
    dry_run: bool = False


class KoladaValueIn(msgspec.Struct, frozen=True):
    """One value, as Kolada answers; gender is T, K or M."""

    gender: str = "T"
    value: Decimal | None = None
    count: int | None = None
    status: str | None = ""
    isdeleted: bool = False


class KoladaRowIn(msgspec.Struct, frozen=True):
    """One key figure of one municipality or region for one period, as Kolada answers."""

    kpi: str
    municipality: str
    period: int | str
    values: tuple[KoladaValueIn, ...]


class KoladaAnswer(msgspec.Struct, frozen=True):
    """What Kolada's API answers; what else stands in it is left out. `dry_run` is ours."""

    values: tuple[KoladaRowIn, ...]
    dry_run: bool = False


class ReportOut(msgspec.Struct, frozen=True):
    """What was done, or in a dry run would be. With `errors` nothing would be saved."""

    dry_run: bool
    added: int
    changed: int
    unchanged: int
    errors: list[FieldProblem] = []


ORGANISATION = Parameter(description="Bara värden för organisationen.")
PART = Parameter(description="Bara denna del, till exempel kvinnor; tomt är hela.")


class IndicatorValueController(Controller):
    """Values; for those who see the whole register."""

    path = "/"
    tags = ("Indikatorer",)

    @get(
        "/indicators/{indicator_id:uuid}/values",
        summary="Lista en indikators värden",
        operation_id="listIndicatorValues",
        responses=shows(Page[ValueOut], page_of(VALUE)),
    )
    async def list_values(
        self,
        *,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        indicator_id: FromPath[UUID],
        paging: NamedDependency[Paging],
        organisation: Annotated[UUID | None, ORGANISATION] = None,
        part: Annotated[str | None, PART] = None,
    ) -> Response[Page[ValueOut]]:
        """Return values, the newest period first."""
        which = {"organisation_id": organisation, "part": part}
        page = {"limit": paging.limit, "offset": paging.offset}
        rows, total = await measured.list_values(session, person, indicator_id, **which, **page)  # type: ignore[arg-type]
        return paged(request, paging, msgspec.convert(rows, list[ValueOut], from_attributes=True), total)

    @post(
        "/indicators/{indicator_id:uuid}/values",
        summary="Lägg till ett värde",
        operation_id="addIndicatorValue",
        responses=shows(ValueOut, VALUE, status=201, description="Tillagt"),
    )
    async def add(
        self,
        session: Session,
        person: Person,
        indicator_id: FromPath[UUID],
        data: Annotated[NewValue, Body(examples=[Example(value=NEW)])],
    ) -> Response[ValueOut]:
        """Write a value down for an organisation and a period; for the programme group."""
        added = await measured.add(session, person, indicator_id, **msgspec.structs.asdict(data))
        response = await _shown(session, person, added.id)
        response.headers["Location"] = f"/api/v1/indicator-values/{added.id}"
        return response

    @get(
        "/indicator-values/{value_id:uuid}",
        summary="Visa ett värde",
        operation_id="getIndicatorValue",
        responses=shows(ValueOut, VALUE, description="Värdet; versionen står i ETag"),
    )
    async def get_value(self, session: Session, person: Person, value_id: FromPath[UUID]) -> Response[ValueOut]:
        """Return one value."""
        return await _shown(session, person, value_id)

    @get(
        "/indicator-values/{value_id:uuid}/earlier",
        summary="Visa vad ett värde har varit",
        operation_id="listEarlierIndicatorValues",
        responses=shows(list[EarlierOut], [EARLIER]),
    )
    async def earlier(self, session: Session, person: Person, value_id: FromPath[UUID]) -> Sequence[EarlierOut]:
        """Return what the value has been before it was corrected, newest first."""
        rows = await measured.list_earlier(session, person, value_id)
        return msgspec.convert(rows, list[EarlierOut], from_attributes=True)

    @patch(
        "/indicator-values/{value_id:uuid}",
        summary="Rätta ett värde",
        operation_id="reviseIndicatorValue",
        responses=shows(ValueOut, VALUE, description="Rättat; den nya versionen står i ETag"),
    )
    async def revise(
        self,
        *,
        session: Session,
        person: Person,
        value_id: FromPath[UUID],
        data: Annotated[ValueChanges, Body(examples=[Example(value={"value": 455, "status": "slutlig"})])],
        if_match: IfMatch = None,
    ) -> Response[ValueOut]:
        """Correct what is sent; what the value was is kept. For the programme group."""
        changes = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
        await measured.get_value(session, person, value_id)
        await measured.revise(session, person, value_id, changes, revision=expected_revision(if_match))
        return await _shown(session, person, value_id)

    @delete(
        "/indicator-values/{value_id:uuid}",
        summary="Ta bort ett värde",
        operation_id="deleteIndicatorValue",
        status_code=204,
    )
    async def remove(self, session: Session, person: Person, value_id: FromPath[UUID]) -> None:
        """Take a value away that should never have been there; for the programme group."""
        await measured.remove(session, person, value_id)

    @post(
        "/indicator-values/import",
        summary="Läs in värden från en tabell",
        operation_id="importIndicatorValues",
        responses=shows(ReportOut, REPORT),
        status_code=200,
    )
    async def import_table(
        self,
        session: Session,
        person: Person,
        data: Annotated[ValueTable, Body(examples=[Example(value={"content": CSV, "dry_run": True})])],
    ) -> ReportOut:
        """Take in a table, or tell what that would do; for the programme group.

        A table with an error changes nothing: 422 with every row, or 200 with `errors` in a dry run.
        """
        try:
            return _report(await importing.bring_in_csv(session, person, data.content, dry_run=data.dry_run))
        except InvalidRows as refused:
            return _refused(refused, dry_run=data.dry_run)

    @post(
        "/indicator-values/kolada-import",
        summary="Läs in värden från Kolada",
        operation_id="importKoladaValues",
        responses=shows(ReportOut, REPORT),
        status_code=200,
    )
    async def import_kolada(
        self, session: Session, person: Person, data: Annotated[KoladaAnswer, Body(examples=[Example(value=KOLADA)])]
    ) -> ReportOut:
        """Take in what Kolada's API answers, as it is; for the programme group.

        Indicators are known by `kolada_id`, organisations by `code`. Errors are told as for a table.
        """
        rows = [_kolada(row) for row in data.values]
        try:
            return _report(await importing.bring_in_kolada(session, person, rows, dry_run=data.dry_run))
        except InvalidRows as refused:
            return _refused(refused, dry_run=data.dry_run)


async def _shown(session: AsyncSession, person: Viewer, value_id: UUID) -> Response[ValueOut]:
    row = await measured.get_value(session, person, value_id)
    return Response(msgspec.convert(row, ValueOut, from_attributes=True), headers={"ETag": etag(row.revision)})


def _kolada(row: KoladaRowIn) -> KoladaRow:
    values = tuple(KoladaValue(**msgspec.structs.asdict(one)) for one in row.values)
    return KoladaRow(row.kpi, row.municipality, row.period, values)


def _report(report: Report) -> ReportOut:
    return msgspec.convert(report, ReportOut, from_attributes=True)


def _refused(refused: InvalidRows, *, dry_run: bool) -> ReportOut:
    if not dry_run:
        raise refused
    return ReportOut(dry_run, 0, 0, 0, [FieldProblem(*one) for one in refused.problems])
