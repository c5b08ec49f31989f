from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.sentences import sentence_spans


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Det gäller bl.a. Anna och t.ex. Bo i Region Solmark",
        "Det gäller bl. a. Region Solmark",
        "Se kap. 3 och prop. 2016/17:1 för mer.",
        "Ärendet har dnr. 2025/14 hos nämnden.",
        "Mötet hålls kl. 13.00 i salen.",
        "Ramen är ca. 5 mnkr.",
        "Enligt M. Lahti räcker det.",
        "1. Första punkten gäller läkare.",
        "Kostnaden är 2.5 mnkr.",
        "Bilaga nr.12 Avtal om bilar",
        "Planen fr.o.m. 2026 t.o.m. 2028 gäller alla.",
        "Det var i dag. och så fortsatte det.",
        "Ett\nord på\nvarje rad.",
    ],
)
def test_one_sentence_stays_whole(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ramen är 2,5 mnkr. Den betalas i maj.", ["Ramen är 2,5 mnkr.", "Den betalas i maj."]),
        ("Planen gäller till 2025. Sedan följer en ny.", ["Planen gäller till 2025.", "Sedan följer en ny."]),
        ("Hon sa ”nej.” Sedan gick hon.", ["Hon sa ”nej.”", "Sedan gick hon."]),
        ("Går det? Ja! Det går.", ["Går det?", "Ja!", "Det går."]),
        ("Rubrik utan punkt\n\nNy text här.", ["Rubrik utan punkt", "Ny text här."]),
        ("Först.\n– Sedan talar någon.", ["Först.", "– Sedan talar någon."]),
        ("Klart kl. 13.00. Nästa dag är ledig.", ["Klart kl. 13.00.", "Nästa dag är ledig."]),
        ("Ersatt. 12 personer kom.", ["Ersatt.", "12 personer kom."]),
        ("Bilarna är nya.12 De kör i länet.", ["Bilarna är nya.", "De kör i länet."]),
        ("Så var det 2023.7 De kör än.", ["Så var det 2023.", "De kör än."]),
        ("Antalet ökar. Figur 2. Bilar i länet.", ["Antalet ökar.", "Figur 2. Bilar i länet."]),
        ("", []),
        (" \n\n ", []),
    ],
)
def test_sentences_end_where_they_end(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_a_part_of_a_text_is_read_by_itself() -> None:
    text = "Ett. Två. Tre. Fyra."
    assert [text[start:end] for start, end in sentence_spans(text, 5, 14)] == ["Två.", "Tre."]


@settings(max_examples=60)
@given(st.text(alphabet="Aåb1 .!?\n”(–", max_size=80))
def test_no_character_but_white_space_is_lost(text: str) -> None:
    spans = list(sentence_spans(text))
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
