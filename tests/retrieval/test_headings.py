import pytest

from retrieval.composing import compose
from tests.retrieval import shelves

LABELS = """# Trafikplan

## Grundvillkor

Tidtabeller:

- Bussarna ska gå i tid.

Bemanning:

- Förarna ska räcka till.

Underhåll:

- Bussarna ska hålla.
"""
BELOW = """# Trafikplan för Solmark

## Grundvillkor

### Tidtabeller

Bussarna ska gå i tid.

### Bemanning

Förarna ska räcka till.

## Kostnader

Planen kostar 2 mnkr.
"""


def said(question: str, text: str) -> str:
    asked, spans = shelves.spans(shelves.library(text), question)
    composed = compose(asked, spans)
    assert composed is not None
    for one in composed.citations:
        assert spans[0].candidate.view.text[one.start : one.end] == one.quote
    return composed.answer


def test_labels_under_a_heading_are_a_list_of_as_many_things() -> None:
    answer = said("Vilka är de tre grundvillkoren i trafikplanen?", LABELS)
    assert answer == "Grundvillkor:\n– Tidtabeller [1]\n– Bemanning [2]\n– Underhåll [3]"


def test_subheadings_are_a_list_too() -> None:
    assert (
        said("Vilka två grundvillkor har trafikplanen?", BELOW) == "Grundvillkor:\n– Tidtabeller [1]\n– Bemanning [2]"
    )


@pytest.mark.parametrize("number", ["två", "fyra", "1", "99"])
def test_another_number_of_headings_is_not_what_was_asked_for(number: str) -> None:
    assert not said(f"Vilka är de {number} grundvillkoren i trafikplanen?", LABELS).startswith("Grundvillkor:\n– Tid")
