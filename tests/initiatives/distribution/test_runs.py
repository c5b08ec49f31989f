from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity
from initiatives.access import SYSTEM, Role, set_scope
from initiatives.base import new_id
from initiatives.checks import Subject
from initiatives.distribution import protocol, runs
from initiatives.distribution.plan import Plan, Stage, Unit
from initiatives.distribution.runs import DistributionRun
from initiatives.errors import AlreadyExists, InvalidValue, NotAllowed, NotFound
from tests import factories

PLAN = Plan(
    total_kronor=100,
    units=tuple(Unit(name=name, weights={"listade": Decimal(number)}) for name, number in (("Ek", "2"), ("Al", "1.0"))),
    stages=(Stage(name="Allt", basis="listade", share="1/1"),),
)


async def run(session: AsyncSession, **fields: Any) -> DistributionRun:
    return await runs.carry_out(
        session, SYSTEM, **{"title": "Fördelning", "plan": PLAN, "decision_reference": "RS § 1", **fields}
    )


@pytest.mark.parametrize("role", [Role.POLITICIAN, Role.PARTNER, Role.READER])
async def test_only_writers_carry_out(session: AsyncSession, role: Role) -> None:
    someone = await factories.viewer(session, role)
    with pytest.raises(NotAllowed):
        await runs.carry_out(session, someone, title="F", plan=PLAN, decision_reference="RS § 1")


async def test_a_partner_sees_no_run_and_tries_none_out(session: AsyncSession) -> None:
    made, partner = await run(session), await factories.viewer(session, Role.PARTNER)
    assert await runs.list_runs(session, partner) == ((), 0)
    for reading in (runs.get_run, runs.verify):
        with pytest.raises(NotFound):
            await reading(session, partner, made.id)
    with pytest.raises(NotAllowed):
        runs.simulate(partner, PLAN)
    await set_scope(session, partner)
    assert await session.scalar(text("SELECT count(*) FROM distribution_run")) == 0


async def test_nobody_changes_or_removes_a_run(session: AsyncSession) -> None:
    made = await run(session)
    for statement in ("UPDATE distribution_run SET title = 'Annat'", "DELETE FROM distribution_run"):
        answer = await session.execute(text(statement))
        assert answer.rowcount == 0  # type: ignore[attr-defined]
    assert (await runs.get_run(session, SYSTEM, made.id)).row.title == "Fördelning"


async def test_a_run_keeps_what_was_put_in_and_came_out(session: AsyncSession) -> None:
    writer = await factories.viewer(session, Role.PROGRAMME_GROUP)
    await set_scope(session, writer)
    made = await runs.carry_out(session, writer, title="F", plan=PLAN, decision_reference="RS § 1")
    session.expunge_all()
    kept = await runs.get_run(session, writer, made.id)
    assert kept.plan == PLAN
    assert [(one.unit, one.kronor) for one in kept.outcome.units] == [("Ek", 67), ("Al", 33)]
    assert (kept.row.run_by, kept.row.decision_reference, kept.row.shared_kronor) == ("Åsa Öberg", "RS § 1", 100)
    rows = list(protocol.rows(kept))
    assert rows[0] == ("Allt", "Ek", "2", "2", "ja", "", "ja", "66,666666", "ja", 67)


async def test_a_run_is_counted_over_and_held_to_the_diary(session: AsyncSession) -> None:
    made = await run(session)
    session.expunge_all()
    found = await runs.verify(session, SYSTEM, made.id)
    assert (found.intact, found.unchanged, found.recomputed, found.in_diary) == (True, True, True, True)
    [row], _ = await activity.list_activity(session, SYSTEM, subject_id=made.id)
    assert (row.action, (row.after or {})["sha256"]) == ("körde", made.sha256)


@pytest.mark.parametrize(
    ("change", "unchanged", "recomputed", "in_diary"),
    [
        ({"title": "Annat"}, False, True, True),
        ({"outcome": '"kronor":67>"kronor":68'}, False, False, True),
        ({"plan": '"2">"3"'}, False, False, True),
        ({"plan": "{>["}, False, False, True),
        ({"sha256": "0" * 64}, False, True, False),
    ],
)
async def test_what_somebody_has_changed_past_the_walls_is_found(
    session: AsyncSession, change: dict[str, str], *, unchanged: bool, recomputed: bool, in_diary: bool
) -> None:
    made = await run(session)
    [(name, value)] = change.items()
    if ">" in value:
        value = getattr(made, name).replace(*value.split(">"), 1)
    forged = DistributionRun(**{one.key: getattr(made, one.key) for one in DistributionRun.__table__.columns})
    setattr(forged, name, value)
    assert (runs.hash_of(forged) == forged.sha256) is unchanged
    assert runs._gives(forged.plan, forged.outcome) is recomputed
    assert (await runs._told_in_diary(session, made.id) == forged.sha256) is in_diary


async def test_a_run_is_replaced_once_and_says_why(session: AsyncSession) -> None:
    first = await run(session)
    with pytest.raises(InvalidValue, match="varför") as refused:
        await run(session, annuls_id=first.id)
    assert refused.value.field == "annuls_reason"
    second = await run(session, annuls_id=first.id, annuls_reason="Underlaget var fel.")
    with pytest.raises(AlreadyExists):
        await run(session, annuls_id=first.id, annuls_reason="Igen.")
    newer, older = (await runs.list_runs(session, SYSTEM))[0]
    assert (newer.id, newer.annuls_id, newer.annulled_by_id) == (second.id, first.id, None)
    assert (older.id, older.annuls_id, older.annulled_by_id) == (first.id, None, second.id)
    [replaced, _], _ = await activity.list_activity(session, SYSTEM, subject_id=first.id)
    assert replaced.action == "ersatte"


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", " "), ("decision_reference", ""), ("fund_id", new_id()), ("annuls_id", new_id())],
)
async def test_a_wrong_value_is_refused_by_name(session: AsyncSession, field: str, value: object) -> None:
    with pytest.raises(InvalidValue) as refused:
        await run(session, **{field: value, "annuls_reason": "x"})
    assert refused.value.field == field


async def test_runs_of_a_fund(session: AsyncSession) -> None:
    fund = await factories.fund(session)
    made = await run(session, fund_id=fund.id)
    await run(session)
    [row], total = await runs.list_runs(session, SYSTEM, fund_id=fund.id)
    assert (row.id, row.fund, total) == (made.id, fund.name, 1)


async def test_what_the_rules_find_is_told_of_runs_in_force(session: AsyncSession) -> None:
    half = replace(PLAN, stages=(Stage(name="Hälften", basis="listade", share="1/2"),))
    first = await run(session, plan=half)
    [found] = await runs.check(session, SYSTEM)
    assert (found.rule, found.subject) == ("distribution-without-step", Subject("distribution_run", first.id))
    await run(session, annuls_id=first.id, annuls_reason="Halva summan glömdes.")
    assert await runs.check(session, SYSTEM) == []
    assert await runs.check(session, await factories.viewer(session, Role.PARTNER)) == ()
