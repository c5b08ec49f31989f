"""Answers to a conversation: a municipality's are seen by itself and the region, the region's by all the parties.

An answer is its organisation's and stands as it was written; what turns out to be wrong is said in another.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, ScalarSelect, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from initiatives.access import (
    MAY_WRITE_SQL,
    ORGANISATION_SQL,
    ROLE_SQL,
    SEES_ALL_SQL,
    Role,
    Viewer,
    may_write,
    sees_all,
)
from initiatives.base import Base, new_id, utcnow
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept


class DialogueAnswer(Base):
    """What an organisation has answered; `from_region` says that it is written by the programme group, for all."""

    __tablename__ = "dialogue_answer"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("dialogue_entry.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    from_region: Mapped[bool]
    text: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


_OF_SEEN = "entry_id IN (SELECT id FROM dialogue_entry)"
_OWN = f"organisation_id = {ORGANISATION_SQL}"
_BY_PARTNER = f"{ROLE_SQL} = '{Role.PARTNER}' AND NOT from_region AND {_OWN} AND {_OF_SEEN}"

POLICIES: tuple[str, ...] = (
    "ALTER TABLE dialogue_answer ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE dialogue_answer FORCE ROW LEVEL SECURITY",
    (
        "CREATE POLICY dialogue_answer_read ON dialogue_answer FOR SELECT "
        f"USING ({SEES_ALL_SQL} OR ((from_region OR {_OWN}) AND {_OF_SEEN}))"
    ),
    (
        "CREATE POLICY dialogue_answer_insert ON dialogue_answer FOR INSERT "
        f"WITH CHECK (({MAY_WRITE_SQL} AND from_region) OR ({_BY_PARTNER}))"
    ),
)
"""A partner answers in their own organisation's name what it is party to. Nobody changes an answer."""
TRIGGERS: tuple[str, ...] = (kept("dialogue_answer", part_of="entry_id"),)
KINDS["dialogue_answer"] = Kind(
    word="svar",
    plural="svar",
    title=("organisation_id",),
    labels={
        "entry_id": "Samtal",
        "organisation_id": "Från",
        "from_region": "Från regionen till alla",
        "text": "Svar",
    },
    part_of="dialogue_entry",
)


def may_answer(person: Viewer) -> bool:
    """Tell whether the person may answer what they see."""
    return person.organisation_id is not None and (may_write(person) or person.role is Role.PARTNER)


def seen_by(person: Viewer) -> ColumnElement[bool]:
    """Return the condition for the answers that the person sees, of conversations that they see."""
    if sees_all(person):
        return true()
    return DialogueAnswer.from_region | (DialogueAnswer.organisation_id == person.organisation_id)


def count_of(person: Viewer, entry_id: InstrumentedAttribute[UUID]) -> ScalarSelect[int]:
    """Return how many answers the person sees to each conversation of a query."""
    return (
        select(func.count())
        .select_from(DialogueAnswer)
        .where(DialogueAnswer.entry_id == entry_id, seen_by(person))
        .correlate_except(DialogueAnswer)
        .scalar_subquery()
    )
