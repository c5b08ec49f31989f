import pytest

from ingest.facts import TITLE_LENGTH, Facts, read_facts
from ingest.readers.reading import split_pages
from ingest.structure import outline

PARAGRAPH = "Läkarbilar behövs i hela länet, eftersom det är långt mellan vårdcentralerna i glesbygden."


def read(text: str, file_name: str = "fil.txt", title_hint: str | None = None) -> Facts:
    return read_facts(outline(*split_pages(text)), file_name, title_hint)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("# Protokoll från nämnden den 3 maj 2026\n\nNämnden beslutar att anta planen.", "protokoll"),
        ("# Minnesanteckningar från mötet\n\nAlla var där.", "minnesanteckningar"),
        ("# Läkarbilar i länet\n\nNämnden föreslås besluta\n\natt köpa bilar.", "förslag"),
        ("# Läkarbilar i länet\n\n" + PARAGRAPH + "\n\n## Förslag till beslut\n\natt köpa bilar.", "förslag"),
        ("# Beslut om läkarbilar\n\nNämnden föreslås besluta\n\natt köpa bilar.", "förslag"),
        ("# Beslut om läkarbilar\n\nNämnden beslutar\n\natt köpa bilar.", "beslut"),
        ("# Handlingsplan för läkarbilar\n\n" + PARAGRAPH, "handlingsplan"),
        ("# Regelbok för läkarbilar\n\n" + PARAGRAPH, "regelbok"),
        ("# Överenskommelse om läkarbilar\n\n" + PARAGRAPH, "överenskommelse"),
        ("# Lägesrapport om läkarbilar\n\n" + PARAGRAPH, "rapport"),
        ("# Information till chefer om läkarbilar\n\n" + PARAGRAPH, "information"),
        ("# Läkarbilar i hela länet\n\n" + PARAGRAPH, "dokument"),
        ("", "dokument"),
    ],
)
def test_a_document_is_called_what_it_is(text: str, kind: str) -> None:
    assert read(text).kind == kind


@pytest.mark.parametrize(
    "opening", ["# Beslut", "# Protokollsbilaga: beslut om läkarbilar", "# Läkarbilar\n\nVi beslutar om allt."]
)
def test_what_is_only_proposed_is_never_a_decision(opening: str) -> None:
    text = f"{opening}\n\nNämnden föreslås besluta\n\natt köpa bilar.\n"
    assert read(text).kind != "beslut"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Läkarbilar i hela länet\n\nText.", "Läkarbilar i hela länet"),
        (f"Region Solmark\nRegiondirektören\n\nFördelning av 20 mnkr till läkarbilar\n\n{PARAGRAPH}\n", None),
        (f"{PARAGRAPH}\n", "Läkarbilar behövs i hela länet"),
        (f"https://exempel.se/bilar/2026\n\n{PARAGRAPH}\n", "Läkarbilar behövs i hela länet"),
        (f"Källa: www.exempel.se/bilar\n\n{PARAGRAPH}\n", "Läkarbilar behövs i hela länet"),
        (f"Vägstyrelsen ska bygga nya broar i norr\n\n{PARAGRAPH}\n", "Vägstyrelsen ska bygga nya broar"),
        (f"Vägstyrelsen i Region Solmark\n\nBygge av nya broar i norr\n\n{PARAGRAPH}\n", "Bygge av nya broar"),
    ],
)
def test_the_title_says_what_the_document_is_about(text: str, title: str | None) -> None:
    assert read(text).title.startswith(title or "Fördelning av 20 mnkr")


def test_a_file_without_words_is_called_by_its_name() -> None:
    assert read("", "läkarbilar 2026.pdf").title == "läkarbilar 2026"


def test_the_files_own_title_is_taken_first_and_never_too_long() -> None:
    assert read("# Annat\n\nText.", title_hint="Läkarbilar").title == "Läkarbilar"
    assert len(read("# " + "å" * 5_000).title) <= TITLE_LENGTH


@pytest.mark.parametrize(
    ("text", "organ"),
    [
        ("Regionstyrelsen beslutar att köpa bilar.", "Regionstyrelsen"),
        ("Kommunfullmäktiges råd. Samverkansnämnden föreslås besluta om bilar.", "Samverkansnämnden"),
        ("REGIONSTYRELSEN beslutar om bilar.", "REGIONSTYRELSEN"),
        ("Ingen bestämmer.", None),
    ],
)
def test_the_organ_is_the_one_that_decides(text: str, organ: str | None) -> None:
    assert read(f"# Bilar\n\n{text}\n").organ == organ


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("# Plan för 2026\n\nDen ersätter planen från 2019 och 2020.", 2026),
        ("# Plan\n\nDatum: 2025-12-01\n\nPlanen gäller 2027 och 2027.", 2025),
        ("# Plan\n\nHavsunda den 3 maj 2024.\n\nVi ser fram mot 2030.", 2024),
        ("# Plan\n\nPlanen gäller 2027, och 2027 är snart här, inte 2026.", 2027),
        ("# Plan\n\nÄrende RS 2025/0733 gäller 12026 bilar.", None),
        ("# Plan\n\nIngen tid.", None),
    ],
)
def test_the_year_is_the_documents_own(text: str, year: int | None) -> None:
    assert read(text).year == year
