import pytest

from api import migrations
from initiatives import kinds

migrations.metadata()  # Imports every room, and with it what the room says of its tables.


@pytest.mark.parametrize(
    ("table", "name", "value", "words"),
    [
        ("initiative", "summary", None, ""),
        ("initiative", "starts_on", "2026-03-01", "1 mars 2026"),
        ("initiative", "status", "pågår", "pågår"),
        ("initiative", "lead_organisation_id", "x", "Ekby kommun"),
        ("initiative", "responsible_id", "y", "y"),
        ("initiative", "a_column_of_long_ago", ["a", 2], "a, 2"),
        ("initiative_share", "shared_at", "2026-03-01T22:30:00+00:00", "1 mars 2026 kl. 23.30"),
        ("fund", "frame_kronor", 1_250_000, "1\N{NO-BREAK SPACE}250\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr"),
        ("fund", "year", 2026, "2026"),
        ("fund", "name", True, "ja"),
        ("fund", "name", 0.25, "0,25"),
    ],
)
def test_a_value_in_words(table: str, name: str, value: object, words: str) -> None:
    assert kinds.in_words(table, name, value, {("organisation", "x"): "Ekby kommun"}) == words
