import pytest

from retrieval.cells import cell
from tests.retrieval import shelves

DRAWN = """# Stöd till cykling

| Kommun | Invånare | Andel | Bidrag, tkr |
|---|---|---|---|
| Ekdal | 12 400 | 4 % | 310 |
| Björkvik | 8 100 | 3 % | 205 |
"""
YEARS = """# Cykelplanen

| Satsning | 2025, mnkr | 2026, mnkr | 2027, mnkr |
|---|---|---|---|
| Cykelbanor | 10 | 25 | 40 |
| Cykelställ | 2 | 3 | 5 |
"""
PLACES = """# Cykelpengar

| Insats | Belopp hela landet, mnkr | Belopp Region Solmark, mnkr |
|---|---|---|
| Cykelskolor | 120 | 2,4 |
| Cykelbanor | 300 | 6 |
"""
RUN_ON = (
    "# Cykelrapport\n\nMiljoner kronor, i 2024 års priser 2021 2022 2023 2024 Underhåll av cykelbanor "
    "10,5 11,0 12,5 13,0 Cykelskolor 1,1 1,2 1,3 1,4.\n"
)
CAPTION = """# Cykelekonomi

## Anslag, tkr

| Anslag | År | Ram | Kvar |
|---|---|---|---|
| Cykelanslaget | 2026 | 16 000 | 500 |
"""
NO_HEADS = "# Cykelställ\n\n| Plats | Färg |\n|---|---|\n| Torget | 40 mnkr i rött |\n"


def found(question: str, text: str) -> tuple[str, str] | None:
    asked, spans = shelves.spans(shelves.library(text), question)
    one = cell(asked, spans[0])
    return (one.text, one.column) if one else None


@pytest.mark.parametrize(
    ("question", "text", "said"),
    [
        ("Hur mycket bidrag får Ekdal till cykling?", DRAWN, ("310 tkr", "Bidrag")),
        ("Hur stor andel har Björkvik av stödet till cykling?", DRAWN, ("3 %", "Andel")),
        ("Hur många invånare har Ekdal?", DRAWN, ("12 400", "Invånare")),
        ("Hur mycket pengar går till cykelbanor 2026?", YEARS, ("25 mnkr", "2026")),
        ("Hur mycket får Solmark till cykelskolor?", PLACES, ("2,4 mnkr", "Belopp Region Solmark")),
        ("Hur mycket pengar går till cykelskolor i hela landet?", PLACES, ("120 mnkr", "Belopp hela landet")),
        ("Hur stor var ramen för cykelanslaget 2026?", CAPTION, ("16 000 tkr", "Ram")),
        ("Hur mycket är kvar av cykelanslaget 2026?", CAPTION, ("500 tkr", "Kvar")),
        ("Hur mycket kostade underhåll av cykelbanor 2023?", RUN_ON, ("12,5 miljoner kronor", "2023")),
    ],
)
def test_the_cell_is_the_one_under_the_head_that_the_question_names(
    question: str, text: str, said: tuple[str, str]
) -> None:
    assert found(question, text) == said


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Hur mycket går till cykelskolor?", PLACES),
        ("Hur mycket får Kalmar till cykelskolor?", PLACES),
        ("Hur mycket pengar går till cykelbanor 2031?", YEARS),
        ("Hur mycket pengar går till cykelbanor?", YEARS),
        ("Hur mycket kostade underhåll av cykelbanor 2030?", RUN_ON),
        ("Hur mycket kostar cykelställ på torget?", NO_HEADS),
    ],
)
def test_no_cell_is_picked_where_the_question_does_not_say_which(question: str, text: str) -> None:
    assert found(question, text) is None
