import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.splitter import HALVES, Divided, read_words
from retrieval.lexicon import fold, lexicon

SIMPLE = """
förslag avtal samverkan beslut uppdrag inriktning ansvar underlag redovisning anslag omställning utveckling återremiss
bestämmelse uppföljning befolkning ansökan översyn inflytande behandling insats utgift intäkt framtid övergång förening
medborgare sekreterare politiker kvalitet reservation votering styrelse överenskommelse läkare äldre kommunerna
kommunernas regionernas ordföranden beslutade regeringens mottagningen utvecklingen verksamheter landstingets
transporten kostnaderna läkarens kompetens erfarenheter statligt exempelvis omhändertagande fastställa beskrivning
stockholm
"""


@pytest.mark.parametrize(
    "forms",
    [
        "läkare läkaren läkarna läkares",
        "sjuksköterska sjuksköterskan sjuksköterskor sjuksköterskorna sjuksköterskornas",
        "kommun kommunen kommuner kommunerna kommunens kommunernas",
        "region regionen regioner regionernas",
        "vårdcentral vårdcentralen vårdcentraler vårdcentralerna vårdcentralernas",
        "äldre äldres",
        "barn barnet barnen barns barnens",
        "ungdom ungdomar ungdomarna ungdomarnas",
        "beslut beslutet besluten beslutar beslutade beslutas",
        "förslag förslaget förslagen förslagets",
        "föreslå föreslår föreslås",
        "anslag anslaget anslagen anslagets",
        "avsätta avsätts",
        "rekvirera rekvireras rekvirerar",
        "betala betalar betalas betalade",
        "utredning utredningen utredningar utredningarna",
        "ersättning ersättningen ersättningar",
        "nämnd nämnden nämnder nämndens",
        "ordförande ordföranden ordförandens",
        "plan planen planer planerna",
        "återremittera återremitterar återremitterade återremitterades",
        "statsbidrag statsbidraget statsbidragen",
        "familjecentral familjecentralen familjecentraler",
        "förfogandeanslag förfogandeanslaget förfogandeanslagets",
        "äldremottagning äldremottagningen äldremottagningar",
        "samverkansnämnd samverkansnämnden samverkansnämndens",
        "uppsägningstid uppsägningstiden",
        "läkemedelsgenomgång läkemedelsgenomgångar läkemedelsgenomgångarna",
    ],
)
def test_the_forms_of_a_word_meet_in_one_base(forms: str) -> None:
    bases = {lexicon().base(form) for form in forms.split()}
    assert len(bases) == 1, bases


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("läkare", "läkemedel"),
        ("vård", "värd"),
        ("anslag", "avslag"),
        ("barn", "barr"),
        ("kommun", "kommitté"),
        ("nämnd", "nämna"),
        ("råd", "rad"),
        ("hälsa", "halsa"),
        ("planering", "plan"),
        ("bidrag", "uppdrag"),
        ("beslut", "slut"),
        ("förslag", "förlag"),
    ],
)
def test_other_words_do_not_meet(one: str, other: str) -> None:
    assert lexicon().base(one) != lexicon().base(other)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("förfogandeanslag", "förfogande anslag"),
        ("omställningsanslaget", "omställning anslag"),
        ("närsjukvårdsteam", "närsjukvård team"),
        ("ungdomsmottagning", "ungdom mottagning"),
        ("familjecentraler", "familj central"),
        ("läkartid", "läkare tid"),
        ("statsbidraget", "stat bidrag"),
        ("äldremottagningar", "äldre mottagning"),
        ("vårdcentralerna", "vård central"),
        ("samverkansavtalet", "samverkan avtal"),
        ("handlingsplan", "handling plan"),
        ("primärvården", "primär vård"),
        ("barnhälsovården", "barn hälsovård"),
        ("barnmorskemottagning", "barnmorska mottagning"),
        ("elevhälsan", "elev hälsa"),
        ("socialtjänsten", "social tjänst"),
        ("hemtjänst", "hem tjänst"),
        ("hemsjukvården", "hem sjukvård"),
        ("läkemedelsgenomgång", "läkemedel genomgång"),
        ("fallskador", "fall skada"),
        ("slutenvården", "slut vård"),
        ("specialistutbildning", "specialist utbildning"),
        ("förlossningsvård", "förlossning vård"),
        ("cancervården", "cancer vård"),
        ("regionstyrelsens", "region styrelse"),
        ("regionfullmäktige", "region fullmäktige"),
        ("landstingsstyrelsen", "landsting styrelse"),
        ("samverkansnämnden", "samverkan nämnd"),
        ("tjänsteskrivelse", "tjänst skrivelse"),
        ("behovsanalysen", "behov analys"),
        ("uppsägningstid", "uppsägning tid"),
        ("äldreomsorgen", "äldre omsorg"),
        ("demensvård", "demens vård"),
        ("kompetensförsörjning", "kompetens försörjning"),
        ("vårdförlopp", "vård förlopp"),
        ("rehabiliteringskoordinatorer", "rehabilitering koordinator"),
        ("listningspoäng", "listning poäng"),
        ("regelboken", "regel bok"),
        ("lägesrapport", "läge rapport"),
        ("årsredovisning", "års redovisning"),
        ("vårdval", "vård val"),
        ("patientnämnden", "patient nämnd"),
        ("suicidprevention", "suicid prevention"),
        ("telefontillgänglighet", "telefon tillgänglighet"),
        ("läkarbemanning", "läkare bemanning"),
        ("utvecklingsprojekt", "utveckling projekt"),
        ("sjukvårdslagen", "sjukvård lag"),
        ("hyrläkare", "hyr läkare"),
        ("högskola", "hög skola"),
        ("elproduktion", "el produktion"),
        ("tidsperioder", "tid period"),
        ("livsvillkoren", "liv villkor"),
        ("trafikverket", "trafik verk"),
        ("smittskydd", "smitta skydd"),
    ],
)
def test_a_compound_is_found_by_its_parts(word: str, parts: str) -> None:
    assert lexicon().split(word) == tuple(lexicon().base(part) for part in parts.split())


@pytest.mark.parametrize(
    "word",
    SIMPLE.split(),
)
def test_a_word_that_is_no_compound_stays_whole(word: str) -> None:
    assert lexicon().split(word) == ()


@pytest.mark.parametrize("half", HALVES)
def test_of_words_that_a_person_has_divided_nineteen_of_twenty_are_divided_alike(half: str) -> None:
    right = [Divided(one, lexicon().cuts(one.word)).exact for one in read_words() if one.half == half]
    assert len(right) > 300
    assert sum(right) / len(right) >= 0.95


@pytest.mark.parametrize(
    ("written", "folded"),
    [("VÅRD", "vård"), ("Linnéa", "linnea"), ("Ærø", "ärö"), ("Åsa", "åsa"), ("vård\u00adcentral", "vårdcentral")],
)
def test_folding_keeps_swedish_letters_and_drops_foreign_accents(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize("word", ["vård", "kommunernas", "beslutade", "läkarna"])
def test_an_inflected_word_is_in_the_lexicon(word: str) -> None:
    assert word in lexicon()


@pytest.mark.parametrize("word", ["vrård", "qzx", ""])
def test_what_is_no_word_is_not_in_it(word: str) -> None:
    assert word not in lexicon()


@settings(max_examples=60)
@given(st.text(alphabet="abdefgiklmnorstuvyåäöé-", max_size=40))
def test_any_string_has_a_base_and_no_part_is_empty(word: str) -> None:
    assert bool(lexicon().base(word)) == bool(word)
    assert all(lexicon().split(word))
