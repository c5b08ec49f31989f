"""What a question says besides the names in it, and its words as they were meant."""

from datetime import date

import pytest

from initiatives.base import new_id
from retrieval.register.asking import Lacks, Named, Query, Subject, Wanted
from retrieval.register.names import Names
from retrieval.register.reading import Reading, read
from retrieval.register.spelling import mended
from retrieval.register.understanding import understand

TODAY = date(2026, 11, 30)


def _named(subject: Subject, name: str, *other: str, year: int | None = None) -> Named:
    return Named(subject, new_id(), name, other, year)


NAMES = Names(
    (
        _named(Subject.INITIATIVE, "Ögonkonsult på vårdcentral"),
        _named(Subject.INITIATIVE, "Trygg hemgång för sköra"),
        _named(Subject.FUND, "Förnyelseanslaget", "förnyelse", year=2026),
        _named(Subject.FUND, "Förnyelseanslaget", "förnyelse", year=2027),
        _named(Subject.GRANT, "Tandhälsa"),
        _named(Subject.GRANT_PART, "Rehabiliteringskoordinatorer"),
        _named(Subject.INDICATOR, "Samordnade vårdplaner"),
        _named(Subject.NODE, "Hälsofrämjande skolor och egenvård"),
        _named(Subject.ORGANISATION, "Hedby kommun", "Hedby"),
        _named(Subject.ORGANISATION, "Fors kommun", "Fors"),
        _named(Subject.PERSON, "Siv Ek", "Ek", "Siv"),
    )
)


def reading(text: str) -> Reading:
    return read(text, NAMES, TODAY)


def asked(text: str) -> Query:
    query = understand(text, NAMES, TODAY)
    assert query is not None, text
    return query


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("vem leder ögon konsulten", "ögonkonsulten"),
        ("hur går det med ögonkons. på vårdcentral", "ögonkonsult"),
        ("hur mycket får vi till rehabkoordinatorer", "rehabiliteringskoordinatorer"),
        ("antal planer per VC", "vårdcentral"),
        ("utlysn mindre ombyggnader", "utlysning"),
        ("vad säger lägesrapp om hemgången", "lägesrapport"),
        ("varför är ögonkonsultgrejen försenad", "ögonkonsult"),
        ("hur går det med ögonkonsullten", "ögonkonsult"),
        ("vilka ms är kvar", "milstolpar"),
        ("initiativ som löper ut 31/12 i år", "december"),
        ("en tredjedel, 1/3 av anslaget", "1/3"),
        ("vad är använt tom okt", "till"),
        ("är anslaget tom på pengar", "tom"),
        ("hur många saker har vi på gång", "pågående"),
    ],
)
def test_words_are_written_out_joined_and_mended(written: str, meant: str) -> None:
    assert meant in mended(written, NAMES).split()


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("initiativ över fem miljoner", 5_000_001, None),
        ("vilka initiativ har minst 900 tkr", 900_000, None),
        ("initiativ under en halv miljon kronor", None, 499_999),
        ("vilka kostar mellan 1 och 3 miljoner", 1_000_000, 3_000_000),
        ("initiativ på 2-4 mnkr", 2_000_000, 4_000_000),
    ],
)
def test_amounts_are_bounded_as_people_write_them(text: str, least: int | None, most: int | None) -> None:
    found = reading(text)
    assert (found.least, found.most) == (least, most)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Vilka initiativ finansieras av statsbidrag?", Subject.INITIATIVE),
        ("Vilka statsbidrag har insatser för äldre?", Subject.GRANT),
        ("Hur många pågående uppdrag bygger på beslut i styrelsen?", Subject.ASSIGNMENT),
    ],
)
def test_what_stands_behind_the_word_that_asks_is_asked_for(text: str, first: Subject) -> None:
    assert reading(text).subjects[0] is first


def test_a_name_is_known_beside_words_that_nothing_knows() -> None:
    query = asked("Vem håller just nu taktpinnen för trygg hemgång för sköra?")
    assert [one.name for one in query.objects] == ["Trygg hemgång för sköra"]
    assert query.wanted is Wanted.OWNER
    assert query.unexplained == ("taktpinnen",)


@pytest.mark.parametrize(
    ("text", "per"),
    [
        ("Vem ansvarar för flest initiativ?", Subject.PERSON),
        ("Vilken kommun har minst antal uppdrag?", Subject.ORGANISATION),
        ("Antal initiativ per status", Subject.STATUS),
        ("Vilka initiativ ansvarar Siv för?", None),
    ],
)
def test_things_are_counted_by_what_is_asked(text: str, per: Subject | None) -> None:
    assert asked(text).per is per


def test_money_for_something_is_the_fund_for_it_also_misspelled() -> None:
    query = asked("Vad finns kvar av förnyelssepengarna nästa år?")
    assert (query.subject, query.wanted, query.period and query.period.year) == (Subject.FUND, Wanted.LEFT, 2027)
    assert {one.name for one in query.objects} == {"Förnyelseanslaget"}


def test_two_things_are_compared() -> None:
    years = asked("Hur mycket större är förnyelseanslaget 2027 än 2026?")
    assert (years.years, {one.year for one in years.objects}) == ((2026, 2027), {2026, 2027})
    places = asked("Samordnade vårdplaner i Hedby respektive Fors")
    assert {one.name for one in places.organisations} == {"Hedby kommun", "Fors kommun"}


def test_a_node_is_known_by_a_part_of_its_name_where_what_is_done_is_asked() -> None:
    assert [one.name for one in asked("Vilka initiativ finns inom egenvård?").nodes] == []
    part = asked("Vad gör vi inom hälsofrämjande skolor?")
    assert [one.name for one in part.nodes] == ["Hälsofrämjande skolor och egenvård"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Vilka hinder har trygg hemgång för sköra?", Wanted.OBSTACLES),
        ("Vad är nästa steg för trygg hemgång för sköra?", Wanted.NEXT_STEP),
        ("Vad väntar trygg hemgång för sköra på?", Wanted.WAITS),
        ("Vem beslutade om trygg hemgång för sköra?", Wanted.BASIS),
        ("Vad handlar trygg hemgång för sköra om?", Wanted.CONTENT),
    ],
)
def test_what_is_asked_of_an_initiative_is_read(text: str, wanted: Wanted) -> None:
    query = asked(text)
    assert (query.subject, query.wanted) == (Subject.INITIATIVE, wanted)


def test_what_is_lacking_and_what_has_not_begun_is_read() -> None:
    assert asked("Vilka initiativ har inte lämnat någon lägesrapport?").lacks is Lacks.REPORT
    assert asked("Vilka initiativ har inte kommit igång?").begun is False
    assert asked("Vilka indikatorer saknar mål?").lacks is Lacks.TARGET
    assert asked("Vilka initiativ blir klara 2027?").statuses == ()


def test_a_question_of_how_something_is_done_is_one_to_documents() -> None:
    assert asked("Hur delas kostnaden för trygg hemgång för sköra?").manner
    assert not asked("Hur mycket kostar trygg hemgång för sköra?").manner
