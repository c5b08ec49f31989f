"""One description of each table, which no column of the database escapes and in which no two share a name."""

import pytest
from sqlalchemy import inspect

from initiatives.exchange import described
from initiatives.exchange.columns import EVERYWHERE, Table
from initiatives.exchange.tables import TABLES

every_table = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


@every_table
def test_every_column_of_the_database_is_described_or_left_out_for_a_reason(table: Table) -> None:
    mapped = {one.key for one in inspect(table.model).column_attrs}
    described = {column.field for column in table.columns}
    left_out = {name: why for name, why in {**EVERYWHERE, **table.left_out}.items() if name in mapped}
    assert mapped - described - left_out.keys() == set()
    assert described & left_out.keys() == set()
    assert all(left_out.values())
    assert set(table.left_out) <= mapped


@every_table
def test_no_two_columns_are_called_the_same(table: Table) -> None:
    for called in ([one.heading.lower() for one in table.columns], [one.called for one in table.columns]):
        assert len(called) == len(set(called))
    assert set(table.key) <= {one.field for one in table.own}


def test_the_page_about_the_tables_is_what_their_description_says() -> None:
    assert described.PAGE.read_text(encoding="utf-8") == described.markdown()
