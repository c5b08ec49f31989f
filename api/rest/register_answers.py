"""What the live register answers, in the shape of the API: columns, typed rows, and where documents disagree."""

from datetime import date
from typing import Literal

import msgspec


class RegisterColumnOut(msgspec.Struct, frozen=True):
    """A column: the name of a field, its label, and the type of its values.

    Amounts (`kronor`) are whole kronor, a `date` is YYYY-MM-DD, a `number` and a `percent` are a number or its digits.
    """

    name: str
    label: str
    type: Literal["text", "kronor", "date", "number", "percent", "year"]


class RegisterRowOut(msgspec.Struct, frozen=True):
    """A thing in the register, with a value for each column; `path` is its page, if it has one."""

    kind: str
    id: str
    title: str
    path: str | None
    values: tuple[str | int | None, ...]


class RegisterFactOut(msgspec.Struct, frozen=True):
    """Something worked out of the rows, such as a count or a sum."""

    name: str
    label: str
    type: Literal["text", "kronor", "date", "number", "percent", "year"]
    value: str | int | None


class DisagreementOut(msgspec.Struct, frozen=True):
    """Where the register and a document say different things; `citation` is the number of the document's quotation."""

    row_id: str
    subject: str
    what: str
    in_register: str
    in_documents: str
    citation: int


class ChartPointOut(msgspec.Struct, frozen=True):
    """A value as decimal digits; null where it is missing."""

    label: str
    value: str | None
    preliminary: bool


class ChartOut(msgspec.Struct, frozen=True):
    """Values of one unit that say more as a picture; there are three of them at least.

    `unit` is `kronor`, `antal` or that of the indicator; `goal` is the level to reach, called `goal_text`.
    """

    kind: Literal["line", "bars"]
    title: str
    unit: str
    points: tuple[ChartPointOut, ...]
    goal: str | None
    goal_text: str


class RegisterOut(msgspec.Struct, frozen=True):
    """What the register answers as of the day `on`; `now` tells that it is how things stand right now.

    `total` is how many rows there are, of which the first are in `rows`. Every figure of `text` stands in `rows` or
    `facts`. `chart` is there when a picture says more.
    """

    text: str
    asked: str
    on: date
    now: bool
    columns: tuple[RegisterColumnOut, ...]
    rows: tuple[RegisterRowOut, ...]
    total: int
    facts: tuple[RegisterFactOut, ...]
    disagreements: tuple[DisagreementOut, ...] = ()
    chart: ChartOut | None = None


class TableOut(msgspec.Struct, frozen=True):
    """The rows of the register as a table: several things of one kind, with a value for each column.

    `title` is the question that they answer, as of the day `on`; `total` is how many there are, of which the first are
    in `rows`.
    """

    title: str
    on: date
    columns: tuple[RegisterColumnOut, ...]
    rows: tuple[RegisterRowOut, ...]
    total: int


SEVERAL = 2


def table_of(register: RegisterOut | None) -> TableOut | None:
    """Return the table of what the register answered; None where there are no several rows with columns."""
    if register is None or not register.columns or len(register.rows) < SEVERAL:
        return None
    return TableOut(register.asked, register.on, register.columns, register.rows, register.total)


REGISTER = {
    "text": (
        "Ur registret, 20 november 2026: Av Omställningsanslaget 2026 är 500 tkr kvar: ramen är 16 mnkr och 15,5 mnkr "
        "är använt."
    ),
    "asked": "Hur mycket är kvar av omställningsanslaget 2026?",
    "on": "2026-11-20",
    "now": True,
    "columns": [
        {"name": "year", "label": "År", "type": "year"},
        {"name": "frame_kronor", "label": "Ram", "type": "kronor"},
        {"name": "used_kronor", "label": "Använt", "type": "kronor"},
        {"name": "left_kronor", "label": "Kvar", "type": "kronor"},
    ],
    "rows": [
        {
            "kind": "fund",
            "id": "01976a10-0000-7000-8000-0000000000f1",
            "title": "Omställningsanslaget 2026",
            "path": "/pengar/anslag/01976a10-0000-7000-8000-0000000000f1",
            "values": [2026, 16_000_000, 15_500_000, 500_000],
        }
    ],
    "total": 1,
    "facts": [],
    "disagreements": [],
    "chart": {
        "kind": "bars",
        "title": "Omställningsanslaget 2026",
        "unit": "kronor",
        "points": [
            {"label": "Ram", "value": "16000000", "preliminary": False},
            {"label": "Använt", "value": "15500000", "preliminary": False},
            {"label": "Kvar", "value": "500000", "preliminary": False},
        ],
        "goal": None,
        "goal_text": "",
    },
}
