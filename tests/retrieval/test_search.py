from dataclasses import replace

import pytest

from initiatives.access import SYSTEM
from retrieval.answering import Assistant
from retrieval.kinds import UnitKind
from retrieval.questions import analyse
from retrieval.search import nearest, rank, shown
from retrieval.views import WINDOW
from tests.retrieval import shelves

CARS = """# Läkarbilar

Innehåll läkarbilar ........ 3

Varje läkarbil kostar 2,5 mnkr om året.

## Mer

Bilarna är gröna.
"""
LIBRARY = shelves.library(CARS, "# Skolmat\n\nMaten lagas i Granholma.\n")


@pytest.mark.parametrize(
    ("question", "source"),
    [("Vad kostar läkarbilen?", "1.txt"), ("Var lagas skolmaten?", "2.txt"), ("var lagas skol maten", "2.txt")],
)
def test_words_alone_find_the_right_document(question: str, source: str) -> None:
    _, candidates = shelves.found(LIBRARY, question)
    assert candidates[0].view.source == source
    assert [one.score for one in candidates] == sorted((one.score for one in candidates), reverse=True)


def test_a_table_of_contents_is_never_found() -> None:
    _, candidates = shelves.found(LIBRARY, "läkarbilar")
    assert any(unit.kind == UnitKind.CONTENTS for view in LIBRARY.views for unit in view.units)
    assert not any(candidate.unit.kind == UnitKind.CONTENTS for candidate in candidates)


def test_vectors_find_what_words_do_not() -> None:
    asked = analyse("automobiler", (), LIBRARY)
    assert rank(LIBRARY, asked, {}) == []
    view = LIBRARY.views[0]
    green = next(i for i, unit in enumerate(view.units) if "gröna" in view.text[unit.start : unit.end])
    cosines = {(view.version_id, green): 0.9, (LIBRARY.views[1].version_id, 0): 0.8}
    candidates = rank(LIBRARY, asked, cosines)
    assert [(one.view.source, one.dense) for one in candidates] == [("1.txt", 0.9), ("2.txt", 0.8)]
    assert len(rank(LIBRARY, asked, cosines, limit=1)) == 1


def test_what_is_shown_is_a_window_that_holds_the_unit_and_is_shown_once() -> None:
    _, candidates = shelves.found(LIBRARY, "läkarbilar")
    windows = shown(candidates, 10)
    for window in windows:
        assert len(window.text) <= WINDOW
        assert window.start <= window.candidate.unit.start
        assert window.candidate.unit.end <= window.end
    places = [(id(window.candidate.view), window.start) for window in windows]
    assert len(set(places)) == len(places)
    assert len(shown(candidates, 1)) == 1
    assert shown([], 5) == []


async def test_the_nearest_units_are_those_of_the_library_alone(solmark: Assistant) -> None:
    vector = await solmark.embedder.query("Hur mycket pengar går till psykisk ohälsa?")
    async with solmark.sessions(SYSTEM) as session:
        everything = await solmark.shelf.library(session, SYSTEM)
        found = await nearest(session, everything, vector, limit=20)
        one = replace(everything, views=everything.views[:1])
        alone = await nearest(session, one, vector)
        nothing = await nearest(session, replace(everything, views=()), vector)
    assert len(found) == 20
    assert all(-1 <= cosine <= 1.001 for cosine in found.values())
    assert {version for version, _ in alone} == {everything.views[0].version_id}
    assert len(alone) == min(200, len(everything.views[0].units))
    assert nothing == {}
