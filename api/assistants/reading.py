"""The tools that read the register, as its own rooms in the API do."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from api.assistants.calls import Asked
from api.rest.deadlines import DeadlineOut
from api.rest.initiatives import InitiativeOut
from initiatives import accesses, deadlines, overview, values
from initiatives.deadlines import State
from initiatives.overview import Filters
from initiatives.reports import Health
from initiatives.workflow import Status

Limit = Annotated[int, Meta(ge=1, le=100, description="Högst så många på en gång.")]
PageNumber = Annotated[int, Meta(ge=1, le=100_000, description="Sidan, från 1.")]
Year = Annotated[int, Meta(ge=1900, le=2200)]
Words = Annotated[str, Meta(description="Ord som alla ska finnas i rubriken eller sammanfattningen.")]
Day = Annotated[date | None, Meta(description="Dag, som 2026-11-30.")]
Whose = Annotated[UUID | None, Meta(description="Organisationens id.")]


class InitiativesIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which initiatives; what is left out lets everything through."""

    q: Words = ""
    status: Annotated[list[Status], Meta(description="Någon av dessa statusar.")] = []
    health: Annotated[Health | None, Meta(description="Vad den senaste lägesrapporten säger.")] = None
    organisation: Whose = None
    year: Annotated[Year | None, Meta(description="Pågår någon gång under året.")] = None
    limit: Limit = 20
    page: PageNumber = 1


class Initiative(InitiativeOut, frozen=True, kw_only=True):
    """An initiative with the address of its page."""

    address: str | None


class InitiativesOut(msgspec.Struct, frozen=True):
    """A page of initiatives, and how many there are in all."""

    items: list[Initiative]
    total: int


class InitiativeIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which initiative."""

    id: Annotated[UUID, Meta(description="Initiativets id, ur list_initiatives.")]


class DeadlinesIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which dates; what is left out lets everything through. Days are inclusive."""

    from_on: Day = None
    to_on: Day = None
    state: Annotated[list[State], Meta(description="Något av dessa lägen.")] = []
    kind: Annotated[list[str], Meta(description="Något av dessa slag, till exempel milstolpe.")] = []
    organisation: Whose = None
    q: Words = ""
    limit: Limit = 20
    page: PageNumber = 1


class DeadlineHit(DeadlineOut, frozen=True, kw_only=True):
    """A date with the address of the page of what it belongs to."""

    address: str | None


class DeadlinesOut(msgspec.Struct, frozen=True):
    """A page of dates, and how many there are in all."""

    items: list[DeadlineHit]
    total: int


async def list_initiatives(asked: Asked, wanted: InitiativesIn) -> dict[str, Any]:
    """Return the initiatives that the person sees and the filters let through, in the order of their titles."""
    filters = Filters(
        q=wanted.q,
        statuses=tuple(wanted.status),
        health=wanted.health,
        organisation_id=wanted.organisation,
        year=wanted.year,
    )
    async with asked.sessions(asked.person) as session:
        rows, total = await overview.listed(
            session, asked.person, filters, limit=wanted.limit, offset=(wanted.page - 1) * wanted.limit
        )
        await accesses.seen(session, asked.person, "initiative", [row["id"] for row in rows])
    return {"items": [{**row, "address": asked.at("initiative", row["id"])} for row in rows], "total": total}


async def get_initiative(asked: Asked, wanted: InitiativeIn) -> dict[str, Any]:
    """Return one initiative; raise `NotFound` if it is not there for the person."""
    async with asked.sessions(asked.person) as session:
        row = await overview.get(session, asked.person, wanted.id)
    shown: dict[str, Any] = msgspec.to_builtins(msgspec.convert(row, InitiativeOut, from_attributes=True))
    return {**shown, "address": asked.at("initiative", row.id)}


async def list_deadlines(asked: Asked, wanted: DeadlinesIn) -> dict[str, Any]:
    """Return dates that the person sees, earliest first; raise `InvalidValue` for days in the wrong order."""
    values.period(wanted.from_on, wanted.to_on, field="to_on")
    filters = deadlines.Filters(
        from_on=wanted.from_on,
        to_on=wanted.to_on,
        kinds=tuple(wanted.kind),
        states=tuple(wanted.state),
        organisation_id=wanted.organisation,
        q=wanted.q,
    )
    async with asked.sessions(asked.person) as session:
        rows, total = await deadlines.list_deadlines(
            session, asked.person, filters, limit=wanted.limit, offset=(wanted.page - 1) * wanted.limit
        )
    items = [
        {
            **msgspec.to_builtins(msgspec.convert(one, DeadlineOut, from_attributes=True)),
            "address": asked.at(one.subject_type, one.subject_id),
        }
        for one in rows
    ]
    return {"items": items, "total": total}
