"""The report to the board on hand-made data, where every figure can be worked out by hand."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import (
    assignments,
    board_report,
    clauses,
    decision_links,
    decisions,
    findings,
    funds,
    matters,
    measures,
    milestones,
)
from initiatives.access import SYSTEM, Role
from initiatives.base import new_id
from initiatives.board_report import BoardReport
from initiatives.board_report.report import period
from initiatives.errors import InvalidValue, NotAllowed
from initiatives.grants import agreements, amounts, components
from initiatives.swedish import today
from tests import factories

YEAR = today().year
WHOLE_YEAR = {"from_on": date(YEAR, 1, 1), "to_on": date(YEAR, 12, 31)}
YESTERDAY, TOMORROW = today() - timedelta(days=1), today() + timedelta(days=1)


async def report(session: AsyncSession, **more: object) -> BoardReport:
    return await board_report.report(session, SYSTEM, **{**WHOLE_YEAR, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("role", [Role.PARTNER, Role.READER])
async def test_one_who_sees_a_part_gets_no_report(session: AsyncSession, role: Role) -> None:
    someone = await factories.viewer(session, role)
    await factories.initiative(session, shared_with=[someone.organisation_id])
    with pytest.raises(NotAllowed):
        await board_report.report(session, someone)


async def test_a_politician_gets_it(session: AsyncSession) -> None:
    someone = await factories.viewer(session, Role.POLITICIAN)
    assert (await board_report.report(session, someone)).to_on == today()


@pytest.mark.parametrize(
    ("from_on", "to_on", "expected"),
    [
        (None, None, (date(2026, 1, 1), date(2026, 11, 30))),
        (None, date(2025, 6, 30), (date(2025, 1, 1), date(2025, 6, 30))),
        (date(2026, 4, 1), None, (date(2026, 4, 1), date(2026, 11, 30))),
        (date(2027, 2, 1), None, (date(2027, 2, 1), date(2027, 2, 1))),
    ],
)
def test_a_period_that_is_not_said_is_the_year_so_far(
    from_on: date | None, to_on: date | None, expected: tuple[date, date]
) -> None:
    assert period(from_on, to_on, date(2026, 11, 30)) == expected


@pytest.mark.parametrize(
    ("from_on", "to_on", "field"),
    [(date(2026, 2, 1), date(2026, 1, 1), "to"), (date(2021, 12, 31), date(2026, 1, 1), "from")],
)
def test_a_period_that_cannot_be_is_refused_by_name(from_on: date, to_on: date, field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        period(from_on, to_on, date(2026, 11, 30))
    assert refused.value.field == field


async def test_an_unknown_node_is_refused_by_name(session: AsyncSession) -> None:
    with pytest.raises(InvalidValue) as refused:
        await report(session, node_id=new_id())
    assert refused.value.field == "node"


async def test_funds_add_up_to_the_krona(session: AsyncSession) -> None:
    first = await factories.fund(session, 10_000_001, name="A", year=YEAR)
    second = await factories.fund(session, 3_000_000, name="B", year=YEAR)
    await factories.fund(session, name="Ett annat år", year=YEAR - 1)
    one, other = [await factories.initiative(session) for _ in range(2)]
    given = await funds.allocate(
        session, SYSTEM, first.id, receiver="Primärvården", amount_kronor=4_000_000, purpose="Äldre"
    )
    await funds.link(
        session, SYSTEM, one.id, fund_id=first.id, amount_kronor=1_500_000, year=YEAR, allocation_id=given.id
    )
    await funds.link(session, SYSTEM, other.id, fund_id=first.id, amount_kronor=999_999, year=YEAR)
    await funds.transfer(
        session,
        SYSTEM,
        from_fund_id=second.id,
        to_fund_id=first.id,
        amount_kronor=500_000,
        moved_on=today(),
        decision="RS § 1",
    )
    [year] = (await report(session)).funds
    left = {line.name: line.left_kronor for line in year.lines}
    assert left == {"A": 10_000_001 + 500_000 - 4_000_000 - 999_999, "B": 2_500_000}
    assert (year.frame_kronor, year.transferred_kronor) == (13_000_001, 0)
    assert (year.allocated_kronor, year.linked_kronor) == (4_000_000, 999_999)
    assert year.left_kronor == sum(left.values())
    assert [one.year for one in (await report(session, from_on=date(YEAR - 1, 1, 1))).funds] == [YEAR - 1, YEAR]


async def test_state_grants_are_told_one_by_one_and_together(session: AsyncSession) -> None:
    owner = (await factories.organisation(session)).id
    made = [
        await agreements.create(
            session, SYSTEM, organisation_id=owner, name=name, kind="överenskommelse", from_year=YEAR
        )
        for name in ("A", "B")
    ]
    await components.create(session, SYSTEM, made[0].id, name="Del", own_kronor=[3_100_000, 3_100_000])
    await components.create(session, SYSTEM, made[1].id, name="Del", own_kronor=[700_000], passes_on_to="Grannen")
    await amounts.create(session, SYSTEM, grant_id=made[0].id, year=YEAR, kind="budget", kronor=5_000_001)
    await amounts.create(session, SYSTEM, grant_id=made[0].id, year=YEAR, kind="utfall", kronor=3_100_000)
    [year] = (await report(session)).grants
    told = [(one.name, one.budget_kronor, one.expected_kronor, one.received_kronor) for one in year.lines]
    assert told == [("A", 5_000_001, 6_200_000, 3_100_000), ("B", None, 0, None)]
    assert (year.budget_kronor, year.expected_kronor, year.received_kronor) == (5_000_001, 6_200_000, 3_100_000)
    assert (year.lines[0].difference_kronor, year.lines[1].difference_kronor) == (1_199_999, None)
    assert year.difference_kronor == 1_199_999


async def test_measures_that_are_cancelled_stand_there_but_cost_nothing(session: AsyncSession) -> None:
    owner = (await factories.organisation(session)).id
    usual: Any = {"organisation_id": owner, "yearly_kronor": -1_400_000, "effect_from_year": YEAR + 1}
    await measures.create(session, SYSTEM, title="A", costs={YEAR: 3_200_000}, **usual)
    await measures.create(
        session, SYSTEM, title="B", costs={YEAR: 9_000_000}, status="avbruten", decision="RS § 2", **usual
    )
    found = (await report(session)).measures
    assert found is not None
    assert [one.title for one in found.lines] == ["A", "B"]
    assert (found.cost_kronor, found.yearly_kronor) == (3_200_000, -1_400_000)


async def test_the_work_is_done_going_on_late_or_coming(session: AsyncSession) -> None:
    going = await factories.initiative(session, title="Pågående", status="pågår", ends_on=None)
    await factories.initiative(session, title="Förslaget")
    finished = await factories.initiative(session, title="Färdigt", status="pågår")
    await factories.moved(session, finished.id, "avslutat", ends_on=YESTERDAY, outcome="Alla fick hjälp")
    for title, due_on, done_on in (
        ("Nådd", YESTERDAY, YESTERDAY),
        ("Missad", YESTERDAY, None),
        ("Nästa", TOMORROW, None),
    ):
        await milestones.add(session, SYSTEM, going.id, title=title, due_on=due_on, done_on=done_on)
    await milestones.add(session, SYSTEM, going.id, title="Långt bort", due_on=today() + timedelta(days=200))
    found = await report(session, from_on=YESTERDAY, to_on=today())
    assert {(one.what, one.title, one.note) for one in found.done} == {
        ("initiativ", "Färdigt", "Alla fick hjälp"),
        ("milstolpe", "Nådd", ""),
    }
    assert [one.title for one in found.ongoing] == ["Pågående"]
    assert [(one.title, one.note) for one in found.late] == [("Missad", "1 dag sen")]
    assert [one.title for one in found.coming] == ["Nästa"]
    assert (await report(session, from_on=date(YEAR - 1, 1, 1), to_on=date(YEAR - 1, 12, 31))).done == ()


async def test_decisions_of_the_period_have_their_clauses_and_proposals_are_none(session: AsyncSession) -> None:
    matter = await matters.create(session, SYSTEM, title="Äldreplan", organ="Regionstyrelsen")
    await decisions.create(session, SYSTEM, matter.id, outcome="förslag", decided_on=YESTERDAY)
    old = await decisions.create(session, SYSTEM, matter.id, outcome="beslutat", decided_on=date(YEAR - 1, 5, 1))
    made = await decisions.create(session, SYSTEM, matter.id, outcome="beslutat", decided_on=YESTERDAY)
    clause = await clauses.create(
        session, SYSTEM, made.id, text="att avsätta pengar", amount_kronor=2_000_000, due_kind="datum", due_on=YESTERDAY
    )
    given = await assignments.create(session, SYSTEM, decision_id=old.id, title="Rapportera", due_kind="snarast")
    await assignments.revise(session, SYSTEM, given.id, report="Klart", reported_on=YESTERDAY)
    found = await report(session, from_on=YESTERDAY, to_on=today())
    [one] = found.decisions
    assert (one.id, one.matter, one.set_aside_kronor) == (made.id, "Äldreplan", 2_000_000)
    assert [(each.id, each.late, each.standing) for each in one.clauses] == [(clause.id, True, "försenad 1 dag")]
    assert [(each.what, each.title, each.note) for each in found.done] == [("uppdrag", "Rapportera", "Klart")]


async def test_only_open_findings_of_high_severity_are_told(session: AsyncSession) -> None:
    for severity in ("hög", "medel", "låg"):
        await findings.add(session, SYSTEM, title=severity, severity=severity)
    closed = await findings.add(session, SYSTEM, title="Stängd", severity="hög")
    await findings.revise(session, SYSTEM, closed.id, state="åtgärdad", resolution="Rättat")
    assert [one.title for one in (await report(session)).findings] == ["hög"]


async def test_with_a_node_only_what_stands_under_it_is_told(session: AsyncSession) -> None:
    [_, inside, outside, _] = await factories.nodes(session)
    fund, unused = [await factories.fund(session, name=name, year=YEAR) for name in ("A", "B")]
    mine = await factories.initiative(session, title="Inne", status="pågår", node_ids=[inside.id])
    other = await factories.initiative(session, title="Ute", status="pågår", node_ids=[outside.id])
    for each, kronor in ((mine, 900_000), (other, 100_000)):
        await funds.link(session, SYSTEM, each.id, fund_id=fund.id, amount_kronor=kronor, year=YEAR)
        await milestones.add(session, SYSTEM, each.id, title=each.title, due_on=YESTERDAY)
        matter = await matters.create(session, SYSTEM, title=each.title, organ="Regionstyrelsen")
        decision = await decisions.create(session, SYSTEM, matter.id, outcome="beslutat", decided_on=YESTERDAY)
        await decision_links.link(session, SYSTEM, decision.id, initiative_id=each.id)
    await factories.indicator(session, name="Inne", node_ids=[inside.id])
    await factories.indicator(session, name="Ute", node_ids=[outside.id])
    await findings.add(session, SYSTEM, title="Om ingen", severity="hög")
    found = await report(session, node_id=inside.id)
    assert found.node is not None
    assert found.node.name == inside.name
    assert [one.title for one in found.ongoing] == ["Inne"]
    assert {one.title for one in found.late} == {"Inne"}
    assert [one.matter for one in found.decisions] == ["Inne"]
    assert [one.name for one in found.indicators] == ["Inne"]
    assert (found.findings, found.grants, found.measures) == ((), (), None)
    [year] = found.funds
    assert [(one.name, one.node_kronor, one.linked_kronor) for one in year.lines] == [("A", 900_000, 1_000_000)]
    everything = await report(session)
    assert {line.id for line in everything.funds[0].lines} == {fund.id, unused.id}
    assert len(everything.findings) == 1
