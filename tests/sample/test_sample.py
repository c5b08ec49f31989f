"""The sample region is true to itself: sums add up, names refer, dates exist, answers stand in their documents."""

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.sample import make_pdfs
from api.sample.register import DOCUMENTS, QUESTIONS, Register, read
from ingest import readers
from initiatives.swedish import MONTHS, parse_amount
from initiatives.taxonomy import Dimension
from initiatives.workflow import Status

FILES = sorted(path.name for path in DOCUMENTS.iterdir())
PDFS = [name for name in FILES if name.endswith(".pdf")]


@pytest.fixture(scope="module")
def register() -> Register:
    return read()


@pytest.fixture(scope="module")
def questions() -> list[dict[str, Any]]:
    return [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def text_of(name: str) -> str:
    data = (DOCUMENTS / name).read_bytes()
    return folded(readers.read(readers.recognise(name, data), data).text)


def folded(text: str) -> str:
    return " ".join(re.sub(r"\*\*|\||(?<=\|) --- (?=\|)", " ", text).split())


def used_by_fund(register: Register) -> Counter[tuple[str, int]]:
    used: Counter[tuple[str, int]] = Counter()
    for initiative in register.initiatives:
        for line in initiative.budget:
            used[line.fund, line.year] += line.amount_kronor
    return used


def test_every_document_is_in_the_register_and_can_be_read(register: Register) -> None:
    assert [document.file for document in register.documents] == FILES
    assert all(len(text_of(name)) > 1_000 for name in FILES)


def test_every_name_in_the_register_refers_to_something(register: Register) -> None:
    organisations = {one.name for one in register.organisations}
    people = {one.email for one in register.people}
    codes = {node.code for node in register.taxonomy.nodes}
    for initiative in register.initiatives:
        assert {initiative.lead, *initiative.shared_with} <= organisations, initiative.title
        assert initiative.responsible in people, initiative.title
        assert set(initiative.nodes) <= codes, initiative.title
    assert {one.organisation for one in register.people} <= organisations
    assert all(one.email.endswith(".example.se") for one in register.people)
    assert all(set(document.shared_with) <= organisations for document in register.documents)


def test_initiatives_cover_every_area_foundation_and_status(register: Register) -> None:
    areas = {node.code for node in register.taxonomy.nodes if node.dimension == Dimension.AREA}
    foundations = {node.code for node in register.taxonomy.nodes if node.dimension == Dimension.FOUNDATION}
    assert (len(areas), len(foundations)) == (7, 6)
    assert all(areas.intersection(initiative.nodes) for initiative in register.initiatives)
    assert areas | foundations <= {code for initiative in register.initiatives for code in initiative.nodes}
    assert {initiative.status for initiative in register.initiatives} == set(Status)
    assert len({initiative.title for initiative in register.initiatives}) == len(register.initiatives) == 28


def test_periods_do_not_end_before_they_start(register: Register) -> None:
    for initiative in register.initiatives:
        if initiative.starts_on and initiative.ends_on:
            assert initiative.starts_on <= initiative.ends_on, initiative.title


def test_no_fund_is_overdrawn_and_the_progress_report_shows_the_same_figures(register: Register) -> None:
    used = used_by_fund(register)
    expected = {
        (fund.name, fund.year): (
            fund.frame_kronor,
            used[fund.name, fund.year],
            fund.frame_kronor - used[fund.name, fund.year],
        )
        for fund in register.funds
    }
    assert set(used) == set(expected)
    assert min(left for _, _, left in expected.values()) >= 0
    report = (DOCUMENTS / "09-lagesrapport-september-2026.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|\n]+) \| (\d{4}) \| ([\d ]+) \| ([\d ]+) \| ([\d ]+) \|$", report, re.MULTILINE)
    reported = {
        (name, int(year)): tuple(parse_amount(f"{amount} tkr") for amount in amounts) for name, year, *amounts in rows
    }
    assert reported == expected


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("03-forfogandeanslag-2026-forslag.txt", [2_000, 900, 2_000, 15_100]),
        ("04-forfogandeanslag-2026-beslut.txt", [1_500, 900, 2_500, 15_100]),
    ],
)
def test_what_is_proposed_and_what_is_decided_both_sum_to_twenty_million(name: str, parts: list[int]) -> None:
    lines = (DOCUMENTS / name).read_text(encoding="utf-8").splitlines()
    amounts = [int(found[1].replace(" ", "")) for line in lines if (found := re.search(r"\w {5,}([\d ]+)$", line))]
    assert amounts == [*parts, 20_000]
    assert sum(parts) == 20_000


def test_the_decided_parts_are_what_initiatives_use_of_the_discretionary_fund(register: Register) -> None:
    used = sorted(
        line.amount_kronor
        for initiative in register.initiatives
        for line in initiative.budget
        if line.fund == "Regionstyrelsens förfogandeanslag"
    )
    assert used == [900_000, 1_500_000, 2_500_000, 6_000_000, 9_100_000]
    assert "9,1 mnkr går till de mest sjuka äldre" in text_of("09-lagesrapport-september-2026.md")


def test_state_grants_sum_to_what_the_summary_says() -> None:
    text = text_of("06-statsbidrag-2026.pdf")
    agreements = re.findall(r"2026(?:–2027)? (\d+,\d) (?:\d{4}-\d\d-\d\d|oktober|3 oktober|särskild)", text)
    total, budget, above = (parse_amount(f"{amount} mnkr") for amount in ("51,0", "43,8", "7,2"))
    assert sum(parse_amount(f"{amount} mnkr") for amount in agreements) == total
    assert total - budget == above
    assert all(amount in text for amount in ("51,0 mnkr", "43,8 mnkr", "7,2 mnkr"))


def test_the_two_stages_of_the_letter_sum_and_its_example_is_right() -> None:
    text = text_of("07-informationsbrev-lakarstod-aldre.txt")
    assert 9_700_000 + 4_865_000 == 14_565_000
    shares = [round(stage * 1_250 / 16_900) for stage in (9_700_000, 4_865_000)]
    for amount in (9_700_000, 4_865_000, 14_565_000, *shares):
        assert f"{amount:,}".replace(",", " ") in text


def test_municipalities_sum_in_agreement_and_follow_up() -> None:
    inhabitants = re.findall(r"^\| \w+ \| ([\d ]+) \| ([\d,]+) % \|$", agreement := _raw("08"), re.MULTILINE)
    *parts, total = [int(number.replace(" ", "")) for number, _ in inhabitants]
    assert sum(parts) == total == 158_400
    for part, (_, share) in zip(parts, inhabitants, strict=False):
        assert f"{part / total * 100:.1f}".replace(".", ",") == share, agreement
    plans = re.findall(r"(?:Havsunda|Granholma|Älvbro|Stenmåla|Vidbacka) (\d+) (\d+) \+(\d+)", text_of(PDFS[-1]))
    assert [sum(map(int, column)) for column in zip(*plans, strict=True)] == [455, 498, 43]


def test_listing_points_give_the_compensation_in_the_table() -> None:
    rows = re.findall(r"^\| (?:\d|85).* \| ([\d,]+) \| ([\d,]+) \|$", _source("12-regelbok-utdrag-2026"), re.MULTILINE)
    assert len(rows) == 6
    for points, kronor in rows:
        assert round(float(points.replace(",", ".")) * 312, 2) == float(kronor.replace(",", "."))


@pytest.mark.parametrize("name", FILES)
def test_every_date_in_a_document_exists(name: str) -> None:
    text = text_of(name)
    days = [date.fromisoformat(found) for found in re.findall(r"\b\d{4}-\d\d-\d\d\b", text)]
    days += [
        date(int(year), MONTHS.index(month) + 1, int(day))
        for day, month, year in re.findall(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})\b", text)
    ]
    assert days, "ett styrdokument har ett datum"
    assert all(2024 <= day.year <= 2027 for day in days)


@pytest.mark.parametrize("name", PDFS)
def test_every_figure_of_the_source_stands_in_the_pdf(name: str) -> None:
    source = _source(Path(name).stem)
    figures = Counter(re.findall(r"\d+", source.replace("\n## ", "\n")))
    figures -= Counter({"0": 0})
    assert not figures - Counter(re.findall(r"\d+", text_of(name)))


@pytest.mark.parametrize("sheet", make_pdfs.SHEETS, ids=lambda sheet: sheet.stem)
def test_a_pdf_is_drawn_the_same_every_time(sheet: make_pdfs.Sheet, tmp_path: Path) -> None:
    first, second = tmp_path / "1.pdf", tmp_path / "2.pdf"
    make_pdfs.draw(sheet, first)
    make_pdfs.draw(sheet, second)
    assert first.read_bytes() == second.read_bytes()
    drawn = folded(readers.read(readers.PDF, first.read_bytes()).text)
    assert drawn == text_of(f"{sheet.stem}.pdf"), "kör python -m api.sample.make_pdfs"


def test_every_expected_answer_stands_in_its_document(questions: list[dict[str, Any]]) -> None:
    for question in questions:
        for evidence in question["evidence"]:
            assert folded(evidence["quote"]) in text_of(evidence["file"]), question["id"]
        if question["answerable"]:
            answer = "; ".join(question["answers"])
            patterns = [question["answer_regex"], *question["all_of"]]
            assert all(re.search(pattern, answer, re.IGNORECASE) for pattern in patterns), question["id"]


def test_three_of_ten_questions_have_no_answer(questions: list[dict[str, Any]]) -> None:
    assert Counter(question["answerable"] for question in questions) == {True: 29, False: 13}
    assert len({question["id"] for question in questions}) == 42
    assert all(question["evidence"] for question in questions if question["answerable"])
    assert not any(question["evidence"] for question in questions if not question["answerable"])


def test_the_start_page_has_four_questions(register: Register) -> None:
    assert len(set(register.example_questions)) == 4
    assert all(question.endswith("?") for question in register.example_questions)


def _raw(number: str) -> str:
    (path,) = DOCUMENTS.glob(f"{number}-*")
    return path.read_text(encoding="utf-8")


def _source(stem: str) -> str:
    return (make_pdfs.SOURCES / f"{stem}.md").read_text(encoding="utf-8")
