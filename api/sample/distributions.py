"""The distributions of the sample region, as they are written in `distributions.toml`."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from api.sample.register import HERE, Entry
from initiatives.access import SYSTEM
from initiatives.distribution import listings, runs
from initiatives.distribution.plan import Plan, Stage, Unit


class SampleListing(Entry, frozen=True):
    """Numbers by unit on a day, as a table."""

    basis: str
    taken_on: date
    origin: str
    table: str


class SampleStage(Entry, frozen=True):
    """A stage of a distribution."""

    name: str
    share: str
    month: str
    condition: str = ""
    known_from: str | None = None


class SampleRun(Entry, frozen=True):
    """A distribution that has been carried out, by the numbers called `basis`."""

    title: str
    decision_reference: str
    fund: str
    year: int
    basis: str
    total_kronor: int
    stages: tuple[SampleStage, ...]


class Distributions(Entry, frozen=True):
    """The whole file."""

    listings: tuple[SampleListing, ...]
    runs: tuple[SampleRun, ...]


@cache
def read() -> Distributions:
    """Return the distributions; raises `msgspec.ValidationError` naming what is wrong in the file."""
    return msgspec.toml.decode((HERE / "distributions.toml").read_bytes(), type=Distributions)


async def load(session: AsyncSession, funds: Mapping[tuple[str, int], UUID]) -> None:
    """Write all of it; `funds` says what names and years have become."""
    units: dict[str, tuple[Unit, ...]] = {}
    for one in read().listings:
        rows = listings.read_table(one.table)
        await listings.add_snapshot(
            session, SYSTEM, basis=one.basis, taken_on=one.taken_on, origin=one.origin, rows=rows
        )
        units[one.basis] = tuple(Unit(name=row.unit, weights={one.basis: row.points}) for row in rows)
    for run in read().runs:
        stages = tuple(
            Stage(
                name=stage.name,
                basis=run.basis,
                share=stage.share,
                month=stage.month,
                condition=stage.condition,
                known_from=stage.known_from,
            )
            for stage in run.stages
        )
        await runs.carry_out(
            session,
            SYSTEM,
            title=run.title,
            plan=Plan(total_kronor=run.total_kronor, units=units[run.basis], stages=stages),
            decision_reference=run.decision_reference,
            fund_id=funds[run.fund, run.year],
        )
