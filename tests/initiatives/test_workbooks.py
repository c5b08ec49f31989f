"""What a spreadsheet cannot hold as a day or a number is still told, as text."""

import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from initiatives.workbooks import As, Column, Sheet, made


@pytest.mark.parametrize(
    ("shown", "cell", "read"),
    [
        (As.DAY, date(1862, 5, 21), "1862-05-21"),
        (As.KRONOR, 10**17 + 1, "100000000000000001"),
        (As.NUMBER, Decimal("0.12345678901234567891"), "0.12345678901234567891"),
        (As.NUMBER, Decimal("3.5"), 3.5),
        (As.TEXT, "=1+1", "'=1+1"),
        (As.LINK, "", None),
    ],
)
def test_a_cell_is_written_as_what_it_is(shown: As, cell: object, read: object) -> None:
    data = made([Sheet("Tabell", (Column("a", shown),), [(cell,)])])
    assert load_workbook(io.BytesIO(data)).worksheets[0]["A2"].value == read
