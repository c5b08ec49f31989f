"""Operative clauses (*att-satser*): the numbered sentences of a proposal or a decision; each can be followed up."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import decisions, records, references, sources, values, wording
from initiatives.access import SEES_ALL_SQL, Viewer, protect
from initiatives.base import Base, Kronor, text_enum, unless_taken
from initiatives.decisions import Decision, Outcome
from initiatives.errors import AlreadyExists, InvalidValue, NarplanError
from initiatives.kinds import KINDS, Kind
from initiatives.matters import visible_to
from initiatives.organisations import Organisation
from initiatives.past import kept
from initiatives.standing import DueKind, settle_due

MISSING = "Att-satsen finns inte."
LARGEST_NUMBER = 999


class AlreadyClosed(NarplanError):
    """A decision has closed it; it must be opened again before it is changed."""

    title: ClassVar[str] = "Redan avslutat"


class Ruling(StrEnum):
    """What the organ did with the clause; a proposal's clauses are proposed and nothing else."""

    PROPOSED = "föreslagen"
    APPROVED = "bifallen"
    PARTLY = "delvis bifallen"
    REJECTED = "avslagen"
    REFERRED_BACK = "återremitterad"
    TABLED = "bordlagd"


APPROVING = (Ruling.APPROVED, Ruling.PARTLY)
FOLLOWS: Mapping[Outcome, Ruling] = {
    Outcome.PROPOSED: Ruling.PROPOSED,
    Outcome.DECIDED: Ruling.APPROVED,
    Outcome.PARTLY: Ruling.APPROVED,
    Outcome.REJECTED: Ruling.REJECTED,
    Outcome.REFERRED_BACK: Ruling.REFERRED_BACK,
    Outcome.TABLED: Ruling.TABLED,
}
"""What became of a clause when nothing else is said than what became of the whole."""


class Clause(records.Record, Base):
    """An att-sats. A negative `amount_kronor` is money taken out of `funding_source`; `closed_by_id` is a decision."""

    __tablename__ = "clause"
    __table_args__ = (
        Index("uq_clause_number", "decision_id", "number", unique=True),
        CheckConstraint("(due_kind = 'datum') = (due_on IS NOT NULL)", name="due"),
        Index(None, "addressee_organisation_id"),
        Index(None, "closed_by_id"),
        Index(None, "due_on"),
    )

    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id"))
    number: Mapped[int]
    verb: Mapped[str]
    text: Mapped[str]
    ruling: Mapped[Ruling] = mapped_column(text_enum(Ruling, name="ruling"))
    ruling_note: Mapped[str]
    addressee_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    addressee: Mapped[str]
    due_kind: Mapped[DueKind] = mapped_column(text_enum(DueKind, name="due_kind"))
    due_on: Mapped[date | None]
    due_note: Mapped[str]
    amount_kronor: Mapped[int | None] = mapped_column(Kronor)
    funding_source: Mapped[str]
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("decision.id"))


POLICIES: tuple[str, ...] = protect("clause", read=SEES_ALL_SQL)
TRIGGERS: tuple[str, ...] = (kept("clause", part_of="decision_id"),)
KINDS["clause"] = Kind(
    word="att-sats",
    plural="att-satser",
    title=("number", "text"),
    labels={
        "decision_id": "Beslut",
        "number": "Nummer",
        "verb": "Verb",
        "text": "Text",
        "ruling": "Vad organet gjorde",
        "ruling_note": "På vilket sätt",
        "addressee_organisation_id": "Organisation som den riktar sig till",
        "addressee": "Riktar sig till",
        "due_kind": "Tid",
        "due_on": "Senast",
        "due_note": "Tid, som det står",
        "amount_kronor": "Belopp",
        "funding_source": "Pengarna tas ur",
        "closed_by_id": "Avslutad genom",
    },
    part_of="decision",
    page="/beslut/att-satser",
    called=("number", "text"),
)
sources.SUBJECTS["clause"] = MISSING


class ClauseFields(TypedDict, total=False):
    """What can be written of a clause; a change names only what it changes."""

    number: int | None
    verb: str | None
    text: str
    ruling: Ruling | str | None
    ruling_note: str
    addressee_organisation_id: UUID | None
    addressee: str
    due_kind: DueKind | str | None
    due_on: date | None
    due_note: str
    amount_kronor: int | None
    funding_source: str


async def create(session: AsyncSession, person: Viewer, decision_id: UUID, **fields: Unpack[ClauseFields]) -> Clause:
    """Write a clause of a proposal or a decision; return it with revision 1.

    What is None or left out is read from the text and from the decision: the next number, the verb, and the ruling.
    Raises `NotAllowed`, `NotFound` for the decision, `AlreadyExists` for a number, or `InvalidValue` with the field.
    """
    decision = await decisions.lock(session, person, decision_id)
    given = await _checked(session, decision, {**_BLANK, **settle_due(fields)})
    given["number"] = given["number"] or await next_number(session, decision_id)
    given["verb"] = given["verb"] or wording.verb(given["text"])
    clause = Clause(decision_id=decision_id, closed_by_id=None, **given)
    await records.add(session, person, clause, taken=_taken(given["number"]))
    return clause


async def copy(session: AsyncSession, person: Viewer, decision_id: UUID, from_decision_id: UUID) -> Sequence[Clause]:
    """Write the clauses of another decision, mostly the proposal, in this one; each gets this one's ruling.

    Raises as `create`, and `InvalidValue` when there is nothing to copy.
    """
    query = select(Clause).where(Clause.decision_id == from_decision_id, visible_to(person)).order_by(Clause.number)
    found = (await session.scalars(query)).all()
    if not found:
        raise InvalidValue("Där finns inga att-satser att utgå från.", field="clauses_from_id")
    return [
        await create(session, person, decision_id, **{name: getattr(one, name) for name in _COPIED}) for one in found
    ]


async def revise(
    session: AsyncSession,
    person: Viewer,
    clause_id: UUID,
    *,
    revision: int | None = None,
    **fields: Unpack[ClauseFields],
) -> Clause:
    """Change the named fields. Raises as `create`, `AlreadyClosed`, and `ConflictingChange` for what others changed."""
    clause = await lock(session, person, clause_id)
    if clause.closed_by_id is not None:
        raise AlreadyClosed("Att-satsen är avslutad genom ett beslut. Öppna den igen innan du ändrar.")
    decision = await session.get_one(Decision, clause.decision_id)
    stands = {"due_kind": clause.due_kind, "due_on": clause.due_on}
    wanted = {name: value for name, value in fields.items() if value is not None or name in _MAY_BE_NONE}
    given = await _checked(session, decision, settle_due(wanted, stands))
    async with unless_taken(session, _taken(given.get("number", clause.number))):
        await records.change(session, person, clause, given, read=revision)
    return clause


async def lock(session: AsyncSession, person: Viewer, clause_id: UUID) -> Clause:
    """Return a clause for writing, locked. Raises `NotFound`, then `NotAllowed`."""
    return await records.lock_to_write(session, person, Clause, clause_id, missing=MISSING)


async def _checked(session: AsyncSession, decision: Decision, fields: Mapping[str, Any]) -> dict[str, Any]:
    given = dict(fields)
    if "text" in given and not (text := values.paragraph(given["text"], field="text")):
        raise InvalidValue("Skriv att-satsen, till exempel ”att avsätta 2 mnkr för …”.", field="text")
    if "text" in given:
        given["text"] = text
    for name in ("verb", "addressee", "due_note", "funding_source"):
        if given.get(name) is not None:
            given[name] = " ".join(values.paragraph(given[name], field=name, longest=500).split())
    if "ruling_note" in given:
        given["ruling_note"] = values.paragraph(given["ruling_note"], field="ruling_note")
    if given.get("number") is not None and not 1 <= given["number"] <= LARGEST_NUMBER:
        raise InvalidValue(f"Numret ska vara från 1 till {LARGEST_NUMBER}.", field="number")
    if given.get("amount_kronor") is not None:
        values.kronor(abs(given["amount_kronor"]), field="amount_kronor")
    if "ruling" in given:
        given["ruling"] = _ruling(decision, given["ruling"])
    await references.require(
        session, Organisation, given.get("addressee_organisation_id"), field="addressee_organisation_id"
    )
    return given


def _ruling(decision: Decision, wanted: str | None) -> Ruling:
    ruling = values.choice(Ruling, wanted or FOLLOWS[decision.outcome], field="ruling")
    if (ruling is Ruling.PROPOSED) != (decision.outcome == Outcome.PROPOSED):
        raise InvalidValue(
            "Ett förslags att-satser är föreslagna, och bara de. Lägg till beslutet som ett eget under ärendet.",
            field="ruling",
        )
    return ruling


async def next_number(session: AsyncSession, decision_id: UUID) -> int:
    """Return the number after the last clause of a proposal or a decision."""
    query = select(func.coalesce(func.max(Clause.number), 0) + 1).where(Clause.decision_id == decision_id)
    return int(await session.scalar(query) or 1)


def _taken(number: int) -> AlreadyExists:
    return AlreadyExists(
        f"Det finns redan en att-sats nummer {number} i beslutet. Välj ett annat nummer.", field="number"
    )


_BLANK: ClauseFields = {
    "number": None,
    "verb": None,
    "text": "",
    "ruling": None,
    "ruling_note": "",
    "addressee_organisation_id": None,
    "addressee": "",
    "due_kind": DueKind.NONE,
    "due_on": None,
    "due_note": "",
    "amount_kronor": None,
    "funding_source": "",
}
_COPIED = tuple(name for name in _BLANK if name not in {"ruling", "ruling_note"})
_MAY_BE_NONE = frozenset({"addressee_organisation_id", "due_on", "amount_kronor"})
