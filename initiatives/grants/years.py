"""One year's state grants, read and worked out: the one way in for pages, the API and the register of findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import values
from initiatives.access import Viewer
from initiatives.checks import Check
from initiatives.grants import reading
from initiatives.grants.facts import Amount, Grant
from initiatives.grants.reconciliation import Reconciliation, reconcile
from initiatives.grants.rules import examine
from initiatives.grants.shares import Share, shares


@dataclass(frozen=True, slots=True)
class Year:
    """The grants that hold in a year, amounts of all of them together (`general`), and what follows from both."""

    grants: Sequence[Grant]
    general: Sequence[Amount]
    result: Reconciliation
    shares: Sequence[Share]
    checks: Sequence[Check]


async def check(session: AsyncSession, person: Viewer) -> Sequence[Check]:
    """Return what the rules find in the state grants of every year that the person sees, for an examination."""
    found = [one for year in await reading.years(session, person) for one in (await of(session, person, year)).checks]
    return list(dict.fromkeys(found))


async def of(session: AsyncSession, person: Viewer, year: int, *, organisation_id: UUID | None = None) -> Year:
    """Return a year of one organisation, or of all; an empty one to those who see only a part of the register."""
    wanted = values.year(year, field="year")
    grants, _ = await reading.list_grants(session, person, year=wanted, organisation_id=organisation_id)
    amounts, _ = await reading.list_amounts(session, person, year=wanted)
    general = [one for one in amounts if one.grant_id is None and organisation_id in (None, one.organisation_id)]
    return Year(
        grants=grants,
        general=general,
        result=reconcile(grants, general, wanted),
        shares=shares(grants, wanted),
        checks=examine(grants, general, wanted),
    )
