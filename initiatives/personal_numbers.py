"""Swedish personal identity numbers and coordination numbers in running text."""

import datetime as dt
import re
from collections.abc import Iterator

_NUMBER = re.compile(
    r"(?<![\d.,/-])(?:(?P<century>19|20)(?P<long>\d{6})[-–+ ]?(?P<last>\d{4})|(?P<short>\d{6})[-–+](?P<end>\d{4}))"
    r"(?![\d-])"
)
_COORDINATION = 60
"""What is added to the day of birth in a coordination number."""


def find(text: str) -> Iterator[tuple[int, int]]:
    """Yield the offsets of each number with a real date and a right check digit.

    Ten figures count only with their mark (850709-9805): without it they are too often something else.
    """
    for match in _NUMBER.finditer(text):
        figures = (match["long"] or match["short"]) + (match["last"] or match["end"])
        if _is_date(figures, match["century"]) and checks(figures):
            yield match.span()


def checks(figures: str) -> bool:
    """Whether the last of ten figures is the check digit of the others (Luhn's sum)."""
    doubled = (int(figure) * (2 - place % 2) for place, figure in enumerate(figures))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def _is_date(figures: str, century: str | None) -> bool:
    year, month, day = int(figures[:2]), int(figures[2:4]), int(figures[4:6])
    try:
        dt.date(int(century or 20) * 100 + year, month, day - _COORDINATION if day > _COORDINATION else day)
    except ValueError:
        return False
    return True
