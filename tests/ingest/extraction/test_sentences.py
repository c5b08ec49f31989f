"""Amounts and last days out of running text."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives.suggestions.drafts import AmountDraft, Confidence, DeadlineDraft
from tests.ingest.extraction.papers import found

HEAD = "# Brev 2026\n\n## Pengar\n\n"


def amounts(text: str) -> list[AmountDraft]:
    return [one.draft for one in found(HEAD + text) if isinstance(one.draft, AmountDraft)]


def days(text: str) -> list[DeadlineDraft]:
    return [one.draft for one in found(HEAD + text) if isinstance(one.draft, DeadlineDraft)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Vi hade många möten. 2 mnkr avsätts för läkarbilar.", (2_000_000, "läkarbilar", "", False)),
        ("För resor avsätts årligen 0,9 mnkr till Vårdvalet.", (900_000, "Pengar", "Vårdvalet", True)),
        (
            "Resten, 15,1 mnkr, fördelas till vårdcentralerna för samtal med äldre.",
            (15_100_000, "samtal med äldre", "vårdcentralerna", False),
        ),
        (
            "Vi gör mer i syfte att stärka bemanningen. 2 mnkr avsätts för detta ändamål.",
            (2_000_000, "stärka bemanningen", "", False),
        ),
    ],
)
def test_money_that_is_given_has_purpose_and_receiver(text: str, told: tuple[int, str, str, bool]) -> None:
    [one] = amounts(text)
    assert (one.amount_kronor, one.purpose, one.receiver, one.recurring) == told


@pytest.mark.parametrize(
    "text",
    [
        "Ersättningen är 312 kronor per poäng.",
        "De 10 mnkr fördelas redan till vårdvalet för annat.",
        "2 mnkr avsätts för bilar och 3 mnkr för hus.",
        "Avsätt tid för samtal.",
    ],
)
def test_what_is_not_given_or_not_one_amount_is_left_alone(text: str) -> None:
    assert amounts(text) == []


def test_a_last_day_has_what_is_due_and_to_whom() -> None:
    [one] = days("Redovisningen lämnas till Socialstyrelsen senast den 11 december 2026.")
    assert one == DeadlineDraft(
        "Redovisningen lämnas till Socialstyrelsen senast den 11 december 2026", date(2026, 12, 11), "Socialstyrelsen"
    )


def test_a_day_alone_belongs_to_the_sentence_before_it() -> None:
    text = f"{HEAD}- Anna räknar på bilarna. Klart 12 juni.\n"
    [one] = found(text)
    assert one.draft == DeadlineDraft("Anna räknar på bilarna", date(2026, 6, 12))
    assert text[one.start : one.end] == "- Anna räknar på bilarna. Klart 12 juni."
    assert one.confidence is Confidence.UNSURE


@pytest.mark.parametrize(
    "text",
    [
        "Senast ändrad: 2026-02-10.",
        "Svaret lämnades senast den 3 mars 2025.",
        "Vi ses den 3 mars 2027.",
        "Det sker senast om en vecka.",
    ],
)
def test_other_days_are_no_last_days(text: str) -> None:
    assert days(text) == []


def test_laws_and_inquiries_bind_others() -> None:
    assert found("# Betänkande SOU 2025:1\n\nSvar lämnas till Socialstyrelsen senast den 11 december 2026.\n") == ()


WORDS = st.sampled_from(
    [
        "Vi",
        "avsätts",
        "2 mnkr",
        "för",
        "till",
        "Ek",
        "senast den",
        "3 mars 2026.",
        "Klart",
        "detta",
        ".",
        "\n\n- ",
        "hus",
    ]
)


@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_whatever_is_written_places_lie_in_the_text(body: str) -> None:
    text = HEAD + body
    for one in found(text):
        assert 0 <= one.start < one.end <= len(text)
        assert text[one.start : one.end].strip()
