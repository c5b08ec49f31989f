"""Sharing an initiative with an organisation: who sees it, how much, from when and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, values
from initiatives.access import Role, Viewer, sees_all
from initiatives.errors import InvalidValue, NotFound
from initiatives.initiatives import Initiative, lock, touch, visible_to
from initiatives.organisations import Organisation
from initiatives.people import Person
from initiatives.sharing import DEFAULT_PROFILE, Field, InitiativeShare, Profile, new_share, share_seen
from initiatives.swedish import sort_key_sql, today


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A share as it is shown; `shared_by` is None to a partner, and where no person shared."""

    organisation_id: UUID
    organisation: str
    profile: Profile
    from_on: date
    to_on: date | None
    shared_at: datetime
    shared_by: str | None

    @property
    def coming(self) -> bool:
        """Whether the share has not begun."""
        return self.from_on > today()

    @property
    def ended(self) -> bool:
        """Whether the share has ended."""
        return self.to_on is not None and self.to_on < today()


async def share(
    session: AsyncSession,
    person: Viewer,
    initiative_id: UUID,
    organisation_id: UUID,
    *,
    profile: Profile | str = DEFAULT_PROFILE,
    from_on: date | None = None,
    to_on: date | None = None,
) -> Initiative:
    """Let an organisation's people see the fields of the profile between two days, both included.

    Without a first day it is today, without a last day until further notice. Replaces the terms of an earlier share
    with the organisation; the same terms change nothing. Raises `NotAllowed`, `NotFound`, or `InvalidValue`.
    """
    initiative = await lock(session, person, initiative_id)
    chosen = values.choice(Profile, profile, field="profile")
    if await session.get(Organisation, organisation_id) is None:
        raise InvalidValue(f"Det finns ingen organisation med id {organisation_id}.", field="organisation_id")
    old = await session.get(InitiativeShare, (initiative_id, organisation_id))
    first = from_on or (old.from_on if old else today())
    values.period(first, to_on, field="to_on")
    if old and (old.profile, old.from_on, old.to_on) == (chosen, first, to_on):
        return initiative
    before = _terms(old) if old else None
    new = new_share(person, initiative_id, organisation_id, chosen, from_on=first, to_on=to_on)
    await session.merge(new)
    touch(session, person, initiative, {Field.SHARES: None})
    activity.record(session, person, "delade", "initiative", initiative_id, before=before, after=_terms(new))
    await session.flush()
    return initiative


async def unshare(session: AsyncSession, person: Viewer, initiative_id: UUID, organisation_id: UUID) -> Initiative:
    """Stop sharing the initiative with an organisation; raise `NotFound` if it was not shared with it."""
    initiative = await lock(session, person, initiative_id)
    shared = await session.get(InitiativeShare, (initiative_id, organisation_id))
    if shared is None:
        raise NotFound("Initiativet är inte delat med den organisationen.")
    await session.delete(shared)
    touch(session, person, initiative, {Field.SHARES: None})
    activity.record(session, person, "slutade dela", "initiative", initiative_id, before=_terms(shared))
    await session.flush()
    return initiative


async def list_shares(session: AsyncSession, person: Viewer, initiative_id: UUID) -> Sequence[ShareRow]:
    """Return with whom an initiative is shared, coming and ended shares too; a partner finds only their own.

    Raises `NotFound` if the initiative is not there for the person.
    """
    if not await session.scalar(select(Initiative.id).where(visible_to(person), Initiative.id == initiative_id)):
        raise NotFound("Initiativet finns inte.")
    rows = await session.execute(
        select(
            InitiativeShare.organisation_id,
            Organisation.name,
            InitiativeShare.profile,
            InitiativeShare.from_on,
            InitiativeShare.to_on,
            InitiativeShare.shared_at,
            Person.name,
        )
        .join(Organisation, Organisation.id == InitiativeShare.organisation_id)
        .outerjoin(Person, (Person.id == InitiativeShare.shared_by) & literal(sees_all(person)))
        .where(InitiativeShare.initiative_id == initiative_id, share_seen(person))
        .order_by(sort_key_sql(Organisation.name), Organisation.id)
    )
    return [ShareRow(*row) for row in rows]


async def as_seen_by(session: AsyncSession, person: Viewer, organisation_id: UUID) -> Viewer:
    """Return somebody who sees what the organisation's people see, for one who sees all to look through their eyes."""
    found = await session.get(Organisation, organisation_id) if sees_all(person) else None
    if found is None:
        raise NotFound("Organisationen finns inte.")
    return Viewer(None, found.id, Role.READER, found.name)


def _terms(share: InitiativeShare) -> dict[str, object]:
    return {
        "organisation_id": share.organisation_id,
        "profile": share.profile,
        "from_on": share.from_on,
        "to_on": share.to_on,
    }
