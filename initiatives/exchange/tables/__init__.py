"""The tables of the register that come out and in, in the order in which an empty register takes them."""

from collections.abc import Mapping

from initiatives.errors import NotFound
from initiatives.exchange.columns import Table
from initiatives.exchange.tables.decided import ASSIGNMENTS, CLAUSES, DECISIONS, MATTERS
from initiatives.exchange.tables.drawn import LINKS, TRANSFERS
from initiatives.exchange.tables.followed import FINDINGS, INDICATORS, VALUES
from initiatives.exchange.tables.money import ALLOCATIONS, FUNDS, MEASURES
from initiatives.exchange.tables.plan import INITIATIVES, MILESTONES
from initiatives.exchange.tables.talked import AGREEMENTS, ENTRIES

TABLES: Mapping[str, Table] = {
    one.name: one
    for one in (
        INITIATIVES,
        MILESTONES,
        MATTERS,
        DECISIONS,
        CLAUSES,
        ASSIGNMENTS,
        FUNDS,
        TRANSFERS,
        ALLOCATIONS,
        LINKS,
        MEASURES,
        INDICATORS,
        VALUES,
        ENTRIES,
        AGREEMENTS,
        FINDINGS,
    )
}


def find(name: str) -> Table:
    """Return the table with this name, or raise `NotFound`."""
    if (found := TABLES.get(name)) is None:
        raise NotFound(f"Det finns ingen tabell som heter så. Välj en av {', '.join(TABLES)}.")
    return found
