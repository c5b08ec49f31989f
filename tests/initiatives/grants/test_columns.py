from dataclasses import fields

import pytest

from initiatives.grants import facts
from initiatives.grants.columns import COLUMNS, HEADS, RowKind

SHAPES = {
    RowKind.AGREEMENT: facts.Grant,
    RowKind.COMPONENT: facts.Component,
    RowKind.OBLIGATION: facts.Obligation,
    RowKind.CONDITION: facts.Condition,
    RowKind.AMOUNT: facts.Amount,
}
IN_PLACES = {"id", "revision", "grant_id", "component_id", "organisation_id", "organisation", "responsible_id"}
IN_PLACES |= {"responsible", "from_year", "components", "obligations", "conditions", "amounts"}
NAMED_IN_PLACES = {RowKind.AGREEMENT: {"name"}, RowKind.COMPONENT: {"name", "year"}, RowKind.AMOUNT: {"year"}}


@pytest.mark.parametrize("kind", list(RowKind))
def test_every_field_goes_out_and_comes_in(kind: RowKind) -> None:
    told = [name for column in COLUMNS if kind in column.cells for name in column.cells[kind].fields]
    has = {one.name for one in fields(SHAPES[kind])} - IN_PLACES - NAMED_IN_PLACES.get(kind, set())
    assert sorted(told) == sorted(has)


def test_every_column_stands_once() -> None:
    assert len(HEADS) == len(set(HEADS))
    assert all(head == head.lower() for head in HEADS), "the reader of tables looks for heads in lower case"
