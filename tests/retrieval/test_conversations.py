import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import SYSTEM, Role, ScopedSessions, Viewer
from initiatives.base import new_id
from initiatives.errors import NotFound
from retrieval import conversations, document_shares, gaps
from retrieval.conversations import (
    TITLE_LENGTH,
    Conversation,
    get_conversation,
    keep_turn,
    list_conversations,
    turns,
)
from retrieval.gaps import KnowledgeGap
from tests import factories


async def person(sessions: ScopedSessions, role: Role = Role.POLITICIAN) -> Viewer:
    async with sessions(SYSTEM) as session:
        return await factories.viewer(session, role)


async def _titles(session: AsyncSession, one: Viewer) -> list[str]:
    return [conversation.title for conversation in await list_conversations(session, one)]


async def test_a_first_turn_opens_a_conversation_and_further_turns_join_it(sessions: ScopedSessions) -> None:
    one = await person(sessions)
    async with sessions(one) as session:
        opened = await keep_turn(session, one, None, "Vad kostar det? " * 20, {"answer": "2 mnkr"})
        assert await keep_turn(session, one, opened, "Och när?", {"answer": "i maj"}) == opened
    async with sessions(one) as session:
        assert [turn.question[:8] for turn in await turns(session, one, opened)] == ["Vad kost", "Och när?"]
        title = (await get_conversation(session, one, opened)).title
        assert title.startswith("Vad kostar det?")
        assert len(title) <= TITLE_LENGTH


async def test_the_latest_conversation_comes_first(sessions: ScopedSessions) -> None:
    one = await person(sessions)
    async with sessions(one) as session:
        first = await keep_turn(session, one, None, "Ett?", {})
        await keep_turn(session, one, None, "Två?", {})
    async with sessions(one) as session:
        assert await _titles(session, one) == ["Två?", "Ett?"]
        await keep_turn(session, one, first, "Mer?", {})
    async with sessions(one) as session:
        assert await _titles(session, one) == ["Ett?", "Två?"]
        assert len(await list_conversations(session, one, limit=1, offset=1)) == 1


@pytest.mark.parametrize("role", [Role.PROGRAMME_GROUP, Role.POLITICIAN, Role.PARTNER])
async def test_nobody_else_sees_or_continues_a_conversation(sessions: ScopedSessions, role: Role) -> None:
    mine, other = await person(sessions), await person(sessions, role)
    async with sessions(mine) as session:
        opened = await keep_turn(session, mine, None, "Vad kostar det?", {})
    async with sessions(other) as session:
        assert await list_conversations(session, other) == []
        for missing in (opened, new_id()):
            with pytest.raises(NotFound, match="Samtalet finns inte"):
                await turns(session, other, missing)
            with pytest.raises(NotFound, match="Samtalet finns inte"):
                await keep_turn(session, other, missing, "Och när?", {})


async def test_the_database_itself_hides_what_others_talk_about(sessions: ScopedSessions) -> None:
    mine, other = await person(sessions), await person(sessions, Role.PROGRAMME_GROUP)
    async with sessions(mine) as session:
        await keep_turn(session, mine, None, "Vad kostar det?", {})
    async with sessions(other) as session:
        assert (await session.scalars(select(Conversation))).all() == []


async def test_gaps_are_for_the_programme_group_to_read(sessions: ScopedSessions) -> None:
    partner, politician = await person(sessions, Role.PARTNER), await person(sessions)
    programme = await person(sessions, Role.PROGRAMME_GROUP)
    async with sessions(partner) as session:
        await gaps.note(session, partner, "Vad kostar Paris?", 0.2)
    for reader, count in ((programme, 1), (politician, 0), (partner, 0)):
        async with sessions(reader) as session:
            assert len((await session.scalars(select(KnowledgeGap))).all()) == count


async def test_nobodys_questions_are_not_noted(sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        await gaps.note(session, SYSTEM, "Vad kostar Paris?", 0.2)
        assert (await session.scalars(select(KnowledgeGap))).all() == []


async def test_an_answer_from_what_one_may_not_see_any_longer_is_withheld_and_kept(sessions: ScopedSessions) -> None:
    partner = await person(sessions, Role.PARTNER)
    assert partner.organisation_id is not None
    async with sessions(SYSTEM) as session:
        document = await factories.document(session)
        await document_shares.share(session, SYSTEM, document.id, partner.organisation_id)
    place = {"document_id": str(document.id), "quote": "kanarie"}
    answer = {"answer": "kanarie [1]", "citations": [place], "passages": [place], "basis": "Kanarie"}

    async def read() -> list[str]:
        async with sessions(partner) as session:
            return [str(turn.answer) for turn in await turns(session, partner, opened)]

    async with sessions(partner) as session:
        opened = await keep_turn(session, partner, None, "Vad?", answer)
        await keep_turn(session, partner, opened, "Och?", {"answer": "utan källa"})
    before = await read()
    assert "kanarie" in before[0]
    async with sessions(SYSTEM) as session:
        await document_shares.unshare(session, SYSTEM, document.id, partner.organisation_id)
    withheld, other = await read()
    assert "anarie" not in withheld
    assert "inte längre har tillgång" in withheld
    assert other == before[1]
    async with sessions(SYSTEM) as session:
        await document_shares.share(session, SYSTEM, document.id, partner.organisation_id)
    assert await read() == before


async def test_a_kept_answer_that_names_somebody_who_is_erased_is_taken_away(sessions: ScopedSessions) -> None:
    asker = await person(sessions, Role.POLITICIAN)
    named = {
        "answer": "Ansvarig är Kanarie Fågel.",
        "register": {"rows": [{"values": ["Kanarie Fågel"]}], "seen": None},
    }
    other = {"answer": "Ansvarig är en annan.", "register": {"rows": [{"values": ["En Annan"]}], "seen": None}}
    async with sessions(asker) as session:
        opened = await keep_turn(session, asker, None, "Vem?", named)
        await keep_turn(session, asker, opened, "Och sedan?", other)
    async with sessions(SYSTEM) as session:
        assert await conversations.forget_name(session, "Kanarie Fågel") == 1
    async with sessions(asker) as session:
        first, second = [turn.answer for turn in await turns(session, asker, opened)]
    assert "Kanarie" not in str(first)
    assert "har raderats" in first["answer"]
    assert second == other
