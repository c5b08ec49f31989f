"""Row-level security alone: the same questions as raw SQL, without the conditions of the functions."""

import contextlib

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from initiatives import access, credentials, funds, invitations
from initiatives.access import PUBLIC_TABLES, SYSTEM, Role, Viewer, set_scope
from initiatives.base import new_id
from initiatives.errors import NotAllowed
from tests import factories

SCOPED = (
    "organisation", "person", "membership", "invitation", "initiative", "initiative_node", "initiative_share", "fund",
    "budget_link", "activity", "login_session", "api_key",
)  # fmt: skip
NOT_OURS = ("alembic_version",)
TABLES = text(
    "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
    "WHERE n.nspname = 'public' AND relkind IN ('r', 'p')"
)


async def counts(session: AsyncSession) -> dict[str, int]:
    await session.flush()
    return {table: await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in SCOPED}


async def furnish(session: AsyncSession, shared_with: Viewer) -> Viewer:
    """Write one row in every scoped table and an initiative that is shared; return a stranger to all of it."""
    nodes = await factories.nodes(session)
    responsible = await factories.person(session, email="ansvarig@x.example")
    mine = await factories.initiative(
        session,
        title="Delat",
        shared_with=[shared_with.organisation_id],
        responsible_id=responsible.id,
        node_ids=[nodes[1].id],
    )
    stranger = await factories.viewer(session, Role.PARTNER)
    await factories.initiative(session, title="Annans", shared_with=[stranger.organisation_id], node_ids=[nodes[2].id])
    await factories.initiative(session, title="Ingens", node_ids=[nodes[2].id])
    fund = await factories.fund(session)
    await funds.link(session, SYSTEM, mine.id, fund_id=fund.id, amount_kronor=1, year=2026)
    await credentials.open_session(session, responsible)
    await factories.key(session, Role.READER)
    town = await factories.organisation(session)
    await invitations.invite(session, SYSTEM, email="ny@x.example", organisation_id=town.id, role=Role.READER)
    return stranger


async def test_every_table_is_either_forced_to_scope_its_rows_or_named_public(session: AsyncSession) -> None:
    rows = await session.execute(TABLES)
    forced = {str(row[0]): bool(row[1]) for row in rows}
    for table in SCOPED:
        assert forced[table], table
    unprotected = {table for table, is_forced in forced.items() if not is_forced and not table.startswith("pgqueuer")}
    assert unprotected - set(NOT_OURS) == PUBLIC_TABLES


async def test_without_a_scope_there_is_nothing(session: AsyncSession) -> None:
    await furnish(session, await factories.viewer(session, Role.PARTNER))
    assert all((await counts(session)).values()), "the test means nothing unless every table has rows"
    await session.execute(text("SELECT set_config('narplan.role', '', true)"))
    await session.execute(text("SELECT set_config('narplan.person', '', true)"))
    assert not any((await counts(session)).values())


async def test_a_partner_sees_only_what_is_shared_even_in_raw_sql(session: AsyncSession) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    await furnish(session, partner)
    everything = await counts(session)
    await set_scope(session, partner)
    assert await counts(session) == {
        "organisation": everything["organisation"],
        "person": 2,
        "membership": 1,
        "invitation": 0,
        "initiative": 1,
        "initiative_node": 1,
        "initiative_share": 1,
        "fund": 0,
        "budget_link": 0,
        "activity": 0,
        "login_session": 0,
        "api_key": 0,
    }
    assert await session.scalar(text("SELECT string_agg(title, ',') FROM initiative")) == "Delat"


@pytest.mark.parametrize("role", [Role.POLITICIAN, Role.PARTNER])
@pytest.mark.parametrize("statement", ["UPDATE initiative SET title = 'x'", "DELETE FROM initiative_share"])
async def test_one_who_may_not_write_changes_no_row(session: AsyncSession, role: Role, statement: str) -> None:
    someone = await factories.viewer(session, role)
    await furnish(session, someone)
    await session.flush()
    await set_scope(session, someone)
    rows = await session.execute(text(f"{statement} RETURNING 1"))
    assert rows.all() == []


@pytest.mark.parametrize("role", [Role.POLITICIAN, Role.PARTNER])
async def test_one_who_may_not_write_adds_no_row(session: AsyncSession, role: Role) -> None:
    someone = await factories.viewer(session, role)
    initiative = await factories.initiative(session)
    await session.flush()
    await set_scope(session, someone)
    share = text("INSERT INTO initiative_share (initiative_id, organisation_id) VALUES (:initiative, :organisation)")
    with pytest.raises(DBAPIError, match="row-level security"):
        await session.execute(share, {"initiative": initiative.id, "organisation": someone.organisation_id})


async def test_the_programme_group_sees_the_register_but_no_other_persons_credentials(session: AsyncSession) -> None:
    writer = await factories.viewer(session, Role.PROGRAMME_GROUP)
    await furnish(session, await factories.viewer(session, Role.PARTNER))
    everything = await counts(session)
    await set_scope(session, writer)
    assert await counts(session) == {**everything, "login_session": 0}


async def test_the_scope_ends_with_the_transaction_although_the_connection_is_used_again(database: Database) -> None:
    async with database.engine.connect() as connection:
        for person, expected in ((SYSTEM, "system"), (None, "")):
            async with connection.begin(), AsyncSession(connection) as session:
                if person is not None:
                    await set_scope(session, person)
                    session.add_all([])
                assert await session.scalar(text("SELECT current_setting('narplan.role', true)")) == expected


async def test_two_partners_never_see_each_others(session: AsyncSession) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    stranger = await furnish(session, partner)
    await session.flush()
    await set_scope(session, stranger)
    assert await session.scalar(text("SELECT string_agg(title, ',') FROM initiative")) == "Annans"
    await set_scope(session, Viewer(new_id(), None, Role.PARTNER, "Utan organisation"))
    assert await session.scalar(text("SELECT count(*) FROM initiative")) == 0


@pytest.mark.parametrize("role", list(Role))
def test_rights_grow_from_reading_to_administering(role: Role) -> None:
    somebody = Viewer(None, None, role, "Någon")
    rights = access.sees_all(somebody), access.may_write(somebody), access.may_administer(somebody)
    expected = {
        Role.READER: (False, False, False),
        Role.PARTNER: (False, False, False),
        Role.POLITICIAN: (True, False, False),
        Role.PROGRAMME_GROUP: (True, True, False),
        Role.ADMINISTRATOR: (True, True, True),
        Role.SYSTEM: (True, True, True),
    }
    assert rights == expected[role]


@pytest.mark.parametrize("role", list(Role))
def test_what_is_required_is_what_one_may(role: Role) -> None:
    somebody = Viewer(None, None, role, "Någon")
    required = ((access.require_writer, access.may_write), (access.require_administrator, access.may_administer))
    for require, may in required:
        with contextlib.nullcontext() if may(somebody) else pytest.raises(NotAllowed):
            require(somebody)


async def test_acting_as_somebody_else_ends_with_the_block_however_it_ends(session: AsyncSession) -> None:
    async def role() -> str:
        return str(await session.scalar(text("SELECT narplan_role()")))

    other = Viewer(None, new_id(), Role.PARTNER, "Någon annan")
    async with access.acting_as(session, other, then=SYSTEM):
        assert await role() == Role.PARTNER
    assert await role() == Role.SYSTEM
    with pytest.raises(ValueError, match="mitt i"):
        async with access.acting_as(session, other, then=SYSTEM):
            raise ValueError("mitt i")
    assert await role() == Role.SYSTEM


def test_what_the_database_is_asked_names_the_roles_and_denies_without_one() -> None:
    assert access._setting("key", "::uuid") == "SELECT NULLIF(current_setting('narplan.key', true), '')::uuid"
    asked = access._one_of(frozenset({Role.SYSTEM, Role.PARTNER}))
    assert "IN ('kommunpartner', 'system'), false)" in asked
