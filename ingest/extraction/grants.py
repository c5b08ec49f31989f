"""State grants, their parts and what they demand, from the tables of a paper about state grants."""

import re
from collections.abc import Sequence
from decimal import Decimal

from ingest.extraction import obligations
from ingest.extraction.clauses import SENTENCE
from ingest.extraction.flat import Flat, flat
from ingest.extraction.rows import Table, cells, tables
from ingest.extraction.sequence import moved
from ingest.facts import Facts
from ingest.structure import Outline
from initiatives.grants.facts import Basis, Whose
from initiatives.suggestions.drafts import ComponentDraft, Confidence, Found, GrantDraft
from retrieval.figures import SCALES, Figure, figures, parse_number, years

ABOUT = re.compile(r"\b\w*(?:statsbidrag|stimulansmedel|överenskommelse)\w*", re.IGNORECASE)
AMOUNT_HEAD = re.compile(r"\b(?:belopp|bidrag|(?:vår|regionens|landstingets|länets|kommunens)\sdel)\b", re.IGNORECASE)
OVERVIEW = re.compile(r"^\W*(?:överenskommelse|statsbidrag|bidrag)\b", re.IGNORECASE)
NATIONAL = re.compile(r"\b(?:nationellt|nationell|landet|totalt|riket)\b", re.IGNORECASE)
TOTAL = re.compile(r"^\W*(?:totalt|summa|sammanlagt)?\W*$", re.IGNORECASE)
UNIT = re.compile(r"\b(?:mnkr|mkr|tkr|kr|kronor)\b", re.IGNORECASE)
OF_WHICH = re.compile(r"^\W*varav\W*$", re.IGNORECASE)
NUMBERED = re.compile(r"^\W*\d{1,2}(?:\.\d{1,2})*[.)]?\s+")
COUNTY = re.compile(r"\b\w*län\b", re.IGNORECASE)
BASES = (
    (re.compile(r"\b(?:särskild\sansökan|efter\sansökan|söks)\b", re.IGNORECASE), Basis.APPLICATION),
    (
        re.compile(
            r"\b(?:pris|prislist\w*|prestation\w*|ersättning)\b|genomförd|utförd|\bantal\skontakter", re.IGNORECASE
        ),
        Basis.PERFORMANCE,
    ),
    (re.compile(r"\bbefolkning\w*", re.IGNORECASE), Basis.POPULATION),
)
SHARED = re.compile(r"\bfördelas\b", re.IGNORECASE)
TWO_COLUMNS = 2
LONGEST_NAME = 150


def grants(outline: Outline, facts: Facts) -> list[Found]:
    """Return each state grant that has a table of its parts, with parts and demands; nothing of other papers."""
    if not ABOUT.search(facts.title):
        return []
    of_grants = [table for table in tables(outline) if _is_grants(table)]
    found: list[Found] = []
    for place, table in enumerate(of_grants):
        until = of_grants[place + 1].start if place + 1 < len(of_grants) else len(outline.text)
        before = len(found)
        found += [moved(one, before) for one in _grant(outline, facts, table, until)]
    return found


def _is_grants(table: Table) -> bool:
    """Tell whether a table has parts of a grant, with an amount for the country and one's own."""
    return len(AMOUNT_HEAD.findall(table.head)) >= TWO_COLUMNS and not OVERVIEW.search(table.head.strip("| "))


def _grant(outline: Outline, facts: Facts, table: Table, until: int) -> list[Found]:
    rows = [flat(outline.text, block.start, block.end) for block in table.rows]
    period = _period(table.head, rows) or ((facts.year, facts.year) if facts.year else None)
    heading = outline.sections[table.section]
    if period is None or not heading.path:
        return []
    year = min(max(facts.year or period[0], period[0]), period[1])
    around = outline.text[table.end : min(until, heading.end)]
    parts, total = _parts(table, rows, year, around)
    if not parts:
        return []
    name = NUMBERED.sub("", heading.path[-1]).strip(" .")[:LONGEST_NAME]
    stands = outline.text.find("\n", heading.start)
    total = total or _stated_total(outline.text[heading.start : table.start])
    draft = GrantDraft(name, period[0], period[1], national_kronor=total)
    found = [
        Found(draft, heading.start, stands if stands > 0 else table.start, Confidence.SURE, "tabell över statsbidrag")
    ]
    for part, row in parts:
        sure = Confidence.SURE if part.national_kronor and part.own_kronor else Confidence.LIKELY
        found.append(Found(part, *row.span(0, len(row.text)), sure, "rad i tabell över statsbidrag", 0))
    stated = [(part.name, one) for part, row in parts for one in obligations.of_row(row, part.year, _name_ends(row))]
    stated += [("", one) for one in obligations.below(outline, table.end, until, year)]
    demands = obligations.together(stated, alone=len(parts) == 1)
    found += [Found(one.draft, one.start, one.end, one.confidence, "krav i statsbidrag", 0) for one in demands]
    return found


def _period(head: str, rows: Sequence[Flat]) -> tuple[int, int] | None:
    """Return the first and the last year of the head, else of the first row that has years and no other dates."""
    for text in (head, *(row.text for row in rows)):
        match = re.search(r"\b((?:19|20)\d\d)(?:\s?[-–]\s?((?:19|20)\d\d))?\b(?!-\d)", text)
        if match:
            return int(match[1]), int(match[2] or match[1])
    return None


def _parts(
    table: Table, rows: Sequence[Flat], year: int, around: str
) -> tuple[list[tuple[ComponentDraft, Flat]], int | None]:
    """Return the parts with their rows, and the sum for the country if a row of its own has it."""
    parts: list[tuple[ComponentDraft, Flat]] = []
    total: int | None = None
    of_year = sorted(years(re.sub(r"\bperiod\s[\d\s–-]+", "", table.head, flags=re.IGNORECASE)))
    for row in rows:
        name, national, own, rest, whole = _cells(table.head, row) if "|" in row.text else _loose(row)
        if whole is not None:
            total = total or whole
        if TOTAL.match(name):
            total = total or national
            continue
        if national is None and not own:
            continue
        part = ComponentDraft(
            name=name[:LONGEST_NAME],
            year=of_year[0] if of_year else year,
            national_kronor=national,
            own_kronor=own,
            price_rule="" if own else rest[:LONGEST_NAME],
            basis=_basis(row.text, around, own),
            whose=Whose.COUNTY if COUNTY.search(table.head) else Whose.REGION,
        )
        parts.append((part, row))
    return parts, total


def _name_ends(row: Flat) -> int:
    """Return where the name of a part has ended: at the second bar, else at the first amount."""
    bar = row.text.find("|", 1)
    return bar if bar > 0 else next((one.start for one in figures(row.text)), 0)


def _cells(head: str, row: Flat) -> tuple[str, int | None, tuple[int, ...], str, int | None]:
    """Return name, national amount, own amounts, how the price is reckoned, and a total: of a row between bars."""
    heads, own_cells = cells(head), cells(row.text)
    national: int | None = None
    own: tuple[int, ...] = ()
    rest = ""
    for title, cell in zip(heads[1:], own_cells[1:], strict=False):
        if not AMOUNT_HEAD.search(title):
            continue
        amounts = _amounts(cell) or _bare(cell, title)
        if NATIONAL.search(title):
            national = amounts[0] if amounts else None
        elif amounts:
            own = tuple(amounts)
        else:
            rest = cell
    return own_cells[0], national, own, rest, None


def _loose(row: Flat) -> tuple[str, int | None, tuple[int, ...], str, int | None]:
    """Return the same of a row whose columns have run together: name, then the country's amount, then one's own."""
    money = [one for one in figures(row.text) if one.kind == "kr"]
    if not money:
        return row.text, None, (), "", None
    first, whole = money[0], None
    if len(money) > 1 and OF_WHICH.match(row.text[first.end : money[1].start]):
        whole, first, money = _kronor(first), money[1], money[1:]
    own = tuple(_kronor(one) for one in money[1:])
    name = row.text[: row.text.find(figures(row.text)[0].text)].strip()
    said = obligations.WHAT.search(row.text, first.end)
    rest = row.text[first.end : said.start() if said else len(row.text)].strip(" ,.")
    return name, _kronor(first), own, rest, whole


def _amounts(cell: str) -> list[int]:
    return [_kronor(one) for one in figures(cell) if one.kind == "kr"]


def _bare(cell: str, title: str) -> list[int]:
    """Return the number of a cell whose unit stands in the head."""
    unit, number = UNIT.search(title), parse_number(cell)
    return [int(number * SCALES[unit.group().casefold()])] if unit and number is not None else []


def _kronor(figure: Figure) -> int:
    return int(Decimal(figure.value))


def _basis(row: str, around: str, own: tuple[int, ...]) -> Basis:
    """Return by what the money is shared; where one's own amount is known it is not reckoned by what is done."""
    shared = " ".join(sentence for sentence in SENTENCE.split(around) if SHARED.search(sentence))
    for text in (row, shared):
        for pattern, basis in BASES:
            if pattern.search(text) and not (basis is Basis.PERFORMANCE and own):
                return basis
    return Basis.OTHER


def _stated_total(caption: str) -> int | None:
    match = re.search(r"\btotalt\s(?P<sum>[\d\s]+(?:,\s?\d+)?\s?(?:mnkr|mkr|miljoner kronor))", caption, re.IGNORECASE)
    return next(iter(_amounts(match["sum"])), None) if match else None
