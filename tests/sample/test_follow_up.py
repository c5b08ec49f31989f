"""What is followed up in the sample region is what its report says, to the last figure."""

import re
from decimal import Decimal

import pytest

from api.sample import follow_up, make_pdfs
from api.sample.load import Loaded, load
from api.sample.register import read
from initiatives import coverage
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.coverage import Rule
from initiatives.indicators import standing
from initiatives.indicators.targets import Verdict
from initiatives.swedish import parse_number

REPORT = (make_pdfs.SOURCES / "13-uppfoljning-2025.md").read_text(encoding="utf-8")
YEARS = ("2023", "2024", "2025")


@pytest.fixture
async def loaded(sessions: ScopedSessions) -> Loaded:
    return await load(sessions, password="ett gemensamt lösenord")


def rows(columns: int) -> list[list[str]]:
    """Return the rows of the report's tables with so many columns, without heads and sums."""
    lines = [line.strip("| ").split(" | ") for line in REPORT.splitlines() if line.startswith("| ")]
    return [cells for cells in lines if len(cells) == columns and cells[0] not in {"Indikator", "Kommun", "Summa"}]


def test_every_indicator_of_the_report_has_its_figures_and_its_goal() -> None:
    known = {one.name: one for one in follow_up.read().indicators}
    for name, unit, *figures, goal in rows(6):
        one = known[name]
        assert one.unit == " ".join(unit.split()), name
        assert [one.values.get(year) for year in YEARS] == [
            None if figure == "saknas" else parse_number(figure) for figure in figures
        ], name
        assert (one.target is None) == (goal == "sätts senare" or one.rule == "ökar"), name
        assert one.target is None or one.target == parse_number(goal), name
        assert set(one.missing) == {year for year, figure in zip(YEARS, figures, strict=True) if figure == "saknas"}


def test_plans_of_the_municipalities_are_those_of_the_report_and_sum_to_the_whole() -> None:
    [plans] = [one for one in follow_up.read().indicators if one.places]
    told = {name: [parse_number(before), parse_number(now)] for name, before, now, _ in rows(4)}
    assert {name.removesuffix(" kommun"): list(values.values()) for name, values in plans.places.items()} == told
    for year in ("2024", "2025"):
        assert sum((values[year] for values in plans.places.values()), Decimal(0)) == plans.values[year]


def test_every_name_refers_to_something() -> None:
    register, found = read(), follow_up.read()
    codes = {node.code for node in register.taxonomy.nodes}
    assert {one.code for one in found.nodes} <= codes
    assert all(set(one.nodes) <= codes for one in found.indicators)
    titles = {one.title for one in register.initiatives}
    assert {title for one in found.indicators for title in one.initiatives} <= titles
    people = {one.email for one in register.people}
    assert {one.responsible for one in found.indicators} <= people
    assert set(found.codes) <= {one.name for one in register.organisations}
    assert re.fullmatch(r"(91(0\d)?)+", "".join(found.codes.values()))


async def test_the_sample_shows_every_way_to_stand_and_some_gaps(loaded: Loaded, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        indicators, total = await standing.list_indicators(session, SYSTEM, limit=100)
        found = await coverage.coverage(session, SYSTEM)
    assert total == len(follow_up.read().indicators) == 11
    verdicts = {one.standing.verdict for one in indicators}
    assert verdicts == {Verdict.MET, Verdict.TOWARDS, Verdict.NOT_MET, Verdict.MISSING}
    assert len(found.cells) == 42
    assert {gap.rule for gap in found.gaps} >= {Rule.START}
    assert {gap.node for gap in found.gaps if gap.rule is Rule.START} == {
        "Specialister i den nära vården",
        "Förebyggande arbete och egenvård",
        "Första linjens vård",
        "Centrum för nära vård",
    }
