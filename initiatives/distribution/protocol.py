"""A run as rows for a table: every number that is needed to count it over."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from initiatives.distribution.runs import Run

COLUMNS = (
    "Steg",
    "Enhet",
    "Tal",
    "Räknat",
    "Villkor uppfyllt",
    "Orsak",
    "Deltar",
    "Kvot (kr)",
    "Rest gav en krona",
    "Belopp (kr)",
)


def rows(run: Run) -> Iterator[Sequence[object]]:
    """Return a row for each unit in each stage, with decimal commas."""
    for stage in run.outcome.stages:
        for row in stage.rows:
            yield (
                stage.name,
                row.unit,
                _comma(row.number),
                _comma(row.counted),
                row.fulfilment.value,
                row.reason,
                _yes(row.takes_part),
                _comma(row.quota),
                _yes(row.rounded_up),
                row.kronor,
            )


def _comma(number: Decimal) -> str:
    return f"{number:f}".replace(".", ",")


def _yes(fact: bool) -> str:  # noqa: FBT001 (the whole input)
    return "ja" if fact else "nej"
