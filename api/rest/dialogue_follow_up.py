"""How far the dialogue has come: a cell for each delområde and municipality."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, get, put
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, Parameter

from api.dependencies import Person, Session
from api.rest.dialogue import AREA, PARTY, NamedOut
from api.rest.examples import shows
from initiatives.dialogue import follow_up
from initiatives.dialogue.follow_up import State

StateText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(State)})]

CELL: dict[str, Any] = {
    "node_id": AREA["id"],
    "organisation_id": PARTY["id"],
    "entries": 2,
    "agreements": 1,
    "last_on": "2026-11-18",
    "state": "klar",
    "said": True,
    "note": "Underlaget är färdigt och godkänt av båda.",
}
TABLE = {
    "nodes": [AREA],
    "municipalities": [PARTY],
    "cells": [CELL],
    "counts": {"inte påbörjad": 0, "pågår": 0, "klar": 1},
}


class CellOut(msgspec.Struct, frozen=True):
    """A delområde and a municipality; `said` tells that somebody has said the state, else it is worked out."""

    node_id: UUID
    organisation_id: UUID
    entries: int
    agreements: int
    last_on: date | None
    state: StateText
    said: bool
    note: str


class FollowUpOut(msgspec.Struct, frozen=True):
    """All cells, node by node in the order of the municipalities, and how many have come how far."""

    nodes: Sequence[NamedOut]
    municipalities: Sequence[NamedOut]
    cells: Sequence[CellOut]
    counts: dict[str, int]


class Saying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to say of a cell; without a state it is worked out."""

    state: StateText | None = None
    note: str = ""


class DialogueFollowUpController(Controller):
    """The follow-up; for those who see the whole register."""

    path = "/dialogue-follow-up"
    tags = ("Dialog",)

    @get(summary="Följ upp dialogen", operation_id="getDialogueFollowUp", responses=shows(FollowUpOut, TABLE))
    async def table(
        self,
        session: Session,
        person: Person,
        on: Annotated[date | None, Parameter(description="Dagen som avtal ska gälla, i dag om den utelämnas.")] = None,
    ) -> FollowUpOut:
        """Return a cell for each delområde and municipality of the register."""
        found = await follow_up.follow_up(session, person, on=on)
        cells = [cell for row in found.cells for cell in row]
        return FollowUpOut(
            msgspec.convert(found.nodes, list[NamedOut], from_attributes=True),
            msgspec.convert(found.municipalities, list[NamedOut], from_attributes=True),
            msgspec.convert(cells, list[CellOut], from_attributes=True),
            {state.value: found.count(state) for state in State},
        )

    @put(
        "/{node_id:uuid}/{organisation_id:uuid}",
        summary="Bedöm en ruta",
        operation_id="sayDialogueCell",
        responses=shows(CellOut, CELL),
    )
    async def say(
        self,
        session: Session,
        person: Person,
        node_id: FromPath[UUID],
        organisation_id: FromPath[UUID],
        data: Annotated[Saying, Body(examples=[Example(value={"state": "klar", "note": CELL["note"]})])],
    ) -> CellOut:
        """Say how far a delområde has come with a municipality; for the programme group."""
        cell = await follow_up.say(session, person, node_id, organisation_id, **msgspec.structs.asdict(data))
        return msgspec.convert(cell, CellOut, from_attributes=True)
