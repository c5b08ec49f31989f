"""Benefit follow-up: what came of a measure, year by year. A partner finds nothing here."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath
from msgspec import UNSET, UnsetType

from api.dependencies import Person, Session
from api.etags import expected_revision
from api.rest.examples import shows
from api.rest.measures import MEASURE
from api.rest.patching import IfMatch, sent, tagged
from initiatives import measure_outcomes, measures

OUTCOME = {
    "id": "01976a10-0000-7000-8000-000000000052",
    "measure_id": MEASURE["id"],
    "year": 2020,
    "outcome": "Färre besök, men inte så många färre som väntat",
    "number": "-3.5",
    "kronor": -900_000,
    "created_at": "2021-02-01T09:00:00Z",
    "updated_at": "2021-02-01T09:00:00Z",
    "revision": 1,
}


class OutcomeOut(msgspec.Struct, frozen=True):
    """What came of a measure in a year; `number` is in the measure's unit, `kronor` negative for a saving."""

    id: UUID
    measure_id: UUID
    year: int
    outcome: str
    number: Decimal | None
    kronor: int | None
    created_at: datetime
    updated_at: datetime
    revision: int


class NewOutcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An outcome to register; what is not known is left out."""

    year: int
    outcome: str
    number: Decimal | None = None
    kronor: int | None = None


class OutcomeChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    outcome: str | UnsetType = UNSET
    number: Decimal | UnsetType | None = UNSET
    kronor: int | UnsetType | None = UNSET


NEW = {name: OUTCOME[name] for name in NewOutcome.__struct_fields__} | {"year": 2021}


class MeasureOutcomesController(Controller):
    """What came of one measure."""

    path = "/measures/{measure_id:uuid}/outcomes"
    tags = ("Åtgärder",)

    @get(
        summary="Lista utfall av en åtgärd",
        operation_id="listMeasureOutcomes",
        responses=shows(list[OutcomeOut], [OUTCOME]),
    )
    async def list_outcomes(self, session: Session, person: Person, measure_id: FromPath[UUID]) -> Sequence[OutcomeOut]:
        """Return what has come of the measure, by year."""
        await measures.get_measure(session, person, measure_id)
        rows = await measure_outcomes.list_outcomes(session, person, measure_id)
        return msgspec.convert(rows, list[OutcomeOut], from_attributes=True)

    @post(
        summary="Lägg till utfall",
        operation_id="createMeasureOutcome",
        responses=shows(OutcomeOut, OUTCOME, status=201, description="Tillagt"),
    )
    async def add(
        self,
        session: Session,
        person: Person,
        measure_id: FromPath[UUID],
        data: Annotated[NewOutcome, Body(examples=[Example(value=NEW)])],
    ) -> Response[OutcomeOut]:
        """Register what came of the measure in a year; for the programme group."""
        added = await measure_outcomes.add(session, person, measure_id, **msgspec.structs.asdict(data))
        out = msgspec.convert(added, OutcomeOut, from_attributes=True)
        return tagged(out, made=f"/api/v1/measure-outcomes/{added.id}")


class MeasureOutcomeController(Controller):
    """One outcome."""

    path = "/measure-outcomes/{outcome_id:uuid}"
    tags = ("Åtgärder",)

    @get(summary="Visa ett utfall", operation_id="getMeasureOutcome", responses=shows(OutcomeOut, OUTCOME))
    async def get_outcome(self, session: Session, person: Person, outcome_id: FromPath[UUID]) -> Response[OutcomeOut]:
        """Return one outcome."""
        row = await measure_outcomes.get_outcome(session, person, outcome_id)
        return tagged(msgspec.convert(row, OutcomeOut, from_attributes=True))

    @patch(summary="Ändra ett utfall", operation_id="reviseMeasureOutcome", responses=shows(OutcomeOut, OUTCOME))
    async def revise(
        self,
        session: Session,
        person: Person,
        outcome_id: FromPath[UUID],
        data: Annotated[OutcomeChanges, Body(examples=[Example(value={"kronor": -900_000})])],
        if_match: IfMatch = None,
    ) -> Response[OutcomeOut]:
        """Change what is sent; for the programme group."""
        await measure_outcomes.get_outcome(session, person, outcome_id)
        revision = expected_revision(if_match)
        row = await measure_outcomes.revise(session, person, outcome_id, revision=revision, **sent(data))
        return tagged(msgspec.convert(row, OutcomeOut, from_attributes=True))

    @delete(summary="Ta bort ett utfall", operation_id="deleteMeasureOutcome", status_code=204)
    async def remove(self, session: Session, person: Person, outcome_id: FromPath[UUID]) -> None:
        """Take an outcome away; for the programme group."""
        await measure_outcomes.remove(session, person, outcome_id)
