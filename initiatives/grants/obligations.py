"""What a state grant demands and when: plans, reports, requests for money; and when money is paid."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Select, and_, case, column, not_, true
from sqlalchemy import values as values_of
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import due as dates
from initiatives import records, sources, swedish, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect
from initiatives.base import Base, text_enum
from initiatives.errors import InvalidValue
from initiatives.grants import agreements, components, writing
from initiatives.grants.agreements import Agreement
from initiatives.grants.facts import ObligationKind
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept
from initiatives.people import Person

MISSING = "Kravet finns inte."


class Obligation(records.Record, Base):
    """Something that a grant demands or gives on a day; `initiatives.grants.facts` tells of the fields."""

    __tablename__ = "grant_obligation"
    __table_args__ = (
        CheckConstraint("is_done OR done_on IS NULL", name="done"),
        Index(None, "grant_id"),
        Index(None, "component_id"),
        Index(None, "responsible_id"),
    )

    grant_id: Mapped[UUID] = mapped_column(ForeignKey("grant_agreement.id", ondelete="CASCADE"))
    component_id: Mapped[UUID | None] = mapped_column(ForeignKey("grant_component.id", ondelete="CASCADE"))
    kind: Mapped[ObligationKind] = mapped_column(text_enum(ObligationKind, name="kind"))
    due_on: Mapped[date | None]
    whole_month: Mapped[bool]
    due_text: Mapped[str]
    due_on_elsewhere: Mapped[date | None]
    is_done: Mapped[bool]
    done_on: Mapped[date | None]
    recipient: Mapped[str]
    recipient_elsewhere: Mapped[str]
    decided_by: Mapped[str]
    responsible_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    elsewhere: Mapped[str]
    note: Mapped[str]


POLICIES: tuple[str, ...] = protect("grant_obligation", read=SEES_ALL_SQL)
TRIGGERS: tuple[str, ...] = (kept("grant_obligation", part_of="grant_id"),)
sources.SUBJECTS["grant_obligation"] = MISSING
KINDS["grant_obligation"] = Kind(
    word="krav i statsbidrag",
    plural="Krav och datum",
    title=("kind", "due_on"),
    labels={
        "grant_id": "Statsbidrag",
        "component_id": "Del",
        "kind": "Vad",
        "due_on": "Datum",
        "whole_month": "Någon gång i månaden",
        "due_text": "Så står det i källan",
        "due_on_elsewhere": "Datum, annan uppgift",
        "is_done": "Klart",
        "done_on": "Blev klart",
        "recipient": "Mottagare",
        "recipient_elsewhere": "Mottagare, annan uppgift",
        "decided_by": "Beslutas av",
        "responsible_id": "Ansvarig",
        "elsewhere": "Var de andra uppgifterna står",
        "note": "Anteckning",
    },
    part_of="grant_agreement",
)


class Fields(TypedDict, total=False):
    """What can be written of an obligation; a change names only what it changes."""

    component_id: UUID | None
    kind: ObligationKind | str
    due_on: date | None
    whole_month: bool
    due_text: str
    due_on_elsewhere: date | None
    is_done: bool
    done_on: date | None
    recipient: str
    recipient_elsewhere: str
    decided_by: str
    responsible_id: UUID | None
    elsewhere: str
    note: str


_BLANK: Fields = {
    "component_id": None,
    "due_on": None,
    "whole_month": False,
    "due_text": "",
    "due_on_elsewhere": None,
    "is_done": False,
    "done_on": None,
    "recipient": "",
    "recipient_elsewhere": "",
    "decided_by": "",
    "responsible_id": None,
    "elsewhere": "",
    "note": "",
}
"""What an obligation is where nothing else is said."""


async def create(session: AsyncSession, person: Viewer, grant_id: UUID, **given: Unpack[Fields]) -> Obligation:
    """Write what an agreement, or one of its parts, demands; `kind` is required.

    Raises `NotFound` for the agreement, `NotAllowed` or `InvalidValue`.
    """
    await agreements.lock(session, person, grant_id)
    wanted = await _checked(session, grant_id, {**_BLANK, **given})
    row = Obligation(grant_id=grant_id, **wanted)
    await records.add(session, person, row)
    return row


async def lock(session: AsyncSession, person: Viewer, obligation_id: UUID) -> Obligation:
    """Return an obligation to change; raise `NotFound` if it is not there for the person, or `NotAllowed`."""
    return await agreements.lock_part(session, person, Obligation, obligation_id, missing=MISSING)


async def revise(
    session: AsyncSession, person: Viewer, obligation_id: UUID, *, revision: int | None, **given: Unpack[Fields]
) -> bool:
    """Change what is given, and tell whether anything changed; errors are those of `agreements.revise`."""
    row = await lock(session, person, obligation_id)
    stands = {name: getattr(row, name) for name in ("due_on", "whole_month", "is_done", "done_on")}
    checked = await _checked(session, row.grant_id, {**stands, **given})
    wanted = {name: value for name, value in checked.items() if name in given or value != stands[name]}
    changed = await records.change(session, person, row, wanted, read=revision)
    _require_month(row.due_on, row.whole_month)
    return changed


async def remove(session: AsyncSession, person: Viewer, obligation_id: UUID) -> None:
    """Take away an obligation; raise `NotFound` or `NotAllowed`."""
    await records.remove(session, person, await lock(session, person, obligation_id))


def due(person: Viewer) -> Select[*tuple[Any, ...]]:
    """Return the query for the dates of state grants, for the calendar; of no rows to one who sees only a part.

    Where the source has two dates for the same thing both are there, until somebody has found out which holds.
    """
    other = values_of(column("other", Boolean), name="statement").data([(False,), (True,)])
    return (
        dates.rows(
            Obligation.kind,
            subject_type="grant_agreement",
            subject_id=Obligation.grant_id,
            item_id=Obligation.id,
            title=Agreement.name + case((other.c.other, " (annan uppgift)"), else_=""),
            on=case((other.c.other, Obligation.due_on_elsewhere), else_=Obligation.due_on),
            whole_month=and_(Obligation.whole_month, not_(other.c.other)),
            organisation_id=Agreement.organisation_id,
            person_id=Obligation.responsible_id,
            done=Obligation.is_done,
        )
        .join(Agreement, Agreement.id == Obligation.grant_id)
        .join(other, true())
        .where(agreements.visible_to(person))
    )


_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})|(?P<name>[a-z]+) (?P<of>\d{4})")


def parse_due(text: str, *, field: str) -> tuple[date, bool]:
    """Return a day, or the first day of a month and True for "2017-10" and "oktober 2017"; raise `InvalidValue`."""
    match = _MONTH.fullmatch(" ".join(text.replace(swedish.NBSP, " ").lower().split()))
    if match is None:
        return swedish.parse_date(text, field=field), False
    known = {name: number for number, name in enumerate(swedish.MONTHS, start=1)}
    month = int(match["month"] or known.get(match["name"], 0))
    if not 1 <= month <= len(known):
        raise InvalidValue(f"”{text.strip()[:40]}” är inte en månad. Skriv till exempel 2026-10.", field=field)
    return date(values.year(int(match["year"] or match["of"]), field=field), month, 1), True


async def _checked(session: AsyncSession, grant_id: UUID, given: Mapping[str, Any]) -> dict[str, Any]:
    checked = writing.checked(_CHECKS, given)
    await components.require_of(session, grant_id, checked.get("component_id"))
    if (someone := checked.get("responsible_id")) and await session.get(Person, someone) is None:
        raise InvalidValue("Personen finns inte.", field="responsible_id")
    _require_month(checked["due_on"], checked["whole_month"])
    if checked["whole_month"]:
        checked["due_on"] = checked["due_on"].replace(day=1)
    if checked["done_on"]:
        checked["is_done"] = True
    return checked


def _require_month(due_on: date | None, whole_month: bool) -> None:  # noqa: FBT001 - a field, not a switch
    if whole_month and due_on is None:
        raise InvalidValue("Ange ett datum i månaden, eller ta bort markeringen för hel månad.", field="due_on")


_CHECKS: Mapping[str, writing.Check] = {
    "component_id": writing.kept,
    "kind": writing.one_of(ObligationKind),
    "due_on": writing.optional(writing.day),
    "whole_month": writing.kept,
    "due_text": writing.short,
    "due_on_elsewhere": writing.optional(writing.day),
    "is_done": writing.kept,
    "done_on": writing.optional(writing.day),
    "recipient": writing.short,
    "recipient_elsewhere": writing.short,
    "decided_by": writing.short,
    "responsible_id": writing.kept,
    "elsewhere": values.paragraph,
    "note": values.paragraph,
}
