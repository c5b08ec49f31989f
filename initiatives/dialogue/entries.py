"""Conversations with municipalities: when, with whom, on which level, what was said, and what shall happen next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, RowMapping, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import due as dues
from initiatives import records, sources, values
from initiatives.access import Viewer, protect, require_writer
from initiatives.base import Base, text_enum
from initiatives.dialogue import parties
from initiatives.dialogue.answers import count_of
from initiatives.dialogue.parties import PARTY_SQL, Named, WithParties, visible_to
from initiatives.errors import InvalidValue, NotFound
from initiatives.kinds import KINDS, Kind
from initiatives.organisations import Organisation
from initiatives.past import kept

MISSING = "Samtalet finns inte."
DAYS = ("held_on", "next_step_on", "next_step_done_on")


class Level(StrEnum):
    """On which level one talks."""

    POLITICAL = "politisk"
    OFFICIAL = "tjänstemanna"
    LEADERSHIP = "ledning"
    OPERATIVE = "operativ"


class DialogueEntry(WithParties, records.Record, Base):
    """A conversation, and the next step that was agreed: what, until when, and whose it is."""

    __tablename__ = "dialogue_entry"
    __table_args__ = (
        CheckConstraint("next_step <> '' OR next_step_on IS NULL", name="next_step"),
        Index(None, "held_on"),
        Index(None, "party_ids", postgresql_using="gin"),
    )

    held_on: Mapped[date]
    level: Mapped[Level] = mapped_column(text_enum(Level, name="level"))
    title: Mapped[str]
    topics: Mapped[str]
    outcome: Mapped[str]
    next_step: Mapped[str]
    next_step_on: Mapped[date | None]
    next_step_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    next_step_done_on: Mapped[date | None]


POLICIES: tuple[str, ...] = protect("dialogue_entry", read=PARTY_SQL)
TRIGGERS: tuple[str, ...] = (kept("dialogue_entry"),)
sources.SUBJECTS["dialogue_entry"] = MISSING
KINDS["dialogue_entry"] = Kind(
    word="samtal",
    plural="samtal",
    title=("title", "held_on"),
    labels={
        "held_on": "Dag",
        "level": "Nivå",
        "title": "Ämne",
        "topics": "Vad ni talade om",
        "outcome": "Vad ni kom fram till",
        "next_step": "Nästa steg",
        "next_step_on": "Nästa steg senast",
        "next_step_organisation_id": "Vem gör nästa steg",
        "next_step_done_on": "Nästa steg klart",
        "party_ids": "Parter",
        "node_ids": "Delområden",
    },
    refers=parties.REFERS,
    page="/dialog/samtal",
)


class Fields(TypedDict, total=False):
    """What can be written of a conversation; a change names only what it changes."""

    held_on: date
    level: Level | str
    title: str
    topics: str
    outcome: str
    next_step: str
    next_step_on: date | None
    next_step_organisation_id: UUID | None
    next_step_done_on: date | None
    party_ids: Sequence[UUID]
    node_ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A conversation as it is shown, with names; `answers` is how many answers the reader sees."""

    id: UUID
    held_on: date
    level: Level
    title: str
    topics: str
    outcome: str
    next_step: str
    next_step_on: date | None
    next_step_organisation: Named | None
    next_step_done_on: date | None
    parties: tuple[Named, ...]
    nodes: tuple[Named, ...]
    answers: int
    created_at: datetime
    updated_at: datetime
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which conversations; what is None lets everything through. `open_step` is a next step that is not done."""

    organisation_id: UUID | None = None
    node_id: UUID | None = None
    level: Level | None = None
    open_step: bool | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return them as conditions on `DialogueEntry`."""
        where = [] if self.organisation_id is None else [DialogueEntry.party_ids.contains([self.organisation_id])]
        where += [] if self.node_id is None else [DialogueEntry.node_ids.contains([self.node_id])]
        where += [] if self.level is None else [DialogueEntry.level == self.level]
        if self.open_step is not None:
            is_open = (DialogueEntry.next_step != "") & DialogueEntry.next_step_done_on.is_(None)
            where.append(is_open if self.open_step else ~is_open)
        return where


EVERYTHING = Filters()


async def create(
    session: AsyncSession,
    person: Viewer,
    *,
    held_on: date,
    level: Level | str,
    title: str,
    party_ids: Sequence[UUID],
    topics: str = "",
    outcome: str = "",
    next_step: str = "",
    next_step_on: date | None = None,
    next_step_organisation_id: UUID | None = None,
    next_step_done_on: date | None = None,
    node_ids: Sequence[UUID] = (),
) -> DialogueEntry:
    """Write down a conversation with municipalities, which see it. Raises `NotAllowed` or `InvalidValue`."""
    require_writer(person)
    fields = Fields(
        held_on=held_on,
        level=level,
        title=title,
        topics=topics,
        outcome=outcome,
        next_step=next_step,
        next_step_on=next_step_on,
        next_step_organisation_id=next_step_organisation_id,
        next_step_done_on=next_step_done_on,
        party_ids=party_ids,
        node_ids=node_ids,
    )
    entry = DialogueEntry(**await _checked(session, fields))
    _check_step(entry.next_step, entry.next_step_on, entry.next_step_done_on)
    await records.add(session, person, entry)
    return entry


async def revise(
    session: AsyncSession, person: Viewer, entry_id: UUID, fields: Fields, *, read: int | None
) -> DialogueEntry:
    """Change what is given, by one who had read revision `read`; merges and refuses as `records.change` does."""
    entry = await _for_writing(session, person, entry_id)
    given = await _checked(session, fields)
    stands = {**records.fields(entry), **given}
    _check_step(stands["next_step"], stands["next_step_on"], stands["next_step_done_on"])
    await records.change(session, person, entry, given, read=read)
    return entry


async def remove(session: AsyncSession, person: Viewer, entry_id: UUID) -> None:
    """Take a conversation away, with its answers; what it was is kept in the past."""
    await records.remove(session, person, await _for_writing(session, person, entry_id))


async def list_entries(
    session: AsyncSession, person: Viewer, filters: Filters = EVERYTHING, *, limit: int = 20, offset: int = 0
) -> tuple[Sequence[EntryRow], int]:
    """Return the conversations that the person sees and the filters let through, the newest first, and how many."""
    where = (visible_to(person, DialogueEntry), *filters.conditions())
    total = await session.scalar(select(func.count()).select_from(DialogueEntry).where(*where))
    order = (DialogueEntry.held_on.desc(), DialogueEntry.id.desc())
    found = await session.execute(_rows(person).where(*where).order_by(*order).limit(limit).offset(offset))
    return await _shown(session, found.mappings().all()), total or 0


async def get_entry(session: AsyncSession, person: Viewer, entry_id: UUID) -> EntryRow:
    """Return one conversation, or raise `NotFound` if it is not there for the person."""
    query = _rows(person).where(DialogueEntry.id == entry_id, visible_to(person, DialogueEntry))
    if not (found := (await session.execute(query)).mappings().all()):
        raise NotFound(MISSING)
    [row] = await _shown(session, found)
    return row


def due(person: Viewer) -> Select[*tuple[Any, ...]]:
    """Return the next steps that have a date, of the conversations that the person sees."""
    return dues.rows(
        "nästa steg",
        subject_type="dialogue_entry",
        subject_id=DialogueEntry.id,
        item_id=DialogueEntry.id,
        title=DialogueEntry.next_step,
        on=DialogueEntry.next_step_on,
        organisation_id=DialogueEntry.next_step_organisation_id,
        done=DialogueEntry.next_step_done_on.is_not(None),
    ).where(visible_to(person, DialogueEntry))


async def _for_writing(session: AsyncSession, person: Viewer, entry_id: UUID) -> DialogueEntry:
    await get_entry(session, person, entry_id)
    require_writer(person)
    return await records.lock(session, DialogueEntry, entry_id, missing=MISSING)


async def _checked(session: AsyncSession, fields: Fields) -> dict[str, Any]:
    given = await parties.checked(session, fields, days=DAYS, paragraphs=("topics", "outcome"))
    if "level" in given:
        given["level"] = values.choice(Level, given["level"], field="level")
    if given.get("next_step"):
        given["next_step"] = values.line(given["next_step"], field="next_step", longest=500)
    whose = given.get("next_step_organisation_id")
    if whose is not None and await session.get(Organisation, whose) is None:
        raise InvalidValue("Organisationen finns inte.", field="next_step_organisation_id")
    return given


def _check_step(step: str, on: date | None, done_on: date | None) -> None:
    if not step and (on or done_on):
        field = "next_step_on" if on else "next_step_done_on"
        raise InvalidValue("Skriv vad nästa steg är, eller ta bort dess datum.", field=field)


def _rows(person: Viewer) -> Select[*tuple[Any, ...]]:
    return select(*DialogueEntry.__table__.columns, count_of(person, DialogueEntry.id).label("answers"))


async def _shown(session: AsyncSession, rows: Sequence[RowMapping]) -> Sequence[EntryRow]:
    known = await parties.names(session, rows)
    return [_row(row, known) for row in rows]


def _row(row: RowMapping, known: Mapping[UUID, Named]) -> EntryRow:
    plain = {name: row[name] for name in EntryRow.__dataclass_fields__ if name in row}
    return EntryRow(
        **plain,
        parties=tuple(known[one] for one in row["party_ids"] if one in known),
        nodes=tuple(known[one] for one in row["node_ids"] if one in known),
        next_step_organisation=known.get(row["next_step_organisation_id"]),
    )
