import pytest

from retrieval.pieces import pieces, spans, surroundings
from tests.retrieval import shelves

LIST = """# Avtal om läkarbilar

## Åtagande

Avtalet gäller 2027. Regionen ska:

- bemanna bilarna,
- svara på natten
  också.

Kommunen betalar resten.
"""


def said(text: str) -> list[tuple[str, bool]]:
    view = shelves.view(text)
    return [
        (" ".join(view.text[piece.start : piece.end].split()), piece.is_list)
        for position in range(len(view.units))
        for piece in pieces(view, position)
    ]


def test_running_text_is_quoted_by_the_sentence() -> None:
    assert said("Nämnden möts i maj. Den består av bl.a. läkare.\n") == [
        ("Nämnden möts i maj.", False),
        ("Den består av bl.a. läkare.", False),
    ]


def test_a_list_may_be_quoted_whole_or_by_the_item() -> None:
    found = said(LIST)
    assert ("Regionen ska: - bemanna bilarna, - svara på natten också.", True) in found
    assert any(text.endswith("bemanna bilarna,") and not is_list for text, is_list in found)
    assert not any("Kommunen betalar" in text for text, is_list in found if is_list)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Nämnden beslutar\n\natt köpa bilar. Och garage.\n", "att köpa bilar. Och garage."),
        ("| Bil | Pris |\n|---|---|\n| Blå. Stor. | 5 |\n", "| Blå. Stor. | 5 |"),
    ],
)
def test_clauses_and_rows_are_quoted_whole(text: str, whole: str) -> None:
    assert (whole, False) in said(text)


def test_every_piece_is_inside_the_text_and_trimmed() -> None:
    view = shelves.view(LIST * 3)
    for position in range(len(view.units)):
        for piece in pieces(view, position):
            text = view.text[piece.start : piece.end]
            assert text == text.strip() != ""
            assert piece.terms


def test_around_a_unit_stand_its_headings_and_neighbours() -> None:
    view = shelves.view(LIST)
    position = next(index for index, unit in enumerate(view.units) if "Avtalet" in view.text[unit.start : unit.end])
    nearby = surroundings(view, position)
    assert "åtagand" in nearby.near
    assert "läkarbil" in nearby.around
    assert 2027 in nearby.years


def test_the_spans_of_a_unit_are_its_pieces_that_are_no_lists() -> None:
    view = shelves.view(LIST)
    for position, unit in enumerate(view.units):
        found = [(piece.start, piece.end) for piece in pieces(view, position) if not piece.is_list]
        assert list(spans(view.text, unit.kind, unit.start, unit.end)) == found != []
