"""State grants as a table: out for a spreadsheet, and in again."""

from typing import Annotated

import msgspec
from litestar import Controller, Response, get, post
from litestar.openapi.spec import Example
from litestar.params import Body, Parameter

from api import tables
from api.dependencies import Person, Session
from api.errors import FieldProblem
from api.rest.examples import REGION, shows
from initiatives.errors import InvalidRows
from initiatives.grants import bringing, table
from initiatives.grants.columns import HEADS, MEANING

LARGEST_BODY = 6 * 1024 * 1024
CSV = (
    "rad;organisation;överenskommelse;från;till;del;nationellt;vår_del;grund;slag;datum\r\n"
    f"överenskommelse;{REGION['name']};Kvinnors hälsa;2026;2027;;490 mnkr;;;;\r\n"
    "del;;Kvinnors hälsa;;;Eftervård;373 mnkr;5,7 mnkr;befolkning;;\r\n"
    "krav;;Kvinnors hälsa;;;;;;;redovisning;2027-03-31\r\n"
)
IMPORT = {"content": CSV, "dry_run": True}
REPORT = {
    "dry_run": True,
    "created": {"överenskommelse": 1, "del": 1, "krav": 1},
    "changed": {},
    "unchanged": 0,
    "errors": [],
}
MEANINGS = "\n".join(f"- `{name}`: {meaning}" for name, meaning in MEANING.items())


class GrantTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table in CSV; semicolon, comma or tab between the cells."""

    content: str
    dry_run: bool = False


class ImportOut(msgspec.Struct, frozen=True):
    """How many rows of each kind are written, or would be; `errors` tells, in a dry run, what is wrong and where."""

    dry_run: bool
    created: dict[str, int]
    changed: dict[str, int]
    unchanged: int
    errors: list[FieldProblem] = []


class ExchangeController(Controller):
    """The table; for those who see the whole register."""

    tags = ("Statsbidrag",)

    @get(
        "/grants/table",
        summary="Hämta statsbidragen som tabell",
        operation_id="exportGrants",
        media_type="text/csv",
        responses=shows(str, CSV, media_type="text/csv"),
    )
    async def export_table(
        self,
        session: Session,
        person: Person,
        year: Annotated[int | None, Parameter(description="Bara det som gäller under året.")] = None,
    ) -> Response[bytes]:
        """Return everything as CSV, as Swedish spreadsheets open it; brought in again it changes nothing."""
        rows = await table.rows(session, person, year=year)
        return tables.csv_file("statsbidrag.csv" if year is None else f"statsbidrag-{year}.csv", HEADS, rows)

    @post(
        "/grants/table",
        summary="Läs in statsbidrag ur en tabell",
        operation_id="importGrants",
        description=(
            "Skriver alla rader eller ingen. En rad utan `id` är ny, en rad med `id` ändrar det som den är en rad av. "
            "Med `dry_run` sägs bara vad som skulle hända. Fel kommer alla på en gång, med rad och kolumn: som 422, "
            f"eller i `errors` med `dry_run`. För programgruppen.\n\nKolumnerna:\n\n{MEANINGS}"
        ),
        responses=shows(ImportOut, REPORT),
        request_max_body_size=LARGEST_BODY,
        status_code=200,
    )
    async def import_table(
        self, session: Session, person: Person, data: Annotated[GrantTable, Body(examples=[Example(value=IMPORT)])]
    ) -> ImportOut:
        """Bring in a table, or only tell what that would do."""
        try:
            done = await bringing.bring_in(session, person, data.content, dry_run=data.dry_run)
        except InvalidRows as refused:
            if not data.dry_run:
                raise
            return ImportOut(True, {}, {}, 0, [FieldProblem(*one) for one in refused.problems])  # noqa: FBT003
        return msgspec.convert(done, ImportOut, from_attributes=True)
