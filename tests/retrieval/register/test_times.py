from datetime import date

import pytest

from retrieval.register.times import later, month, read_times

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("vad ska redovisas i oktober", date(2026, 10, 1), date(2026, 10, 31)),
        ("vad förfaller i februari 2028", date(2028, 2, 1), date(2028, 2, 29)),
        ("vilka anslag finns 2027", date(2027, 1, 1), date(2027, 12, 31)),
        ("vad händer nästa månad", date(2026, 12, 1), date(2026, 12, 31)),
        ("vad gäller förra kvartalet", date(2026, 7, 1), date(2026, 9, 30)),
        ("första kvartalet 2027", date(2027, 1, 1), date(2027, 3, 31)),
        ("andra halvåret 2026", date(2026, 7, 1), date(2026, 12, 31)),
        ("vad ska göras denna vecka", date(2026, 11, 30), date(2026, 12, 6)),
        ("vad ska vara klart före 15 december", TODAY, date(2026, 12, 15)),
        ("de närmaste 14 dagarna", TODAY, date(2026, 12, 14)),
        ("vad är på gång till årsskiftet", TODAY, date(2026, 12, 31)),
        ("hur mycket i fjol", date(2025, 1, 1), date(2025, 12, 31)),
        ("vad ska ske i vår", date(2027, 1, 1), date(2027, 6, 30)),
    ],
)
def test_a_period_is_read(text: str, first: date, last: date) -> None:
    period = read_times(text, TODAY).period
    assert period is not None
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("hur ser det ut per den 31 mars", date(2026, 3, 31)),
        ("läget per 2026-06-30", date(2026, 6, 30)),
        ("läget per den 24 december", date(2025, 12, 24)),
        ("hur såg uppdragen ut i slutet av mars", date(2026, 3, 31)),
    ],
)
def test_the_day_as_of_which_it_is_asked_is_read_and_lies_in_the_past(text: str, day: date) -> None:
    assert read_times(text, TODAY).on == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("vad har ändrats sedan i mars", date(2026, 3, 1)),
        ("vad har hänt sedan 15 maj", date(2026, 5, 15)),
        ("vad har ändrats sedan i december", date(2025, 12, 1)),
        ("vad är nytt de senaste två veckorna", date(2026, 11, 16)),
        ("ändringar den senaste månaden", date(2026, 10, 31)),
        ("vad har startat efter sommaren 2026", date(2026, 9, 1)),
        ("vad har hänt sedan sommaren", date(2026, 6, 1)),
        ("vad är nytt sedan våren 2025", date(2025, 1, 1)),
        ("hur har det ändrats sedan årsskiftet", date(2026, 1, 1)),
    ],
)
def test_the_day_since_which_changes_are_asked_for_is_read(text: str, day: date) -> None:
    assert read_times(text, TODAY).since == day


def test_words_without_time_say_nothing_of_it() -> None:
    assert read_times("vem ansvarar för familjecentralen", TODAY).period is None


def test_a_month_without_a_year_may_be_that_of_another() -> None:
    assert read_times("i oktober", TODAY).period == month(2026, 10, guessed=True)
    moved = later(month(2024, 2, guessed=True), 1)
    assert (moved.last, moved.words) == (date(2025, 2, 28), "februari 2025")
