"""What is stored about one person: all of it, to be read by them; and taking it away when it is no longer needed.

These functions read and write beyond what one person sees, and want a session with the system's scope.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    Select,
    Text,
    TextClause,
    Uuid,
    and_,
    bindparam,
    cast,
    column,
    delete,
    func,
    or_,
    select,
    table,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from initiatives import activity, audit, initiatives, leaving, records
from initiatives.access import (
    SEES_ALL_SQL,
    SYSTEM,
    Viewer,
    acting_as,
    may_administer,
    require_administrator,
    sees_all,
)
from initiatives.activity import Activity, ActivityDetail
from initiatives.chain import ERASED
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from initiatives.grants.obligations import Obligation
from initiatives.indicators.tables import Indicator
from initiatives.milestones import Milestone
from initiatives.people import Person
from initiatives.records import Record

ERASED_NAME, ERASED_DOMAIN = "Raderad person", "raderad.invalid"
_SECRET = re.compile(r"sha256|hash|salt|secret|token|nonce|verifier")
_BARE = re.compile(r"(?:^|_)(?:id|at|by)$|^(?:action|subject_type|question)$")
"""Columns that tell what was done, and to which thing, but nothing of what stands in it."""
_REFERENCES = text(
    "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c "
    "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
    "WHERE c.contype = 'f' AND c.confrelid = 'person'::regclass ORDER BY 1, 2"
)


class Fate(StrEnum):
    """What becomes of the rows that point at a person who is erased."""

    KEPT = "kept"
    ENDED = "ended"
    REMOVED = "removed"
    HANDED_OVER = "handed over"


FATES: Mapping[tuple[str, str], Fate] = {
    ("activity", "person_id"): Fate.KEPT,
    ("api_key", "created_by"): Fate.KEPT,
    ("asked", "person_id"): Fate.REMOVED,
    ("calendar_feed", "person_id"): Fate.REMOVED,
    ("assignment", "receiver_person_id"): Fate.KEPT,
    ("conversation", "person_id"): Fate.REMOVED,
    ("directory_account", "person_id"): Fate.REMOVED,
    ("document", "added_by"): Fate.KEPT,
    ("document_share", "shared_by"): Fate.KEPT,
    ("grant_obligation", "responsible_id"): Fate.HANDED_OVER,
    ("indicator", "responsible_id"): Fate.HANDED_OVER,
    ("ingestion", "added_by"): Fate.KEPT,
    ("origin", "added_by"): Fate.KEPT,
    ("finding", "owner_id"): Fate.KEPT,
    ("initiative", "responsible_id"): Fate.HANDED_OVER,
    ("initiative_change", "changed_by"): Fate.KEPT,
    ("initiative_comment", "written_by"): Fate.KEPT,
    ("initiative_share", "shared_by"): Fate.KEPT,
    ("invitation", "accepted_by"): Fate.KEPT,
    ("invitation", "invited_by"): Fate.KEPT,
    ("known_browser", "person_id"): Fate.REMOVED,
    ("login_session", "person_id"): Fate.REMOVED,
    ("membership", "person_id"): Fate.ENDED,
    ("milestone", "responsible_id"): Fate.HANDED_OVER,
    ("progress_report", "written_by"): Fate.KEPT,
    ("saved_filter", "person_id"): Fate.REMOVED,
    ("seen", "person_id"): Fate.KEPT,
    ("suggestion", "decided_by"): Fate.KEPT,
}
"""For every column of the database that points at a person; what is kept points at an identifier without a name."""

TITLES = {
    "person": "Kontot",
    "activity": "Det du har ändrat",
    "api_key": "API-nycklar som du har skapat",
    "asked": "Frågor som har noterats",
    "calendar_feed": "Kalendrar som du prenumererar på",
    "assignment": "Uppdrag som du har fått",
    "conversation": "Samtal",
    "directory_account": "Konton för inloggning",
    "finding": "Granskningspunkter som du har hand om",
    "grant_obligation": "Krav i statsbidrag som du är ansvarig för",
    "indicator": "Indikatorer som du är ansvarig för",
    "initiative": "Initiativ som du är ansvarig för",
    "initiative_comment": "Kommentarer som du har skrivit",
    "invitation": "Inbjudningar",
    "known_browser": "Webbläsare som du har loggat in från",
    "login_session": "Inloggningar",
    "membership": "Medlemskap i organisationer",
    "milestone": "Milstolpar som du är ansvarig för",
    "progress_report": "Lägesrapporter som du har skrivit",
    "saved_filter": "Filter som du har sparat",
    "seen": "Delade saker som du har öppnat",
    "suggestion": "Förslag till registret som du har tagit ställning till",
    "turn": "Frågor och svar i samtalen",
    "about": "Ändringar som gäller dig",
}


WHOLE = frozenset(
    {
        *(
            "person",
            "about",
            "asked",
            "calendar_feed",
            "conversation",
            "directory_account",
            "invitation",
            "known_browser",
        ),
        *("login_session", "membership", "saved_filter", "seen"),
    }
)
"""Kinds of row that are about the person alone; the others hold words of the register and of documents."""


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one kind; `name` is their table, `title` what a person calls them."""

    name: str
    title: str
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure did: how many rows of each kind it took away, and how many things changed hands."""

    person_id: UUID
    removed: Mapping[str, int]
    handed_over: int
    details: int


async def export(session: AsyncSession, person: Viewer, person_id: UUID) -> Sequence[Section]:
    """Return everything that is stored about somebody, without secrets; for themself and for administrators.

    Every column of the database that points at a person is followed, so that nothing new is left out. To one who does
    not see everything, what is not about the person alone (an answer, an initiative) is named but not told: it may no
    longer be shared with them. Raises `NotFound` to anybody else, as if the person did not exist.
    """
    if person.person_id != person_id and not may_administer(person):
        raise NotFound("Personen finns inte.")
    account = await _rows(session, _pointing_at("person", "id"), person_id)
    if not account:
        raise NotFound("Personen finns inte.")
    sections = [Section("person", TITLES["person"], account)]
    for name, pointing in await references(session):
        title = TITLES.get(name, f"{name} ({pointing})")
        query = _DONE if name == "activity" else _pointing_at(name, pointing)
        sections.append(Section(name, title, await _rows(session, query, person_id)))
    for name, query in _MORE.items():
        sections.append(Section(name, TITLES[name], await _rows(session, query, person_id)))
    if sees_all(person) and await _database_agrees(session, person):
        return sections
    return [_bare(section) for section in sections]


async def _database_agrees(session: AsyncSession, person: Viewer) -> bool:
    """Ask the other wall too whether the person sees everything, as an export is read past its policies."""
    async with acting_as(session, person, then=SYSTEM):
        return bool(await session.scalar(text(_SEES_ALL)))


def _bare(section: Section) -> Section:
    if section.name in WHOLE:
        return section
    rows = [{name: value for name, value in row.items() if _BARE.search(name)} for row in section.rows]
    return replace(section, rows=rows)


async def references(session: AsyncSession) -> Sequence[tuple[str, str]]:
    """Return every table and column that points at a person, as the database knows them."""
    return [(str(name), str(pointing)) for name, pointing in await session.execute(_REFERENCES)]


def as_text(sections: Sequence[Section]) -> str:
    """Return an export as text to read: a heading for each kind, a paragraph for each row."""
    parts = []
    for section in sections:
        lines = [section.title, "=" * len(section.title)]
        paragraphs = ["\n".join(f"{name}: {value}" for name, value in row.items()) for row in section.rows]
        parts.append("\n".join([*lines, "\n\n".join(paragraphs) or "Inget är lagrat."]))
    return "\n\n\n".join(parts) + "\n"


async def erase(
    session: AsyncSession, person: Viewer, person_id: UUID, *, confirm: str, hand_over_to: UUID | None = None
) -> Erasure:
    """Take away who somebody is, for good: name, address, password, sessions, questions, conversations and details.

    The identifier stays, so that the diary holds. `confirm` must be the person's e-mail address. What
    they answer for goes to `hand_over_to`, or to nobody. Raises `LastAdministrator`, `NotAllowed`, `NotFound`, or
    `InvalidValue` with the field.
    """
    require_administrator(person)
    found = await _lock(session, person_id, confirm)
    details = await _details(session, person_id, found.email)
    await leaving.close_account(session, person, person_id)
    handed_over = await _hand_over(session, person, person_id, hand_over_to)
    theirs = [one for one, fate in FATES.items() if fate is Fate.REMOVED]
    removed = {name: await _remove(session, name, pointing, person_id) for name, pointing in theirs}
    await _end(session, person_id, found.email)
    after = {"handed_over": handed_over, **removed, "details": len(details), ERASED: audit.erasure_digest(details)}
    told = activity.record(session, person, "raderade", "person", person_id, after=after)
    await session.flush()
    await session.execute(
        update(ActivityDetail)
        .where(ActivityDetail.activity_id.in_(details))
        .values(before=None, after=None, salt=None, erased_by=told.id)
        .execution_options(synchronize_session=False)
    )
    found.name, found.email = ERASED_NAME, f"{person_id}@{ERASED_DOMAIN}"
    found.password_hash, found.active = None, False
    await session.flush()
    return Erasure(person_id, removed, handed_over, len(details))


_SEES_ALL = f"SELECT {SEES_ALL_SQL}"
Answered = TypeVar("Answered", bound=Record)
_RESPONSIBLE: Mapping[type[Record], InstrumentedAttribute[UUID | None]] = {
    kind: kind.responsible_id for kind in (Obligation, Indicator, Milestone)
}
"""What else somebody may answer for; a test holds that nothing whose fate is to be handed over is missing here."""
_DIARY = (
    "SELECT to_jsonb(t) || jsonb_build_object('before', d.before, 'after', d.after) FROM activity t "
    "LEFT JOIN activity_detail d ON d.activity_id = t.id WHERE "
)
_DONE = text(_DIARY + "t.person_id = :id")
_MORE = {
    "turn": text(
        "SELECT to_jsonb(t) FROM turn t JOIN conversation c ON c.id = t.conversation_id WHERE c.person_id = :id"
    ),
    "invitation": text("SELECT to_jsonb(t) FROM invitation t JOIN person p ON p.email = t.email WHERE p.id = :id"),
    "about": text(_DIARY + "t.subject_type = 'person' AND t.subject_id = :id"),
}
"""What is about a person without pointing at them."""


def _pointing_at(name: str, pointing: str) -> Select[Any]:
    rows = table(name, column(pointing)).alias("t")
    return select(func.to_jsonb(rows.table_valued())).where(rows.c[pointing] == bindparam("id", type_=Uuid))


async def _rows(session: AsyncSession, query: TextClause | Select[Any], person_id: UUID) -> list[Any]:
    rows = await session.scalars(query, {"id": person_id})
    return [{name: value for name, value in row.items() if not _SECRET.search(name)} for row in rows]


async def _lock(session: AsyncSession, person_id: UUID, confirm: str) -> Person:
    found = await session.scalar(select(Person).where(Person.id == person_id).with_for_update())
    if found is None:
        raise NotFound("Personen finns inte.")
    if found.email.endswith(f"@{ERASED_DOMAIN}"):
        raise NotAllowed("Personen är redan raderad.")
    if confirm.strip().lower() != found.email:
        raise InvalidValue("Skriv personens e-postadress för att bekräfta. Det går inte att ångra.", field="confirm")
    return found


async def _hand_over(session: AsyncSession, person: Viewer, person_id: UUID, to: UUID | None) -> int:
    if to == person_id:
        raise InvalidValue("Välj någon annan än den som raderas.", field="hand_over_to")
    count = await initiatives.hand_over(session, person, person_id, to)
    return count + sum([await _hand_over_rows(session, person, kind, person_id, to) for kind in _RESPONSIBLE])


async def _hand_over_rows(
    session: AsyncSession, person: Viewer, kind: type[Answered], person_id: UUID, to: UUID | None
) -> int:
    column = _RESPONSIBLE[kind]
    rows = (await session.scalars(select(kind).where(column == person_id).with_for_update())).all()
    for row in rows:
        await records.change(session, person, row, {column.key: to}, read=None)
    return len(rows)


async def _end(session: AsyncSession, person_id: UUID, email: str) -> None:
    """End what is kept, and take the address away where it stands without pointing at the person."""
    await session.execute(_END_MEMBERSHIPS, {"id": person_id})
    await session.execute(_FORGET_ADDRESS, {"email": email, "gone": f"{person_id}@{ERASED_DOMAIN}"})


async def _details(session: AsyncSession, person_id: UUID, email: str) -> list[UUID]:
    """Return the rows of the diary whose values are about the person, or hold the address."""
    written = (cast(side, JSONB).cast(Text) for side in (ActivityDetail.before, ActivityDetail.after))
    about = and_(Activity.subject_type == "person", Activity.subject_id == person_id)
    query = (
        select(Activity.id)
        .join(ActivityDetail, ActivityDetail.activity_id == Activity.id)
        .where(ActivityDetail.erased_by.is_(None))
        .where(or_(about, *(side.icontains(email, autoescape=True) for side in written)))
    )
    return list(await session.scalars(query))


_END_MEMBERSHIPS = text("UPDATE membership SET left_at = now() WHERE person_id = :id AND left_at IS NULL")
_FORGET_ADDRESS = text("UPDATE invitation SET email = :gone WHERE email = :email")


async def _remove(session: AsyncSession, name: str, pointing: str, person_id: UUID) -> int:
    rows = table(name, column(pointing))
    gone = await session.execute(delete(rows).where(rows.c[pointing] == person_id).returning(rows.c[pointing]))
    return len(gone.all())
