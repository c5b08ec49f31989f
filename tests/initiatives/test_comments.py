import pytest
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, comments, shares
from initiatives.access import SYSTEM, Role, Viewer, set_scope
from initiatives.base import new_id
from initiatives.comments import Comment
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from initiatives.initiatives import Initiative
from tests import factories


@pytest.fixture
async def asa(session: AsyncSession) -> Viewer:
    return await factories.viewer(session, Role.PROGRAMME_GROUP)


@pytest.fixture
async def partner(session: AsyncSession) -> Viewer:
    return await factories.viewer(session, Role.PARTNER)


@pytest.fixture
async def shared(session: AsyncSession, partner: Viewer) -> Initiative:
    return await factories.initiative(session, shared_with=[partner.organisation_id])


async def read(session: AsyncSession, person: Viewer, initiative: Initiative) -> list[str]:
    await set_scope(session, person)
    rows, total = await comments.list_comments(session, person, initiative.id)
    await set_scope(session, SYSTEM)
    assert total == len(rows)
    return [row.body for row in rows]


async def test_a_reader_a_politician_and_a_stranger_do_not_comment(session: AsyncSession, shared: Initiative) -> None:
    for role in (Role.READER, Role.POLITICIAN):
        someone = await factories.viewer(session, role)
        if role is Role.READER:
            assert someone.organisation_id is not None
            await shares.share(session, SYSTEM, shared.id, someone.organisation_id)
        with pytest.raises(NotAllowed):
            await comments.comment(session, someone, shared.id, body="Hej")
    stranger = await factories.viewer(session, Role.PARTNER)
    with pytest.raises(NotFound):
        await comments.comment(session, stranger, shared.id, body="Hej")


async def test_an_overview_is_not_for_commenting(
    session: AsyncSession, partner: Viewer, asa: Viewer, shared: Initiative
) -> None:
    assert partner.organisation_id is not None
    await shares.share(session, SYSTEM, shared.id, partner.organisation_id, profile="översikt")
    with pytest.raises(NotAllowed, match="dela mer"):
        await comments.comment(session, partner, shared.id, body="Hej")
    with pytest.raises(InvalidValue) as refused:
        await comments.comment(session, asa, shared.id, body="Hej", organisation_id=partner.organisation_id)
    assert refused.value.field == "organisation_id"


@pytest.mark.parametrize(("body", "field"), [("  ", "body"), ("x" * 4001, "body"), ("a\0b", "body")])
async def test_a_wrong_value_is_refused_by_name(
    session: AsyncSession, partner: Viewer, shared: Initiative, body: str, field: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        await comments.comment(session, partner, shared.id, body=body)
    assert refused.value.field == field
    with pytest.raises(InvalidValue, match="till regionen"):
        await comments.comment(session, partner, shared.id, body="Hej", organisation_id=new_id())


async def test_what_is_said_is_read_by_those_two_and_no_other_municipality(
    session: AsyncSession, partner: Viewer, asa: Viewer, shared: Initiative
) -> None:
    other = await factories.viewer(session, Role.PARTNER)
    assert other.organisation_id is not None
    await shares.share(session, SYSTEM, shared.id, other.organisation_id)
    await set_scope(session, partner)
    said = await comments.comment(session, partner, shared.id, body="Kan ni komma i maj?")
    await set_scope(session, asa)
    await comments.comment(session, asa, shared.id, body="Ja.", organisation_id=partner.organisation_id)
    await comments.comment(session, asa, shared.id, body="Bara vi.")
    assert await read(session, asa, shared) == ["Bara vi.", "Ja.", "Kan ni komma i maj?"]
    assert await read(session, partner, shared) == ["Ja.", "Kan ni komma i maj?"]
    assert await read(session, other, shared) == []
    await set_scope(session, partner)
    rows, _ = await comments.list_comments(session, partner, shared.id)
    assert [(row.written_by, row.removable) for row in rows] == [(None, False), (partner.name, True)]
    await set_scope(session, SYSTEM)
    done, _ = await activity.list_activity(session, asa, subject_id=shared.id)
    assert [row.action for row in done[:3]] == ["kommenterade"] * 3
    assert (said.organisation_id, said.written_by) == (partner.organisation_id, partner.person_id)


async def test_ones_own_can_be_taken_away_and_the_programme_group_takes_any(
    session: AsyncSession, partner: Viewer, asa: Viewer, shared: Initiative
) -> None:
    mine = await comments.comment(session, partner, shared.id, body="Mitt")
    theirs = await comments.comment(session, asa, shared.id, body="Deras", organisation_id=partner.organisation_id)
    hidden = await comments.comment(session, asa, shared.id, body="Internt")
    with pytest.raises(NotAllowed):
        await comments.remove(session, partner, shared.id, theirs.id)
    with pytest.raises(NotFound):
        await comments.remove(session, partner, shared.id, hidden.id)
    await comments.remove(session, partner, shared.id, mine.id)
    await comments.remove(session, asa, shared.id, theirs.id)
    assert await read(session, asa, shared) == ["Internt"]


@pytest.mark.parametrize("forged", ["written_by", "organisation_id", "from_organisation_id"])
async def test_nobody_comments_in_anothers_name_in_raw_sql_either(
    session: AsyncSession, partner: Viewer, shared: Initiative, forged: str
) -> None:
    other = await factories.viewer(session, Role.PARTNER)
    own = {
        "written_by": partner.person_id,
        "organisation_id": partner.organisation_id,
        "from_organisation_id": partner.organisation_id,
    }
    theirs = other.person_id if forged == "written_by" else other.organisation_id
    await set_scope(session, partner)
    session.add(Comment(initiative_id=shared.id, body="Falskt", **{**own, forged: theirs}))
    with pytest.raises(ProgrammingError, match="row-level security"):
        await session.flush()


async def test_readers_are_those_who_see_comments(session: AsyncSession, partner: Viewer, shared: Initiative) -> None:
    assert [one for one, _ in await comments.readers(session, SYSTEM, shared.id)] == [partner.organisation_id]
    assert await comments.readers(session, partner, shared.id) == ()
    made = await factories.initiative(session)
    assert await comments.readers(session, SYSTEM, made.id) == []
