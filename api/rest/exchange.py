"""The register as tables: out as CSV or a workbook, and in again, tried first."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.openapi.spec import Example, OpenAPIMediaType, Operation
from litestar.params import Body, Parameter, PathParameter

from api import sheets
from api.bodies import writers_only
from api.dependencies import Person, Session
from api.errors import FieldProblem
from api.rest.examples import INITIATIVE, shows
from api.rest.initiatives import SORTS
from initiatives import values
from initiatives.exchange import bringing, export
from initiatives.exchange.columns import Table
from initiatives.exchange.files import MEDIA_TYPES, Format
from initiatives.exchange.outcome import Outcome, Report, RowOutcome
from initiatives.exchange.tables import TABLES, find
from initiatives.exchange.tables.plan import initiative_rows
from initiatives.overview import Filters, Sort

FORMATS = Parameter(
    description="csv för program, csv-excel för svenska Excel, eller xlsx.", schema_extra={"enum": list(Format)}
)
TableName = Annotated[
    str,
    PathParameter(
        description="Tabellens namn.",
        schema_extra={"enum": list(TABLES)},
        examples=[Example(value="milestones")],
    ),
]
CSV = (
    "title,summary,status,lead_organisation,partners,responsible,starts_on,ends_on,nodes,decision,outcome,reason,"
    "next_steps,health,budget_kronor,id,version\r\n"
    f"{INITIATIVE['title']},,pågår,Region Exempel,,asa.oberg@region.example,2026-01-01,,,,,,,,,{INITIATIVE['id']},3\r\n"
)
ROW = {
    "row": 2,
    "outcome": "ändrad",
    "id": INITIATIVE["id"],
    "title": INITIATIVE["title"],
    "changes": [{"column": "Slutdatum", "before": "2026-12-31", "after": "2027-06-30"}],
    "errors": [],
}
TABLE = {
    "name": "milestones",
    "title": "Milstolpar",
    "key": ["title", "initiative"],
    "columns": [
        {
            "name": "due_on",
            "heading": "Senast",
            "meaning": "dag, till exempel 2026-11-30",
            "note": "Måste fyllas i på en ny rad.",
            "required": True,
            "read_only": False,
            "choices": [],
        }
    ],
}
REPORT = {"dry_run": True, "created": 0, "changed": 1, "unchanged": 11, "ignored": ["Hur det går"], "rows": [ROW]}


class ColumnOut(msgspec.Struct, frozen=True):
    """A column; `name` is its head in csv and `heading` in the other formats, and an import takes either.

    `choices` are all that can be written, when they are few.
    """

    name: str
    heading: str
    meaning: str
    note: str
    required: bool
    read_only: bool
    choices: list[str]


class TableOut(msgspec.Struct, frozen=True):
    """A table and its columns; `key` names those that tell which row it is when there is no id."""

    name: str
    title: str
    key: list[str]
    columns: list[ColumnOut]


class ChangeOut(msgspec.Struct, frozen=True):
    """A field with its text before and after."""

    column: str
    before: str
    after: str


class RowOut(msgspec.Struct, frozen=True):
    """What became of a row, counted as a spreadsheet does, with the heads as row 1; `id` is null for a new one."""

    row: int
    outcome: Outcome
    id: UUID | None
    title: str
    changes: list[ChangeOut]
    errors: list[FieldProblem]


class ReportOut(msgspec.Struct, frozen=True):
    """How many rows are written, or would be, and what becomes of each that is not unchanged.

    `ignored` are columns that only come out; `errors` of a row are there in a dry run only.
    """

    dry_run: bool
    created: int
    changed: int
    unchanged: int
    ignored: list[str]
    rows: list[RowOut]


@dataclass
class Sent:
    """A form with one file: CSV or XLSX."""

    file: UploadFile


@dataclass
class Exported(Operation):
    """An operation that answers with a file in the format asked for."""

    def __post_init__(self) -> None:
        """Tell of the other format than CSV."""
        answer: Any = (self.responses or {})["200"]
        answer.content[MEDIA_TYPES[Format.XLSX]] = OpenAPIMediaType(
            schema=answer.content["text/csv"].schema, examples={"xlsx": Example(summary="Exempel", value="PK …")}
        )


class TableController(Controller):
    """The register as tables."""

    path = "/exchange"
    tags = ("Tabeller",)

    @get(
        summary="Lista tabellerna",
        operation_id="listTables",
        responses=shows(list[TableOut], [TABLE]),
        sync_to_thread=False,
    )
    def list_tables(self) -> list[TableOut]:
        """Return every table that comes out and in, in the order in which an empty register takes them."""
        return [_table(one) for one in TABLES.values()]

    @get(
        "/initiatives",
        summary="Hämta initiativen som tabell",
        operation_id="exportInitiatives",
        responses=shows(bytes, CSV, media_type="text/csv", description="Filen"),
        operation_class=Exported,
    )
    async def export_initiatives(
        self,
        *,
        session: Session,
        person: Person,
        filters: NamedDependency[Filters],
        format: Annotated[str, FORMATS] = Format.CSV.value,
        sort: Annotated[str, SORTS] = Sort.TITLE.value,
    ) -> Response[bytes]:
        """Return the initiatives that one sees and the filters let through, with no more than their list shows."""
        form = values.choice(Format, format, field="format")
        rows = await initiative_rows(session, person, filters, sort=values.choice(Sort, sort, field="sort"))
        table = find("initiatives")
        return sheets.file_of(table, form, await export.export(session, person, table, form, rows=rows))

    @get(
        "/{table:str}",
        summary="Hämta en tabell",
        operation_id="exportTable",
        responses=shows(bytes, CSV, media_type="text/csv", description="Filen"),
        operation_class=Exported,
    )
    async def export_table(
        self,
        session: Session,
        person: Person,
        table: TableName,
        format: Annotated[str, FORMATS] = Format.CSV.value,
    ) -> Response[bytes]:
        """Return what one sees of a table; brought in again it changes nothing."""
        form, found = values.choice(Format, format, field="format"), find(table)
        return sheets.file_of(found, form, await export.export(session, person, found, form))

    @get(
        "/{table:str}/template",
        summary="Hämta en tom mall",
        operation_id="getTableTemplate",
        responses=shows(bytes, "title,summary\r\n", media_type="text/csv", description="Filen"),
        operation_class=Exported,
        sync_to_thread=True,
    )
    def get_template(
        self,
        table: TableName,
        format: Annotated[str, FORMATS] = Format.XLSX.value,
    ) -> Response[bytes]:
        """Return a file with the heads alone; a workbook also says what to write."""
        form, found = values.choice(Format, format, field="format"), find(table)
        return sheets.file_of(found, form, export.template(found, form), what="mall")

    @post(
        "/{table:str}/import",
        summary="Läs in en tabell",
        operation_id="importTable",
        responses=shows(ReportOut, REPORT),
        status_code=200,
        request_max_body_size=sheets.LARGEST_BODY,
        guards=[writers_only],
    )
    async def import_table(
        self,
        session: Session,
        person: Person,
        table: TableName,
        data: Annotated[Sent, Body(media_type=RequestEncodingType.MULTI_PART)],
        *,
        dry_run: Annotated[bool, Parameter(description="Säg bara vad som skulle hända.")] = False,
    ) -> ReportOut:
        """Write every row of a file, or none; for the programme group.

        A row is known by `id`, or else by the columns of the table's key; one that is not known is new. Columns that
        the file does not have are left alone. What others have changed since the `version` of the file is kept, and a
        field that both have changed is an error in that row. Errors come all at once, with row and column: as 422, or
        in the rows with `dry_run`.
        """
        found = find(table)
        sheet = await sheets.read(await data.file.read())
        return report_out(await bringing.bring_in(session, person, found, sheet, dry_run=dry_run))


def report_out(report: Report) -> ReportOut:
    """Return what became of a file, for programs."""
    told = [_row(one) for one in report.rows if one.outcome is not Outcome.UNCHANGED]
    counts = report.created, report.changed, report.unchanged
    return ReportOut(report.dry_run, *counts, list(report.ignored), told)


def _row(one: RowOutcome) -> RowOut:
    changes = [ChangeOut(change.column, change.before, change.after) for change in one.changes]
    errors = [FieldProblem(problem.field, problem.detail) for problem in one.errors]
    return RowOut(one.row, one.outcome, one.id, one.title, changes, errors)


def _table(table: Table) -> TableOut:
    columns = [
        ColumnOut(
            name=one.called,
            heading=one.heading,
            meaning=one.cell.words,
            note=export.explanation(one)[2],
            required=one.required,
            read_only=one.read_only,
            choices=list(one.cell.choices),
        )
        for one in table.columns
    ]
    key = [column.called for name in table.key if (column := table.of_field(name))]
    return TableOut(table.name, table.title, key, columns)
