"""What action plans and follow-ups have in tables: measures with who and when, and indicators with goals."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from msgspec import structs

from ingest.extraction.dates import whens
from ingest.extraction.flat import flat
from ingest.extraction.rows import Table, cells, tables
from ingest.facts import Facts
from ingest.structure import Outline, plain
from initiatives.indicators.targets import Direction, Rule
from initiatives.suggestions.drafts import Confidence, Found, IndicatorDraft, InitiativeDraft
from retrieval.figures import YEAR, parse_number
from retrieval.kinds import UnitKind

MEASURE = re.compile(r"^(?:insats|åtgärd|aktivitet)(?:er)?$", re.IGNORECASE)
WHO = re.compile(r"^ansvarig\w*|^vem\b", re.IGNORECASE)
READY = re.compile(r"^(?:klart?|klar senast|slutdatum|senast|tidplan|när|tid)$", re.IGNORECASE)
INDICATOR = re.compile(r"^(?:indikator|mått|nyckeltal)(?:er)?$", re.IGNORECASE)
UNIT = re.compile(r"^enhet$", re.IGNORECASE)
BASELINE = re.compile(r"^(?:utgångsläge|nuläge|värde|utfall)?\s*(?P<year>(?:19|20)\d\d)$", re.IGNORECASE)
GOAL = re.compile(r"^(?:mål|målvärde|målnivå)\s*(?P<year>(?:19|20)\d\d)?$", re.IGNORECASE)
PER = re.compile(r"\bper (?:1 000|10 000|100 000)(?: invånare)?", re.IGNORECASE)
INDICATORS_WILL = re.compile(r"\bindikator\w*\b.{0,120}\b(?P<way>öka|minska)\b", re.IGNORECASE)
"""What introduces a list of indicators: that they shall rise, or fall."""
LONGEST = 200


def plans(outline: Outline, facts: Facts) -> list[Found]:
    """Return the measures and indicators of a paper, in reading order."""
    year = facts.year
    found = [
        one for table in tables(outline) for one in (*_measures(outline, table, year), *_indicators(outline, table))
    ]
    return sorted([*found, *_listed(outline)], key=lambda one: one.start)


def _measures(outline: Outline, table: Table, year: int | None) -> Iterator[Found]:
    heads = cells(table.head)
    what, who, ready = (_column(heads, pattern) for pattern in (MEASURE, WHO, READY))
    if what is None or who is None:
        return
    for block in table.rows:
        row = cells(" ".join(outline.text[block.start : block.end].split()))
        if len(row) == len(heads) and row[what] and any(letter.isalpha() for letter in row[what]):
            until = whens(row[ready], year) if ready is not None else []
            ends = until[0].on if until and not until[0].whole_month else None
            draft = InitiativeDraft(
                row[what][:LONGEST], f"Ansvarig enligt handlingen: {row[who]}." if row[who] else "", ends
            )
            yield Found(draft, block.start, block.end, Confidence.LIKELY, "rad i tabell över insatser")


def _indicators(outline: Outline, table: Table) -> Iterator[Found]:
    heads = cells(table.head)
    name, goal = _column(heads, INDICATOR), _column(heads, GOAL)
    known = [place for place, head in enumerate(heads) if BASELINE.match(head)]
    if name is None or (goal is None and not known):
        return
    last = known[-1] if known else None
    year, until = (_year_of(heads, place) for place in (last, goal))
    unit = _column(heads, UNIT)
    for block in table.rows:
        row = cells(" ".join(outline.text[block.start : block.end].split()))
        if len(row) == len(heads) and row[name]:
            before, wanted, measured = (row[place] if place is not None else "" for place in (last, goal, unit))
            baseline = _number(before) if year else None
            draft = IndicatorDraft(
                row[name][:LONGEST],
                measured or _unit(row[name], f"{before} {wanted}"),
                baseline=baseline,
                baseline_on=date(year, 1, 1) if year and baseline is not None else None,
            )
            draft = _with_goal(draft, _number(wanted), until)
            sure = Confidence.SURE if measured and draft.rule else Confidence.LIKELY
            yield Found(draft, block.start, block.end, sure, "rad i tabell över indikatorer")


def _with_goal(draft: IndicatorDraft, target: Decimal | None, year: int | None) -> IndicatorDraft:
    """Return the draft with its goal, if baseline and goal tell which way is better."""
    if draft.baseline is None or target is None:
        return draft
    up, rule = (Direction.UP, Rule.AT_LEAST) if target >= draft.baseline else (Direction.DOWN, Rule.AT_MOST)
    return structs.replace(draft, direction=up, rule=rule, target=target, target_year=year)


def _year_of(heads: list[str], place: int | None) -> int | None:
    found = YEAR.search(heads[place]) if place is not None else None
    return int(found.group()) if found else None


def _listed(outline: Outline) -> Iterator[Found]:
    """Yield the items of a list of indicators that shall rise or fall."""
    for block in outline.blocks:
        told = INDICATORS_WILL.search(block.lead) if block.kind is UnitKind.ITEM else None
        if told is None:
            continue
        said = flat(outline.text, block.start, block.end).text
        name = re.sub(r"^\W+", "", plain(said)).strip(" .,;")[:LONGEST]
        way = Direction.UP if told["way"].casefold() == "öka" else Direction.DOWN
        if name:
            draft = IndicatorDraft(name, _unit(name, ""), way)
            yield Found(draft, block.start, block.end, Confidence.LIKELY, "lista över indikatorer")


def _column(heads: list[str], pattern: re.Pattern[str]) -> int | None:
    return next((place for place, head in enumerate(heads) if pattern.search(head)), None)


def _number(cell: str) -> Decimal | None:
    return parse_number(re.sub(r"\s?(?:%|procent)$", "", cell.strip()))


def _unit(name: str, cell: str) -> str:
    """Return the unit that name or figures give away; a number of something where nothing does."""
    per = PER.search(name)
    if "%" in cell or "procent" in cell or name.casefold().startswith("andel"):
        return "procent"
    return per.group() if per else "index" if "index" in name.casefold() else "antal"
