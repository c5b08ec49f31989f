import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.lines import LineKind, is_markdown, read_lines, usual_width


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", LineKind.BLANK),
        (" \t ", LineKind.BLANK),
        ("Vanlig text.", LineKind.TEXT),
        ("- punkt", LineKind.BULLET),
        ("• punkt", LineKind.BULLET),
        ("– punkt", LineKind.BULLET),
        ("3. tredje", LineKind.BULLET),
        ("(3) tredje", LineKind.BULLET),
        ("b) andra", LineKind.BULLET),
        ("–", LineKind.BULLET),
        ("-3,2 procent", LineKind.TEXT),
        ("2.1 Kostnad", LineKind.TEXT),
        ("att anta planen,", LineKind.ATT),
        ("- att anta planen,", LineKind.ATT),
        ("   att   anta planen,", LineKind.ATT),
        ("Attityder spelar roll.", LineKind.TEXT),
        ("| a | b |", LineKind.TABLE),
        ("|---|:-:|", LineKind.TABLE_RULE),
        ("Bakgrund ............ 3", LineKind.CONTENTS),
        ("12", LineKind.FURNITURE),
        ("Sida 3 av 12", LineKind.FURNITURE),
        ("3 (12)", LineKind.FURNITURE),
        ("3/12", LineKind.FURNITURE),
        ("12 000", LineKind.TEXT),
        ("# Rubrik", LineKind.HEADING),
        ("#nyckelord", LineKind.TEXT),
    ],
)
def test_a_line_is_known_by_its_look(text: str, kind: LineKind) -> None:
    assert read_lines(text)[0].kind is kind


def test_bold_lines_are_headings_only_where_the_text_is_markdown() -> None:
    assert read_lines("**Beslut**")[0].kind is LineKind.TEXT
    assert read_lines("# Titel\n**Beslut**")[1].kind is LineKind.HEADING
    assert is_markdown("text\n## Rubrik")
    assert not is_markdown("text #1 utan rubrik")


@pytest.mark.parametrize("second", ["att det behövs fler läkare.", "3. kvartalet blev bättre."])
def test_a_paragraph_that_goes_on_is_no_list(second: str) -> None:
    lines = read_lines(f"Nämnden menar\n{second}")
    assert [line.kind for line in lines] == [LineKind.TEXT, LineKind.TEXT]
    assert read_lines(f"Nämnden menar:\n{second}")[1].kind is not LineKind.TEXT


def test_offsets_leave_out_white_space_around_a_line() -> None:
    text = "  Första raden  \n\n\tAndra\n"
    lines = read_lines(text)
    assert [text[line.start : line.end] for line in lines] == ["Första raden", "", "Andra", ""]


def test_the_usual_width_is_that_of_paragraphs_not_of_a_single_long_line() -> None:
    text = "\n".join(["x" * 60] * 20 + ["y" * 500])
    assert usual_width(read_lines(text)) == 60
    assert usual_width(read_lines("")) == 0


@settings(max_examples=80)
@given(st.text(max_size=200))
def test_every_line_is_found_again_at_its_place(text: str) -> None:
    lines = read_lines(text)
    assert len(lines) == text.count("\n") + 1
    assert all(text[line.start : line.end] == line.text == line.text.strip() for line in lines)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Bilarna står i länet hela natten\n- ofta en till två timmar – efter beslut av en läkare.", LineKind.TEXT),
        ("Bilarna står i länet hela natten\n- en i norr\n- en i söder", LineKind.BULLET),
        ("Bilarna står i länet hela natten:\n- en i norr och en i söder", LineKind.BULLET),
    ],
)
def test_a_dash_in_an_unfinished_sentence_is_no_bullet(text: str, kind: LineKind) -> None:
    assert read_lines(text)[1].kind is kind
