import pytest

from ingest.lines import read_lines, usual_width
from ingest.tables import find_tables, is_table_head

HEAD = "Område Period Belopp nationellt Belopp region"
PROSE = "Pengarna fördelas efter befolkning och betalas ut två gånger om året, om redovisningen är godkänd.\n"


def rows(text: str) -> list[str]:
    """Return each row of the first table as one line."""
    lines = read_lines(text)
    table = next(iter(find_tables(lines, usual_width(lines)).values()), None)
    if table is None:
        return []
    return [" ".join(line.text for line in lines[first:last] if line.text) for first, last in table.rows]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Cancervård 2026 407 mnkr 3,1 mnkr\n", ["Cancervård 2026 407 mnkr 3,1 mnkr"]),
        ("Cancervård och\nuppföljning\n407 mnkr 3,1 mnkr\n", ["Cancervård och uppföljning 407 mnkr 3,1 mnkr"]),
        ("Cancervård\n407 mnkr\n\nPsykisk hälsa\n250 mnkr\n", ["Cancervård 407 mnkr", "Psykisk hälsa 250 mnkr"]),
        ("Cancervård 407 mnkr\nPsykisk hälsa 250 mnkr\n", ["Cancervård 407 mnkr", "Psykisk hälsa 250 mnkr"]),
        ("Fler läkare 5 procent\nFler bilar 12 %\n", ["Fler läkare 5 procent", "Fler bilar 12 %"]),
    ],
)
def test_rows_are_found_though_their_cells_are_broken_over_lines(written: str, expected: list[str]) -> None:
    assert rows(f"{HEAD}\n{written}\n{PROSE}") == expected


def test_prose_after_a_table_is_outside_it() -> None:
    assert "befolkning" not in " ".join(rows(f"{HEAD}\nCancervård 407 mnkr\n\n{PROSE}"))


def test_two_tables_after_each_other_are_two() -> None:
    lines = read_lines(f"{HEAD}\nCancervård 407 mnkr\n\n{HEAD}\nPsykisk hälsa 250 mnkr\n")
    assert [(table.first, len(table.rows)) for table in find_tables(lines, 90).values()] == [(0, 1), (3, 1)]


def test_a_column_set_by_spaces_is_a_table_without_a_head() -> None:
    text = "Läkarförsörjning          2 000\nFortbildning                900\nSumma                     2 900\n"
    assert rows(text) == text.splitlines()


@pytest.mark.parametrize("text", [PROSE, f"{HEAD}\n", f"{HEAD}\n\n{PROSE}", "", "Belopp 407 mnkr\n"])
def test_without_rows_there_is_no_table(text: str) -> None:
    assert rows(text) == []


@pytest.mark.parametrize(
    ("text", "head"),
    [
        (HEAD, True),
        ("Indikator Enhet 2023 2024 Mål", True),
        ("Insats Ansvarig Tidplan Status", True),
        ("Period, belopp och år anges i bilagan.", False),
        ("Belopp", False),
        ("Belopp 407 mnkr Period 2026", False),
        ("Regionen får pengar för en period och ett belopp per år enligt en plan som andra har", False),
    ],
)
def test_a_head_names_columns_and_is_no_sentence(text: str, *, head: bool) -> None:
    assert is_table_head(read_lines(text)[0]) is head


def test_a_paragraph_on_one_long_line_is_no_cell() -> None:
    after = "Den som söker gör det före årets slut hos regionens kansli, som svarar alla inom fjorton dagar."
    prose = f"{PROSE.strip() * 6}\n\n{PROSE.strip() * 5}\n"
    assert rows(f"{HEAD}\nCancervård 407 mnkr 3,1 mnkr\n\n{after}\n\n{prose}") == ["Cancervård 407 mnkr 3,1 mnkr"]
