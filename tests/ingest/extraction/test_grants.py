"""State grants out of tables, written with bars and run together, with what they demand."""

from datetime import date
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extraction.dates import whens
from ingest.extraction.flat import flat
from initiatives.grants.facts import Basis, ObligationKind, Whose
from initiatives.suggestions.drafts import ComponentDraft, Confidence, GrantDraft, ObligationDraft, marks
from tests.ingest.extraction.papers import found

Kind = TypeVar("Kind")
BARS = """# Statsbidrag 2026

## 1. Översikt

| Överenskommelse | Period | Regionens del, mnkr | Belopp i landet |
| --- | --- | --- | --- |
| Läkarbilar | 2026–2027 | 3,0 | 100 |

## 2. Läkarbilar

Tabell 2. Läkarbilar, totalt 120 mnkr i landet

| Del | Period | Belopp nationellt | Belopp Region Ek | Övrigt |
| --- | --- | --- | --- | --- |
| Bilar | 2026–2027 | 80 mnkr | 1,2 mnkr i april och 1,2 mnkr i november | Handlingsplan klar |
| Handlingsplan för resor | 2026–2027 | 20 mnkr | 0,6 mnkr | Redovisas till Socialstyrelsen senast 2027-03-31 |
| Besök | 2026–2027 | 20 mnkr | Efter utförda besök | Utbetalas kvartalsvis |

Pengarna fördelas efter befolkning. Redovisningen lämnas till Socialdepartementet senast den 1 november 2026.

## 3. Unga

| Del | Belopp nationellt, tkr | Belopp Eks län, tkr | Övrigt |
| --- | --- | --- | --- |
| Samtal | 9 000 | 150 | Rekvireras senast 1 december 2026 |
"""
LOOSE = """Sammanställning av riktade statsbidrag 2017

1. Kortare köer

Period 2017-2018 Belopp 2017 Belopp Lt Ek Övrigt
Totalt 90 mnkr
Köer  80mnkr
varav 60 mnkr
till landsting
1,5 mnkr
1,5 mnkr
Utbetalning från staten
2017: 17 feb, 15 dec
2018: 5 apr
Handlingsplan i mars och
redovisning i oktober
"""


def drafts(text: str, kind: type[Kind]) -> list[Kind]:
    return [one.draft for one in found(text) if isinstance(one.draft, kind)]


def test_each_table_of_parts_is_a_grant_and_an_overview_is_none() -> None:
    told = [(one.name, one.from_year, one.to_year, one.national_kronor) for one in drafts(BARS, GrantDraft)]
    assert told == [("Läkarbilar", 2026, 2027, 120_000_000), ("Unga", 2026, 2026, None)]


def test_parts_have_the_amounts_of_their_columns() -> None:
    told = [(one.name, one.national_kronor, one.own_kronor) for one in drafts(BARS, ComponentDraft)]
    assert told == [
        ("Bilar", 80_000_000, (1_200_000, 1_200_000)),
        ("Handlingsplan för resor", 20_000_000, (600_000,)),
        ("Besök", 20_000_000, ()),
        ("Samtal", 9_000_000, (150_000,)),
    ]


def test_parts_tell_by_what_the_money_is_shared_and_whose_it_is() -> None:
    first, _, third, fourth = drafts(BARS, ComponentDraft)
    assert (first.basis, first.whose) == (Basis.POPULATION, Whose.REGION)
    assert (third.basis, third.price_rule) == (Basis.PERFORMANCE, "Efter utförda besök")
    assert (fourth.basis, fourth.whose) == (Basis.OTHER, Whose.COUNTY)


def test_demands_have_day_receiver_and_part() -> None:
    told = [(one.kind, one.due_on, one.recipient, one.component) for one in drafts(BARS, ObligationDraft)]
    assert told == [
        (ObligationKind.PLAN, None, "", "Bilar"),
        (ObligationKind.PAYMENT, date(2026, 4, 1), "", "Bilar"),
        (ObligationKind.PAYMENT, date(2026, 11, 1), "", "Bilar"),
        (ObligationKind.REPORT, date(2027, 3, 31), "Socialstyrelsen", "Handlingsplan för resor"),
        (ObligationKind.PAYMENT, None, "", "Besök"),
        (ObligationKind.REPORT, date(2026, 11, 1), "Socialdepartementet", ""),
        (ObligationKind.REQUISITION, date(2026, 12, 1), "", ""),
    ]


def test_columns_that_have_run_together_are_read_in_their_order() -> None:
    [grant] = drafts(LOOSE, GrantDraft)
    [part] = drafts(LOOSE, ComponentDraft)
    assert (grant.national_kronor, part.national_kronor, part.own_kronor) == (
        90_000_000,
        60_000_000,
        (1_500_000, 1_500_000),
    )
    told = [(one.kind.value, one.due_on, one.whole_month) for one in drafts(LOOSE, ObligationDraft)]
    assert told == [
        ("utbetalning", date(2017, 2, 17), False),
        ("utbetalning", date(2017, 12, 15), False),
        ("utbetalning", date(2018, 4, 5), False),
        ("handlingsplan", date(2017, 3, 1), True),
        ("redovisning", date(2017, 10, 1), True),
    ]


def test_what_the_paper_does_not_say_of_the_year_is_told_as_it_stands() -> None:
    plan, report = drafts(LOOSE, ObligationDraft)[-2:]
    assert (plan.due_text, report.due_text) == ("mars", "oktober")
    sure = {one.draft.due_on: one.confidence for one in found(LOOSE) if isinstance(one.draft, ObligationDraft)}
    assert (sure[date(2017, 2, 17)], sure[date(2017, 3, 1)]) == (Confidence.SURE, Confidence.LIKELY)


def test_the_same_table_in_another_paper_is_no_grant() -> None:
    assert found(BARS.replace("# Statsbidrag 2026", "# Budget 2026")) == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("april och november 2017", [("2017-04-01", True), ("2017-11-01", True)]),
        ("senast 31 mars 2018", [("2018-03-31", False)]),
        ("3 okt", [("2020-10-03", False)]),
        ("31 februari 2019", []),
        ("2019: 1 maj 2020: 2 maj", [("2019-05-01", False), ("2020-05-02", False)]),
        ("1 juni 2017och mer", [("2017-06-01", False)]),
        ("maj", [("2020-05-01", True)]),
        ("majoriteten", []),
    ],
)
def test_days_and_months(text: str, told: list[tuple[str, bool]]) -> None:
    assert [(one.on.isoformat(), one.whole_month) for one in whens(text, 2020)] == told


@given(st.text(alphabet="ab \n\t|", max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_a_stretch_on_one_line_knows_its_places(text: str, first: int, last: int) -> None:
    made = flat(text, 0, len(text))
    assert made.text.split() == text.split()
    start, end = sorted((first, last))
    if end <= len(made.text) and made.text[start:end].strip():
        place = slice(*made.span(start, end))
        assert text[place].split() == made.text[start:end].split()


PIECES = st.sampled_from(
    [
        *("| Del | Belopp nationellt | Belopp Region Ek |", "| --- | --- | --- |", "| Bilar | 8 mnkr | 1 mnkr |", "\n"),
        *("# Statsbidrag 2026", "## 2. Unga", "Redovisas senast 2027-03-31", "Handlingsplan", "varav 4 mnkr", "\n\n"),
        *("Period 2017-2018 Belopp 2017 Belopp Lt Ek", "Köer 80mnkr 1,5 mnkr", "2017: 17 feb", "| x |", "31 maj", "|"),
    ]
)


@given(st.lists(PIECES, max_size=40).map("\n".join))
def test_whatever_the_tables_look_like_places_lie_in_the_text(body: str) -> None:
    text = f"# Statsbidrag 2026\n\n{body}"
    made = found(text)
    for place, one in enumerate(made):
        assert 0 <= one.start < one.end <= len(text)
        assert text[one.start : one.end].strip()
        assert one.parent is None or one.parent < place
    assert len(set(marks(made))) == len(made)
