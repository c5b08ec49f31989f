"""The dialogue and the distributions of the sample region agree with its register and its documents."""

from datetime import date

from api.sample import dialogue, distributions, register
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.dialogue import entries, follow_up
from initiatives.dialogue.follow_up import State
from initiatives.distribution import listings, runs
from tests.sample.test_load import loaded

DAY = date(2026, 11, 30)
"""The day on which the sample region stands."""
__all__ = ["loaded"]


def test_names_and_codes_refer_to_the_register() -> None:
    whole = register.read()
    organisations, codes = {one.name for one in whole.organisations}, {node.code for node in whole.taxonomy.nodes}
    people = {one.email for one in whole.people}
    said = dialogue.read()
    things = [
        *((one.parties, one.nodes) for one in said.entries),
        *((one.parties, one.nodes) for one in said.agreements),
    ]
    for parties, nodes in things:
        assert set(parties) <= organisations
        assert set(nodes) <= codes
    assert {answer.by for one in said.entries for answer in one.answers} <= people


async def test_the_example_of_the_letter_is_what_was_shared(loaded: object, sessions: ScopedSessions) -> None:
    """The letter counts 16 900 listed; a health centre with 1 250 of them gets 717 456 kronor in the first stage."""
    async with sessions(SYSTEM) as session:
        assert sum(row.points for row in listings.read_table(distributions.read().listings[0].table)) == 16_900
        found, total = await runs.list_runs(session, SYSTEM)
        assert total == len(distributions.read().runs)
        first = next(row for row in found if "steg 1" in row.title)
        run = await runs.get_run(session, SYSTEM, first.id)
        assert {unit.unit: unit.kronor for unit in run.outcome.units}["Vårdcentralen Strömmen"] == 717_456
        assert {check.rule for check in run.checks} == {
            "distribution-paid-before-known",
            "distribution-condition-unknown",
        }
        assert (await runs.verify(session, SYSTEM, first.id)).intact


async def test_some_cells_have_begun_and_some_have_not(loaded: object, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        table = await follow_up.follow_up(session, SYSTEM)
        assert (len(table.nodes), len(table.municipalities)) == (7, 5)
        assert all(table.count(state) for state in State)
        found, _ = await entries.list_entries(session, SYSTEM)
        steps = [one for one in found if one.next_step_on and not one.next_step_done_on]
        assert {one.next_step_on < DAY for one in steps if one.next_step_on} == {True, False}
