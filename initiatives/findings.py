"""The register of findings: contradictions and gaps in what is registered and in the documents, and what came of each.

Rules propose findings (`initiatives.examination` runs them all); people add their own. A finding that a rule no longer
makes has ceased by itself; one that comes back is open again. What people have said of it no rule overwrites.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import records, sources, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect, require_writer, sees_all
from initiatives.base import Base, text_enum, utcnow
from initiatives.checks import Severity, Subject
from initiatives.errors import InvalidValue, NotFound
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept
from initiatives.people import Person
from initiatives.records import Record
from initiatives.swedish import sort_key_sql

OWN_RULE = "egen"
"""What stands as the rule of a finding that somebody has written."""
MISSING = "Granskningspunkten finns inte."


class State(StrEnum):
    """What has become of a finding."""

    OPEN = "öppen"
    ACCEPTED = "godtas"
    SOLVED = "åtgärdad"
    REJECTED = "avfärdad"
    CEASED = "upphörd"


CLOSED = frozenset({State.ACCEPTED, State.SOLVED, State.REJECTED})
"""The states that somebody chooses, and says why."""


class Finding(Record, Base):
    """A contradiction or a gap; `mark` tells a rule's finding from its others, and is empty for what people write."""

    __tablename__ = "finding"
    __table_args__ = (
        Index("uq_finding_mark", "mark", unique=True),
        Index(None, "subject_type", "subject_id"),
        Index(None, "state"),
    )

    rule: Mapped[str]
    mark: Mapped[str | None]
    severity: Mapped[Severity] = mapped_column(text_enum(Severity, name="severity"))
    title: Mapped[str]
    detail: Mapped[str]
    subject_type: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    state: Mapped[State] = mapped_column(text_enum(State, name="state"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    resolution: Mapped[str] = mapped_column(default="")
    found_at: Mapped[datetime] = mapped_column(default=utcnow)


POLICIES: tuple[str, ...] = protect("finding", read=SEES_ALL_SQL)
TRIGGERS: tuple[str, ...] = (kept("finding"),)
sources.SUBJECTS["finding"] = MISSING
KINDS["finding"] = Kind(
    word="granskningspunkt",
    plural="granskningspunkter",
    title=("title",),
    labels={
        "title": "Rubrik",
        "detail": "Beskrivning",
        "rule": "Regel",
        "severity": "Vikt",
        "state": "Läge",
        "owner_id": "Har hand om",
        "resolution": "Slutsats",
        "found_at": "Hittad",
    },
    untold=frozenset({"mark", "subject_type", "subject_id"}),
    page="/uppfoljning/granskning",
)


class Fields(TypedDict, total=False):
    """What people write of a finding; a rule's own words are changed only by the rule."""

    title: str
    detail: str
    severity: Severity | str
    state: State | str
    owner_id: UUID | None
    resolution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which findings; what is empty lets everything through."""

    states: tuple[State, ...] = ()
    severities: tuple[Severity, ...] = ()
    rule: str = ""
    owner_id: UUID | None = None
    subject: Subject | None = None
    q: str = ""


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as it is shown, with its owner's name."""

    id: UUID
    rule: str
    severity: Severity
    title: str
    detail: str
    subject_type: str | None
    subject_id: UUID | None
    state: State
    owner_id: UUID | None
    owner: str | None
    resolution: str
    found_at: datetime
    updated_at: datetime
    revision: int


async def add(
    session: AsyncSession,
    person: Viewer,
    *,
    title: str,
    detail: str = "",
    severity: Severity | str = Severity.MEDIUM,
    subject: Subject | None = None,
    owner_id: UUID | None = None,
) -> Finding:
    """Write a finding of one's own. Raises `InvalidValue` with the field, `NotAllowed`, `NotFound` for the subject."""
    require_writer(person)
    if subject is not None:
        await sources.require_subject(session, subject.kind, subject.id)
    finding = Finding(
        rule=OWN_RULE,
        mark=None,
        severity=values.choice(Severity, severity, field="severity"),
        title=values.line(title, field="title"),
        detail=values.paragraph(detail, field="detail"),
        subject_type=subject.kind if subject else None,
        subject_id=subject.id if subject else None,
        state=State.OPEN,
        owner_id=await _known(session, owner_id),
        resolution="",
        found_at=utcnow(),
    )
    await records.add(session, person, finding)
    return finding


async def revise(
    session: AsyncSession, person: Viewer, finding_id: UUID, *, revision: int | None = None, **fields: Unpack[Fields]
) -> Finding:
    """Change the named fields. Closing a finding takes a resolution; a rule's words stay the rule's.

    Raises `NotFound`, `NotAllowed`, `InvalidValue` with the field, and what `records.change` raises.
    """
    finding = await _lock(session, person, finding_id)
    wanted = await _checked(session, finding, fields)
    await records.change(session, person, finding, wanted, read=revision)
    return finding


async def remove(session: AsyncSession, person: Viewer, finding_id: UUID) -> None:
    """Take away a finding that somebody has written; a rule's finding is rejected instead."""
    finding = await _lock(session, person, finding_id)
    if finding.mark is not None:
        raise InvalidValue("Punkten kommer från en regel. Avfärda den och skriv varför.", field="state")
    await records.remove(session, person, finding)


async def list_findings(
    session: AsyncSession, person: Viewer, filters: Filters = Filters(), *, limit: int = 20, offset: int = 0
) -> tuple[Sequence[FindingRow], int]:
    """Return findings, open and grave ones first, and how many there are in all; none to one who sees a part."""
    if not sees_all(person):
        return (), 0
    where = _conditions(filters)
    total = await session.scalar(select(func.count()).select_from(Finding).where(*where))
    order = (Finding.state != State.OPEN, _GRAVITY, Finding.found_at.desc(), Finding.id)
    rows = await session.execute(_ROWS.where(*where).order_by(*order).limit(limit).offset(offset))
    return [FindingRow(*row) for row in rows], total or 0


async def get(session: AsyncSession, person: Viewer, finding_id: UUID) -> FindingRow:
    """Return one finding, or raise `NotFound`."""
    found = (await session.execute(_ROWS.where(Finding.id == finding_id))).one_or_none() if sees_all(person) else None
    if found is None:
        raise NotFound(MISSING)
    return FindingRow(*found)


async def list_rules(session: AsyncSession, person: Viewer) -> Mapping[str, str]:
    """Return the rules that have found something, with what each finds, in Swedish order."""
    if not sees_all(person):
        return {}
    what = func.min(func.regexp_replace(Finding.title, r" \([^()]*\)$", ""))
    query = select(Finding.rule, what).where(Finding.mark.is_not(None)).group_by(Finding.rule)
    return dict((await session.execute(query.order_by(sort_key_sql(what), Finding.rule))).all())


async def _lock(session: AsyncSession, person: Viewer, finding_id: UUID) -> Finding:
    await get(session, person, finding_id)
    require_writer(person)
    return await records.lock(session, Finding, finding_id, missing=MISSING)


async def _checked(session: AsyncSession, finding: Finding, fields: Fields) -> dict[str, Any]:
    checked: dict[str, Any] = dict(fields)
    of_the_rule = sorted(fields.keys() & {"title", "detail", "severity"})
    if finding.mark is not None and of_the_rule:
        raise InvalidValue(
            "Texten kommer från en regel och går inte att skriva om. Skriv i slutsatsen.", field=of_the_rule[0]
        )
    if "title" in fields:
        checked["title"] = values.line(fields["title"], field="title")
    for name in ("detail", "resolution"):
        if name in fields:
            checked[name] = values.paragraph(checked[name], field=name)
    if "severity" in fields:
        checked["severity"] = values.choice(Severity, fields["severity"], field="severity")
    if "owner_id" in fields:
        checked["owner_id"] = await _known(session, fields["owner_id"])
    if "state" in fields:
        checked["state"] = _state(finding, fields["state"], checked.get("resolution", finding.resolution))
    return checked


def _state(finding: Finding, wanted: State | str, resolution: str) -> State:
    state = values.choice(State, wanted, field="state")
    if state is State.CEASED and finding.state is not State.CEASED:
        raise InvalidValue(
            "Bara regeln själv låter en punkt upphöra. Välj åtgärdad, godtas eller avfärdad.", field="state"
        )
    if state in CLOSED and not resolution:
        raise InvalidValue("Skriv vad ni kom fram till innan punkten stängs.", field="resolution")
    return state


async def _known(session: AsyncSession, owner_id: UUID | None) -> UUID | None:
    if owner_id is not None and await session.get(Person, owner_id) is None:
        raise InvalidValue("Personen finns inte.", field="owner_id")
    return owner_id


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    where = [_mentions(word) for word in filters.q.split()]
    if filters.states:
        where.append(Finding.state.in_(filters.states))
    if filters.severities:
        where.append(Finding.severity.in_(filters.severities))
    if filters.rule:
        where.append(Finding.rule == filters.rule)
    if filters.owner_id is not None:
        where.append(Finding.owner_id == filters.owner_id)
    if filters.subject is not None:
        where += [Finding.subject_type == filters.subject.kind, Finding.subject_id == filters.subject.id]
    return where


def _mentions(word: str) -> ColumnElement[bool]:
    return or_(*(side.icontains(word, autoescape=True) for side in (Finding.title, Finding.detail)))


_GRAVITY = case({severity: place for place, severity in enumerate(Severity)}, value=Finding.severity)
_ROWS: Select[*tuple[Any, ...]] = select(
    Finding.id,
    Finding.rule,
    Finding.severity,
    Finding.title,
    Finding.detail,
    Finding.subject_type,
    Finding.subject_id,
    Finding.state,
    Finding.owner_id,
    Person.name,
    Finding.resolution,
    Finding.found_at,
    Finding.updated_at,
    Finding.revision,
).outerjoin(Person, Person.id == Finding.owner_id)
