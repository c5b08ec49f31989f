"""The table of initiatives: its columns, and a row of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from initiatives.overview import InitiativeRow
from initiatives.workflow import OVER
from retrieval.register.running.found import columns, row
from retrieval.register.shown import Column, Row

COLUMNS = columns(
    ("status", "Läge", "text"),
    ("responsible", "Ansvarig", "text"),
    ("lead_organisation", "Leds av", "text"),
    ("starts_on", "Start", "date"),
    ("ends_on", "Slut", "date"),
    ("health", "Senaste lägesrapport", "text"),
    ("reported_on", "Rapporterat", "date"),
    ("budget_kronor", "Pengar", "kronor"),
)


def initiative_row(one: InitiativeRow, kronor: int | None = None, shown: Sequence[Column] = COLUMNS) -> Row:
    """An initiative as a row; ``kronor`` is what it has in the year that is asked for, its whole budget if None."""
    known = {
        "status": one.status.value,
        "responsible": one.responsible and one.responsible.name,
        "lead_organisation": one.lead_organisation.name,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "health": one.health and one.health.value,
        "reported_on": one.reported_on,
        "budget_kronor": one.budget_kronor if kronor is None else kronor,
    }
    return row("initiative", one.id, one.title, (known[column.name] for column in shown))


def quiet(shown: frozenset[str]) -> frozenset[str]:
    """The columns that the text does not tell when it tells some."""
    return frozenset(column.name for column in COLUMNS) - shown


def is_past_end(one: InitiativeRow, day: dt.date) -> bool:
    """Whether an initiative should have been over before a day and is not."""
    return one.ends_on is not None and one.ends_on < day and one.status not in OVER
