from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from initiatives.access import SYSTEM
from initiatives.base import new_id
from retrieval.answering import Assistant
from retrieval.views import WINDOW, Shelf
from tests import site as sites
from tests.retrieval import people, shelves

VIEW = shelves.view(
    "# Plan\n\nInledning.\n\n## Mål\n\n"
    + "Läkarbilar behövs i hela länet. " * 60
    + "\n\n## Pengar\n\nDet kostar 2 mnkr.\n\n### Tabell\n\n| Bil | Pris |\n|---|---|\n| Blå | 5 |\n"
)


@settings(max_examples=60)
@given(st.integers(0, len(VIEW.units) - 1), st.integers(1, 2 * WINDOW))
def test_a_window_holds_its_unit_and_no_more_than_may_be_shown(position: int, longest: int) -> None:
    start, end = VIEW.window(position, longest)
    unit = VIEW.units[position]
    assert 0 <= start <= unit.start < end <= len(VIEW.text)
    assert end - start <= longest
    assert end >= min(unit.end, unit.start + longest)


def test_a_short_document_is_shown_whole_from_its_heading() -> None:
    view = shelves.view("# Plan\n\nInledning.\n\n## Mål\n\nKort.\n")
    assert view.text[slice(*view.window(1))] == "# Plan\n\nInledning.\n\n## Mål\n\nKort."


def test_the_section_of_a_unit_is_named_from_the_outside_in() -> None:
    assert VIEW.section_name(VIEW.units[-1]) == "Plan › Pengar › Tabell"


def test_a_library_knows_its_size_and_its_words() -> None:
    library = shelves.library("Läkarbilar kör.", "Skolmat lagas.")
    assert library.size == 2
    assert library.vocabulary.knows("läkarbil")
    assert not library.vocabulary.knows("zebra")


@pytest.mark.parametrize(("email", "count"), [(sites.PROGRAMME, 14), (sites.POLITICIAN, 14), (sites.PARTNER, 11)])
async def test_a_library_holds_what_the_person_may_see(solmark: Assistant, email: str, count: int) -> None:
    person = await people.viewer(solmark, email)
    async with solmark.sessions(person) as session:
        library = await solmark.shelf.library(session, person)
        again = await solmark.shelf.library(session, person)
    assert len(library.views) == count
    assert again is library


async def test_a_shelf_that_everything_was_read_into_still_shows_a_stranger_only_what_is_public(
    solmark: Assistant,
) -> None:
    shelf = Shelf()
    async with solmark.sessions(SYSTEM) as session:
        assert len((await shelf.library(session, SYSTEM)).views) == 14
    stranger = replace(await people.viewer(solmark, sites.PARTNER), organisation_id=new_id())
    async with solmark.sessions(stranger) as session:
        assert len((await shelf.library(session, stranger)).views) == 9


async def test_a_small_shelf_drops_what_is_used_least_and_reads_it_again(solmark: Assistant) -> None:
    shelf = Shelf(characters=1, libraries=1)
    partner = await people.viewer(solmark, sites.PARTNER)
    for person, count in ((SYSTEM, 14), (partner, 11), (SYSTEM, 14)):
        async with solmark.sessions(person) as session:
            library = await shelf.library(session, person)
        assert len(library.views) == count
        assert all(view.text and view.units for view in library.views)


async def test_a_view_says_what_the_database_holds(solmark: Assistant) -> None:
    async with solmark.sessions(SYSTEM) as session:
        library = await solmark.shelf.library(session, SYSTEM)
    for view in library.views:
        assert len(view.units) == len(view.segment.lengths)
        assert all(view.text[unit.start : unit.end].strip() for unit in view.units)
        assert all(0 <= unit.section < len(view.sections) for unit in view.units)
