import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.etags import PreconditionMissing, etag, expected_revision, is_known
from initiatives.errors import StaleVersion


@given(st.integers(min_value=1, max_value=999_999_999))
def test_what_was_given_out_is_understood_when_it_comes_back(revision: int) -> None:
    assert expected_revision(etag(revision)) == revision


@pytest.mark.parametrize("header", [None, "", "  "])
def test_a_change_without_a_version_is_asked_for_one(header: str | None) -> None:
    with pytest.raises(PreconditionMissing):
        expected_revision(header)


@pytest.mark.parametrize("header", ["1", '"0"', '"01"', '"abc"', 'W/"1"', '"1", "2"', '"9999999999"', '"१"'])
def test_what_was_never_given_out_matches_nothing(header: str) -> None:
    with pytest.raises(StaleVersion):
        expected_revision(header)


def test_a_star_matches_any_version() -> None:
    assert expected_revision("*") is None


@pytest.mark.parametrize(
    ("header", "known"),
    [('"3"', True), ('W/"3"', True), ('"1", "3"', True), ("*", True), ('"4"', False), ("3", False), ("", False)],
)
def test_what_the_reader_has_is_known(header: str, known: bool) -> None:
    assert is_known(header, '"3"') is known
    assert not is_known(header, "")
