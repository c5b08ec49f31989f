"""The tables of an outlined text, each with its head and its rows."""

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.structure import Block, Outline
from retrieval.kinds import UnitKind


@dataclass(frozen=True, slots=True)
class Table:
    """A run of rows in one section; `head` is the text of the first, on one line."""

    head: str
    rows: tuple[Block, ...]
    section: int
    start: int
    end: int


def tables(outline: Outline) -> Iterator[Table]:
    """Yield the tables that have at least one row under their head, in reading order."""
    run: list[Block] = []
    for block in (*outline.blocks, None):
        if block is not None and block.kind is UnitKind.ROW and (not run or run[-1].section == block.section):
            run.append(block)
            continue
        if len(run) > 1:
            head = " ".join(outline.text[run[0].start : run[0].end].split())
            yield Table(head, tuple(run[1:]), run[0].section, run[0].start, run[-1].end)
        run = [block] if block is not None and block.kind is UnitKind.ROW else []


def cells(line: str) -> list[str]:
    """Return the cells of a row between bars; one cell for a row without."""
    return [cell.strip() for cell in line.strip("| ").split("|")]
