import asyncio
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from initiatives import (
    activity,
    assignment_overview,
    assignments,
    clause_overview,
    clauses,
    closing,
    decisions,
    matters,
    sources,
)
from initiatives.access import SYSTEM, Role
from initiatives.assignments import Assignment, Receiver
from initiatives.clauses import Clause
from initiatives.closing import NotYet
from initiatives.decisions import Decision
from initiatives.standing import Status
from tests import factories

MARCH, MAY = date(2018, 3, 26), date(2018, 5, 28)


async def decided(session: AsyncSession) -> tuple[Decision, Clause]:
    matter = await matters.create(session, SYSTEM, title="Åtgärder", organ="Landstingsstyrelsen")
    decision = await decisions.create(session, SYSTEM, matter.id, outcome="beslutat", decided_on=MARCH)
    return decision, await clauses.create(session, SYSTEM, decision.id, text="att uppdra åt direktören")


async def received(session: AsyncSession, of: Decision) -> Decision:
    return await decisions.create(session, SYSTEM, of.matter_id, outcome="beslutat", decided_on=MAY)


async def test_a_chain_of_three_links_closes_from_the_bottom(session: AsyncSession) -> None:
    decision, clause = await decided(session)
    top = await assignments.create(session, SYSTEM, clause_id=clause.id, title="Åtgärder", due_on=MAY)
    [chief] = await assignments.delegate(session, SYSTEM, top.id, [Receiver("chefen")])
    [unit] = await assignments.delegate(session, SYSTEM, chief.id, [Receiver("enheten")], due_on=date(2018, 5, 1))
    assert (chief.due_on, unit.due_on, top.begun_on) == (MAY, date(2018, 5, 1), MARCH)
    later = await received(session, decision)
    for one in (chief, top):
        await assignments.revise(session, SYSTEM, one.id, report="Klart.", reported_on=date(2018, 5, 20))
    missing = r"inte rapporterat: enheten \(försenad 27 dagar\)\.$"
    with pytest.raises(NotYet, match=missing):
        await closing.close_assignment(session, SYSTEM, top.id, later.id)
    with pytest.raises(NotYet, match=missing):
        await closing.close_clause(session, SYSTEM, clause.id, later.id)
    await assignments.revise(session, SYSTEM, unit.id, report="Klart.", reported_on=date(2018, 5, 28))
    await closing.close_assignment(session, SYSTEM, top.id, later.id)
    rows = await assignment_overview.of_decisions(session, SYSTEM, [decision.id])
    assert {row.status for row in rows} == {Status.CLOSED}
    assert (await clause_overview.get_clause(session, SYSTEM, clause.id)).status is Status.REPORTED
    await closing.reopen_assignment(session, SYSTEM, top.id)
    rows = await assignment_overview.of_decisions(session, SYSTEM, [decision.id])
    assert {row.status for row in rows} == {Status.REPORTED}


async def test_what_is_done_stands_in_the_diary(session: AsyncSession) -> None:
    _, clause = await decided(session)
    top = await assignments.create(session, SYSTEM, clause_id=clause.id, title="Åtgärder")
    await assignments.delegate(session, SYSTEM, top.id, [Receiver("A"), Receiver("B")])
    await assignments.revise(session, SYSTEM, top.id, report="Klart.", reported_on=MAY)
    rows, _ = await activity.list_activity(session, SYSTEM, subject_type="assignment")
    assert [row.action for row in rows][:5] == ["rapporterade", "ändrade", "delegerade", "delegerade", "skapade"]


async def test_the_dates_of_what_holds_stand_in_the_calendar(session: AsyncSession) -> None:
    someone = await factories.viewer(session, Role.PROGRAMME_GROUP)
    decision, clause = await decided(session)
    await clauses.revise(session, SYSTEM, clause.id, due_on=MAY)
    made = await assignments.create(
        session, SYSTEM, clause_id=clause.id, title="Åtgärder", due_on=MAY, receiver_person_id=someone.person_id
    )
    proposal = await decisions.create(session, SYSTEM, decision.matter_id, outcome="förslag")
    await clauses.create(session, SYSTEM, proposal.id, text="att utreda", due_on=MAY)
    await assignments.create(session, SYSTEM, decision_id=proposal.id, title="Utreda", due_on=MAY)
    for room, item, kind in ((assignment_overview, made.id, "uppdrag"), (clause_overview, clause.id, "att-sats")):
        [row] = (await session.execute(room.due(SYSTEM))).all()
        assert (row.kind, row.item_id, row.subject_id, row.due_on) == (kind, item, decision.matter_id, MAY)
        assert row.done is False
        partner = await factories.viewer(session, Role.PARTNER)
        assert (await session.execute(room.due(partner))).all() == []
    await assignments.revise(session, SYSTEM, made.id, report="Klart.", reported_on=MAY)
    for room in (assignment_overview, clause_overview):
        assert [row.done for row in await session.execute(room.due(SYSTEM))] == [True]


async def test_a_clause_rests_on_its_words_in_a_document(session: AsyncSession) -> None:
    document = await factories.document(session)
    _, clause = await decided(session)
    await sources.attach(session, SYSTEM, "clause", clause.id, document_id=document.id, quote="Version 0")
    [row] = await sources.list_sources(session, SYSTEM, "clause", [clause.id])
    assert row.quote == "Version 0"


async def test_nobody_delegates_while_it_is_closed(database: Database) -> None:
    """Closing and delegating at once: either the new part is in and must be reported, or it comes too late."""
    async with database.scoped(SYSTEM) as session:
        decision, clause = await decided(session)
        top = await assignments.create(session, SYSTEM, clause_id=clause.id, title="Åtgärder")
        later = await received(session, decision)

    async def close() -> None:
        async with database.scoped(SYSTEM) as session:
            await closing.close_assignment(session, SYSTEM, top.id, later.id)

    async def delegate() -> None:
        async with database.scoped(SYSTEM) as session:
            await assignments.delegate(session, SYSTEM, top.id, [Receiver("A")])

    results = await asyncio.gather(close(), delegate(), return_exceptions=True)
    assert [type(one).__name__ for one in results] in (["NoneType", "AlreadyClosed"], ["NotYet", "NoneType"])
    async with database.scoped(SYSTEM) as session:
        open_below = select(Assignment.id).where(Assignment.parent_id == top.id, Assignment.closed_by_id.is_(None))
        closed = (await session.get_one(Assignment, top.id)).closed_by_id
        assert closed is None or await session.scalar(open_below) is None
