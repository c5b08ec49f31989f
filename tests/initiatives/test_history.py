from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import comparison, funds, history, history_overview, initiatives, milestones, records, shares
from initiatives.access import SYSTEM, Role
from initiatives.base import new_id, utcnow
from initiatives.comparison import Change, Difference
from initiatives.errors import InvalidValue, NotFound
from initiatives.history import Filters
from initiatives.past import Past
from initiatives.swedish import end_of_day, parse_instant
from tests import factories

EVERYTHING = Filters()


async def now(session: AsyncSession) -> datetime:
    """Return the present instant by the clock that the past is kept by."""
    found = await session.scalar(select(func.clock_timestamp()))
    assert isinstance(found, datetime)
    return found


async def changes(session: AsyncSession, kind: str, first: datetime, **more: Any) -> list[Change]:
    found, total = await comparison.compare(session, SYSTEM, kind, first, await now(session), **more)
    assert total == len(found)
    return list(found)


def test_a_day_ends_at_midnight_in_sweden_winter_and_summer() -> None:
    assert end_of_day(date(2026, 3, 31)) == datetime(2026, 3, 31, 21, 59, 59, 999_999, UTC)
    assert end_of_day(date(2026, 12, 31)) == datetime(2026, 12, 31, 22, 59, 59, 999_999, UTC)


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-03-31", end_of_day(date(2026, 3, 31))),
        ("31 mars 2026", end_of_day(date(2026, 3, 31))),
        ("2026-03-31T12:00:00Z", datetime(2026, 3, 31, 12, tzinfo=UTC)),
        ("2026-03-31T12:00:00+02:00", datetime(2026, 3, 31, 10, tzinfo=UTC)),
    ],
)
def test_a_day_or_an_instant_is_read(written: str, instant: datetime) -> None:
    assert parse_instant(written) == instant


@pytest.mark.parametrize(
    "written", ["", "igår", "2026-02-30", "2026-03-31T12:00:00", "9999-12-31", "2026-03-31T99:00Z"]
)
def test_what_is_no_instant_is_refused_by_name(written: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_instant(written, field="on")
    assert refused.value.field == "on"


@pytest.mark.parametrize("role", [Role.PARTNER, Role.READER])
async def test_one_who_sees_a_part_finds_no_history_of_what_is_shared_with_them(
    session: AsyncSession, role: Role
) -> None:
    someone = await factories.viewer(session, role)
    shared = await factories.initiative(session, shared_with=[someone.organisation_id])
    at = await now(session)
    assert await history.list_at(session, someone, "initiative", at) == ((), 0)
    assert await comparison.compare(session, someone, "initiative", at - timedelta(days=9), at) == ((), 0)
    assert await history_overview.begins(session, someone) is None
    assert await history_overview.kinds_at(session, someone, at) == ()
    assert await history_overview.kinds_differing(session, someone, at - timedelta(days=9), at) == ()
    assert await history_overview.changed_at(session, someone, "initiative", shared.id) == ()
    with pytest.raises(NotFound) as foreign:
        await history.get(session, someone, "initiative", shared.id, at)
    with pytest.raises(NotFound) as absent:
        await history.get(session, SYSTEM, "initiative", new_id(), at)
    assert foreign.value.detail == absent.value.detail


async def test_a_kind_without_history_is_refused_with_those_that_have(session: AsyncSession) -> None:
    with pytest.raises(InvalidValue, match=r"fund, .*initiative, ") as refused:
        await history.list_at(session, SYSTEM, "person", utcnow())
    assert refused.value.field == "kind"


async def test_an_initiative_is_shown_as_it_was_with_names_and_parts(session: AsyncSession) -> None:
    lead = await factories.organisation(session, "Ekby kommun")
    [_, samverkan, aldre, _] = await factories.nodes(session)
    fund = await factories.fund(session)
    made = await factories.initiative(
        session, title="Läkarbil", lead_organisation_id=lead.id, node_ids=[aldre.id, samverkan.id]
    )
    link = await funds.link(session, SYSTEM, made.id, fund_id=fund.id, amount_kronor=900_000, year=2026)
    then = await now(session)
    await initiatives.revise(session, SYSTEM, made.id, title="Hembesök", status="avbrutet", reason="Nej", node_ids=[])
    await funds.unlink(session, SYSTEM, made.id, link.id)
    moment = await history.get(session, SYSTEM, "initiative", made.id, then)
    words = {field.label: field.words for field in moment.fields}
    assert (moment.title, moment.removed_at) == ("Läkarbil", None)
    assert (words["Leds av"], words["Läge"], words["Ansvarig"]) == ("Ekby kommun", "förslag", "")
    assert {part.label: part.titles for part in moment.parts} == {
        "Hör till": ("Samverkan", "Äldres behov"),
        "Pengar": ("Förfogandeanslaget, 2026, 900\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr",),
    }
    assert moment.since <= then < (moment.until or then)
    today = await history.get(session, SYSTEM, "initiative", made.id, await now(session))
    assert (today.title, today.until, today.parts) == ("Hembesök", None, ())


async def test_before_it_was_added_it_was_not_there_and_that_is_said(session: AsyncSession) -> None:
    before = await now(session)
    made = await factories.initiative(session)
    with pytest.raises(NotFound, match="Det lades till"):
        await history.get(session, SYSTEM, "initiative", made.id, before)


async def test_what_has_been_removed_is_found_as_it_was_and_marked(session: AsyncSession) -> None:
    fund = await factories.fund(session, name="Gammalt anslag")
    then = await now(session)
    await records.remove(session, SYSTEM, fund)
    after = await now(session)
    moment = await history.get(session, SYSTEM, "fund", fund.id, then)
    assert moment.removed_at is not None
    assert then < moment.removed_at <= after
    [line], total = await history.list_at(session, SYSTEM, "fund", then, Filters(q="gammalt"))
    assert (line.title, line.removed, total) == ("Gammalt anslag, 2026", True, 1)
    assert await history.list_at(session, SYSTEM, "fund", after, Filters(q="gammalt")) == ([], 0)
    with pytest.raises(NotFound, match="togs bort"):
        await history.get(session, SYSTEM, "fund", fund.id, after)


async def test_a_list_is_as_it_was_filtered_by_what_was_then_in_swedish_order(session: AsyncSession) -> None:
    lead = await factories.organisation(session, "Ekby kommun")
    for title, status in (("Öppet hus", "pågår"), ("Ambulans", "pågår"), ("Åldrande", "förslag")):
        made = await factories.initiative(session, title=title, status=status, lead_organisation_id=lead.id)
    then = await now(session)
    await initiatives.revise(session, SYSTEM, made.id, title="Nytt namn", status="avbrutet", reason="Nej")
    await factories.initiative(session, title="Senare")

    async def titles(filters: Filters = EVERYTHING, **more: int) -> tuple[list[str], int]:
        found, total = await history.list_at(session, SYSTEM, "initiative", then, filters, **more)
        return [line.title for line in found], total

    assert await titles() == (["Ambulans", "Åldrande", "Öppet hus"], 3)
    assert await titles(limit=1, offset=1) == (["Åldrande"], 3)
    assert await titles(Filters(status="pågår")) == (["Ambulans", "Öppet hus"], 2)
    assert await titles(Filters(status="avslutat")) == ([], 0)
    assert await titles(Filters(q="HUS öppet")) == (["Öppet hus"], 1)
    assert await titles(Filters(organisation_id=lead.id)) == (["Ambulans", "Åldrande", "Öppet hus"], 3)
    assert await titles(Filters(organisation_id=new_id())) == ([], 0)
    [line, *_], _ = await history.list_at(session, SYSTEM, "initiative", then)
    assert (line.organisation, line.status, line.removed) == ("Ekby kommun", "pågår", False)


async def test_two_days_are_compared_field_by_field_with_names(session: AsyncSession) -> None:
    old, new = [await factories.organisation(session, name) for name in ("Ekby kommun", "Alby kommun")]
    changed = await factories.initiative(session, title="B", lead_organisation_id=old.id)
    gone = await factories.fund(session, name="Gammalt")
    await factories.initiative(session, title="Orörd")
    first = await now(session)
    await initiatives.revise(session, SYSTEM, changed.id, lead_organisation_id=new.id, starts_on=date(2026, 3, 1))
    await factories.initiative(session, title="A")
    await records.remove(session, SYSTEM, gone)
    [added, other] = await changes(session, "initiative", first)
    assert (added.title, added.difference, added.fields) == ("A", Difference.ADDED, ())
    told = {field.label: (field.before_words, field.after_words) for field in other.fields}
    assert (other.title, other.difference) == ("B", Difference.CHANGED)
    assert told == {"Leds av": ("Ekby kommun", "Alby kommun"), "Startdatum": ("", "1 mars 2026")}
    [removed] = await changes(session, "fund", first)
    assert (removed.title, removed.difference) == ("Gammalt, 2026", Difference.REMOVED)


async def test_a_change_of_parts_is_a_change_of_the_whole(session: AsyncSession) -> None:
    town = await factories.organisation(session, "Ekby kommun")
    [node, other, *_] = await factories.nodes(session)
    made = await factories.initiative(session, node_ids=[node.id])
    first = await now(session)
    await initiatives.revise(session, SYSTEM, made.id, node_ids=[other.id])
    await shares.share(session, SYSTEM, made.id, town.id, profile="plan")
    [change] = await changes(session, "initiative", first)
    told = {field.label: (field.before_words, field.after_words) for field in change.fields}
    assert told == {"Hör till": ("Närsjukvård", "Samverkan"), "Delas med": ("", "Ekby kommun, plan")}


async def test_what_differs_within_a_part_is_told_with_the_part_it_is_in(session: AsyncSession) -> None:
    made = await factories.initiative(session)
    stone = await milestones.add(session, SYSTEM, made.id, title="Bilen köpt", due_on=date(2026, 3, 1))
    first = await now(session)
    await milestones.change(session, SYSTEM, made.id, stone.id, revision=None, done_on=date(2026, 2, 3))
    [change] = await changes(session, "initiative", first)
    told = [(field.name, field.label, field.before_words, field.after_words) for field in change.fields]
    assert told == [("milestone.done_on", "Bilen köpt, 1 mars 2026: Blev klar", "", "3 februari 2026")]


async def test_the_kinds_are_counted_then_and_between(session: AsyncSession) -> None:
    kept, gone = [await factories.fund(session, name=name) for name in ("A", "B")]
    first = await now(session)
    await records.remove(session, SYSTEM, gone)
    await factories.fund(session, name="C")
    [then] = [one for one in await history_overview.kinds_at(session, SYSTEM, first) if one.kind == "fund"]
    assert (then.count, then.removed) == (2, 1)
    [between] = await history_overview.kinds_differing(session, SYSTEM, first, await now(session))
    assert (between.kind, between.added, between.changed, between.removed) == ("fund", 1, 0, 1)
    assert len(await history_overview.changed_at(session, SYSTEM, "fund", kept.id)) == 1


async def test_what_was_changed_and_changed_back_differs_in_nothing(session: AsyncSession) -> None:
    made = await factories.initiative(session, title="Läkarbil")
    first = await now(session)
    for title in ("Hembesök", "Läkarbil"):
        await initiatives.revise(session, SYSTEM, made.id, title=title)
    [change] = await changes(session, "initiative", first)
    assert (change.difference, change.fields) == (Difference.CHANGED, ())


async def test_what_came_and_went_between_the_days_is_in_neither(session: AsyncSession) -> None:
    first = await now(session)
    await records.remove(session, SYSTEM, await factories.fund(session))
    assert await changes(session, "fund", first) == []


async def test_a_comparison_has_pages_and_days_in_order(session: AsyncSession) -> None:
    first = await now(session)
    for title in "ABC":
        await factories.initiative(session, title=title)
    last = await now(session)

    async def page(limit: int, offset: int) -> tuple[list[str], int]:
        found, total = await comparison.compare(session, SYSTEM, "initiative", first, last, limit=limit, offset=offset)
        return [one.title for one in found], total

    assert await page(2, 0) == (["A", "B"], 3)
    assert await page(2, 2) == (["C"], 3)
    assert await page(2, 4) == ([], 3)
    with pytest.raises(InvalidValue, match="Byt plats"):
        await comparison.compare(session, SYSTEM, "initiative", last, first)


async def test_a_list_of_the_past_is_found_in_an_index_alone(session: AsyncSession) -> None:
    """Behind row-level security only conditions on plain columns reach an index; this holds them to that."""
    where = (Past.kind == "initiative", history.holding(utcnow()))
    query = select(Past.key).where(*where).order_by(Past.sort, Past.key).limit(20)
    connection = await session.connection()
    words = str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
    for other in ("seqscan", "bitmapscan"):  # On a table this small either may be thought cheaper.
        await connection.exec_driver_sql(f"SET LOCAL enable_{other} = off")
    plan = (await connection.exec_driver_sql(f"EXPLAIN {words}")).scalars().all()
    assert any("Index Only Scan" in line for line in plan), plan
