"""What organs propose and decide in a matter. A proposal stays a proposal: the decision is a row of its own."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from initiatives import matters, records, sources, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect
from initiatives.base import Base, text_enum
from initiatives.errors import InvalidValue, NarplanError
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept

MISSING = "Beslutet finns inte."


class OnlyProposed(NarplanError):
    """What is asked for is done to decisions, and this is a proposal."""

    title: ClassVar[str] = "Det är bara ett förslag"


class Outcome(StrEnum):
    """What the organ did; only the second and the third decide anything."""

    PROPOSED = "förslag"
    DECIDED = "beslutat"
    PARTLY = "delvis bifall"
    REJECTED = "avslaget"
    REFERRED_BACK = "återremitterat"
    TABLED = "bordlagt"


DECIDING = (Outcome.DECIDED, Outcome.PARTLY)


class Replacing(StrEnum):
    """What a decision does to an earlier one: puts something in its place, or takes it away."""

    SUPERSEDES = "ersätter"
    ANNULS = "upphäver"


class Decision(records.Record, Base):
    """A proposal, or what an organ made of one on a day; `replaces_id` is the earlier one whose place it takes."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("outcome = 'förslag' OR decided_on IS NOT NULL", name="dated"),
        CheckConstraint("(replaces_id IS NULL) = (replaces_how IS NULL)", name="replacing"),
        Index(None, "matter_id"),
        Index(None, "replaces_id", unique=True),
    )

    matter_id: Mapped[UUID] = mapped_column(ForeignKey("matter.id"))
    outcome: Mapped[Outcome] = mapped_column(text_enum(Outcome, name="outcome"))
    organ: Mapped[str]
    decided_on: Mapped[date | None]
    paragraph: Mapped[str]
    note: Mapped[str]
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("decision.id"))
    replaces_how: Mapped[Replacing | None] = mapped_column(text_enum(Replacing, name="replaces_how"))


POLICIES: tuple[str, ...] = protect("decision", read=SEES_ALL_SQL)
TRIGGERS: tuple[str, ...] = (kept("decision", part_of="matter_id"),)
KINDS["decision"] = Kind(
    word="beslut",
    plural="förslag och beslut",
    title=("outcome", "organ", "decided_on"),
    labels={
        "matter_id": "Ärende",
        "outcome": "Vad organet gjorde",
        "organ": "Organ",
        "decided_on": "Dag",
        "paragraph": "Paragraf",
        "note": "Anteckning",
        "replaces_id": "Gäller i stället för",
        "replaces_how": "Hur",
    },
    part_of="matter",
    called=("outcome", "organ", "decided_on"),
)
sources.SUBJECTS["decision"] = MISSING


class DecisionFields(TypedDict, total=False):
    """What can be written of a decision; a change names only what it changes."""

    outcome: Outcome | str
    organ: str
    decided_on: date | None
    paragraph: str
    note: str
    replaces_id: UUID | None
    replaces_how: Replacing | str | None


def in_force(on: date, decision: type[Decision] = Decision) -> ColumnElement[bool]:
    """Return the condition for decisions that hold on a day: decided by then, and not replaced by then."""
    later = aliased(Decision)
    replaced = select(later.id).where(
        later.replaces_id == decision.id, later.outcome.in_(DECIDING), later.decided_on <= on
    )
    return and_(decision.outcome.in_(DECIDING), decision.decided_on <= on, ~exists(replaced.correlate(decision)))


async def create(session: AsyncSession, person: Viewer, matter_id: UUID, **fields: Unpack[DecisionFields]) -> Decision:
    """Write what an organ proposes or has done in a matter; the organ is the matter's unless another is named.

    Raises `NotAllowed`, `NotFound` for the matter, or `InvalidValue` with the field: a decision has a day.
    """
    matter = await matters.lock(session, person, matter_id)
    decision = Decision(matter_id=matter_id)
    given = await _checked(session, decision, {**_BLANK, "organ": matter.organ, **fields})
    for name, value in given.items():
        setattr(decision, name, value)
    await records.add(session, person, decision)
    return decision


async def revise(
    session: AsyncSession,
    person: Viewer,
    decision_id: UUID,
    *,
    revision: int | None = None,
    **fields: Unpack[DecisionFields],
) -> Decision:
    """Change the named fields. A proposal does not become a decision so, nor the other way: `OnlyProposed`.

    Raises as `create`, and `ConflictingChange` for what others have changed too.
    """
    decision = await lock(session, person, decision_id)
    given = await _checked(session, decision, fields)
    if (given.get("outcome", decision.outcome) == Outcome.PROPOSED) != (decision.outcome == Outcome.PROPOSED):
        raise OnlyProposed(
            "Ett förslag och ett beslut är två saker. Lägg till beslutet som ett eget under ärendet, "
            "så står förslaget kvar som det var.",
            field="outcome",
        )
    await records.change(session, person, decision, given, read=revision)
    return decision


async def lock(session: AsyncSession, person: Viewer, decision_id: UUID) -> Decision:
    """Return a decision for writing, locked. Raises `NotFound`, then `NotAllowed`."""
    return await records.lock_to_write(session, person, Decision, decision_id, missing=MISSING)


async def _checked(session: AsyncSession, decision: Decision, fields: Mapping[str, Any]) -> dict[str, Any]:
    given = dict(fields)
    if "outcome" in given:
        given["outcome"] = values.choice(Outcome, given["outcome"], field="outcome")
    for name, longest in (("organ", 200), ("paragraph", 60)):
        if name in given:
            given[name] = " ".join(values.paragraph(given[name], field=name, longest=longest).split())
    if given.get("organ") == "":
        raise InvalidValue("Fyll i vilket organ det gäller.", field="organ")
    if "note" in given:
        given["note"] = values.paragraph(given["note"], field="note")
    values.period(given.get("decided_on"), None, field="decided_on")
    after = {name: given[name] if name in given else getattr(decision, name) for name in _BLANK}
    if after["outcome"] != Outcome.PROPOSED and after["decided_on"] is None:
        raise InvalidValue("Ange vilken dag organet fattade beslutet.", field="decided_on")
    if {"replaces_id", "replaces_how"} & given.keys():
        given |= await _replacing(session, decision, after)
    return given


async def _replacing(session: AsyncSession, decision: Decision, after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the decision replaces and how, having seen that it can."""
    replaces_id: UUID | None = after["replaces_id"]
    if replaces_id is None:
        return {"replaces_id": None, "replaces_how": None}
    how = values.choice(Replacing, after["replaces_how"] or Replacing.SUPERSEDES, field="replaces_how")
    other = await session.scalar(select(Decision).where(Decision.id == replaces_id).with_for_update())
    if other is None or other.id == decision.id:
        raise InvalidValue("Välj ett annat beslut som finns i registret.", field="replaces_id")
    if (other.outcome == Outcome.PROPOSED) != (after["outcome"] == Outcome.PROPOSED):
        raise InvalidValue("Ett förslag kan bara ersätta ett förslag, och ett beslut ett beslut.", field="replaces_id")
    if other.decided_on and after["decided_on"] and other.decided_on > after["decided_on"]:
        raise InvalidValue(
            f"Det beslutet fattades {other.decided_on}, efter detta. Välj ett som är äldre.", field="replaces_id"
        )
    by = await session.scalar(select(Decision.id).where(Decision.replaces_id == replaces_id))
    if (other.replaces_id and other.replaces_id == decision.id) or by not in {None, decision.id}:
        raise InvalidValue("Det beslutet är redan ersatt. Välj det som gäller nu.", field="replaces_id")
    return {"replaces_id": replaces_id, "replaces_how": how}


_BLANK: DecisionFields = {
    "outcome": Outcome.PROPOSED,
    "organ": "",
    "decided_on": None,
    "paragraph": "",
    "note": "",
    "replaces_id": None,
    "replaces_how": None,
}
