"""The money of the sample region as it stands in `money.toml`: what funds rest on and are given to, and measures."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.sample.register import Entry
from initiatives import applications, claims, funds, measure_frames, measures, rounds
from initiatives.access import SYSTEM
from initiatives.funds import Allocation

Ids = Mapping[str, UUID]
Funds = dict[tuple[str, int], UUID]


class SampleKind(Entry, frozen=True):
    """Of what kind a fund of the register is, and what it rests on."""

    name: str
    year: int
    kind: str
    decision: str


class SampleNewFund(SampleKind, frozen=True):
    """A fund that no initiative uses."""

    frame_kronor: int


class SampleTransfer(Entry, frozen=True):
    """Money moved between two funds of the same year."""

    from_fund: str
    to_fund: str
    year: int
    amount_kronor: int
    moved_on: date
    decision: str


class SampleAllocation(Entry, frozen=True):
    """Money given to an organisation or to a `receiver` in words; `initiatives` use the fund by it."""

    fund: str
    year: int
    purpose: str
    amount_kronor: int
    node: str
    organisation: str = ""
    receiver: str = ""
    recurring: bool = False
    clause: str = ""
    initiatives: tuple[str, ...] = ()


class SampleApplication(Entry, frozen=True):
    """An application, with its award and report when there are any."""

    title: str
    amount_kronor: int
    received_on: date
    organisation: str = ""
    applicant: str = ""
    description: str = ""
    awarded_kronor: int | None = None
    decided_on: date | None = None
    decision: str = ""
    report_due_on: date | None = None
    reported_on: date | None = None
    method: str = ""
    result: str = ""
    published: bool = False


class SampleRound(Entry, frozen=True):
    """A round out of an allocation, with what has come in."""

    fund: str
    year: int
    allocation: str
    title: str
    criteria: str
    total_kronor: int
    opens_on: date
    closes_on: date
    report_due_on: date
    most_kronor: int | None = None
    applications: tuple[SampleApplication, ...] = ()


class SampleClaim(Entry, frozen=True):
    """What somebody says."""

    text: str
    said_by: str


class SampleFrame(Entry, frozen=True):
    """The frame of the measures."""

    name: str
    first_year: int
    last_year: int
    claims: tuple[SampleClaim, ...] = ()


class SampleMeasure(Entry, frozen=True):
    """A measure as an investment."""

    title: str
    organisation: str
    costs: dict[int, int]
    description: str = ""
    starts_on: date | None = None
    duration_months: int | None = None
    organisational_result: str = ""
    organisational_number: Decimal | None = None
    organisational_unit: str = ""
    yearly_kronor: int | None = None
    effect_from_year: int | None = None
    baseline: str = ""
    in_action_plan: bool = False
    claims: tuple[SampleClaim, ...] = ()


class Money(Entry, frozen=True):
    """The whole file."""

    funds: tuple[SampleKind, ...]
    new_funds: tuple[SampleNewFund, ...]
    transfers: tuple[SampleTransfer, ...]
    allocations: tuple[SampleAllocation, ...]
    rounds: tuple[SampleRound, ...]
    frame: SampleFrame
    measures: tuple[SampleMeasure, ...]


@cache
def read() -> Money:
    """Return the file; raises `msgspec.ValidationError` naming what is wrong in it."""
    return msgspec.toml.decode(Path(__file__).with_suffix(".toml").read_bytes(), type=Money, strict=False)


def allocation_of(initiative: str, fund: str, year: int) -> str:
    """Return the purpose of the allocation by which an initiative uses a fund; empty when it uses the fund itself."""
    given = (
        one for one in read().allocations if (one.fund, one.year) == (fund, year) and initiative in one.initiatives
    )
    return next((one.purpose for one in given), "")


async def give(session: AsyncSession, region: UUID, known: Funds, organisations: Ids, nodes: Ids) -> Ids:
    """Say what the funds are and give them away, before initiatives use them; return the allocations by purpose.

    The funds of this file are added to `known`.
    """
    money = read()
    for one in money.funds:
        await funds.revise_fund(session, SYSTEM, known[one.name, one.year], kind=one.kind, decision=one.decision)
    for new in money.new_funds:
        made = await funds.create_fund(session, SYSTEM, organisation_id=region, **msgspec.structs.asdict(new))
        known[new.name, new.year] = made.id
    for moved in money.transfers:
        await funds.transfer(
            session,
            SYSTEM,
            from_fund_id=known[moved.from_fund, moved.year],
            to_fund_id=known[moved.to_fund, moved.year],
            amount_kronor=moved.amount_kronor,
            moved_on=moved.moved_on,
            decision=moved.decision,
        )
    return {one.purpose: await _allocate(session, one, known, organisations, nodes) for one in money.allocations}


async def _allocate(session: AsyncSession, one: SampleAllocation, known: Funds, organisations: Ids, nodes: Ids) -> UUID:
    made = await funds.allocate(
        session,
        SYSTEM,
        known[one.fund, one.year],
        amount_kronor=one.amount_kronor,
        purpose=one.purpose,
        receiver_id=organisations[one.organisation] if one.organisation else None,
        receiver=one.receiver,
        recurring=one.recurring,
        clause=one.clause,
        node_id=nodes[one.node],
    )
    return made.id


async def load(session: AsyncSession, organisations: Ids) -> None:
    """Open the rounds with all that has come in, and register the measures."""
    money = read()
    for one in money.rounds:
        await _round(session, one, organisations)
    frame = await measure_frames.create(
        session, SYSTEM, name=money.frame.name, first_year=money.frame.first_year, last_year=money.frame.last_year
    )
    for claim in money.frame.claims:
        await claims.add(session, SYSTEM, frame_id=frame.id, text=claim.text, said_by=claim.said_by)
    for measure in money.measures:
        fields = msgspec.structs.asdict(measure)
        said, owner = fields.pop("claims"), organisations[fields.pop("organisation")]
        made = await measures.create(session, SYSTEM, organisation_id=owner, frame_id=frame.id, **fields)
        for claim in said:
            await claims.add(session, SYSTEM, measure_id=made.id, text=claim.text, said_by=claim.said_by)


async def _round(session: AsyncSession, one: SampleRound, organisations: Ids) -> None:
    fields = msgspec.structs.asdict(one)
    purpose, came_in = fields.pop("allocation"), fields.pop("applications")
    for name in ("fund", "year"):
        fields.pop(name)
    allocation_id = await session.scalar(select(Allocation.id).where(Allocation.purpose == purpose))
    made = await rounds.open_round(session, SYSTEM, allocation_id=allocation_id, **fields)
    for application in came_in:
        await _application(session, made.id, application, organisations)


async def _application(session: AsyncSession, round_id: UUID, one: SampleApplication, organisations: Ids) -> None:
    made = await applications.apply(
        session,
        SYSTEM,
        round_id,
        title=one.title,
        description=one.description,
        amount_kronor=one.amount_kronor,
        received_on=one.received_on,
        organisation_id=organisations[one.organisation] if one.organisation else None,
        applicant=one.applicant,
    )
    if one.awarded_kronor is None or one.decided_on is None:
        return
    await applications.decide(
        session,
        SYSTEM,
        made.id,
        awarded_kronor=one.awarded_kronor,
        decided_on=one.decided_on,
        decision=one.decision,
        report_due_on=one.report_due_on,
    )
    if one.reported_on:
        await applications.report(
            session,
            SYSTEM,
            made.id,
            reported_on=one.reported_on,
            method=one.method,
            result=one.result,
            published=one.published,
        )
