from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, keys
from initiatives.access import SYSTEM, Role, Viewer, sees_all, set_scope
from initiatives.base import new_id, utcnow
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from initiatives.keys import ApiKey, Scope
from initiatives.organisations import OrganisationKind
from tests import factories

EVERYTHING = list(Scope)


async def region(session: AsyncSession, email: str = "") -> UUID:
    home = await factories.organisation(session, kind=OrganisationKind.REGION)
    await factories.person(session, Role.ADMINISTRATOR, organisation_id=home.id, email=email)
    return home.id


async def municipality(session: AsyncSession) -> UUID:
    home = await factories.organisation(session)
    await factories.person(session, Role.PARTNER, organisation_id=home.id)
    return home.id


async def make(session: AsyncSession, organisation_id: UUID, role: Role, *scopes: Scope) -> tuple[ApiKey, str]:
    return await keys.create_key(
        session, SYSTEM, organisation_id=organisation_id, name="Kalkylblad", role=role, scopes=scopes or [Scope.READ]
    )


async def test_a_key_acts_for_its_organisation_with_its_role_and_within_its_scopes(session: AsyncSession) -> None:
    home = await municipality(session)
    key, secret = await make(session, home, Role.PARTNER, Scope.READ, Scope.ASK)
    assert secret.startswith(f"{key.prefix}_")
    assert len(secret) > 50, "256 bits after the prefix"
    opened = await keys.open_with(session, secret)
    assert opened is not None
    assert (opened.viewer.person_id, opened.viewer.key_id) == (None, key.id)
    assert (opened.viewer.organisation_id, opened.viewer.role) == (home, Role.PARTNER)
    assert "Kalkylblad" in opened.viewer.name
    assert opened.scopes == {Scope.READ, Scope.ASK}
    await session.refresh(key)
    assert key.last_used_at is not None
    assert timedelta(days=364) < key.expires_at - utcnow() <= keys.LIFETIME


async def test_only_the_digest_of_a_key_is_stored(session: AsyncSession) -> None:
    _, secret = await make(session, await region(session), Role.POLITICIAN)
    stored = await session.scalar(text("SELECT string_agg(api_key::text, '') FROM api_key"))
    assert secret.rpartition("_")[2] not in str(stored)
    assert await session.scalar(text("SELECT string_agg(activity::text, '') FROM activity")) is not None
    assert secret not in str(await session.scalar(text("SELECT string_agg(activity::text, '') FROM activity")))


async def test_a_key_opens_until_it_is_revoked_or_too_old(session: AsyncSession) -> None:
    home = await region(session)
    key, secret = await make(session, home, Role.POLITICIAN)
    other, old = await make(session, home, Role.POLITICIAN)
    await keys.revoke_key(session, SYSTEM, key.id)
    assert await keys.open_with(session, secret) is None
    assert await keys.open_with(session, old) is not None
    await session.execute(update(ApiKey).where(ApiKey.id == other.id).values(expires_at=utcnow()))
    assert await keys.open_with(session, old) is None
    for nonsense in ("", "np_", "np_00000000_x", old[:-1], f"{old}x", "\0", "\udc00"):
        assert await keys.open_with(session, nonsense) is None


async def test_the_keys_of_an_organisation_that_everyone_has_left_open_nothing(session: AsyncSession) -> None:
    await factories.person(session, Role.ADMINISTRATOR)
    _, secret = await make(session, await region(session, email="a@x.example"), Role.PROGRAMME_GROUP)
    await factories.closed(session, "a@x.example")
    assert await keys.open_with(session, secret) is None
    deserted = await factories.organisation(session, kind=OrganisationKind.REGION)
    with pytest.raises(InvalidValue, match="inga medlemmar"):
        await make(session, deserted.id, Role.READER)


@pytest.mark.parametrize("role", [Role.PROGRAMME_GROUP, Role.POLITICIAN, Role.PARTNER, Role.READER, Role.SYSTEM])
async def test_only_administrators_make_see_and_revoke_keys(session: AsyncSession, role: Role) -> None:
    home = await region(session)
    key, _ = await make(session, home, Role.READER)
    someone = Viewer(new_id(), home, role, "Någon")
    if role is Role.SYSTEM:
        assert await keys.list_keys(session, someone)
        return
    with pytest.raises(NotAllowed):
        await keys.create_key(session, someone, organisation_id=home, name="N", role=role, scopes=["read"])
    with pytest.raises(NotAllowed):
        await keys.list_keys(session, someone)
    with pytest.raises(NotAllowed):
        await keys.get_key(session, someone, key.id)
    with pytest.raises(NotAllowed):
        await keys.revoke_key(session, someone, key.id)
    await set_scope(session, someone)
    assert (await session.scalar(text("SELECT count(*) FROM api_key")) == 0) is not sees_all(someone)
    changed = await session.execute(text("UPDATE api_key SET expires_at = now() RETURNING 1"))
    assert changed.all() == []


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SYSTEM])
async def test_no_key_lets_others_in(session: AsyncSession, role: Role) -> None:
    home = await region(session)
    with pytest.raises(InvalidValue) as refused:
        await make(session, home, role)
    assert refused.value.field == "role"


@pytest.mark.parametrize("role", [Role.PROGRAMME_GROUP, Role.POLITICIAN])
async def test_a_municipality_gets_no_key_that_sees_everything(session: AsyncSession, role: Role) -> None:
    home = await municipality(session)
    with pytest.raises(InvalidValue) as refused:
        await make(session, home, role)
    assert refused.value.field == "role"


@pytest.mark.parametrize(
    ("role", "scopes"),
    [(Role.POLITICIAN, ["write"]), (Role.READER, ["read", "write"]), (Role.POLITICIAN, []), (Role.POLITICIAN, ["all"])],
)
async def test_scopes_stay_within_the_role(session: AsyncSession, role: Role, scopes: list[str]) -> None:
    home = await region(session)
    with pytest.raises(InvalidValue) as refused:
        await keys.create_key(session, SYSTEM, organisation_id=home, name="N", role=role, scopes=scopes)
    assert refused.value.field == "scopes"


@pytest.mark.parametrize("days", [0, -1, 1096, 100_000])
async def test_a_key_always_has_a_last_day_and_not_too_far_away(session: AsyncSession, days: int) -> None:
    home = await region(session)
    with pytest.raises(InvalidValue) as refused:
        await keys.create_key(
            session,
            SYSTEM,
            organisation_id=home,
            name="N",
            role=Role.READER,
            scopes=["read"],
            lifetime=timedelta(days=days),
        )
    assert refused.value.field == "expires_at"


@pytest.mark.parametrize(
    "change", ["scopes = '{}'", "scopes = '{all}'", "role = 'administratör'", "scopes = '{write}', role = 'politiker'"]
)
async def test_the_database_refuses_a_key_that_may_too_much(session: AsyncSession, change: str) -> None:
    await make(session, await region(session), Role.READER)
    with pytest.raises(IntegrityError, match="ck_api_key"):
        await session.execute(text(f"UPDATE api_key SET {change}"))


async def test_keys_are_listed_with_who_made_them_the_newest_first(session: AsyncSession) -> None:
    admin = await factories.viewer(session, Role.ADMINISTRATOR)
    home = admin.organisation_id
    assert home is not None
    await keys.create_key(session, admin, organisation_id=home, name="Första", role=Role.READER, scopes=["read"])
    await make(session, await municipality(session), Role.PARTNER)
    rows, total = await keys.list_keys(session, admin)
    assert (total, [row.name for row in rows]) == (2, ["Kalkylblad", "Första"])
    assert rows[0].created_by_name is None
    assert rows[1].created_by_name == admin.name
    assert [row.name for row in (await keys.list_keys(session, admin, organisation_id=home))[0]] == ["Första"]
    with pytest.raises(NotFound):
        await keys.get_key(session, admin, new_id())
    with pytest.raises(NotFound):
        await keys.revoke_key(session, admin, "np_00000000")


async def test_making_and_revoking_are_in_the_diary_and_revoking_twice_is_once(session: AsyncSession) -> None:
    admin = await factories.viewer(session, Role.ADMINISTRATOR)
    assert admin.organisation_id is not None
    key, _ = await make(session, admin.organisation_id, Role.READER)
    for _ in range(2):
        await keys.revoke_key(session, admin, key.prefix)
    await session.flush()
    rows, total = await activity.list_activity(session, admin, subject_type="api_key", subject_id=key.id)
    assert (total, {row.action for row in rows}) == (2, {"skapade", "spärrade"})
