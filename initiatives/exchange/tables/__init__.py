"""The tables of the register that come out and in, in the order in which an empty register takes them."""

from collections.abc import Mapping

from initiatives.errors import NotFound
from initiatives.exchange.columns import Table
from initiatives.exchange.tables.plan import INITIATIVES, MILESTONES

TABLES: Mapping[str, Table] = {one.name: one for one in (INITIATIVES, MILESTONES)}


def find(name: str) -> Table:
    """Return the table with this name, or raise `NotFound`."""
    if (found := TABLES.get(name)) is None:
        raise NotFound(f"Det finns ingen tabell som heter så. Välj en av {', '.join(TABLES)}.")
    return found
