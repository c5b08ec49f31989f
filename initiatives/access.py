"""Who may see and do what. The scope is in every query; the row-level security made here stands behind it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.errors import NotAllowed


class Role(StrEnum):
    """What somebody is in Närplan; decides what they see, whether they write and whether they let others in.

    Partners and readers see what is public and what is shared with their organisation.
    """

    ADMINISTRATOR = "administratör"
    PROGRAMME_GROUP = "programgrupp"
    POLITICIAN = "politiker"
    PARTNER = "kommunpartner"
    READER = "läsare"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Viewer:
    """On whose behalf something is read or written: a person in one membership, an organisation's key, or the system.

    `person_id` is None for keys and the system, `key_id` for all but keys, `membership_id` for all but people.
    """

    person_id: UUID | None
    organisation_id: UUID | None
    role: Role
    name: str
    key_id: UUID | None = None
    membership_id: UUID | None = None


SYSTEM = Viewer(None, None, Role.SYSTEM, "Närplan")

ScopedSessions = Callable[[Viewer], AbstractAsyncContextManager[AsyncSession]]
"""Opens one transaction with the person's scope set; commits on return, rolls back on raise."""

DRIVER = "driver"
"""Where a session's `info` has the driver's connection that its transaction runs on, for `initiatives.quick`."""
NOTED = "noted"
"""Stands in a session's `info` when it has been noted there that a cookie or a key is in use."""
KEPT = "kept"
"""Where a session's `info` has what is kept from one transaction to the next on the same database."""

PUBLIC_TABLES = frozenset({"taxonomy", "taxonomy_node", "embedding_model"})
"""Tables without row-level security: everyone who is signed in reads them. All others are scoped."""

_SET_SCOPE = (
    "SELECT set_config('narplan.role', $1, true), set_config('narplan.person', $2, true), "
    "set_config('narplan.organisation', $3, true), set_config('narplan.key', $4, true)"
)

_ADMINISTER = frozenset({Role.ADMINISTRATOR, Role.SYSTEM})
_WRITE = _ADMINISTER | {Role.PROGRAMME_GROUP}
_SEE_ALL = _WRITE | {Role.POLITICIAN}


def _setting(name: str, cast: str = "") -> str:
    return f"SELECT NULLIF(current_setting('narplan.{name}', true), ''){cast}"


def _one_of(roles: frozenset[Role]) -> str:
    names = ", ".join(f"'{role}'" for role in sorted(roles))
    return f"SELECT COALESCE(NULLIF(current_setting('narplan.role', true), '') IN ({names}), false)"


FUNCTIONS: dict[str, tuple[str, str]] = {
    "narplan_role": ("text", _setting("role")),
    "narplan_person": ("uuid", _setting("person", "::uuid")),
    "narplan_organisation": ("uuid", _setting("organisation", "::uuid")),
    "narplan_key": ("uuid", _setting("key", "::uuid")),
    "narplan_sees_all": ("boolean", _one_of(_SEE_ALL)),
    "narplan_may_write": ("boolean", _one_of(_WRITE)),
    "narplan_may_administer": ("boolean", _one_of(_ADMINISTER)),
    "narplan_is_system": ("boolean", _one_of(frozenset({Role.SYSTEM}))),
    "narplan_today": ("date", "SELECT (now() AT TIME ZONE 'Europe/Stockholm')::date"),
}
"""What the policies ask the database for: type and body of each function. The migrations hold frozen copies."""

(
    ROLE_SQL,
    PERSON_SQL,
    ORGANISATION_SQL,
    KEY_SQL,
    SEES_ALL_SQL,
    MAY_WRITE_SQL,
    MAY_ADMINISTER_SQL,
    IS_SYSTEM_SQL,
    TODAY_SQL,
) = (f"(SELECT {name}())" for name in FUNCTIONS)
"""Asked in a subquery of their own, so that PostgreSQL asks once for each query and not for each row."""


async def set_scope(session: AsyncSession, person: Viewer) -> None:
    """Tell the database for whom the current transaction works; the policies read it. Ends with the transaction.

    What was written for the one before is written before. It goes straight to the driver: each request says it twice,
    and a statement takes SQLAlchemy longer than the database.
    """
    if session.new or session.dirty or session.deleted:
        await session.flush()
    connection: Any = (await session.connection()).sync_connection
    driver = session.info[DRIVER] = connection.connection.driver_connection
    ids = (person.person_id, person.organisation_id, person.key_id)
    try:
        if not driver.is_in_transaction():
            await connection.connection.dbapi_connection._start_transaction()  # noqa: SLF001 - else the first statement does
        await driver.fetchrow(_SET_SCOPE, person.role.value, *(str(one or "") for one in ids))
    except asyncio.CancelledError as hung_up:
        # A transaction may have begun that SQLAlchemy knows nothing of and would not end: the connection goes with it.
        connection.invalidate(hung_up)
        raise


@asynccontextmanager
async def acting_as(session: AsyncSession, other: Viewer, *, then: Viewer) -> AsyncIterator[None]:
    """Work for somebody else for a while in the same transaction, to see what they see; `then` is who goes on."""
    await set_scope(session, other)
    try:
        yield
    finally:
        await set_scope(session, then)


def sees_all(person: Viewer) -> bool:
    """Tell whether the person sees the whole register and every document."""
    return person.role in _SEE_ALL


def may_write(person: Viewer) -> bool:
    """Tell whether the person may change the register."""
    return person.role in _WRITE


def may_administer(person: Viewer) -> bool:
    """Tell whether the person may let people and programs in, and see to the log."""
    return person.role in _ADMINISTER


def require_administrator(person: Viewer) -> None:
    """Return if the person may administer, otherwise raise `NotAllowed`."""
    if not may_administer(person):
        raise NotAllowed("Bara en administratör kan göra det här. Be er administratör om hjälp.")


def require_writer(person: Viewer) -> None:
    """Return if the person may change the register, otherwise raise `NotAllowed`."""
    if not may_write(person):
        raise NotAllowed("Bara programgruppen kan ändra i registret. Be någon i programgruppen att göra ändringen.")


def protect(table: str, *, read: str, write: str = MAY_WRITE_SQL) -> tuple[str, ...]:
    """Return the statements that force row-level security on `table`: who may read a row, and who may write it."""
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {table}_read ON {table} FOR SELECT USING ({read})",
        f"CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK ({write})",
        f"CREATE POLICY {table}_update ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write})",
        f"CREATE POLICY {table}_delete ON {table} FOR DELETE USING ({write})",
    )
