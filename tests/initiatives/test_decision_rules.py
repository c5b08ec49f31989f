from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import clauses, decision_rules, decisions, matters
from initiatives.access import SYSTEM, Role, set_scope
from initiatives.checks import Rule
from initiatives.decision_rules import check
from tests import factories


async def _paper(session: AsyncSession, *texts: dict[str, Any], **fields: Any) -> decisions.Decision:
    matter = await matters.create(session, SYSTEM, title=f"Ärende {uuid4()}", organ="Regionstyrelsen")
    made = await decisions.create(session, SYSTEM, matter.id, **{"outcome": "förslag", **fields})
    for text in texts:
        await clauses.create(session, SYSTEM, made.id, **text)
    return made


async def _rules(session: AsyncSession, paper: decisions.Decision) -> set[str]:
    return {one.rule for one in await check(session, SYSTEM) if one.subject and one.subject.id == paper.id}


WHOLE = {
    "text": "att avsätta 1 mnkr",
    "addressee": "Direktören",
    "due_on": date(2026, 9, 1),
    "amount_kronor": 1_000_000,
}


async def test_a_whole_paper_breaks_no_rule(session: AsyncSession) -> None:
    paper = await _paper(session, WHOLE, outcome="beslutat", decided_on=date(2026, 3, 9))
    assert await _rules(session, paper) == set()


@pytest.mark.parametrize(
    ("clause", "rule"),
    [
        ({**WHOLE, "addressee": ""}, decision_rules.NO_OWNER),
        ({**WHOLE, "due_on": None}, decision_rules.NO_TIME),
        ({**WHOLE, "amount_kronor": None}, decision_rules.NO_MONEY),
    ],
)
async def test_what_a_clause_does_not_say_is_told(session: AsyncSession, clause: dict[str, Any], rule: Rule) -> None:
    paper = await _paper(session, clause, outcome="beslutat", decided_on=date(2026, 3, 9))
    assert await _rules(session, paper) == {rule.name}


async def test_a_proposal_without_a_date_is_told(session: AsyncSession) -> None:
    assert await _rules(session, await _paper(session, WHOLE)) == {decision_rules.UNDATED.name}


async def test_what_has_been_replaced_or_rejected_is_left_alone(session: AsyncSession) -> None:
    old = await _paper(session, {**WHOLE, "addressee": ""}, outcome="beslutat", decided_on=date(2026, 3, 9))
    assert await _rules(session, old)
    await decisions.create(
        session,
        SYSTEM,
        old.matter_id,
        outcome="beslutat",
        decided_on=date(2026, 4, 9),
        replaces_id=old.id,
        replaces_how="ersätter",
    )
    assert await _rules(session, old) == set()
    rejected = await _paper(session, {**WHOLE, "addressee": ""}, outcome="avslaget", decided_on=date(2026, 3, 9))
    assert await _rules(session, rejected) == set()


async def test_who_sees_a_part_is_told_nothing(session: AsyncSession) -> None:
    await _paper(session, {"text": "att göra något"})
    partner = await factories.viewer(session, Role.PARTNER)
    await set_scope(session, partner)
    assert await check(session, partner) == ()
