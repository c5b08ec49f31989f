from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import examination, findings, initiatives, sources
from initiatives.access import SYSTEM, Role, set_scope
from initiatives.base import new_id
from initiatives.checks import Check, Severity, Subject
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from initiatives.findings import Filters, Finding, State
from initiatives.initiatives import Initiative
from initiatives.merging import ConflictingChange
from initiatives.swedish import today
from initiatives.workflow import Status
from tests import factories


async def _ongoing(session: AsyncSession, **fields: Any) -> Initiative:
    """Return one from before a status demanded anything."""
    made = await factories.initiative(session, **fields)
    made.status = Status.ONGOING
    await session.flush()
    return made


async def _about(session: AsyncSession, initiative: Initiative) -> dict[str, State]:
    filters = Filters(subject=Subject("initiative", initiative.id))
    rows, _ = await findings.list_findings(session, SYSTEM, filters)
    return {row.rule: row.state for row in rows}


async def test_an_initiative_that_goes_on_without_owner_and_end_is_found(session: AsyncSession) -> None:
    initiative = await _ongoing(session)
    proposed = await factories.initiative(session)
    done = await examination.examine(session, SYSTEM)
    assert done.new >= 2
    assert await _about(session, initiative) == {
        "initiative-without-responsible": State.OPEN,
        "initiative-without-end": State.OPEN,
    }
    assert await _about(session, proposed) == {}


async def test_examining_again_finds_nothing_new(session: AsyncSession) -> None:
    await _ongoing(session)
    first = await examination.examine(session, SYSTEM)
    again = await examination.examine(session, SYSTEM)
    assert (again.new, again.standing, again.ceased) == (0, first.new + first.standing, 0)


async def test_what_is_mended_ceases_and_what_comes_back_opens(session: AsyncSession) -> None:
    initiative = await _ongoing(session)
    person = await factories.person(session)
    await examination.examine(session, SYSTEM)
    await initiatives.revise(session, SYSTEM, initiative.id, responsible_id=person.id)
    assert (await examination.examine(session, SYSTEM)).ceased == 1
    assert (await _about(session, initiative))["initiative-without-responsible"] is State.CEASED
    await initiatives.hand_over(session, SYSTEM, person.id, None)
    assert (await examination.examine(session, SYSTEM)).new == 1
    assert (await _about(session, initiative))["initiative-without-responsible"] is State.OPEN


async def test_what_somebody_has_accepted_stays_accepted(session: AsyncSession) -> None:
    initiative = await _ongoing(session)
    await examination.examine(session, SYSTEM)
    found = (await session.scalars(select(Finding).where(Finding.subject_id == initiative.id))).first()
    assert found is not None
    await findings.revise(session, SYSTEM, found.id, state="godtas", resolution="Så ska det vara.")
    await examination.examine(session, SYSTEM)
    assert (await findings.get(session, SYSTEM, found.id)).state is State.ACCEPTED


async def test_an_end_that_has_passed_is_told_with_its_day(session: AsyncSession) -> None:
    initiative = await _ongoing(session, starts_on=today() - timedelta(days=9), ends_on=today() - timedelta(days=1))
    await examination.examine(session, SYSTEM)
    rows, _ = await findings.list_findings(session, SYSTEM, Filters(rule="initiative-past-end"))
    assert initiative.title in next(row.detail for row in rows if row.subject_id == initiative.id)


async def test_closing_takes_a_reason_and_ceasing_is_for_rules(session: AsyncSession) -> None:
    own = await findings.add(session, SYSTEM, title="Bilagan saknas")
    with pytest.raises(InvalidValue) as unreasoned:
        await findings.revise(session, SYSTEM, own.id, state="åtgärdad")
    assert unreasoned.value.field == "resolution"
    with pytest.raises(InvalidValue, match="regeln"):
        await findings.revise(session, SYSTEM, own.id, state="upphörd")
    await findings.revise(session, SYSTEM, own.id, state="åtgärdad", resolution="Bilagan är inlagd.")
    assert (await findings.get(session, SYSTEM, own.id)).state is State.SOLVED


async def test_a_rules_words_are_the_rules_and_it_is_not_taken_away(session: AsyncSession) -> None:
    initiative = await _ongoing(session)
    await examination.examine(session, SYSTEM)
    found = (await session.scalars(select(Finding).where(Finding.subject_id == initiative.id))).first()
    assert found is not None
    with pytest.raises(InvalidValue) as refused:
        await findings.revise(session, SYSTEM, found.id, title="Annat")
    assert refused.value.field == "title"
    with pytest.raises(InvalidValue, match="Avfärda"):
        await findings.remove(session, SYSTEM, found.id)


async def test_two_who_judge_the_same_finding_are_told(session: AsyncSession) -> None:
    own = await findings.add(session, SYSTEM, title="Bilagan saknas")
    await findings.revise(session, SYSTEM, own.id, revision=1, resolution="A")
    with pytest.raises(ConflictingChange):
        await findings.revise(session, SYSTEM, own.id, revision=1, resolution="B")


async def test_it_rests_on_a_place_in_a_document(session: AsyncSession) -> None:
    document = await factories.document(session)
    own = await findings.add(session, SYSTEM, title="Summan stämmer inte")
    await sources.attach(session, SYSTEM, "finding", own.id, document_id=document.id, quote="Version 0")
    assert len(await sources.list_sources(session, SYSTEM, "finding", [own.id])) == 1


async def test_who_sees_a_part_sees_no_finding(session: AsyncSession) -> None:
    own = await findings.add(session, SYSTEM, title="Bilagan saknas")
    partner = await factories.viewer(session, Role.PARTNER)
    politician = await factories.viewer(session, Role.POLITICIAN)
    await set_scope(session, partner)
    assert await findings.list_findings(session, partner) == ((), 0)
    assert await findings.list_rules(session, partner) == {}
    assert await session.scalar(select(Finding.id)) is None
    for act in (findings.get(session, partner, own.id), findings.remove(session, partner, own.id)):
        with pytest.raises(NotFound):
            await act
    with pytest.raises(NotAllowed):
        await examination.examine(session, partner)
    await set_scope(session, politician)
    assert (await findings.get(session, politician, own.id)).title == "Bilagan saknas"
    with pytest.raises(NotAllowed):
        await findings.revise(session, politician, own.id, resolution="A")


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"title": " "}, "title"), ({"severity": "stor"}, "severity"), ({"owner_id": new_id()}, "owner_id")],
)
async def test_wrong_input_names_its_field(session: AsyncSession, fields: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        await findings.add(session, SYSTEM, **{"title": "A", **fields})  # type: ignore[arg-type]
    assert refused.value.field == field


def test_the_mark_tells_findings_apart_whatever_their_figures() -> None:
    one = Check("regel", Severity.LOW, "Summan", "3 kr fattas", Subject("fund", new_id()))
    same = Check("regel", Severity.HIGH, "Summan", "4 kr fattas", one.subject)
    other = Check("regel", Severity.LOW, "Summan", "3 kr fattas", Subject("fund", new_id()))
    assert examination.mark(one) == examination.mark(same) != examination.mark(other)
