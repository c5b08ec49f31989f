import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.verification import normal, problems, quotation_stands

SENTENCES = (
    "Nämnden avsätter 2,5 mnkr till 14 projekt senast 2026-06-15 enligt RS 2025/0733.",
    "Andelen som fick tid inom 30 dagar sjönk med 3,2 procent till 61 procent under 2024.",
    "Avgiften höjs från 1 250 kronor till 1 400 kronor den 1 mars 2027.",
    "Ersättningen är 655,20 kronor per månad för den som är 75–84 år, se § 121.",
    "Under åren 2019–2023 anställdes 48 läkare och 107 sjuksköterskor i 5 kommuner.",
    "Ramen på 16 000 tkr räcker till 12 team, och 4,5 procentenheter sparas.",
    "Temperaturen i kylen ska vara under -18 grader och avvika högst 2 %.",
    "Motionen (MOT 2024:17) avslogs med 31 röster mot 28 den 9 april.",
    "Av 4 600 personer har 47 % en fast läkare; målet är 60 % år 2027.",
    "Mötet hölls kl. 13.30 och 286 personer deltog i tre utbildningsdagar.",
)
NEGATED = (
    "Avdraget görs inte om orsaken är ett driftstopp.",
    "Ingen ska behöva söka akut för något som går att bedöma hemma.",
    "Planen har inga egna pengar.",
    "Styrelsen avslår ansökan från föreningen.",
    "Uppgift saknas för kommunens särskilda boenden.",
    "Bidraget får aldrig användas till lokaler.",
)
AROUND = "Ärendet bereddes under hösten. Kommunerna fick tillfälle att yttra sig."


@pytest.mark.parametrize("sentence", SENTENCES + NEGATED)
def test_a_sentence_confirms_itself(sentence: str) -> None:
    assert problems(sentence, [sentence]) == []
    assert problems(f"{sentence} [1]", [f"{AROUND} {sentence} {AROUND}", "Rubrik"]) == []


@given(st.sampled_from(SENTENCES), st.data())
def test_no_altered_digit_passes(sentence: str, data: st.DataObject) -> None:
    digits = [match.start() for match in re.finditer(r"\d", sentence)]
    place = data.draw(st.sampled_from(digits))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != sentence[place]]))
    altered = sentence[:place] + other + sentence[place + 1 :]
    assert problems(altered, [sentence])
    assert problems(altered, [f"{AROUND} {sentence}", "Rubrik"])


@given(st.sampled_from(SENTENCES), st.data())
def test_no_added_or_dropped_digit_passes(sentence: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([match.start() for match in re.finditer(r"(?<!\d)\d", sentence)]))
    altered = sentence[:place] + data.draw(st.sampled_from("123456789")) + sentence[place:]
    assert problems(altered, [sentence])


@pytest.mark.parametrize(
    ("evidence", "claim", "kind"),
    [
        ("Ramen är 74 miljoner.", "Ramen är 47 miljoner.", "figure"),
        ("Ramen är 2 miljoner kronor.", "Ramen är tjugo miljoner kronor.", "figure"),
        ("Det var 2 miljoner besök.", "Det kostade 2 miljoner kronor.", "figure"),
        ("Planen är klar i mars 2026.", "Planen är klar i maj 2026.", "figure"),
        ("Elva vårdcentraler deltar.", "Femton vårdcentraler deltar.", "number"),
        ("En femtedel av invånarna svarade.", "Hälften av invånarna svarade.", "number"),
        ("Ramen är 74 mnkr.", "Ramen är 74 tkr.", "figure"),
        ("Ramen är 74 mnkr.", "Ramen är 74 mdkr.", "figure"),
        ("Ramen är 74 mnkr.", "Ramen är 74 procent.", "figure"),
        ("Ramen är 74 mnkr.", "Ramen är 7,4 mnkr.", "figure"),
        ("Ökningen var 4 procent.", "Ökningen var 4 procentenheter.", "figure"),
        ("Utfallet blev -3,2 %.", "Utfallet blev 3,2 %.", "figure"),
        ("Utfallet blev 3,2 %.", "Utfallet blev −3,2 %.", "figure"),
        ("Svar senast den 3 maj 2026.", "Svar senast den 3 maj 2027.", "figure"),
        ("Svar senast den 3 maj 2026.", "Svar senast den 3 juni 2026.", "figure"),
        ("Svar senast den 3 maj 2026.", "Svar senast den 13 maj 2026.", "figure"),
        ("Svar senast den 3 maj.", "Svar senast den 3 maj 2026.", "figure"),
        ("Planen gäller 2025.", "Planen gäller 2026.", "number"),
        ("Planen gäller 2025–2027.", "Planen gäller 2025–2028.", "number"),
        ("Planen gäller 2025-2027.", "Planen gäller 2025-2028.", "number"),
        ("Svar senast 2026-06-15.", "Senast klart är 15 av teamen.", "number"),
        ("Ramen är 14 mnkr.", "Ramen räcker till 14 bilar.", "number"),
        ("Ärendet RS 2025/0733 avgörs.", "Ärendet RS 2025/0734 avgörs.", "case"),
        ("Ärendet RS 2025/0733 avgörs.", "Ärendet KS 2025/0733 avgörs.", "case"),
        ("Ärendet i SOU 2016:2 avgörs.", "Ärendet i SOU 2016:7 avgörs.", "case"),
        ("Ärendet avgörs.", "Ärendet avgörs 2025.", "number"),
        ("Läkaren har 40 boende.", "Läkaren har 75 boende.", "number"),
        ("Avtalet har sex månaders varsel.", "Avtalet har tolv månaders varsel.", "number"),
        ("Avtalet har 6 månaders varsel.", "Avtalet har tolv månaders varsel.", "number"),
        ("Salen heter B12.", "Salen heter B13.", "number"),
        ("Avtalet gäller.", "Avtalet gäller inte.", "negation"),
        ("Avtalet gäller inte.", "Avtalet gäller.", "negation"),
        ("Nämnden beviljar stödet.", "Nämnden avslår stödet.", "negation"),
    ],
)
def test_what_is_not_said_is_not_confirmed(evidence: str, claim: str, kind: str) -> None:
    assert kind in {problem.kind for problem in problems(claim, [evidence])}


@pytest.mark.parametrize(
    ("evidence", "claim"),
    [
        ("Ramen är 447mnkr.", "Ramen är 447 miljoner kronor."),
        ("Ramen är 16 000 tkr.", "Ramen är 16 mnkr."),
        ("Ramen är 1,5 mnkr.", "Ramen är 1 500 000 kr."),
        ("Ramen är 2\u00a0500\u00a0tkr.", "Ramen är 2 500 tkr."),
        ("Utfallet blev −3,2 procent.", "Utfallet blev -3,2 %."),
        ("Klart senast 2026-06-15.", "Klart senast den 15 juni 2026."),
        ("Klart senast 2026-06-15.", "Klart senast den 15 juni."),
        ("Klart senast 2026-06-15.", "Klart under 2026."),
        ("Avtalet har tolv månaders varsel.", "Avtalet har 12 månaders varsel."),
        ("Avtalet har 12 månaders varsel.", "Avtalet har tolv månaders varsel."),
        ("Vårdcentralen anställer en läkare.", "Vårdcentralen anställer 1 läkare."),
        ("Utred-\nningen blev klar.", "Utredningen blev klar."),
        ("Avtalet gäller inte längre.", "Avtalet upphör."),
    ],
)
def test_the_same_said_otherwise_is_confirmed(evidence: str, claim: str) -> None:
    assert problems(claim, [evidence]) == []


@pytest.mark.parametrize("sentence", NEGATED[:1] + NEGATED[5:])
def test_a_dropped_negation_does_not_pass_among_other_sentences(sentence: str) -> None:
    claim = re.sub(r" (?:inte|aldrig)\b", "", sentence)
    assert claim != sentence
    evidence = [f"{AROUND} {sentence}", "Ersättning › Avdrag"]
    assert {problem.kind for problem in problems(claim, evidence)} == {"negation"}


def test_an_added_negation_does_not_pass_because_another_sentence_has_one() -> None:
    evidence = ["Ansökan görs senast i maj. Sena ansökningar behandlas inte."]
    assert {problem.kind for problem in problems("Ansökan görs inte senast i maj.", evidence)} == {"negation"}


@settings(max_examples=50)
@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=3))
def test_any_text_can_be_checked_and_confirms_itself(text: str, others: list[str]) -> None:
    assert problems(text, [text, *others]) == [] or "[" in text
    problems(text, others)


@given(st.text(min_size=1, max_size=60), st.data())
def test_a_quotation_stands_only_at_its_own_offsets(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote = text[start:end]
    assert quotation_stands(text, quote, start, end)
    assert not quotation_stands(text, quote + "x", start, end)
    assert not quotation_stands(text, quote, start, len(text) + 1)
    assert not quotation_stands(text, quote, start - len(text) - 1, end)
    assert not quotation_stands(text, "", start, start)
    moved = data.draw(st.integers(0, len(text) - 1))
    assert quotation_stands(text, quote, moved, moved + len(quote)) == (text[moved : moved + len(quote)] == quote)


def test_a_quotation_with_other_spaces_or_case_does_not_stand() -> None:
    text = "Styrelsen  beslutar"
    assert not quotation_stands(text, "Styrelsen beslutar", 0, len(text))
    assert not quotation_stands(text, "styrelsen  beslutar", 0, len(text))


@given(st.text(max_size=100))
def test_text_made_normal_stays_so(text: str) -> None:
    assert normal(normal(text)) == normal(text)
