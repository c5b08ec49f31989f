"""The register as it is read: the list of initiatives with filters and order, and one initiative with all around it."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import accesses, quick, revisions
from initiatives.access import KEPT, Viewer, sees_all
from initiatives.errors import NotFound
from initiatives.initiatives import Initiative
from initiatives.kept import remember
from initiatives.listing import EVERYTHING, Filters, Sort, counting, listing, one, reader_of, shape_of, visible
from initiatives.reports import Health
from initiatives.sharing import Field, InitiativeShare, Profile, shown
from initiatives.workflow import Status

__all__ = ["Filters", "Sort"]  # Those who list also say what and how.


@dataclass(frozen=True, slots=True)
class Named:
    """Something referred to, with the name to show."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class SharedWith:
    """An organisation that an initiative is shared with, now or from a coming day, and on what terms."""

    id: UUID
    name: str
    profile: Profile
    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True)
class NodeRef:
    """A taxonomy node referred to; `valid_to` is the last day of the version that it belongs to, if there is one."""

    id: UUID
    dimension: str
    code: str
    name: str
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class InitiativeRow:
    """An initiative as it is shown to one reader; `budget_kronor` sums its budget links.

    `health` is what the newest progress report, of the day `reported_on`, says.

    To a partner, what the profile of their share does not show is None (`responsible` and the dates may be None also
    because they are not set), and so are `created_at` and `revision`, which tell of changes to the whole; `updated_at`
    is when something last changed that they see, and `shared_with` holds only their own organisation.
    """

    id: UUID
    title: str
    summary: str | None
    status: Status
    lead_organisation: Named
    responsible: Named | None
    starts_on: date | None
    ends_on: date | None
    nodes: tuple[NodeRef, ...] | None
    partners: tuple[Named, ...] | None
    decision: str | None
    outcome: str | None
    reason: str | None
    next_steps: str | None
    health: Health | None
    reported_on: date | None
    shared_with: tuple[SharedWith, ...]
    budget_kronor: int | None
    created_at: datetime | None
    updated_at: datetime
    revision: int | None

    @property
    def profile(self) -> Profile | None:
        """How much of the initiative the reader sees: None is all of it."""
        return None if self.revision else self.shared_with[0].profile


Written = dict[str, Any]
"""An `InitiativeRow` by the names of its fields and `profile`: plain values, and lists as written JSON."""


async def list_initiatives(
    session: AsyncSession,
    person: Viewer,
    filters: Filters = EVERYTHING,
    *,
    sort: Sort = Sort.TITLE,
    limit: int = 20,
    offset: int = 0,
) -> tuple[Sequence[InitiativeRow], int]:
    """Return the initiatives that the person sees and the filters let through, and how many there are in all."""
    found, total = await listed(session, person, filters, sort=sort, limit=limit, offset=offset)
    return msgspec.json.decode(msgspec.json.encode(found), type=list[InitiativeRow]), total


async def listed(
    session: AsyncSession,
    person: Viewer,
    filters: Filters = EVERYTHING,
    *,
    sort: Sort = Sort.TITLE,
    limit: int = 20,
    offset: int = 0,
) -> tuple[list[Written], int]:
    """Return the same, written as the API writes them: nothing is made of them that is then taken apart again."""
    reader = reader_of(person)
    shape, given_now = shape_of(filters)
    found = await quick.rows(session, listing(reader, shape, sort, limit), offset=offset, **given_now)
    head = found[0]["head"] if found and filters.shared_with is None else None  # That one changes with the day too.
    return [written(row) for row in found], await _total(session, reader, filters, head)


async def get(session: AsyncSession, person: Viewer, initiative_id: UUID) -> InitiativeRow:
    """Return one initiative, and note who opened it; raise `NotFound` if it is not there for the person."""
    found = await quick.rows(session, one(reader_of(person)), wanted=initiative_id)
    if not found:
        raise NotFound("Initiativet finns inte.")
    await accesses.seen(session, person, "initiative", [initiative_id])
    return msgspec.json.decode(msgspec.json.encode(written(found[0])), type=InitiativeRow)


async def count_by_status(session: AsyncSession, person: Viewer) -> dict[Status, int]:
    """Return how many initiatives the person sees in each status, statuses in their natural order, zeros included."""
    status = shown(person, Field.STATUS, Initiative.status)
    found = dict((await session.execute(visible(person, status, func.count()).group_by(status))).all())
    return {status: found.get(status, 0) for status in Status}


async def stands(session: AsyncSession, person: Viewer) -> Mapping[UUID, str]:
    """Return how each initiative that is shared with the person stands to them: its profile, and when it last changed.

    As long as that is the same they see the same of it. Empty for one who sees all.
    """
    if sees_all(person):
        return {}
    rows = await session.execute(visible(person, Initiative.id, InitiativeShare.profile, revisions.last_seen()))
    return {initiative_id: f"{profile} {changed_at.isoformat()}" for initiative_id, profile, changed_at in rows}


async def _total(session: AsyncSession, reader: Viewer, filters: Filters, head: str | None) -> int:
    """Return how many a filter lets through, counted once for each `head` of the diary: no write leaves it as it was.

    Only those who see all have a head. Whoever counts after a commit that came after the head was read keeps the newer
    number under the older head, which nobody meets again but readers who began before that commit.
    """
    kept: dict[Hashable, Any] = session.info.get(KEPT, {})
    if head and (known := kept.get((reader, filters, head))) is not None:
        return int(known)
    shape, given_now = shape_of(filters)
    [counted] = await quick.rows(session, counting(reader, shape), **given_now)
    total = int(counted["total"])
    if head:
        remember(kept, (reader, filters, head), total)
    return total


def written(row: Mapping[str, Any]) -> Written:
    """Return an initiative as the API writes it."""
    health, reported_on = row["latest"] or (None, None)
    return {
        "id": row["id"],
        "title": row["title"],
        "summary": row["summary"],
        "status": row["status"],
        "lead_organisation": {"id": row["lead_organisation_id"], "name": row["lead_organisation"]},
        "responsible": {"id": row["responsible_id"], "name": row["responsible"]} if row["responsible"] else None,
        "starts_on": row["starts_on"],
        "ends_on": row["ends_on"],
        "nodes": _raw(row["nodes"]),
        "partners": _raw(row["partners"]),
        "decision": row["decision"],
        "outcome": row["outcome"],
        "reason": row["reason"],
        "next_steps": row["next_steps"],
        "health": health,
        "reported_on": reported_on,
        "shared_with": _raw(row["shared_with"]),
        "budget_kronor": row["budget_kronor"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "revision": row["revision"],
        "profile": row["profile"],
    }


def _raw(json: str | None) -> msgspec.Raw | None:
    return None if json is None else msgspec.Raw(json)
