"""A name that is misspelt is answered with the one that was meant, however many there are."""

import pytest

from initiatives.exchange.names import nearest

KNOWN = ["Läkarbil i öster", "Hemsjukvård dygnet runt", "Äldremottagning", *(f"Insats {n}" for n in range(5_000))]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("läkarbil  i öst", "Läkarbil i öster"),
        ("Hemsjukvard dygnet rund", "Hemsjukvård dygnet runt"),
        ("ALDREMOTTAGNING", "Äldremottagning"),
        ("Parkbänkar", None),
        ("x" * 50_000, None),
    ],
)
def test_the_nearest_name_is_meant_if_it_is_near(text: str, meant: str | None) -> None:
    assert nearest(text, KNOWN) == meant
