import pytest

from ingest.chunking import units
from ingest.readers.reading import split_pages
from ingest.structure import outline

TERMS = """9. Ord i avtalet
Begrepp
Betydelse
Läkarbil
(Eget ord)
Bil som har en läkare ombord och som kör ut till den som
är sjuk och inte kan ta sig till en mottagning i länet
- ofta en till två timmar – efter beslut av en sjuksköterska.

Begrepp
Betydelse
Samordnad plan för
vård i hemmet
(Eget ord) (Egen
kommentar)
Plan som regionen och kommunen gör ihop när en person
behöver båda. Den görs i hemmet och följs upp varje år.
Åkande team
(Myndighetens
ordlista)
Grupp som arbetar i en läkarbil dygnet runt i hela länet.
"""


def read(text: str) -> list[tuple[str, str]]:
    clean, pages = split_pages(text)
    return [(unit.context, clean[unit.start : unit.end]) for unit in units(outline(clean, pages))]


def test_a_term_stands_with_its_meaning_in_a_unit_of_its_own() -> None:
    found = {context.splitlines()[-1]: said for context, said in read(TERMS) if "(" in said}
    assert list(found) == ["Läkarbil", "Samordnad plan för vård i hemmet", "Åkande team"]
    assert found["Läkarbil"].startswith("Läkarbil\n(Eget ord)\nBil som")
    assert found["Läkarbil"].endswith("av en sjuksköterska.")
    assert found["Åkande team"].endswith("hela länet.")


def test_the_heads_of_the_columns_are_in_no_unit_and_no_heading() -> None:
    found = read(TERMS)
    assert not any("Begrepp" in context or "Betydelse" in said for context, said in found)
    assert all(context.startswith("9. Ord i avtalet") for context, said in found if "(" in said)


@pytest.mark.parametrize("cut", ["Åkande team", "Samordnad plan för"])
def test_a_few_parentheses_on_lines_of_their_own_are_no_list_of_terms(cut: str) -> None:
    assert not any(context.endswith("Läkarbil") for context, _ in read(TERMS.partition(cut)[0]))
