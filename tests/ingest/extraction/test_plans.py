"""Measures and indicators out of tables and lists."""

from datetime import date
from decimal import Decimal

import pytest

from initiatives.indicators.targets import Direction, Rule
from initiatives.suggestions.drafts import Confidence, IndicatorDraft, InitiativeDraft
from tests.ingest.extraction.papers import found

PLAN = """# Handlingsplan för Ek 2026–2027

## Insatser

| Nr | Insats | Ansvarig | Klart |
|---|---|---|---|
| 1 | Köpa två läkarbilar | Vårddirektören | 2026-12-31 |
| 2 | Ringa upp alla | Vårdcentralerna | löpande |

## Indikatorer

| Indikator | Utgångsläge 2025 | Mål 2027 |
|---|---|---|
| Andel med fast läkare | 47 % | 60 % |
| Fall per 1 000 invånare | 602 | 520 |
| Kontinuitetsindex | uppgift saknas | 0,45 |
"""
SERIES = """# Uppföljning 2025

## Mätt

| Mått | Enhet | 2024 | 2025 | Mål 2027 |
|---|---|---|---|---|
| Planer | antal | 412 | 1 455 | 1 600 |
"""
LISTED = """# Brev

## Uppföljning

Det här följs genom indikatorer som ska öka:

- antal hembesök

- fler planer

Det här tar vi upp när vi ses:

- bilar
"""


def test_measures_of_a_plan_are_initiatives_with_who_and_when() -> None:
    told = [one.draft for one in found(PLAN) if isinstance(one.draft, InitiativeDraft)]
    assert told == [
        InitiativeDraft("Köpa två läkarbilar", "Ansvarig enligt handlingen: Vårddirektören.", date(2026, 12, 31)),
        InitiativeDraft("Ringa upp alla", "Ansvarig enligt handlingen: Vårdcentralerna.", None),
    ]


def test_indicators_have_unit_baseline_and_goal() -> None:
    told = [one.draft for one in found(PLAN) if isinstance(one.draft, IndicatorDraft)]
    first = date(2025, 1, 1)
    assert told == [
        IndicatorDraft(
            "Andel med fast läkare", "procent", Direction.UP, Decimal(47), first, Rule.AT_LEAST, Decimal(60), 2027
        ),
        IndicatorDraft(
            "Fall per 1 000 invånare",
            "per 1 000 invånare",
            Direction.DOWN,
            Decimal(602),
            first,
            Rule.AT_MOST,
            Decimal(520),
            2027,
        ),
        IndicatorDraft("Kontinuitetsindex", "index"),
    ]


def test_of_a_series_the_newest_year_is_the_baseline() -> None:
    [one] = found(SERIES)
    assert isinstance(one.draft, IndicatorDraft)
    assert (one.draft.unit, one.draft.baseline, one.draft.baseline_on) == ("antal", Decimal(1455), date(2025, 1, 1))
    assert one.confidence is Confidence.SURE


def test_a_list_of_indicators_tells_which_way_is_better() -> None:
    told = [(one.draft.name, one.draft.direction) for one in found(LISTED) if isinstance(one.draft, IndicatorDraft)]
    assert told == [("antal hembesök", Direction.UP), ("fler planer", Direction.UP)]


@pytest.mark.parametrize("head", ["| Nr | Sak | Vem |", "| Kommun | Invånare | Andel |"])
def test_other_tables_give_nothing(head: str) -> None:
    assert found(f"# Blad\n\n## Del\n\n{head}\n|---|---|---|\n| 1 | Ek | 3 |\n") == ()
