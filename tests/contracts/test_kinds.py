"""Every table whose past is kept is told to people in words: what it is called, and each of its columns."""

import re
import sys

import pytest

from api import migrations
from initiatives import past
from initiatives.base import Base
from initiatives.kinds import KINDS, OWN
from initiatives.past import Past

migrations.metadata()  # Imports every room, and with it what the room says of its tables.


def kept() -> dict[str, str]:
    """Return the tables whose past is kept, with the column of what each row is a part of, as the triggers say it."""
    rooms = [module for name, module in sys.modules.items() if name.startswith("initiatives.")]
    statements = [one for room in rooms for one in getattr(room, "TRIGGERS", ()) if "narplan_keep_past" in one]
    found = [re.search(r"ON (\w+) .*?\((.*)\)$", one) for one in statements]
    return {one[1]: parent[1] if (parent := re.search(r"'\^(\w+)'", one[2])) else "" for one in found if one}


def test_every_table_whose_past_is_kept_is_described_and_no_other() -> None:
    assert set(KINDS) == set(kept()), "Say KINDS['the_table'] = Kind(...) beside the mapped class of each."


@pytest.mark.parametrize("table", sorted(kept()))
def test_every_column_has_a_label_and_no_label_is_left_over(table: str) -> None:
    told = set(Base.metadata.tables[table].columns.keys()) - OWN - KINDS[table].untold
    assert set(KINDS[table].labels) == told
    assert {*KINDS[table].title, *KINDS[table].called} <= set(KINDS[table].labels)
    assert not KINDS[table].page.endswith("/")


@pytest.mark.parametrize("table", sorted(kept()))
def test_what_is_a_part_says_so_to_the_database_too(table: str) -> None:
    kind, column = KINDS[table], kept()[table]
    assert bool(kind.part_of) == bool(column), 'Say kept("the_table", part_of="its_column") and Kind(part_of="whole").'
    if kind.part_of in KINDS:
        assert kind.part_of in {
            key.column.table.name for key in Base.metadata.tables[table].columns[column].foreign_keys
        }


def test_the_example_in_a_migration_says_what_kept_says() -> None:
    from api.migrations.past import kept as frozen

    assert frozen("source", "id", "^subject_id") == past.kept("source", part_of="subject_id")
    assert Past.__table__.c.parent is not None
