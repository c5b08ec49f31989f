"""What reading weighs: words beside figures, words side by side, and sentences by what they mean."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.features import FEATURES, Span, besides, features, heads_columns, pairs, vectors_of
from retrieval.meanings import pack
from retrieval.places import find_places, fresh
from retrieval.questions import analyse
from retrieval.search import rank
from retrieval.sought import Sought, sought
from retrieval.views import Library
from tests.retrieval import shelves

CARS = "Varje läkarbil kostar 2,5 mnkr om året. Bilarna är gröna. De står i Granholma."
LIBRARY = shelves.library(f"# Läkarbilar i länet\n\n{CARS}\n")
TABLE = "# Kostnader\n\n| Kommun | Kostnad 2026 |\n|---|---|\n| Granholma | 12 mnkr |\n| Åsele | 8 mnkr |\n"


def weighed(question: str) -> Sought:
    return sought(LIBRARY, analyse(question))


def beside(question: str, text: str) -> float:
    asked, held = weighed(question), find_places(text)
    return besides(asked, held, fresh(asked.question, held))


def spans(shelf: Library, question: str, vector: NDArray[np.float32] | None = None) -> list[Span]:
    asked = analyse(question, (), shelf)
    return features(sought(shelf, asked, vector), rank(shelf, asked, {}))


def feature(span: Span, name: str) -> float:
    return span.values[FEATURES.index(name)]


def test_a_figure_beside_the_words_of_the_question_counts_more() -> None:
    question = "Vad kostar läkarbilen?"
    far = (
        "Läkarbilen är den som kostar mest av allt som regionen har köpt, hyrt eller lånat i år, och taket är 2,5 mnkr."
    )
    assert beside(question, "Läkarbilen kostar 2,5 mnkr.") == pytest.approx(1)
    assert 0 < beside(question, far) < 0.5


def test_a_text_without_a_new_figure_has_none_to_stand_beside() -> None:
    assert beside("Räcker 2,5 mnkr till vad läkarbilen kostar?", "Läkarbilen kostar 2,5 mnkr.") == 0
    assert beside("Vad kostar läkarbilen?", "Läkarbilen är grön.") == 0


def test_words_that_stand_together_in_the_question_stand_together_in_the_text() -> None:
    asked = weighed("Vad kostar gröna läkarbilar?")
    assert pairs(asked, find_places("Gröna läkarbilar kör i länet.")) > 0
    apart = "Gröna ängar finns överallt i hela länet utom där det kör läkarbilar."
    assert pairs(asked, find_places(apart)) == 0


def test_the_head_of_a_table_is_not_a_row_that_answers() -> None:
    view = shelves.view(TABLE)
    heads = [view.text[unit.start : unit.end] for at, unit in enumerate(view.units) if heads_columns(view, at)]
    rows = [span.text for span in spans(Library((view,)), "Vad är kostnaden 2026 i Åsele?")]
    assert heads == ["| Kommun | Kostnad 2026 |"]
    assert any("Åsele" in row for row in rows)
    assert not any("Kommun" in row for row in rows)


def with_vectors(shelf: Library) -> tuple[Library, dict[str, NDArray[np.float32]]]:
    """The library with a direction of its own for every sentence."""
    (view,) = shelf.views
    found = {(span.start, span.end): span.text for span in spans(shelf, "Vad kostar läkarbilen i Granholma?")}
    own = np.eye(len(found), dtype=np.float32)
    units = tuple(replace(unit, parts=pack(*_inside(unit.start, unit.end, list(found), own))) for unit in view.units)
    made = replace(view, units=units, notes={})
    return Library((made,)), dict(zip(found.values(), own, strict=True))


def _inside(
    start: int, end: int, offsets: list[tuple[int, int]], own: NDArray[np.float32]
) -> tuple[list[tuple[int, int]], NDArray[np.float32]]:
    held = [index for index, (first, last) in enumerate(offsets) if start <= first and last <= end]
    return [offsets[index] for index in held], own[held]


def test_the_sentence_that_means_what_is_asked_is_told_from_its_neighbours() -> None:
    shelf, vectors = with_vectors(LIBRARY)
    found = spans(shelf, "Vad kostar läkarbilen i Granholma?", vectors["De står i Granholma."])
    meant = {span.text: feature(span, "meaning") for span in found}
    assert meant.pop("De står i Granholma.") == pytest.approx(10, abs=0.01)
    assert meant
    assert max(meant.values()) == pytest.approx(0, abs=0.01)


def test_a_piece_without_a_vector_means_a_little_less_than_its_unit() -> None:
    found = spans(LIBRARY, "Vad kostar läkarbilen?", np.eye(1, 4, dtype=np.float32)[0])
    assert found
    assert {feature(span, "meaning") for span in found} == {-0.2}
    assert vectors_of(LIBRARY.views[0], 0) == {}


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Bilen fick 5 mnkr 2025 och mer kan komma under 2026.", 1),
        ("Bilen fick 5 mnkr 2026 och mer kan komma under 2027.", 0),
        ("Bilen fick 5 mnkr och var ny.", 0),
        ("Bilen var ny 2025.", 0),
    ],
)
def test_a_figure_belongs_to_the_year_beside_it(text: str, other: float) -> None:
    found = spans(shelves.library(f"# Läkarbilen\n\n{text}\n"), "Hur många mnkr fick bilen 2026?")
    assert feature(found[0], "figures_year") == other


def test_the_figures_of_a_row_belong_to_the_years_over_its_columns() -> None:
    table = shelves.library(TABLE)
    row = [span for span in spans(table, "Hur stor var kostnaden i Granholma 2025?") if "12 mnkr" in span.text]
    assert feature(row[0], "figures_year") == 1
    row = [span for span in spans(table, "Hur stor var kostnaden i Granholma 2026?") if "12 mnkr" in span.text]
    assert feature(row[0], "figures_year") == 0


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Bilarna kör i fyra kommuner i norr.", 0.75),
        ("Bilarna kör i kommunerna Granholma, Åsele, Älvbro och Vik.", 0),
    ],
)
def test_a_text_that_names_fewer_things_than_there_are_falls_short(text: str, short: float) -> None:
    found = spans(shelves.library(f"# Om bilar\n\n{text}\n"), "Vad heter de fyra kommunerna där bilarna kör?")
    assert feature(found[0], "too_few") >= short if short else feature(found[0], "too_few") == 0
