"""The cells of a table: of a row with its heads, and of a yearly table that was run together into one line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from retrieval.features import Span
from retrieval.figures import NUMBER, YEAR, figures, parse_number
from retrieval.kinds import UnitKind

UNIT = r"(?:miljoner|miljarder|tusen)\s+kronor|mnkr|mkr|tkr|mdkr|kronor|procent|%"
UNIT_OF_HEAD = re.compile(rf"[\s.,(]*(?P<unit>{UNIT})\)?\s*$", re.IGNORECASE)
UNIT_SOMEWHERE = re.compile(rf"(?<!\w)(?:{UNIT})(?!\w)", re.IGNORECASE)
BARE = re.compile(rf"[-−]?{NUMBER}")
AMOUNT_COLUMN = re.compile(
    r"\b(?:belopp|kostnad|anslag|ram|budget|utfall|medel|ersättning|bidrag|summa)\w*", re.IGNORECASE
)
NO_AMOUNT = re.compile(
    r"\s+(?:övrigt|anmärkning\w*|kommentar\w*|noter?|period\w*|villkor\w*|redovisning\w*)\b.*$", re.IGNORECASE
)
RUN_OF_YEARS = re.compile(r"(?:(?<![\d–-])(?:19|20)\d\d(?![\d–-])\**\s+){3,}")
MEASURED = re.compile(rf"(?P<label>[^\W\d][^\d]*?)\s(?P<numbers>(?:[-−]?{NUMBER}(?:\s?%)?\s*(?:\([^)]*\)\s*)?){{3,}})")
NO_MONEY = re.compile(r"\b(?:år|antal|andel|invånare|kod|nr|datum|klart|period)\b|%", re.IGNORECASE)
"""Heads of columns that the unit of a whole table does not hold for."""
MORE_COLUMNS = 2
"""Columns beside those of the years that a run-on table may have (a change, a share)."""
FEWEST_CELLS = 2
PLAIN, MONEY, SHARE = "antal", "kr", "pct"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its figure with the unit, value and kind (``kr``, ``pct`` or ``antal``), its column and row label."""

    text: str
    value: Decimal
    kind: str
    column: str
    label: str

    @property
    def said(self) -> str:
        """The cell in words, as evidence beside the quoted row: label, column and figure with its unit."""
        return f"{self.label} ({self.column}): {self.text}"


def row_cells(span: Span) -> list[Cell]:
    """Every cell with a figure in a row of a table, in the order of the columns."""
    head = span.candidate.unit.context.rsplit("\n", 1)[-1]
    parts = [plain(part) for part in span.text.strip().strip("|").split("|")]
    if len(parts) < FEWEST_CELLS:
        return _in_order(head, span.text)
    names = [plain(name) for name in head.split("|")]
    if len(names) != len(parts):
        names = _row_of_heads(span, len(parts))
        names = [f"{name}, {unit[0]}" if name else "" for name in names] if (unit := _units(head)) else names
    elif not _units(head) and (caption := UNIT_OF_HEAD.search(_heading(span))):
        names = [name if NO_MONEY.search(name) else f"{name}, {caption['unit']}" for name in names]
    label = next((part for part in parts if re.search(r"[^\W\d]", part)), "")
    return [found for name, part in zip(names, parts, strict=False) if (found := _cell(name, part, label))]


def _heading(span: Span) -> str:
    """The heading that a row stands under, which may say the unit of a whole table (*Ekonomi, tkr*)."""
    view = span.candidate.view
    return next(iter(view.sections[span.candidate.unit.section][1][-1:]), "")


def plain(text: str) -> str:
    """The text of a cell on one line, marks of emphasis gone."""
    return re.sub(r"\s+", " ", text).strip(" *")


def _units(text: str) -> list[str]:
    return [match.group().lower() for match in UNIT_SOMEWHERE.finditer(text)]


def _cell(name: str, text: str, label: str) -> Cell | None:
    unit = UNIT_OF_HEAD.search(name)
    column = name[: unit.start()].rstrip(" .,(") or name if unit else name
    if unit and BARE.fullmatch(text):
        text = f"{text} {unit.group('unit').lower()}"
    return _measured(text, column, label)


def _measured(text: str, column: str, label: str) -> Cell | None:
    """A cell whose text is one figure and nothing else."""
    found = figures(text)
    if len(found) == 1 and found[0].text == text and isinstance(found[0].value, Decimal):
        kind = MONEY if found[0].kind in {"kr", "antal"} else SHARE
        return Cell(text, found[0].value, kind, column, label)
    number = parse_number(text.lstrip("-−")) if BARE.fullmatch(text) else None
    if number is None:
        return None
    return Cell(text, -number if text[0] in "-−" else number, PLAIN, column, label)


def _row_of_heads(span: Span, width: int) -> list[str]:
    """The cells of the nearest row above that heads the columns with years, where the table's own head does not."""
    view, position = span.candidate.view, span.candidate.position
    for unit in reversed(view.units[:position]):
        if unit.kind != UnitKind.ROW or unit.context != span.candidate.unit.context:
            break
        names = [plain(part) for part in view.text[unit.start : unit.end].strip().strip("|").split("|")]
        if len(names) == width and all(YEAR.fullmatch(name) for name in names if name):
            return names
    return []


def _in_order(head: str, row: str) -> list[Cell]:
    """The cells of a row without borders that has exactly as many amounts as its head has columns of amounts."""
    starts = [match.start() for match in AMOUNT_COLUMN.finditer(head)]
    if not starts:
        return []
    names = [
        NO_AMOUNT.sub("", head[start:end]).strip() for start, end in zip(starts, [*starts[1:], len(head)], strict=True)
    ]
    found = [figure for figure in figures(row) if figure.kind == MONEY]
    if len(found) != len(names):
        return []
    label = plain(row[: found[0].start])
    return [
        Cell(plain(figure.text), Decimal(figure.value), MONEY, name, label)
        for name, figure in zip(names, found, strict=True)
    ]


def year_rows(text: str) -> list[tuple[str, list[Cell]]]:
    """The rows of a table that was run together: years, then labels with a number for each year.

    Returns each label with its cells, whose columns are the years; empty where the text holds no such table.
    """
    run = RUN_OF_YEARS.search(text)
    if run is None:
        return []
    heads = YEAR.findall(run.group())
    rows = []
    for match in MEASURED.finditer(text, run.end()):
        numbers = [plain(number.group()) for number in BARE.finditer(re.sub(r"\([^)]*\)", "", match["numbers"]))]
        if len(heads) <= len(numbers) <= len(heads) + MORE_COLUMNS:
            rows.append((match["label"], _of_years(match["label"], numbers, heads, text[: run.start()])))
    return rows


def _of_years(label: str, numbers: list[str], heads: list[str], above: str) -> list[Cell]:
    counts = re.match(r"\W*antal\b", label, re.IGNORECASE)
    unit = _units(label)[-1:] or ([] if counts else _units(above)[-1:])
    said = [f"{number} {unit[0]}" if unit else number for number in numbers[: len(heads)]]
    label = re.sub(r"\s*\((?:tkr|mnkr|%|procent)\)|\*", "", label).strip()
    made = (_measured(text, head, label) for text, head in zip(said, heads, strict=True))
    return [one for one in made if one is not None]
