import logging
import sys

import pytest

from api.logs import FORMAT, Redacting, redact


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("postgresql://app:hemligt@db/narplan", "postgresql://app:***@db/narplan"),
        ("nyckel np_0123abcd_abcDEF-_123", "nyckel np_0123abcd_***"),
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ("authorization: Basic YTpi+/==", "authorization: ***"),
        ("got bearer abc.def-_~ here", "got bearer *** here"),
        ("{'password': 'hemligt', 'email': 'a@b'}", "{'password': '***', 'email': 'a@b'}"),
        ("GET /x?token=abc123&limit=5", "GET /x?token=***&limit=5"),
        ("cookie: narplan=abc", "cookie: ***"),
        ("/inbjudan/abcdefghijklmnopqrstuvwxyz", "/inbjudan/***"),
        ("lösenord är fel, token finns inte", "lösenord är fel, token finns inte"),
        ("inget hemligt här: 8000", "inget hemligt här: 8000"),
    ],
)
def test_passwords_and_keys_are_not_written(said: str, written: str) -> None:
    assert redact(said) == written


def test_what_comes_from_outside_cannot_begin_a_line() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "fil %s", ("a\nlevel=ERROR falskt",), None)
    assert "\n" not in Redacting(FORMAT).format(record)


def test_a_traceback_keeps_its_lines_but_not_its_secrets() -> None:
    try:
        int("postgresql://app:hemligt@db")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "fel", (), sys.exc_info())
    written = Redacting(FORMAT).format(record)
    assert "\n" in written
    assert "hemligt" not in written
