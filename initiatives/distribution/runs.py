"""Runs: distributions that have been decided and carried out. A run is never changed, only replaced by another.

It keeps its whole plan and its whole outcome as they were, as text, with their hash; the hash stands in the diary too,
whose rows are chained. Anyone who sees the register can have it counted over.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from initiatives import activity, values
from initiatives.access import MAY_WRITE_SQL, SEES_ALL_SQL, Viewer, require_writer, sees_all
from initiatives.activity import Activity, ActivityDetail
from initiatives.base import Base, Kronor, add_new, new_id, utcnow
from initiatives.checks import Check, Subject
from initiatives.distribution import rules
from initiatives.distribution.outcome import ENGINE, Outcome, compute
from initiatives.distribution.plan import Plan, checked
from initiatives.errors import AlreadyExists, InvalidValue, NotAllowed, NotFound
from initiatives.funds import Fund
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept
from initiatives.people import Person
from initiatives.swedish import sort_key_sql

RAN = "körde"
"""What the diary calls it."""


class DistributionRun(Base):
    """A distribution as it was decided; `annuls_id` is the run that it replaces. `sha256` is of all the rest."""

    __tablename__ = "distribution_run"
    __table_args__ = (
        CheckConstraint("shared_kronor BETWEEN 0 AND total_kronor", name="shared"),
        CheckConstraint("annuls_id <> id", name="annuls"),
        Index(None, "fund_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str]
    decision_reference: Mapped[str]
    fund_id: Mapped[UUID | None] = mapped_column(ForeignKey("fund.id"))
    annuls_id: Mapped[UUID | None] = mapped_column(ForeignKey("distribution_run.id"), unique=True)
    annuls_reason: Mapped[str]
    total_kronor: Mapped[int] = mapped_column(Kronor)
    shared_kronor: Mapped[int] = mapped_column(Kronor)
    run_at: Mapped[datetime]
    engine: Mapped[int]
    plan: Mapped[str]
    outcome: Mapped[str]
    sha256: Mapped[str]


POLICIES: tuple[str, ...] = (
    "ALTER TABLE distribution_run ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE distribution_run FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY distribution_run_read ON distribution_run FOR SELECT USING ({SEES_ALL_SQL})",
    f"CREATE POLICY distribution_run_insert ON distribution_run FOR INSERT WITH CHECK ({MAY_WRITE_SQL})",
)
"""There is none for changing or removing a row, so that nobody can."""
TRIGGERS: tuple[str, ...] = (kept("distribution_run"),)

KINDS["distribution_run"] = Kind(
    word="fördelning",
    plural="fördelningar",
    title=("title",),
    labels={
        "title": "Titel",
        "decision_reference": "Beslut",
        "fund_id": "Anslag",
        "annuls_id": "Ersätter",
        "annuls_reason": "Varför den ersätter",
        "total_kronor": "Att fördela",
        "shared_kronor": "Fördelat",
        "run_at": "Genomfördes",
        "sha256": "Kontrollsumma",
    },
    untold=frozenset({"engine", "plan", "outcome"}),
    page="/pengar/fordelningar",
)


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as it stands in a list; `annulled_by_id` is the run that has replaced it, `run_by` who carried it out."""

    id: UUID
    title: str
    decision_reference: str
    fund_id: UUID | None
    fund: str | None
    annuls_id: UUID | None
    annuls_reason: str
    annulled_by_id: UUID | None
    total_kronor: int
    shared_kronor: int
    run_at: datetime
    run_by: str | None
    engine: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Run:
    """A run with all that was put in and came out, and what the rules say about it."""

    row: RunRow
    plan: Plan
    outcome: Outcome
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a run still is what was carried out.

    `unchanged`: what is stored gives the hash; `recomputed`: the plan still gives the same outcome; `in_diary`: the
    diary has the same hash (None when its values have been erased). `intact` is all three, as far as they are known.
    """

    id: UUID
    intact: bool
    unchanged: bool
    recomputed: bool
    in_diary: bool | None
    sha256: str
    engine: int
    engine_now: int


def simulate(person: Viewer, plan: Plan) -> tuple[Outcome, tuple[Check, ...]]:
    """Return what a plan would give and what should be looked at; nothing is saved. For those who see the register."""
    if not sees_all(person):
        raise NotAllowed("Fördelningar görs i regionen. Fråga programgruppen om ni vill veta hur pengar fördelas.")
    outcome = compute(plan)
    return outcome, rules.check(checked(plan), outcome)


async def carry_out(
    session: AsyncSession,
    person: Viewer,
    *,
    title: str,
    plan: Plan,
    decision_reference: str,
    fund_id: UUID | None = None,
    annuls_id: UUID | None = None,
    annuls_reason: str = "",
) -> DistributionRun:
    """Carry out a decided distribution, for good; return it.

    `annuls_id` is an earlier run that this one replaces, for `annuls_reason`. Raises `InvalidValue` for what cannot be
    carried out, `AlreadyExists` if that run has been replaced before.
    """
    require_writer(person)
    plan = checked(plan)
    outcome = compute(plan)
    run = DistributionRun(
        id=new_id(),
        title=values.line(title, field="title"),
        decision_reference=values.line(decision_reference, field="decision_reference", longest=500),
        fund_id=fund_id,
        annuls_id=annuls_id,
        annuls_reason=values.paragraph(annuls_reason, field="annuls_reason", longest=1_000),
        total_kronor=outcome.total_kronor,
        shared_kronor=outcome.shared_kronor,
        run_at=utcnow(),
        engine=ENGINE,
        plan=canonical(plan),
        outcome=canonical(outcome),
    )
    await _check_references(session, run)
    run.sha256 = hash_of(run)
    await add_new(session, run, AlreadyExists("Fördelningen är redan ersatt av en annan.", field="annuls_id"))
    after = {name: getattr(run, name) for name in ("title", "decision_reference", "total_kronor", "sha256")}
    activity.record(session, person, RAN, "distribution_run", run.id, after={**after, "annuls_id": annuls_id})
    if annuls_id is not None:
        activity.record(session, person, "ersatte", "distribution_run", annuls_id, after={"replaced_by": run.id})
    await session.flush()
    return run


async def list_runs(
    session: AsyncSession, person: Viewer, *, fund_id: UUID | None = None, limit: int = 20, offset: int = 0
) -> tuple[Sequence[RunRow], int]:
    """Return runs, the newest first, and how many there are in all; none to one who sees a part of the register."""
    if not sees_all(person):
        return (), 0
    where = [] if fund_id is None else [DistributionRun.fund_id == fund_id]
    total = await session.scalar(select(func.count()).select_from(DistributionRun).where(*where))
    order = (DistributionRun.run_at.desc(), sort_key_sql(DistributionRun.title), DistributionRun.id)
    rows = await session.execute(_rows().where(*where).order_by(*order).limit(limit).offset(offset))
    return [RunRow(*row) for row in rows], total or 0


async def get_run(session: AsyncSession, person: Viewer, run_id: UUID) -> Run:
    """Return one run with all that is in it, or raise `NotFound`."""
    stored = await _stored(session, person, run_id)
    row = RunRow(*(await session.execute(_rows().where(DistributionRun.id == run_id))).one())
    plan, outcome = plan_in(stored.plan), outcome_in(stored.outcome)
    return Run(row, plan, outcome, rules.check(plan, outcome))


async def check(session: AsyncSession, person: Viewer) -> Sequence[Check]:
    """Return what the rules find in the runs that are in force; nothing to one who sees a part of the register."""
    if not sees_all(person):
        return ()
    newer = aliased(DistributionRun)
    query = (
        select(DistributionRun.id, DistributionRun.plan, DistributionRun.outcome)
        .outerjoin(newer, newer.annuls_id == DistributionRun.id)
        .where(newer.id.is_(None))
        .order_by(DistributionRun.id)
    )
    return [
        replace(found, subject=Subject("distribution_run", run_id))
        for run_id, plan, outcome in await session.execute(query)
        for found in rules.check(plan_in(plan), outcome_in(outcome))
    ]


async def verify(session: AsyncSession, person: Viewer, run_id: UUID) -> Verification:
    """Count a run over and hold it to what is stored and to the diary; raise `NotFound` if it is not there."""
    run = await _stored(session, person, run_id)
    unchanged = hash_of(run) == run.sha256
    recomputed = _gives(run.plan, run.outcome)
    told = await _told_in_diary(session, run_id)
    in_diary = None if told is None else told == run.sha256
    intact = unchanged and recomputed and in_diary is not False
    return Verification(run_id, intact, unchanged, recomputed, in_diary, run.sha256, run.engine, ENGINE)


def canonical(thing: Plan | Outcome) -> str:
    """Return the one way of writing it as JSON: keys in order, no spaces, exact decimals as text."""
    return msgspec.json.encode(thing, order="sorted").decode()


def plan_in(text: str) -> Plan:
    """Return the plan that was written so."""
    return msgspec.json.decode(text, type=Plan)


def outcome_in(text: str) -> Outcome:
    """Return the outcome that was written so."""
    return msgspec.json.decode(text, type=Outcome)


def hash_of(run: DistributionRun) -> str:
    """Return the SHA-256 of all that a run says, in hexadecimal."""
    said = {
        column.key: getattr(run, column.key) for column in DistributionRun.__table__.columns if column.key != "sha256"
    }
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()


def _gives(plan: str, outcome: str) -> bool:
    try:
        return compute(plan_in(plan)) == outcome_in(outcome)
    except (InvalidValue, msgspec.MsgspecError):
        return False


async def _check_references(session: AsyncSession, run: DistributionRun) -> None:
    if run.fund_id is not None and await session.get(Fund, run.fund_id) is None:
        raise InvalidValue("Anslaget finns inte. Välj ett annat eller utelämna det.", field="fund_id")
    if run.annuls_id is None:
        return
    if await session.get(DistributionRun, run.annuls_id) is None:
        raise InvalidValue("Fördelningen som ska ersättas finns inte.", field="annuls_id")
    if not run.annuls_reason:
        raise InvalidValue("Skriv varför den tidigare fördelningen ersätts.", field="annuls_reason")


async def _stored(session: AsyncSession, person: Viewer, run_id: UUID) -> DistributionRun:
    query = select(DistributionRun).where(DistributionRun.id == run_id).execution_options(populate_existing=True)
    run = await session.scalar(query) if sees_all(person) else None
    if run is None:
        raise NotFound("Fördelningen finns inte.")
    return run


async def _told_in_diary(session: AsyncSession, run_id: UUID) -> str | None:
    told = ActivityDetail.after["sha256"].as_string()
    of_it = (Activity.subject_type == "distribution_run", Activity.subject_id == run_id, Activity.action == RAN)
    return await session.scalar(select(told).join(Activity, Activity.id == ActivityDetail.activity_id).where(*of_it))


def _rows() -> Select[*tuple[Any, ...]]:
    newer = aliased(DistributionRun)
    who = (
        select(Person.name)
        .join(Activity, Activity.person_id == Person.id)
        .where(Activity.subject_type == "distribution_run", Activity.subject_id == DistributionRun.id)
        .where(Activity.action == RAN)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            DistributionRun.id,
            DistributionRun.title,
            DistributionRun.decision_reference,
            DistributionRun.fund_id,
            Fund.name,
            DistributionRun.annuls_id,
            DistributionRun.annuls_reason,
            newer.id,
            DistributionRun.total_kronor,
            DistributionRun.shared_kronor,
            DistributionRun.run_at,
            who,
            DistributionRun.engine,
            DistributionRun.sha256,
        )
        .outerjoin(Fund, Fund.id == DistributionRun.fund_id)
        .outerjoin(newer, newer.annuls_id == DistributionRun.id)
    )
