import pytest

from api.paging import LARGEST_LIMIT, provide_paging
from initiatives.errors import InvalidValue


def test_pages_count_from_one() -> None:
    assert provide_paging().offset == 0
    assert provide_paging(limit=50, page=3).offset == 100
    assert provide_paging(limit=LARGEST_LIMIT).limit == LARGEST_LIMIT


@pytest.mark.parametrize(
    ("limit", "page", "field"),
    [(0, 1, "limit"), (101, 1, "limit"), (10**30, 1, "limit"), (20, 0, "page"), (20, 10**30, "page")],
)
def test_what_is_outside_the_limits_is_named(limit: int, page: int, field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        provide_paging(limit=limit, page=page)
    assert refused.value.field == field
