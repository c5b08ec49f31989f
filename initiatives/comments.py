"""Comments on initiatives: between the programme group and one organisation, or within the programme group.

A partner comments on what is shared with a profile that shows comments; the organisation's people and those who see
everything read it, no other municipality does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, and_, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from initiatives import activity, people, values
from initiatives.access import (
    MAY_WRITE_SQL,
    ORGANISATION_SQL,
    PERSON_SQL,
    ROLE_SQL,
    SEES_ALL_SQL,
    Role,
    Viewer,
    may_write,
    protect,
    require_writer,
    sees_all,
)
from initiatives.base import Base, new_id, utcnow
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from initiatives.initiatives import Initiative, visible_to
from initiatives.kinds import KINDS, Kind
from initiatives.organisations import Organisation
from initiatives.past import kept
from initiatives.people import Person
from initiatives.sharing import Field, InitiativeShare, in_force, seen, seen_sql, showing

LONGEST = 4_000
MISSING = "Kommentaren finns inte."


class Comment(Base):
    """Somebody has said something of an initiative to, or in, `organisation_id`; without one within the region."""

    __tablename__ = "initiative_comment"
    __table_args__ = (Index(None, "initiative_id", "created_at"), Index(None, "organisation_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    initiative_id: Mapped[UUID] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    from_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    written_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


_THEIRS_SQL = f"organisation_id = {ORGANISATION_SQL} AND initiative_id IN ({seen_sql(Field.COMMENTS)})"
_OWN_SQL = (
    f"{ROLE_SQL} = '{Role.PARTNER}' AND written_by = {PERSON_SQL} AND from_organisation_id = {ORGANISATION_SQL} "
    f"AND {_THEIRS_SQL}"
)
POLICIES: tuple[str, ...] = protect(
    "initiative_comment",
    read=f"{SEES_ALL_SQL} OR ({_THEIRS_SQL})",
    write=f"{MAY_WRITE_SQL} OR ({_OWN_SQL})",
)
TRIGGERS: tuple[str, ...] = (kept("initiative_comment", part_of="initiative_id"),)

KINDS["initiative_comment"] = Kind(
    word="kommentar",
    plural="kommentarer",
    title=("body",),
    labels={
        "initiative_id": "Initiativ",
        "organisation_id": "Med",
        "from_organisation_id": "Från",
        "written_by": "Skriven av",
        "body": "Kommentar",
    },
    part_of="initiative",
)


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment as it is shown.

    `organisation` is whom it is between, with the region (None: nobody else), `from_organisation` where whoever wrote
    it belongs; `written_by` is None to one who does not see that person. `removable` tells whether the reader may take
    it away.
    """

    id: UUID
    initiative_id: UUID
    organisation_id: UUID | None
    organisation: str | None
    from_organisation: str | None
    written_by: str | None
    body: str
    created_at: datetime
    removable: bool


def may_comment(person: Viewer) -> bool:
    """Tell whether the person is of those who comment: the programme group, and partners on what they see."""
    return may_write(person) or (person.role is Role.PARTNER and person.person_id is not None)


async def comment(
    session: AsyncSession, person: Viewer, initiative_id: UUID, *, body: str, organisation_id: UUID | None = None
) -> Comment:
    """Say something of an initiative; for partners always to the region, in the name of their own organisation.

    The programme group says it to `organisation_id`, which must have the initiative with a profile that shows
    comments, or, without one, among themselves. Raises `NotFound`, `NotAllowed` or `InvalidValue`.
    """
    await _require_initiative(session, person, initiative_id)
    if may_write(person):
        await _require_reader(session, initiative_id, organisation_id)
    else:
        await _require_shown(session, person, initiative_id)
        if organisation_id not in (None, person.organisation_id):
            raise InvalidValue("Du skriver till regionen. Utelämna organisationen.", field="organisation_id")
        organisation_id = person.organisation_id
    text = values.paragraph(body, field="body", longest=LONGEST)
    if not text:
        raise InvalidValue("Skriv en kommentar.", field="body")
    made = Comment(
        id=new_id(),
        initiative_id=initiative_id,
        organisation_id=organisation_id,
        from_organisation_id=person.organisation_id,
        written_by=person.person_id,
        body=text,
        created_at=utcnow(),
    )
    session.add(made)
    after = {"comment_id": made.id, "organisation_id": organisation_id}
    activity.record(session, person, "kommenterade", "initiative", initiative_id, after=after)
    await session.flush()
    return made


async def list_comments(
    session: AsyncSession, person: Viewer, *initiative_ids: UUID, limit: int = 20, offset: int = 0
) -> tuple[Sequence[CommentRow], int]:
    """Return the comments on these initiatives that the person sees, newest first, and how many there are in all."""
    where = Comment.initiative_id.in_(initiative_ids), readable(person)
    total = await session.scalar(select(func.count()).select_from(Comment).where(*where))
    sender = aliased(Organisation)
    query = (
        select(Comment, Organisation.name, sender.name, Person.name)
        .outerjoin(Organisation, Organisation.id == Comment.organisation_id)
        .outerjoin(sender, sender.id == Comment.from_organisation_id)
        .outerjoin(Person, and_(Person.id == Comment.written_by, people.visible_to(person)))
        .where(*where)
        .order_by(Comment.created_at.desc(), Comment.id.desc())
    )
    return [
        CommentRow(
            one.id,
            one.initiative_id,
            one.organisation_id,
            name,
            sent_from,
            written_by,
            one.body,
            one.created_at,
            _removable(person, one),
        )
        for one, name, sent_from, written_by in await session.execute(query.limit(limit).offset(offset))
    ], total or 0


async def remove(session: AsyncSession, person: Viewer, initiative_id: UUID, comment_id: UUID) -> None:
    """Take a comment away: one's own, or any for the programme group. Raises `NotFound` or `NotAllowed`."""
    await _require_initiative(session, person, initiative_id)
    where = Comment.id == comment_id, Comment.initiative_id == initiative_id, readable(person)
    found = await session.scalar(select(Comment).where(*where))
    if found is None:
        if not may_comment(person):
            require_writer(person)
        raise NotFound(MISSING)
    if not _removable(person, found):
        raise NotAllowed("Du kan bara ta bort dina egna kommentarer. Be programgruppen om hjälp.")
    before = {"comment_id": found.id, "organisation_id": found.organisation_id}
    activity.record(session, person, "tog bort kommentar", "initiative", initiative_id, before=before)
    await session.delete(found)
    await session.flush()


def readable(person: Viewer) -> ColumnElement[bool]:
    """Return the condition on `Comment` for those that the person reads."""
    if sees_all(person):
        return true()
    return and_(
        Comment.organisation_id == person.organisation_id, Comment.initiative_id.in_(seen(person, Field.COMMENTS))
    )


async def readers(session: AsyncSession, person: Viewer, initiative_id: UUID) -> Sequence[tuple[UUID, str]]:
    """Return the organisations that the programme group may write to about an initiative, by name; none to others."""
    if not may_write(person):
        return ()
    query = select(Organisation.id, Organisation.name).join(
        InitiativeShare, InitiativeShare.organisation_id == Organisation.id
    )
    found = await session.execute(query.where(_shown_to(initiative_id)).order_by(Organisation.name))
    return [(id, name) for id, name in found]


def _shown_to(initiative_id: UUID) -> ColumnElement[bool]:
    shows = InitiativeShare.profile.in_(showing(Field.COMMENTS))
    return and_(InitiativeShare.initiative_id == initiative_id, shows, in_force(InitiativeShare))


def _removable(person: Viewer, one: Comment) -> bool:
    if may_write(person):
        return True
    return may_comment(person) and one.written_by is not None and one.written_by == person.person_id


async def _require_initiative(session: AsyncSession, person: Viewer, initiative_id: UUID) -> None:
    if not await session.scalar(select(Initiative.id).where(visible_to(person), Initiative.id == initiative_id)):
        raise NotFound("Initiativet finns inte.")


async def _require_shown(session: AsyncSession, person: Viewer, initiative_id: UUID) -> None:
    if not may_comment(person):
        raise NotAllowed("Bara programgruppen och kommunpartner kan kommentera. Be någon av dem att göra det.")
    if initiative_id not in set(await session.scalars(seen(person, Field.COMMENTS))):
        raise NotAllowed(
            "Initiativet delas med er som en översikt, utan kommentarer. Be programgruppen att dela mer om det behövs."
        )


async def _require_reader(session: AsyncSession, initiative_id: UUID, organisation_id: UUID | None) -> None:
    if organisation_id is None:
        return
    mine = InitiativeShare.organisation_id == organisation_id
    if not await session.scalar(select(InitiativeShare.initiative_id).where(_shown_to(initiative_id), mine)):
        raise InvalidValue(
            "Initiativet delas inte med den organisationen så att den ser kommentarer. Dela det som plan först, "
            "eller skriv utan organisation.",
            field="organisation_id",
        )
