"""Matters (*ärenden*): what an organ deals with under one case number; its proposals and decisions stand under it."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, false, text, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import records, references, sources, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect, require_writer, sees_all
from initiatives.base import Base, text_enum, unless_taken
from initiatives.errors import AlreadyExists
from initiatives.kinds import KINDS, Kind
from initiatives.organisations import Organisation
from initiatives.past import kept

MISSING = "Ärendet finns inte."


class MatterKind(StrEnum):
    """In what shape a matter came to the organ."""

    OFFICIAL = "tjänsteskrivelse"
    RAISED = "nytt ärende"
    MOTION = "motion"
    AMENDMENT = "yrkande"
    REPORT = "rapport"
    OTHER = "annat"


class Matter(records.Record, Base):
    """A matter before an organ; `preparation` is who has prepared it, `proposed_by` who wants it decided."""

    __tablename__ = "matter"
    __table_args__ = (
        Index(
            "uq_matter_diary_number",
            "diary_number",
            "organ",
            unique=True,
            postgresql_where=text("diary_number <> ''"),
        ),
        Index(None, "organisation_id"),
    )

    diary_number: Mapped[str]
    title: Mapped[str]
    organ: Mapped[str]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[MatterKind] = mapped_column(text_enum(MatterKind, name="kind"))
    proposed_by: Mapped[str]
    preparation: Mapped[str]
    meeting_on: Mapped[date | None]
    note: Mapped[str]


POLICIES: tuple[str, ...] = protect("matter", read=SEES_ALL_SQL)
TRIGGERS: tuple[str, ...] = (kept("matter"),)
KINDS["matter"] = Kind(
    word="ärende",
    plural="ärenden",
    title=("title", "diary_number"),
    labels={
        "diary_number": "Diarienummer",
        "title": "Rubrik",
        "organ": "Organ",
        "organisation_id": "Organisation",
        "kind": "Slag",
        "proposed_by": "Föreslaget av",
        "preparation": "Beredning",
        "meeting_on": "Sammanträde",
        "note": "Anteckning",
    },
    page="/beslut",
)
sources.SUBJECTS["matter"] = MISSING


class MatterFields(TypedDict, total=False):
    """What can be written of a matter; a change names only what it changes."""

    diary_number: str
    title: str
    organ: str
    organisation_id: UUID | None
    kind: MatterKind | str
    proposed_by: str
    preparation: str
    meeting_on: date | None
    note: str


def visible_to(person: Viewer) -> ColumnElement[bool]:
    """Return the condition for what the person sees of matters and all that stands under them: all or nothing."""
    return true() if sees_all(person) else false()


async def create(session: AsyncSession, person: Viewer, **fields: Unpack[MatterFields]) -> Matter:
    """Write a new matter; title and organ are needed, and the case number is used once by each organ.

    Raises `NotAllowed`, `AlreadyExists`, or `InvalidValue` with the field.
    """
    require_writer(person)
    given = await _checked(session, {**_BLANK, **fields})
    matter = Matter(**given)
    await records.add(session, person, matter, taken=_taken(given["diary_number"], given["organ"]))
    return matter


async def revise(
    session: AsyncSession,
    person: Viewer,
    matter_id: UUID,
    *,
    revision: int | None = None,
    **fields: Unpack[MatterFields],
) -> Matter:
    """Change the named fields. Raises as `create`, `NotFound`, and `ConflictingChange` for what others changed too."""
    matter = await lock(session, person, matter_id)
    given = await _checked(session, fields)
    number = given.get("diary_number", matter.diary_number)
    async with unless_taken(session, _taken(number, given.get("organ", matter.organ))):
        await records.change(session, person, matter, given, read=revision)
    return matter


async def lock(session: AsyncSession, person: Viewer, matter_id: UUID) -> Matter:
    """Return a matter for writing, locked. Raises `NotFound`, then `NotAllowed`."""
    return await records.lock_to_write(session, person, Matter, matter_id, missing=MISSING)


async def _checked(session: AsyncSession, fields: Mapping[str, Any]) -> dict[str, Any]:
    given = dict(fields)
    for name in ("title", "organ"):
        if name in given:
            given[name] = values.line(given[name], field=name)
    if "diary_number" in given:
        given["diary_number"] = " ".join(
            values.paragraph(given["diary_number"], field="diary_number", longest=60).split()
        )
    for name in ("proposed_by", "preparation", "note"):
        if name in given:
            given[name] = values.paragraph(given[name], field=name)
    if "kind" in given:
        given["kind"] = values.choice(MatterKind, given["kind"], field="kind")
    values.period(given.get("meeting_on"), None, field="meeting_on")
    await references.require(session, Organisation, given.get("organisation_id"), field="organisation_id")
    return given


def _taken(diary_number: str, organ: str) -> AlreadyExists:
    return AlreadyExists(f"{organ} har redan ett ärende med diarienummer {diary_number}.", field="diary_number")


_BLANK: MatterFields = {
    "diary_number": "",
    "title": "",
    "organ": "",
    "organisation_id": None,
    "kind": MatterKind.OFFICIAL,
    "proposed_by": "",
    "preparation": "",
    "meeting_on": None,
    "note": "",
}
