"""The same change of many initiatives at once."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, patch
from litestar.openapi.spec import Example
from litestar.params import Body, Parameter

from api.dependencies import Person, Session
from api.errors import FieldProblem
from api.etags import expected_revision
from api.rest.examples import INITIATIVE, shows
from api.rest.exchange import ChangeOut
from api.rest.initiatives import InitiativeChanges
from api.rest.patching import sent
from initiatives.exchange import bulk
from initiatives.exchange.bulk import MOST, BulkRow
from initiatives.exchange.outcome import Outcome

CHANGE = {
    "initiatives": [{"id": INITIATIVE["id"], "etag": '"3"'}],
    "changes": {"ends_on": "2027-06-30"},
}
ROW = {
    "id": INITIATIVE["id"],
    "title": INITIATIVE["title"],
    "outcome": "ändrad",
    "changes": [{"column": "Slutdatum", "before": "2026-12-31", "after": "2027-06-30"}],
    "errors": [],
}


class Chosen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An initiative to change, and the ETag that it was read with; `*` overwrites what others have changed since."""

    id: UUID
    etag: str


class ManyChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which initiatives to change, each once, and what to change of them all."""

    initiatives: Annotated[list[Chosen], msgspec.Meta(min_length=1, max_length=MOST)]
    changes: InitiativeChanges


class BulkRowOut(msgspec.Struct, frozen=True):
    """What became of an initiative, or would; `errors` name the field, and are there in a dry run only."""

    id: UUID
    title: str
    outcome: Outcome
    changes: list[ChangeOut]
    errors: list[FieldProblem]


class ManyChangedOut(msgspec.Struct, frozen=True):
    """How many initiatives are changed, or would be, and what becomes of each, in the order that they were sent."""

    dry_run: bool
    changed: int
    unchanged: int
    initiatives: list[BulkRowOut]


class BulkController(Controller):
    """Many initiatives at once."""

    path = "/initiatives"
    tags = ("Initiativ",)

    @patch(
        summary="Ändra flera initiativ",
        operation_id="reviseInitiatives",
        responses=shows(ManyChangedOut, {"dry_run": False, "changed": 1, "unchanged": 0, "initiatives": [ROW]}),
    )
    async def revise_initiatives(
        self,
        session: Session,
        person: Person,
        data: Annotated[ManyChanges, Body(examples=[Example(value=CHANGE)])],
        *,
        dry_run: Annotated[bool, Parameter(description="Säg bara vad som skulle hända.")] = False,
    ) -> ManyChangedOut:
        """Make the same changes of all that are named, or of none; for the programme group.

        Each follows the rules of `PATCH /initiatives/{initiative_id}`: its step must exist, it must have what its
        status needs, and what others have changed since it was read is kept. Errors come all at once, by identifier and
        field: as 422, or with each initiative with `dry_run`.
        """
        wanted = {one.id: expected_revision(one.etag) for one in data.initiatives}
        found = await bulk.revise_many(session, person, wanted, sent(data.changes), dry_run=dry_run)
        changed = sum(one.outcome is Outcome.CHANGED for one in found)
        unchanged = sum(one.outcome is Outcome.UNCHANGED for one in found)
        return ManyChangedOut(dry_run, changed, unchanged, [_row(one) for one in found])


def _row(one: BulkRow) -> BulkRowOut:
    changes = [ChangeOut(change.column, change.before, change.after) for change in one.changes]
    errors = [FieldProblem(problem.field, problem.detail) for problem in one.errors]
    return BulkRowOut(one.id, one.title, one.outcome, changes, errors)
