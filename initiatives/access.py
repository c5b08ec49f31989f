"""Who may see and do what. The scope is in every query; the row-level security made here stands behind it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.errors import NotAllowed


class Role(StrEnum):
    """What a person is in Närplan; decides what they see and whether they write."""

    PROGRAMME_GROUP = "programgrupp"
    POLITICIAN = "politiker"
    PARTNER = "kommunpartner"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person on whose behalf something is read or written; `person_id` is None only for the system itself."""

    person_id: UUID | None
    organisation_id: UUID | None
    role: Role
    name: str


SYSTEM = Viewer(None, None, Role.SYSTEM, "Närplan")

ScopedSessions = Callable[[Viewer], AbstractAsyncContextManager[AsyncSession]]
"""Opens one transaction with the person's scope set; commits on return, rolls back on raise."""

PUBLIC_TABLES = frozenset({"organisation", "taxonomy", "taxonomy_node", "embedding_model"})
"""Tables without row-level security: everyone who is signed in reads them. All others are scoped."""

_SET_SCOPE = text(
    "SELECT set_config('narplan.role', :role, true), set_config('narplan.person', :person, true), "
    "set_config('narplan.organisation', :organisation, true)"
)

ROLE_SQL = "(SELECT NULLIF(current_setting('narplan.role', true), ''))"
PERSON_SQL = "(SELECT NULLIF(current_setting('narplan.person', true), '')::uuid)"
ORGANISATION_SQL = "(SELECT NULLIF(current_setting('narplan.organisation', true), '')::uuid)"
SEES_ALL_SQL = f"{ROLE_SQL} IN ('programgrupp', 'politiker', 'system')"
MAY_WRITE_SQL = f"{ROLE_SQL} IN ('programgrupp', 'system')"
IS_SYSTEM_SQL = f"{ROLE_SQL} = 'system'"


async def set_scope(session: AsyncSession, person: Viewer) -> None:
    """Tell the database for whom the current transaction works; the policies read it. Ends with the transaction."""
    scope = {
        "role": person.role.value,
        "person": str(person.person_id or ""),
        "organisation": str(person.organisation_id or ""),
    }
    await session.execute(_SET_SCOPE, scope)


def sees_all(person: Viewer) -> bool:
    """Tell whether the person sees the whole register and every document."""
    return person.role in {Role.PROGRAMME_GROUP, Role.POLITICIAN, Role.SYSTEM}


def may_write(person: Viewer) -> bool:
    """Tell whether the person may change the register."""
    return person.role in {Role.PROGRAMME_GROUP, Role.SYSTEM}


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
