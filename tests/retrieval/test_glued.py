import pytest

from retrieval.glued import heading_end, item_end


@pytest.mark.parametrize(
    ("heading", "sentence"),
    [
        ("Sammanfattande iakttagelser", "Kommunernas kostnader för bilar uppgick 2023 till 5 mnkr."),
        ("Antalet läkarbilar har ökat", "Resultaten visar att bilarna är fler än förr."),
        ("Psykofarmaka", "Sömnmedel var den grupp som minskade mest."),
        ("Bilarna i norr minskade 2024", "I länet finns det nu bara fem bilar."),
        ("Kostnaderna ökar i hela Europa", "De stigande priserna är en följd av kriget."),
    ],
)
def test_a_heading_is_told_from_the_sentence_after_it(heading: str, sentence: str) -> None:
    text = f"Förr. {heading} {sentence}"
    end = heading_end(text, 6, len(text))
    assert end is not None
    assert text[6:end] == heading


@pytest.mark.parametrize(
    "text",
    [
        "Sveriges Kommuner och Regioner har beslutat om bilarna.",
        "Region Stockholm har beslutat om bilarna.",
        "Statens beredning för utvärdering har prövat bilarna.",
        "Myndigheten har nyligen gett ut rapporten Läkarbilar hos dem som får hemtjänst.",
        "Sammantaget bedömer Socialstyrelsen att bilarna är bra.",
        "Enligt tidigare beslut Bilar ska köpas som är nya.",
        "Uppgifterna hämtas från Registret över bilar som finns i landet.",
        "Bilarna är nya, och de kör i hela länet.",
        "Kort text.",
    ],
)
def test_names_and_sentences_stay_whole(text: str) -> None:
    assert heading_end(text, 0, len(text)) is None


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("mindre städer och landsbygd Mellan åren ökade antalet bilar.", "mindre städer och landsbygd"),
        ("bilar i Region Norr. De är nya.", "bilar i Region Norr."),
        ("bilar och förare", "bilar och förare"),
    ],
)
def test_an_item_ends_before_a_sentence_glued_to_it(text: str, item: str) -> None:
    assert text[: item_end(text, 0, len(text))] == item
